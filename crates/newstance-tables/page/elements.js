"use strict";
// Elements are made here and nowhere else. Whatever comes from an article is
// a text node or an attribute of a fixed list, so it can never become markup.

const ATTRIBUTES = new Set([
  "class", "id", "type", "value", "scope", "aria-sort", "aria-label", "aria-live", "aria-current", "aria-expanded",
  "title", "role", "list", "for", "placeholder", "min", "max", "step", "name", "selected", "disabled", "tabindex", "colspan", "lang", "autocomplete",
]);

/** An element. Texts among the children become text nodes. */
function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "onclick") node.addEventListener("click", value);
    else if (name === "oninput") node.addEventListener("input", value);
    else if (name === "onchange") node.addEventListener("change", value);
    else if (name === "href") setLink(node, value);
    else if (ATTRIBUTES.has(name)) node.setAttribute(name, value === true ? "" : String(value));
    else throw new Error("no attribute " + name);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Links go to places in this page and to http addresses, nowhere else. */
function setLink(node, address) {
  if (address.startsWith("#")) {
    node.setAttribute("href", address);
    return;
  }
  let url;
  try { url = new URL(address); } catch { return; }
  if (url.protocol !== "http:" && url.protocol !== "https:") return;
  node.setAttribute("href", url.href);
  node.setAttribute("rel", "noopener noreferrer");
  node.setAttribute("target", "_blank");
}

/** A button that opens something. */
function button(text, onclick, attributes) {
  return element("button", { type: "button", onclick, ...attributes }, text);
}

/** How many rows a table shows before it is asked for more. */
const PAGE_ROWS = 50;

/**
 * A table that sorts by its headings. `columns` have `title`, `cell(row)`
 * (text or element), `key(row)` to sort by; `number`, `day` and `wide` say what a
 * column holds.
 */
function sortableTable(caption, columns, rows, start) {
  const state = { column: start ? start.column : -1, down: start ? start.down : false, shown: PAGE_ROWS };
  const body = element("tbody");
  const heads = columns.map((column, at) => element(
    "th", { scope: "col", class: column.number ? "number" : null },
    column.key ? button(column.title, () => { state.down = state.column === at ? !state.down : Boolean(column.number); state.column = at; draw(); }) : column.title,
  ));
  const more = button("Show more", () => { state.shown += PAGE_ROWS * 4; draw(); });
  const count = element("p", { class: "note", "aria-live": "polite" });
  function draw() {
    const sorted = state.column < 0 ? rows : [...rows].sort((a, b) => compare(columns[state.column].key(a), columns[state.column].key(b), state.down));
    heads.forEach((head, at) => {
      if (columns[at].key) head.setAttribute("aria-sort", at !== state.column ? "none" : state.down ? "descending" : "ascending");
    });
    body.replaceChildren(...sorted.slice(0, state.shown).map((row) => element(
      "tr", null, columns.map((column) => element("td", { class: column.number ? "number" : column.wide ? "wide" : column.day ? "day" : null }, column.cell(row))),
    )));
    more.hidden = rows.length <= state.shown;
    count.textContent = rows.length === 0 ? "Nothing matches." : rows.length > state.shown ? `${state.shown} of ${rows.length} rows` : "";
  }
  draw();
  const table = element("table", { "aria-label": caption }, element("thead", null, element("tr", null, heads)), body);
  return element("div", null, element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, table), count, more);
}

/** Orders texts and numbers; what is absent comes last both ways. */
function compare(a, b, down) {
  const missing = (value) => value === null || value === undefined;
  if (missing(a) || missing(b)) return missing(a) - missing(b);
  const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en");
  return down ? -order : order;
}
