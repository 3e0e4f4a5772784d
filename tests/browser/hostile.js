// Whether text from an article can become markup or script.
//
//   node hostile.js make RUN HOSTILE   copies tables (JSON Lines) with hostile texts in them
//   node hostile.js open HOSTILE       opens the page made of them

import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

const TEXTS = [
  "</script><script>window.owned = 1</script>",
  "<img src=x onerror='window.owned = 2'>",
  "<!-- <script>",
  "\"><svg onload=window.owned=3>",
  "{{constructor.constructor('window.owned=4')()}} {{data}} {{scripts}}",
  "\u2028\u2029</style><style>body{display:none}</style>",
  "{a|<b>rich</b>} ${window.owned = 5} `",
];
const URLS = ["javascript:window.owned=6", "JAVASCRIPT:window.owned=7", "data:text/html,<script>window.owned=8</script>", "http://[broken", "//example.org/x", " javascript:alert(9)", "https://example.org/\"onclick=window.owned=10"];

const [verb, from, to] = process.argv.slice(2);
const rows = (folder, name) => readFileSync(path.join(folder, `${name}.jsonl`), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
const write = (folder, name, all) => writeFileSync(path.join(folder, `${name}.jsonl`), all.map((row) => JSON.stringify(row) + "\n").join(""));

function make() {
  cpSync(from, to, { recursive: true });
  const outlets = new Map();
  const hostileOutlet = (name) => {
    if (name === null) return null;
    if (!outlets.has(name)) outlets.set(name, `${TEXTS[outlets.size % TEXTS.length]} ${outlets.size}`);
    return outlets.get(name);
  };
  write(to, "articles", rows(from, "articles").map((row, at) => ({
    ...row, title: `${TEXTS[at % TEXTS.length]} ${row.title}`, url: URLS[at % URLS.length], outlet: hostileOutlet(row.outlet),
    // The same number of characters, so that every span stays where it was.
    text: Array.from(row.text).map((character, place) => Array.from(TEXTS[at % TEXTS.length])[place % 60] || character).join(""),
  })));
  write(to, "actors", rows(from, "actors").map((row, at) => ({ ...row, name: `${TEXTS[at % TEXTS.length]} ${row.name}`, role: TEXTS[(at + 1) % TEXTS.length], aliases: TEXTS })));
  write(to, "claims", rows(from, "claims").map((row, at) => ({ ...row, text: TEXTS[at % TEXTS.length] })));
  for (const name of ["pairs", "speakers", "changes", "turns"]) write(to, name, rows(from, name).map((row) => ({ ...row, outlet: hostileOutlet(row.outlet) })));
  write(to, "omissions", rows(from, "omissions").map((row) => ({ ...row, outlet: hostileOutlet(row.outlet), denial_outlet: hostileOutlet(row.denial_outlet) })));
}

async function open() {
  const faults = [];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) faults.push(message.text()); });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("dialog", (dialog) => { faults.push("dialog: " + dialog.message()); dialog.dismiss(); });
  page.on("request", (request) => { if (!request.url().startsWith("file:")) faults.push("request of " + request.url()); });
  const address = "file://" + path.resolve(from, "report.html");
  const allowed = new Set();
  for (const view of ["overview", "actors", "network", "trend", "claims", "outlets", "changes"]) {
    await page.goto(address + "#" + view);
    await page.waitForSelector("main h1");
    const openers = page.locator("main button.show, main .matrix td button");
    for (let at = 0; at < Math.min(12, await openers.count()); at += 1) {
      await openers.nth(at).click();
      await page.waitForSelector("dialog[open]");
      await page.keyboard.press("Escape");
    }
    await openers.first().click();
    const found = await page.evaluate(() => ({
      owned: window.owned,
      scripts: document.scripts.length,
      strange: [...document.querySelectorAll("img, svg, iframe, object, embed, link, main style, dialog style, main script, dialog script")].map((node) => node.outerHTML),
      handlers: [...document.querySelectorAll("*")].flatMap((node) => [...node.attributes].filter((at) => at.name.startsWith("on")).map((at) => at.name)),
      links: [...document.querySelectorAll("a[href]")].map((node) => node.getAttribute("href")).filter((href) => !href.startsWith("#")),
      hidden: getComputedStyle(document.body).display === "none",
    }));
    assert.equal(found.owned, undefined, view);
    assert.deepEqual([found.strange, found.handlers, found.hidden], [[], [], false], view);
    allowed.add(found.scripts);
    for (const link of found.links) assert.match(link, /^https?:\/\//, "a link that is none");
    await page.keyboard.press("Escape");
  }
  assert.equal(allowed.size, 1, "scripts were added");
  assert.deepEqual([...new Set(faults)], []);
  await browser.close();
  console.log("hostile texts stayed texts");
}

if (verb === "make") make();
else await open();
