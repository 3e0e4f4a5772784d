"use strict";
// How a pair's net stance went in time.

/** Two boxes to choose a pair by; `chosen(holder, target)` is called with ids. */
function pairPicker(pair, chosen) {
  const pairs = PAIRS.filter((other) => other.level === FILTERS.level);
  const label = (id) => (fullName(id) === nameOf(id) && nameOf(id) === id ? id : `${fullName(id)} · ${id}`);
  const ids = (side, keep) => [...new Set(pairs.filter(keep).map((other) => other[side]))];
  const idOf = (text, among) => among.find((id) => label(id) === text) || among.find((id) => nameOf(id).toLocaleLowerCase("en") === text.toLocaleLowerCase("en")) || null;
  const box = (id, name, value, among) => {
    const input = element("input", { id, list: id + "-list", value, autocomplete: "off" });
    const options = element("datalist", { id: id + "-list" }, among.slice(0, 3000).map((at) => element("option", { value: label(at) })));
    return [element("label", { for: id }, name, input), options, input];
  };
  const holders = ids("holder", () => true);
  const targets = pair ? ids("target", (other) => other.holder === pair.holder) : [];
  const [holderLabel, holderList, holderInput] = box("pick-holder", "Holder", pair ? label(pair.holder) : "", holders);
  const [targetLabel, targetList, targetInput] = box("pick-target", "Target", pair ? label(pair.target) : "", targets);
  holderInput.addEventListener("change", () => {
    const holder = idOf(holderInput.value, holders);
    if (holder === null) return;
    const first = pairs.find((other) => other.holder === holder);
    chosen(holder, first.target);
  });
  targetInput.addEventListener("change", () => {
    const target = idOf(targetInput.value, targets);
    if (target !== null) chosen(pair.holder, target);
  });
  return element("div", { class: "pickers" }, holderLabel, holderList, targetLabel, targetList);
}

/** The pair of an address, or the most marked one. */
function chosenPair(level, holder, target) {
  if (level && level !== FILTERS.level) {
    FILTERS.level = level;
    document.getElementById("filter-level").value = level;
  }
  return pairOf(FILTERS.level, holder, target) || PAIRS.find((pair) => pair.level === FILTERS.level) || null;
}

function goTo(view) {
  return (holder, target) => { location.hash = `#${view}/` + [FILTERS.level, holder, target].map(encodeURIComponent).join("/"); };
}

function trendView(level, holder, target) {
  const pair = chosenPair(level, holder, target);
  if (!pair) return [element("h1", null, "Trend"), element("p", null, "No pair is on this page.")];
  const outlets = [...new Set(pair.rows.filter((row) => row.unit === DATA.trend_unit && row.outlet !== null).map((row) => row.outlet))].sort();
  const weight = (outlet) => pair.rows.filter((row) => row.unit === "all" && row.once && row.outlet === outlet).reduce((sum, row) => sum + row.articles, 0);
  const most = outlets.sort((a, b) => weight(b) - weight(a)).slice(0, 4);
  const series = FILTERS.outlet === null ? [null, ...most] : [FILTERS.outlet];
  return [
    element("h1", null, "Trend"),
    pairPicker(pair, goTo("trend")),
    element("h2", null, `${fullName(pair.holder)} toward ${fullName(pair.target)}, by ${DATA.trend_unit}`),
    element("p", { class: "note" }, "The band is the 95 % interval over all outlets; where articles are too few there is none. Vertical lines are flagged changes."),
    trendChart(pair, series),
    changesOf(pair),
    trendTable(pair, FILTERS.outlet),
  ];
}

/** The rows of a pair in one outlet (null: all), in the order of time. */
function trendRows(pair, outlet) {
  return pair.rows.filter((row) => row.unit === DATA.trend_unit && row.once && row.outlet === outlet).sort((a, b) => compare(a.start, b.start));
}

const BARS = "▁▂▃▄▅▆▇█";
const SPARKLINE_BARS = 24;

/** The trend of a pair in a few characters; "·" where nothing was said. */
function sparkline(pair) {
  const periods = PERIODS.filter((period) => period.unit === DATA.trend_unit).map((period) => period.start);
  const each = Math.max(1, Math.ceil(periods.length / SPARKLINE_BARS));
  const bars = Array.from({ length: Math.ceil(periods.length / each) }, () => []);
  for (const row of trendRows(pair, FILTERS.outlet)) bars[Math.floor(periods.indexOf(row.start) / each)].push(row.net);
  const mean = (nets) => nets.reduce((sum, net) => sum + net, 0) / nets.length;
  const text = bars.map((nets) => (nets.length === 0 ? "·" : BARS[Math.round(((mean(nets) + 1) / 2) * 7)])).join("");
  return element("span", { class: "sparkline", role: "img", "aria-label": `Trend over ${counted(bars.length, "period")}` }, text);
}

function trendChart(pair, outlets) {
  const colours = lineColours();
  const band = trendRows(pair, outlets[0]).filter((row) => row.low !== null);
  const area = { type: "line", stack: "band", symbol: "none", silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false }, stackStrategy: "all" };
  const flagged = DATA.changes.filter((change) => change.is_flagged && isOf(change, pair) && change.outlet === outlets[0]);
  const lines = outlets.map((outlet, at) => ({
    type: "line", name: outlet === null ? "all outlets" : outlet, symbol: SYMBOLS[at % SYMBOLS.length], symbolSize: at === 0 ? 8 : 6, connectNulls: true,
    data: trendRows(pair, outlet).map((row) => ({ value: [row.start, row.net], row })),
    color: colours[at % colours.length], lineStyle: { width: at === 0 ? 3 : 1.5, type: at === 0 ? "solid" : "dashed" },
    markLine: at > 0 ? undefined : { symbol: "none", silent: true, lineStyle: { color: colour("ink"), type: "dotted", width: 2 }, label: { formatter: "change", color: colour("ink") }, data: flagged.map((change) => ({ xAxis: change.period_start })) },
  }));
  const rows = trendRows(pair, outlets[0]);
  const label = `Net stance of ${nameOf(pair.holder)} toward ${nameOf(pair.target)} by ${DATA.trend_unit}, ${counted(rows.length, "point")}; the table holds the same.`;
  return chart(label, {
    tooltip: { trigger: "item", formatter: (point) => (point.data.row ? `${point.seriesName}, ${periodName(point.data.row)}\nnet ${intervalText(point.data.row)}\n${counted(point.data.row.articles, "article")}` : "") },
    onclick: (event) => { if (event.data && event.data.row) showPeriod(pair, event.data.row); },
    chart: {
      grid: { left: 48, right: 24, top: 48, bottom: 40 },
      legend: { top: 0, left: "center", data: lines.map((line) => line.name), textStyle: { color: colour("ink") }, type: "scroll", inactiveColor: colour("faint") },
      xAxis: axis({ type: "time", axisLine: { onZero: false, lineStyle: { color: colour("line") } }, splitLine: { show: false }, axisLabel: { hideOverlap: true } }), yAxis: axis({ type: "value", min: -1, max: 1, name: "net stance" }),
      series: [{ ...area, data: band.map((row) => [row.start, row.low]) }, { ...area, areaStyle: { color: colours[0], opacity: 0.22 }, data: band.map((row) => [row.start, row.high - row.low]) }, ...lines],
    },
  });
}

function isOf(change, pair) {
  return change.level === pair.level && change.holder_id === pair.holder && change.target_id === pair.target;
}

/** The sentences of one point. */
function showPeriod(pair, row) {
  const isShown = (article) => !article.isCopy && (row.outlet === null || article.outlet === row.outlet) && isWithin(article.date, row.unit, row.start);
  showPair(pair.level, pair.holder, pair.target, row, isShown);
}

function changesOf(pair) {
  const tested = DATA.changes.filter((change) => isOf(change, pair) && change.outlet === FILTERS.outlet);
  if (tested.length === 0) return element("p", { class: "note" }, "Too few articles to test this pair for a change in time.");
  return tested.map((change) => element("p", null, change.is_flagged
    ? `Flagged change in ${change.period_start.slice(0, 7)}: net ${signed(change.net_before)} before (${counted(change.n_before, "article")}), ${signed(change.net_after)} from then on (${counted(change.n_after, "article")}), p = ${change.p_value.toFixed(3)}.`
    : `No change in time is flagged (tested; p = ${change.p_value.toFixed(3)}).`));
}

function trendTable(pair, outlet) {
  return sortableTable("Net stance in time", [
    { title: "Period", cell: (row) => periodName(row), key: (row) => row.start },
    ...netColumns((row) => row),
    { title: "Articles", number: true, cell: (row) => String(row.articles), key: (row) => row.articles },
    { title: "", cell: (row) => [button("Show sentences", () => showPeriod(pair, row), { class: "show", "aria-label": "Show sentences of " + periodName(row) })] },
  ], trendRows(pair, outlet), { column: 0, down: false });
}
