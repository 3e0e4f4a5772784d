// The page of a run whose net stances were corrected for the models' errors.
//
//   node corrected.js RUN
//
// RUN is a run folder whose tables are JSON Lines, with its report.html. Exits
// with 1 where a corrected figure of the page is not that of the table.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

const run = process.argv[2];
const rows = readFileSync(path.join(run, "pairs.jsonl"), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
const key = (...parts) => JSON.stringify(parts);
const known = new Map(rows.map((row) => [key(row.level, row.holder_id, row.target_id, row.period_unit, row.period_start, row.outlet, row.wire), row]));

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage();
await page.goto("file://" + path.resolve(run, "report.html") + "#network");
const shown = await page.evaluate(() => PAIRS.flatMap((pair) => pair.rows.map((row) => [[pair.level, pair.holder, pair.target, row.unit, row.start, row.outlet, row.once ? "once" : "every"], row.corrected])));
assert.ok(shown.length > 100);
let intervals = 0;
for (const [ids, corrected] of shown) {
  const row = known.get(key(...ids));
  for (const [figure, column] of [["net", "net_corrected"], ["low", "net_corrected_low"], ["high", "net_corrected_high"]]) {
    assert.equal(corrected[figure] === null, row[column] === null, `${column} of ${ids}`);
    assert.ok(Math.abs((corrected[figure] || 0) - (row[column] || 0)) < 1e-4, `${column} of ${ids}`);
  }
  intervals += corrected.low === null ? 0 : 1;
}
assert.ok(intervals > 0, "no corrected interval is on the page");
const table = page.getByRole("region", { name: "Pairs", exact: true });
const headings = (await table.locator("thead th").allInnerTexts()).map((text) => text.trim());
const at = headings.findIndex((text) => text.startsWith("Corrected"));
assert.ok(at > 0, headings.join(" | "));
const [first] = await table.locator("tbody tr").all();
assert.match(await first.locator("td").nth(at).innerText(), /^[+−]\d\.\d\d$/);
await page.goto("file://" + path.resolve(run, "report.html"));
assert.match(await page.locator(".findings, main").first().innerText(), /net [+−]\d\.\d\d[^;]*; corrected [+−]\d\.\d\d/);
await browser.close();
console.log("corrected figures are those of the tables");
