"use strict";
// What all views are narrowed by.

const FILTERS = { level: "actor", unit: "all", start: null, outlet: null, once: true, minimum: 1, holder: null, target: null };

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
    if ((FILTERS.holder && !FILTERS.holder(pair.holder)) || (FILTERS.target && !FILTERS.target(pair.target))) continue;
    const row = rowOf(pair);
    if (row) found.push({ pair, row });
  }
  return found;
}

/**
 * Whom typed words stand for, as `newstance top` reads them: part of a name,
 * `party:NAME` or `of:NAME` (and all who belong to it), `country:NAME`,
 * `kind:KIND`. Null where nothing was typed.
 */
function selection(typed) {
  const words = typed.trim().toLocaleLowerCase("en");
  if (words === "") return null;
  const isNamed = (id, name) => {
    const actor = ACTORS.get(id);
    return id !== null && (id.toLocaleLowerCase("en") === name || [nameOf(id), ...(actor ? actor.aliases : [])].some((other) => other.toLocaleLowerCase("en") === name));
  };
  const [word, name] = words.includes(":") ? [words.slice(0, words.indexOf(":")), words.slice(words.indexOf(":") + 1).trim()] : ["", words];
  const of = (id, field) => (ACTORS.get(id) || {})[field] || null;
  if (word === "party" || word === "of") return (id) => isNamed(id, name) || isNamed(of(id, "affiliation"), name);
  if (word === "country") return (id) => isNamed(id, name) || isNamed(of(id, "country"), name);
  if (word === "kind") return (id) => of(id, "kind") === name;
  return (id) => isNamed(id, words) || nameOf(id).toLocaleLowerCase("en").includes(words);
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
  const who = (side, label) => {
    const box = element("input", { id: "filter-" + side, type: "search", placeholder: "anybody", autocomplete: "off", title: "A name, party:NAME, of:NAME, country:NAME or kind:person" });
    box.addEventListener("input", () => { FILTERS[side] = selection(box.value); changed(); });
    return element("label", { for: "filter-" + side }, label, box);
  };
  form.append(who("holder", "Holder"), who("target", "Target"), level, period, outlet, copiesLabel, element("label", { for: "filter-minimum" }, "Articles at least", minimum));
}
