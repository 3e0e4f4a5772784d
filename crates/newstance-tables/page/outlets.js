"use strict";
// The same pair in each outlet.

function outletsView(level, holder, target) {
  const pair = chosenPair(level, holder, target);
  if (!pair) return [element("h1", null, "Outlets"), element("p", null, "No pair is on this page.")];
  const isOnce = FILTERS.unit === "all" ? FILTERS.once : true;
  const rows = pair.rows.filter((row) => row.unit === FILTERS.unit && row.start === FILTERS.start && row.once === isOnce && (row.outlet === null || row.articles >= FILTERS.minimum))
    .sort((a, b) => (a.outlet !== null) - (b.outlet !== null) || a.net - b.net);
  return [
    element("h1", null, "Outlets side by side"),
    pairPicker(pair, goTo("outlets")),
    element("h2", null, `${fullName(pair.holder)} toward ${fullName(pair.target)}, ${periodName(FILTERS)}`),
    rows.length > 0 ? outletChart(rows.slice(0, 30)) : element("p", null, "No article on this pair is left by the filters."),
    sortableTable("Net stance by outlet", [
      { title: "Outlet", cell: (row) => (row.outlet === null ? "all outlets" : row.outlet), key: (row) => row.outlet || "" },
      ...netColumns((row) => row),
      { title: "Articles", number: true, cell: (row) => String(row.articles), key: (row) => row.articles },
      { title: "", cell: (row) => [button("Show sentences", () => showOutlet(pair, row), { class: "show", "aria-label": "Show sentences of " + (row.outlet || "all outlets") })] },
    ], rows, { column: 1, down: false }),
  ];
}

function showOutlet(pair, row) {
  const isShown = (article) => (row.outlet === null || article.outlet === row.outlet) && !(row.once && article.isCopy) && isWithin(article.date, row.unit, row.start);
  showPair(pair.level, pair.holder, pair.target, row, isShown);
}

function outletChart(rows) {
  const names = rows.map((row) => (row.outlet === null ? "all outlets" : row.outlet));
  const whiskers = {
    type: "custom", silent: true, tooltip: { show: false }, encode: { x: [0, 1], y: 2 },
    data: rows.map((row, at) => [row.low, row.high, at]).filter(([low]) => low !== null),
    renderItem: (_, api) => {
      const [from, to] = [api.coord([api.value(0), api.value(2)]), api.coord([api.value(1), api.value(2)])];
      return { type: "line", shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }, style: { stroke: colour("faint"), lineWidth: 3 } };
    },
  };
  const points = {
    type: "scatter", symbolSize: 13, data: rows.map((row, at) => ({
      value: [row.net, at], row, symbol: row.net > 0 ? "triangle" : "circle", itemStyle: { color: colour(row.net > 0 ? "supports" : "opposes") },
    })),
  };
  const node = chart("Net stance by outlet; the table below holds the same.", {
    tooltip: { formatter: (point) => (point.data.row ? `${names[point.data.value[1]]}\nnet ${intervalText(point.data.row)}\n${counted(point.data.row.articles, "article")}` : "") },
    chart: {
      grid: { left: 8, right: 24, top: 16, bottom: 32, containLabel: true },
      xAxis: axis({ type: "value", min: -1, max: 1 }),
      yAxis: axis({ type: "category", data: names, inverse: true, axisLabel: { width: 150, overflow: "truncate" } }),
      series: [whiskers, points],
    },
  });
  return node;
}
