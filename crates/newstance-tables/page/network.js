"use strict";
// Who stands how to whom, as a network, a matrix and a list.

const NETWORK_EDGES = 90;
const MATRIX_ROWS = 18;

function networkView() {
  const found = filteredPairs(({ holder }) => holder !== "outlet").filter(({ row }) => Math.abs(row.net) >= 0.05)
    .sort((a, b) => Math.abs(b.row.supports - b.row.opposes) - Math.abs(a.row.supports - a.row.opposes) || compare(a.pair.holder + a.pair.target, b.pair.holder + b.pair.target));
  const edges = found.slice(0, NETWORK_EDGES);
  return [
    element("h1", null, "Stance network"),
    element("p", { class: "note" }, `Arrows go from holder to target: full lines support, dashed lines oppose, wider with more articles. ${edges.length} of ${found.length} pairs, the most marked. A click opens the sentences or the actor.`),
    edges.length > 0 ? networkChart(edges) : element("p", null, "No pair is left by the filters."),
    element("h2", null, "The same as a matrix"),
    element("p", { class: "note" }, "Rows hold the stance, columns are its target. A heading sorts the rows by its column; a figure opens its sentences."),
    matrix(found),
    element("h2", null, "All pairs"),
    pairTable(filteredPairs()),
  ];
}

function networkChart(edges) {
  const weight = new Map();
  for (const { pair, row } of edges) for (const id of [pair.holder, pair.target]) weight.set(id, (weight.get(id) || 0) + row.articles);
  const heaviest = Math.max(...weight.values());
  const named = new Set([...weight].sort((a, b) => b[1] - a[1]).slice(0, window.innerWidth < 700 ? 12 : 25).map(([id]) => id));
  const nodes = [...weight].map(([id, n]) => ({
    id, name: nameOf(id), symbolSize: 8 + 26 * Math.sqrt(n / heaviest), value: n,
    label: { show: named.has(id), color: colour("ink"), position: "right", textBorderColor: colour("paper"), textBorderWidth: 3 }, itemStyle: { color: colour("neutral"), borderColor: colour("paper"), borderWidth: 1 },
  }));
  const links = edges.map(({ pair, row }) => ({
    source: pair.holder, target: pair.target, value: row.net, pair, row,
    lineStyle: { color: colour(row.net > 0 ? "supports" : "opposes"), type: row.net > 0 ? "solid" : "dashed", width: 1 + Math.min(5, Math.sqrt(row.articles) * Math.abs(row.net) * 2), curveness: 0.12, opacity: 0.8 },
  }));
  const tell = (point) => (point.dataType === "edge"
    ? `${nameOf(point.data.pair.holder)} ${verbOf(point.data.row.net)} ${nameOf(point.data.pair.target)}\nnet ${intervalText(point.data.row)}\n${counted(point.data.row.articles, "article")}`
    : `${fullName(point.data.id)}`);
  return chart(`Network of ${nodes.length} actors and ${links.length} stances; the table below holds the same.`, {
    still: true,
    tooltip: { formatter: tell },
    chart: { series: [{ type: "graph", layout: "force", roam: true, draggable: true, nodes, links, edgeSymbol: ["none", "arrow"], edgeSymbolSize: 8, labelLayout: { hideOverlap: true }, zoom: window.innerWidth < 700 ? 0.6 : 0.85, force: { repulsion: [60, 300], edgeLength: [40, 120], gravity: 0.2, friction: 0.2, layoutAnimation: false }, emphasis: { focus: "adjacency" } }] },
    onclick: (event) => {
      if (event.dataType === "edge") showPair(event.data.pair.level, event.data.pair.holder, event.data.pair.target, event.data.row);
      else location.hash = "#actors/" + encodeURIComponent(event.data.id);
    },
  }, true);
}

function matrix(found) {
  const top = (side) => {
    const marked = new Map();
    for (const { pair, row } of found) marked.set(pair[side], (marked.get(pair[side]) || 0) + Math.abs(row.supports - row.opposes));
    return [...marked].sort((a, b) => b[1] - a[1]).slice(0, MATRIX_ROWS).map(([id]) => id);
  };
  const [holders, targets] = [top("holder"), top("target")];
  const cells = new Map(found.map(({ pair, row }) => [pair.holder + "\n" + pair.target, { pair, row }]));
  const cell = (holder, target) => cells.get(holder + "\n" + target) || null;
  const state = { target: null, down: true };
  const body = element("tbody");
  const heads = targets.map((target) => element("th", { scope: "col", "aria-sort": "none" }, button(nameOf(target), () => {
    state.down = state.target === target ? !state.down : false;
    state.target = target;
    draw();
  })));
  function draw() {
    const net = (holder) => { const at = cell(holder, state.target); return at ? at.row.net : null; };
    const order = state.target === null ? holders : [...holders].sort((a, b) => compare(net(a), net(b), state.down));
    heads.forEach((head, at) => head.setAttribute("aria-sort", targets[at] !== state.target ? "none" : state.down ? "descending" : "ascending"));
    body.replaceChildren(...order.map((holder) => element("tr", null, element("th", { scope: "row" }, nameOf(holder)), targets.map((target) => matrixCell(cell(holder, target))))));
  }
  draw();
  const corner = element("th", { scope: "col" }, "holder \\ target");
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Matrix of net stances" },
    element("table", { class: "matrix" }, element("thead", null, element("tr", null, corner, heads)), body));
}

function matrixCell(at) {
  if (!at) return element("td", null, element("span", { class: "note" }, "·"));
  const { pair, row } = at;
  const strength = Math.abs(row.net) >= 0.3 ? "strong" : "weak";
  const label = `${nameOf(pair.holder)} ${verbOf(row.net)} ${nameOf(pair.target)}, net ${intervalText(row)}`;
  return element("td", { class: `${strength}-${verbOf(row.net)}` }, button(signed(row.net), () => showPair(pair.level, pair.holder, pair.target, row), { "aria-label": label, title: label }));
}

/** All pairs of the filters with their figures. */
function pairTable(found) {
  return sortableTable("Pairs", [
    { title: "Holder", cell: ({ pair }) => fullName(pair.holder), key: ({ pair }) => fullName(pair.holder) },
    { title: "Target", cell: ({ pair }) => fullName(pair.target), key: ({ pair }) => fullName(pair.target) },
    ...netColumns(({ row }) => row),
    { title: "Supports", number: true, cell: ({ row }) => row.supports.toFixed(1), key: ({ row }) => row.supports },
    { title: "Opposes", number: true, cell: ({ row }) => row.opposes.toFixed(1), key: ({ row }) => row.opposes },
    { title: "Trend", day: true, cell: ({ pair }) => [element("a", { href: "#trend/" + [pair.level, pair.holder, pair.target].map(encodeURIComponent).join("/") }, sparkline(pair))] },
    { title: "Articles", number: true, cell: ({ row }) => String(row.articles), key: ({ row }) => row.articles },
    { title: "", cell: ({ pair, row }) => [pairButton(pair.level, pair.holder, pair.target, row)] },
  ], found, { column: 7, down: true });
}
