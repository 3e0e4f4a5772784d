"use strict";
// What all views are narrowed by.

const FILTERS = { level: "actor", unit: "all", start: null, outlet: null, once: true, minimum: 1 };

/** The row of a pair that the filters ask for, or null. */
function rowOf(pair, filters) {
  const { unit, start, outlet, once, minimum } = filters || FILTERS;
  const isOnce = unit === "all" ? once : true;
  const row = pair.rows.find((row) => row.unit === unit && row.start === start && row.outlet === outlet && row.once === isOnce);
  return row && row.articles >= minimum ? row : null;
}

/** The pairs that the filters leave, each with its row. */
function filteredPairs(keep) {
  const found = [];
  for (const pair of PAIRS) {
    if (pair.level !== FILTERS.level || (keep && !keep(pair))) continue;
    const row = rowOf(pair);
    if (row) found.push({ pair, row });
  }
  return found;
}

/** True where an article is in what the filters ask for. */
function isArticleShown(article) {
  if (FILTERS.once && article.isCopy) return false;
  if (FILTERS.outlet !== null && article.outlet !== FILTERS.outlet) return false;
  return isWithin(article.date, FILTERS.unit, FILTERS.start);
}

/** The form of the filters; `changed` is called after each change. */
function buildFilters(changed) {
  const form = document.getElementById("filters");
  form.addEventListener("submit", (event) => event.preventDefault());
  const select = (id, label, options, chosen) => {
    const box = element("select", { id }, options.map(([value, text]) => element("option", { value }, text)));
    box.addEventListener("change", () => { chosen(box.value); copies.disabled = FILTERS.unit !== "all"; changed(); });
    return [element("label", { for: id }, label, box), box];
  };
  const [level] = select("filter-level", "Count by", [["actor", "actor"], ["affiliation", "affiliation"], ["country", "country"]], (value) => { FILTERS.level = value; });
  const periods = [["-1", "whole archive"], ...PERIODS.map((period, at) => [String(at), periodName(period)])];
  const [period] = select("filter-period", "Period", periods, (value) => {
    const period = PERIODS[Number(value)] || { unit: "all", start: null };
    FILTERS.unit = period.unit;
    FILTERS.start = period.start;
  });
  const outlets = [["-1", "all outlets"], ...OUTLETS.map((outlet, at) => [String(at), outlet])];
  const [outlet] = select("filter-outlet", "Outlet", outlets, (value) => { FILTERS.outlet = value === "-1" ? null : OUTLETS[Number(value)]; });
  const [copiesLabel, copies] = select("filter-copies", "Wire copies", [["once", "counted once"], ["every", "counted each"]], (value) => { FILTERS.once = value === "once"; });
  const minimum = element("input", { id: "filter-minimum", type: "number", min: "1", step: "1", value: "1" });
  minimum.addEventListener("input", () => { FILTERS.minimum = Math.max(1, Number(minimum.value) || 1); changed(); });
  form.append(level, period, outlet, copiesLabel, element("label", { for: "filter-minimum" }, "Articles at least", minimum));
}
