// The report page in a browser, against the tables that it was made from.
//
//   node report.js RUN [SHOTS]
//
// RUN is a run folder whose tables are JSON Lines, with its report.html; SHOTS
// a folder for screenshots. Uses Chromium of the system (CHROMIUM, else
// /usr/bin/chromium). Exits with 1 at the first thing that is not as it should be.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { chromium } from "playwright-core";

const [run, shots] = process.argv.slice(2);
assert.ok(run && existsSync(path.join(run, "report.html")), "usage: node report.js RUN [SHOTS]");
const table = (name) => readFileSync(path.join(run, `${name}.jsonl`), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const address = "file://" + path.resolve(run, "report.html");

const tables = { actors: table("actors"), articles: table("articles"), pairs: table("pairs"), claims: table("claims"), positions: table("positions"), stances: table("stances"), turns: table("turns"), omissions: table("omissions") };
const nameOf = (id) => (id === "outlet" ? "the outlet itself" : (tables.actors.find((actor) => actor.actor_id === id) || { name: id }).name);
const signed = (n) => (n < 0 ? "−" : "+") + Math.abs(Math.round(n * 1e4) / 1e4).toFixed(2);

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
const faults = [];

/** A fresh page whose errors, warnings and requests are kept. */
async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) faults.push(message.text()); });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith("file:") && !request.url().startsWith("data:")) faults.push("request of " + request.url()); });
  page.on("dialog", (dialog) => { faults.push("dialog: " + dialog.message()); dialog.dismiss(); });
  await page.goto(address);
  await page.waitForSelector("main h1");
  return page;
}

const checks = [];
const check = (name, body) => checks.push([name, body]);

check("the overview counts what the tables hold", async (page) => {
  const cards = await page.locator(".cards div").allInnerTexts();
  const shown = Object.fromEntries(cards.map((text) => text.split("\n")).map(([name, value]) => [name, value]));
  assert.equal(shown.articles, tables.articles.length.toLocaleString("en"));
  assert.equal(shown["judged pairs"], tables.stances.length.toLocaleString("en"));
  assert.equal(shown.claims, tables.claims.length.toLocaleString("en"));
});

check("each finding has the net stance and interval of its pair", async (page) => {
  const texts = await page.locator("section, main > ul.findings").first().locator("li > span").allInnerTexts();
  assert.ok(texts.length > 0, "no finding");
  const rows = tables.pairs.filter((row) => row.level === "actor" && row.period_unit === "all" && row.outlet === null && row.wire === "once");
  for (const text of texts) {
    const isTold = (row) => text.includes(nameOf(row.holder_id)) && text.includes(nameOf(row.target_id)) && text.includes(`${row.n_articles.toLocaleString("en")} article`)
      && text.includes(row.net_low === null ? `net ${signed(row.net)}, too few` : `net ${signed(row.net)} [${signed(row.net_low)}, ${signed(row.net_high)}]`);
    assert.ok(rows.some(isTold), "no row says: " + text);
  }
});

check("a finding opens its sentences, and the keyboard closes them", async (page) => {
  await page.locator("button.show").first().click();
  await page.waitForSelector("dialog[open] .evidence");
  const marks = await page.locator("dialog mark").count();
  assert.ok(marks > 0, "nothing is marked");
  const quotes = await page.locator("dialog .evidence blockquote").allInnerTexts();
  const texts = tables.articles.flatMap((article) => [article.title, article.text]);
  const squeezed = texts.map((text) => text.replaceAll(/\s+/g, " "));
  for (const quote of quotes.slice(0, 5)) assert.ok(squeezed.some((text) => text.includes(quote.replaceAll(/\s+/g, " ").trim())), "not verbatim: " + quote);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("dialog[open]").count(), 0);
});

check("the search finds an actor and its profile", async (page) => {
  const actor = tables.actors.filter((row) => row.kind === "person").sort((a, b) => b.n_articles - a.n_articles)[0];
  await page.locator("h1").first().click();
  await page.keyboard.press("/");
  await page.waitForSelector("#actor-search:focus");
  await page.keyboard.type(actor.name);
  const links = page.locator(".actor-list a");
  assert.ok(await links.count() >= 1);
  await links.filter({ hasText: actor.name }).first().click();
  await page.waitForFunction((name) => document.getElementById("profile-name").textContent === name, actor.name);
  await page.locator("#actor-search").fill("no actor has this name");
  assert.equal(await page.locator(".actor-list a").count(), 0);
});

check("the filters narrow the table of pairs to the rows of the tables", async (page) => {
  await page.goto(address + "#network");
  for (const [level, minimum] of [["actor", 1], ["country", 1], ["country", 3], ["affiliation", 2]]) {
    await page.selectOption("#filter-level", level);
    await page.fill("#filter-minimum", String(minimum));
    const expected = tables.pairs.filter((row) => row.level === level && row.period_unit === "all" && row.outlet === null && row.wire === "once" && row.n_articles >= minimum).length;
    const rows = await page.evaluate(() => filteredPairs().length);
    assert.equal(rows, expected, `${level}, at least ${minimum}`);
    const region = page.getByRole("region", { name: "Pairs", exact: true });
    assert.equal(await region.locator("tbody tr").count(), Math.min(50, expected));
  }
  await page.selectOption("#filter-level", "actor");
  await page.fill("#filter-minimum", "1");
  const outlet = await page.locator("#filter-outlet option").nth(1).innerText();
  await page.selectOption("#filter-outlet", { label: outlet });
  const expected = tables.pairs.filter((row) => row.level === "actor" && row.period_unit === "all" && row.outlet === outlet && row.wire === "once").length;
  assert.equal(await page.evaluate(() => filteredPairs().length), expected);
  await page.selectOption("#filter-outlet", "-1");
});

check("holder and target are asked for as in the terminal", async (page) => {
  await page.goto(address + "#network");
  const whole = tables.pairs.filter((row) => row.level === "actor" && row.period_unit === "all" && row.outlet === null && row.wire === "once");
  const kind = new Map(tables.actors.map((actor) => [actor.actor_id, actor.kind]));
  await page.fill("#filter-holder", "kind:person");
  assert.equal(await page.evaluate(() => filteredPairs().length), whole.filter((row) => kind.get(row.holder_id) === "person").length);
  await page.fill("#filter-target", "kind:country");
  assert.equal(await page.evaluate(() => filteredPairs().length), whole.filter((row) => kind.get(row.holder_id) === "person" && kind.get(row.target_id) === "country").length);
  await page.fill("#filter-holder", "");
  await page.fill("#filter-target", "");
  assert.equal(await page.evaluate(() => filteredPairs().length), whole.length);
});

check("every row of pairs on the page is that of the table", async (page) => {
  const shown = await page.evaluate(() => PAIRS.flatMap((pair) => pair.rows.map((row) => [pair.level, pair.holder, pair.target, row.unit, row.start, row.outlet, row.once, row.net, row.low, row.high, row.articles])));
  const key = (row) => JSON.stringify(row);
  const known = new Map(tables.pairs.map((row) => [key([row.level, row.holder_id, row.target_id, row.period_unit, row.period_start, row.outlet, row.wire === "once"]), row]));
  assert.ok(shown.length > 100);
  for (const row of shown) {
    const of = known.get(key(row.slice(0, 7)));
    assert.ok(of, "no such row: " + key(row));
    for (const [at, column] of [[7, "net"], [8, "net_low"], [9, "net_high"]]) {
      assert.ok((row[at] === null) === (of[column] === null) && Math.abs((row[at] || 0) - (of[column] || 0)) < 1e-4, `${column} of ${key(row)}`);
    }
    assert.equal(row[10], of.n_articles);
  }
});

check("a table sorts by its headings", async (page) => {
  await page.goto(address + "#network");
  const region = page.getByRole("region", { name: "Pairs", exact: true });
  await region.getByRole("button", { name: "Net", exact: true }).click();
  const nets = (await region.locator("tbody tr td:nth-child(3)").allInnerTexts()).map((text) => Number(text.replace("−", "-")));
  assert.deepEqual(nets, [...nets].sort((a, b) => b - a));
});

check("the network is drawn and the matrix opens sentences", async (page) => {
  await page.goto(address + "#network");
  await page.waitForSelector(".chart canvas");
  await page.locator(".matrix td button").first().click();
  await page.waitForSelector("dialog[open]");
  await page.locator("#evidence-close").click();
});

check("a trend shows the points of its pair", async (page) => {
  await page.goto(address + "#trend");
  await page.waitForSelector(".chart canvas");
  const pair = await page.evaluate(() => { const pair = chosenPair(); return [pair.level, pair.holder, pair.target, DATA.trend_unit]; });
  const expected = tables.pairs.filter((row) => row.level === pair[0] && row.holder_id === pair[1] && row.target_id === pair[2] && row.period_unit === pair[3] && row.outlet === null && row.wire === "once");
  const region = page.getByRole("region", { name: "Net stance in time" });
  assert.equal(await region.locator("tbody tr").count(), Math.min(50, expected.length));
  assert.equal(await region.locator("tbody tr").first().locator("td").nth(1).innerText(), signed(expected[0].net));
});

check("the ledger of claims is searched", async (page) => {
  await page.goto(address + "#claims");
  await page.selectOption("#claim-which", "disputed");
  const disputed = tables.claims.filter((claim) => claim.n_affirms > 0 && claim.n_denies > 0);
  assert.equal(await page.locator("tbody tr").count(), Math.min(50, disputed.length));
  if (disputed.length > 0) {
    await page.fill("#claim-search", disputed[0].text);
    assert.ok(await page.locator("tbody tr").count() >= 1);
    await page.locator("tbody button.show").first().click();
    await page.waitForSelector("dialog[open] .evidence");
    await page.keyboard.press("Escape");
  }
});

check("outlets stand side by side", async (page) => {
  await page.goto(address + "#outlets");
  await page.waitForSelector(".chart canvas");
  const pair = await page.evaluate(() => { const pair = chosenPair(); return [pair.level, pair.holder, pair.target]; });
  const expected = tables.pairs.filter((row) => row.level === pair[0] && row.holder_id === pair[1] && row.target_id === pair[2] && row.period_unit === "all" && row.wire === "once");
  assert.equal(await page.locator("tbody tr").count(), Math.min(50, expected.length));
});

check("turns and omissions are those of the tables", async (page) => {
  await page.goto(address + "#changes");
  const rows = (name) => page.getByRole("region", { name }).locator("tbody tr").count();
  assert.equal(await rows("Who changed position"), Math.min(50, tables.turns.length));
  assert.equal(await rows("Denials left out"), Math.min(50, tables.omissions.length));
  if (tables.turns.length > 0) {
    await page.getByRole("button", { name: "Show sentences of both sides" }).first().click();
    assert.equal(await page.locator("dialog[open] .evidence").count(), 2);
    await page.keyboard.press("Escape");
  }
});

const VIEWS = ["overview", "actors", "network", "trend", "claims", "outlets", "changes"];

/** What axe finds in every view, light and dark. */
async function accessibility() {
  for (const scheme of ["light", "dark"]) {
    // Axe is added past the page's own policy, which would refuse it.
    const page = await open({ colorScheme: scheme, bypassCSP: true });
    for (const view of VIEWS) {
      await page.goto(address + "#" + view);
      await page.waitForTimeout(300);
      await page.evaluate(axe);
      const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
      const serious = found.violations.filter((fault) => ["serious", "critical"].includes(fault.impact));
      for (const fault of serious) faults.push(`axe, ${view}, ${scheme}: ${fault.id}: ${fault.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`);
    }
    await page.context().close();
  }
}

/** Nothing is wider than the window, and every view can be looked at. */
async function widths() {
  for (const [name, options] of [["wide", { viewport: { width: 1280, height: 900 } }], ["narrow", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }]]) {
    for (const scheme of ["light", "dark"]) {
      const page = await open({ ...options, colorScheme: scheme });
      for (const view of VIEWS) {
        await page.goto(address + "#" + view);
        await page.waitForTimeout(500);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (over > 1) faults.push(`${view} is ${over} pixels too wide (${name})`);
        if (shots) await page.screenshot({ path: path.join(shots, `${view}-${name}-${scheme}.png`) });
      }
      await page.context().close();
    }
  }
}

if (shots) mkdirSync(shots, { recursive: true });
let failed = 0;
const page = await open();
for (const [name, body] of checks) {
  try {
    await body(page);
    console.log("ok      " + name);
  } catch (error) {
    failed += 1;
    console.log("FAILED  " + name + "\n        " + error.message);
    await page.keyboard.press("Escape");
  }
}
const first = await page.evaluate(() => performance.getEntriesByType("navigation")[0].domComplete);
console.log(`first view after ${Math.round(first)} ms`);
await accessibility();
await widths();
for (const fault of [...new Set(faults)]) { failed += 1; console.log("FAILED  " + fault); }
await browser.close();
console.log(failed === 0 ? "all is as it should be" : `${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
