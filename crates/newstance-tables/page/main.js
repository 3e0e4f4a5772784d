"use strict";
// Which view is shown: the part of the address after "#".

const VIEWS = [
  ["overview", "Overview", overviewView], ["actors", "Actors", actorsView], ["network", "Network", networkView], ["trend", "Trend", trendView],
  ["claims", "Claims", claimsView], ["outlets", "Outlets", outletsView], ["changes", "Changes", changesView],
];

function draw(isNew) {
  const [name, ...rest] = location.hash.slice(1).split("/").map(decodePart);
  const [id, title, view] = VIEWS.find(([id]) => id === name) || VIEWS[0];
  const main = document.getElementById("main");
  main.replaceChildren(...view(...rest).flat(Infinity).filter(Boolean));
  dropCharts();
  document.title = `${title} · newstance`;
  for (const link of document.querySelectorAll("#views a")) {
    if (link.getAttribute("href") === "#" + id) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (isNew) { main.focus({ preventScroll: true }); window.scrollTo(0, 0); }
}

function decodePart(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  document.getElementById("theme").textContent = theme === "dark" ? "Light" : "Dark";
}

document.getElementById("views").append(...VIEWS.map(([id, title]) => element("li", null, element("a", { href: "#" + id }, title))));
setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
document.getElementById("theme").addEventListener("click", () => { setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"); draw(false); });
buildFilters(() => draw(false));
window.addEventListener("hashchange", () => draw(true));
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, select, dialog[open]")) return;
  event.preventDefault();
  if (!location.hash.startsWith("#actors") && !location.hash.startsWith("#claims")) location.hash = "#actors";
  setTimeout(() => { const box = document.querySelector("main input[type=search]"); if (box) box.focus(); });
});
draw(false);
