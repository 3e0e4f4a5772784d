"use strict";
// The sentences behind a figure.

/** Opens the dialog with `items` (stances or statements) under `title`. */
function showEvidence(title, items, note) {
  const dialog = document.getElementById("evidence");
  const shown = { n: 30 };
  const list = element("div");
  const more = button("Show more", () => { shown.n += 100; draw(); });
  function draw() {
    list.replaceChildren(...items.slice(0, shown.n).map(evidenceItem));
    more.hidden = items.length <= shown.n;
  }
  draw();
  const legend = element("p", { class: "legend" },
    element("mark", { class: "source" }, "source"), element("mark", { class: "cue" }, "cue"),
    element("mark", { class: "content" }, "content"), element("mark", { class: "holder" }, "holder"), element("mark", { class: "target" }, "target"));
  dialog.replaceChildren(
    element("div", { class: "dialog-head" },
      element("div", null, element("h2", { id: "evidence-title" }, title), legend),
      button("Close", () => dialog.close(), { id: "evidence-close" })),
    element("div", { class: "dialog-body" },
      element("p", { class: "note" }, items.length === 0 ? "No sentence of this is on the page; the tables hold it." : counted(items.length, "passage"), note ? ". " + note : ""),
      list, more));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}

/** One passage with what is marked in it, and where it stands. */
function evidenceItem(item) {
  const isStance = item.holder !== undefined;
  const statement = isStance ? item.statement : item;
  const marks = [];
  const add = (spans, kind) => spans.forEach(([start, end]) => marks.push({ start, end, kind }));
  if (statement && statement.passage.article === item.passage.article && statement.passage.isTitle === item.passage.isTitle) {
    add(statement.content, "content");
    add(statement.source, "source");
    add(statement.cue, "cue");
  }
  if (isStance) {
    add(item.holders, "holder");
    add(item.targets, "target");
    if (!statement) add([item.evidence], "content");
  }
  const head = isStance
    ? [element("strong", null, fullName(item.holder)), " ", element("span", { class: item.position }, item.position === "neutral" ? "is neutral toward" : item.position), " ",
      element("strong", null, fullName(item.target)), " ", element("span", { class: "figure" }, percent(item.p[["supports", "neutral", "opposes"].indexOf(item.position)]))]
    : [element("strong", null, fullName(item.speaker)), " ", item.stand || item.force, " ", element("span", { class: "figure" }, percent(item.probability))];
  return element("article", { class: "evidence" }, element("div", null, head),
    element("blockquote", null, markedText(item.passage, marks)), articleLine(item.passage.article));
}

function percent(probability) {
  return `${Math.round(100 * probability)} %`;
}

/** Outlet, date, title and link of an article. */
function articleLine(article) {
  const parts = [article.outlet, article.date].filter((part) => part !== null).join(", ");
  const title = article.title || article.id;
  const link = element("a", article.url ? { href: article.url } : null, title);
  return element("p", { class: "where" }, parts, parts ? ": " : "", link.hasAttribute("href") ? link : title, article.isCopy ? " (wire copy)" : "");
}

/** The text of a passage cut where marks begin and end. Offsets are in characters. */
function markedText(passage, marks) {
  const characters = Array.from(passage.text);
  const place = (at) => Math.min(Math.max(at - passage.start, 0), characters.length);
  const cuts = new Set([0, characters.length]);
  for (const mark of marks) { cuts.add(place(mark.start)); cuts.add(place(mark.end)); }
  const places = [...cuts].sort((a, b) => a - b);
  const parts = [];
  for (let n = 0; n + 1 < places.length; n += 1) {
    const [start, end] = [places[n], places[n + 1]];
    const text = characters.slice(start, end).join("");
    const kinds = marks.filter((mark) => place(mark.start) <= start && place(mark.end) >= end).map((mark) => mark.kind);
    // Source and cue lie over the content that they stand in.
    const names = [...new Set(kinds)].filter((kind) => kind !== "content" || !(kinds.includes("source") || kinds.includes("cue")));
    parts.push(names.length === 0 ? text : element("mark", { class: names.join(" "), title: names.join(", ") }, text));
  }
  return parts;
}

/** The stances behind a pair, as the filters narrow them, the surest first. */
function stancesOf(level, holder, target, isShown) {
  const found = STANCES.filter((stance) => partyOf(level, stance.holder) === holder && partyOf(level, stance.target) === target && (isShown || isArticleShown)(stance.passage.article));
  const sure = (stance) => Math.max(stance.p[0], stance.p[2]);
  return found.sort((a, b) => sure(b) - sure(a));
}

/** Opens the sentences behind a pair. */
function showPair(level, holder, target, row, isShown) {
  const verb = row.net > 0 ? "supports" : "opposes";
  const note = DATA.not_shown.stances > 0 ? "The page holds the most marked stances only." : "";
  showEvidence(`${fullName(holder)} ${verb} ${fullName(target)}: net ${intervalText(row)}, ${counted(row.articles, "article")}`, stancesOf(level, holder, target, isShown), note);
}

/** A button for the sentences behind a pair. */
function pairButton(level, holder, target, row, isShown) {
  return button("Show sentences", () => showPair(level, holder, target, row, isShown), { class: "show", "aria-label": `Show sentences of ${nameOf(holder)} on ${nameOf(target)}` });
}
