"use strict";
// What all charts share: colours of the theme, size, and no markup in labels.

const CHARTS = new Map();

/** A colour of the style sheet. */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
}

/** Draws `option` into a new element, with the words `label` for who cannot see it. */
function chart(label, option, isTall) {
  const node = element("div", { class: isTall ? "chart tall" : "chart", role: "img", "aria-label": label });
  requestAnimationFrame(() => {
    if (!node.isConnected) return;
    const drawn = echarts.init(node, null, { renderer: "canvas" });
    CHARTS.set(node, drawn);
    drawn.setOption({
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches && !option.still,
      textStyle: { color: colour("ink"), fontFamily: "system-ui, sans-serif" },
      // Labels are drawn, never parsed: a name can hold anything.
      tooltip: { renderMode: "richText", backgroundColor: colour("raised"), borderColor: colour("line"), textStyle: { color: colour("ink") }, confine: true, ...option.tooltip },
      ...option.chart,
    });
    if (option.onclick) drawn.on("click", option.onclick);
  });
  return node;
}

/** Lets go of charts whose view has gone. */
function dropCharts() {
  for (const [node, drawn] of CHARTS) {
    if (!node.isConnected) { drawn.dispose(); CHARTS.delete(node); }
  }
}

window.addEventListener("resize", () => { for (const drawn of CHARTS.values()) drawn.resize(); });

/** An axis in the colours of the theme. */
function axis(more) {
  return {
    axisLine: { lineStyle: { color: colour("line") } }, splitLine: { lineStyle: { color: colour("line") } },
    axisLabel: { color: colour("faint"), ...(more.axisLabel || {}) }, nameTextStyle: { color: colour("faint") }, ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== "axisLabel")),
  };
}

/** Line colours that the colour-blind tell apart, each with a symbol of its own. */
function lineColours() {
  const dark = document.documentElement.dataset.theme === "dark";
  return dark ? ["#6ab8ec", "#f0a04b", "#3cc9a0", "#e39bc4", "#f0e05a", "#b8c0c8"] : ["#0067a3", "#b84a00", "#00795a", "#a3507f", "#7a6a00", "#59626d"];
}
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "roundRect", "pin"];
