"use strict";
// Search for an actor, and its profile.

const ACTOR_LIST_ROWS = 200;

function actorsView(id) {
  const search = element("input", { id: "actor-search", type: "search", placeholder: "name, alias or role", autocomplete: "off" });
  const list = element("ul", { class: "list actor-list" });
  const count = element("p", { class: "note", "aria-live": "polite" });
  const ranked = [...ACTORS.values()].filter((actor) => actor.articles > 0 || actor.kind === "country").sort((a, b) => b.articles - a.articles || compare(a.name, b.name));
  const chosen = ACTORS.get(id) || ranked[0];
  function draw() {
    const words = search.value.toLocaleLowerCase("en").split(/\s+/).filter(Boolean);
    const text = (actor) => [actor.name, actor.id, actor.role, actor.kind, ...actor.aliases].filter(Boolean).join(" ").toLocaleLowerCase("en");
    const found = ranked.filter((actor) => words.every((word) => text(actor).includes(word)));
    list.replaceChildren(...found.slice(0, ACTOR_LIST_ROWS).map((actor) => element("li", null,
      element("a", { href: "#actors/" + encodeURIComponent(actor.id), "aria-current": chosen && actor.id === chosen.id ? "true" : null },
        fullName(actor.id), element("span", { class: "figure" }, String(actor.articles))))));
    count.textContent = found.length > ACTOR_LIST_ROWS ? `${ACTOR_LIST_ROWS} of ${found.length} actors` : counted(found.length, "actor");
  }
  search.addEventListener("input", draw);
  draw();
  return [
    element("h1", null, "Actors"),
    element("div", { class: "actor-layout" },
      element("section", { "aria-label": "All actors" }, element("label", { for: "actor-search" }, "Search", search), count, list),
      element("section", { "aria-label": "Profile" }, chosen ? profile(chosen) : element("p", null, "No actor was found."))),
  ];
}

function profile(actor) {
  const facts = [actor.kind, actor.role, actor.affiliation && actor.affiliation !== actor.id ? "of " + nameOf(actor.affiliation) : null,
    actor.country && actor.country !== actor.id ? nameOf(actor.country) : null, counted(actor.articles, "article"), counted(actor.mentions, "mention")];
  const aliases = actor.aliases.length > 0 ? element("p", { class: "note" }, "Also: " + actor.aliases.slice(0, 12).join(", ")) : null;
  const as = (side) => filteredPairs((pair) => pair[side] === actor.id).filter(({ row }) => Math.abs(row.supports - row.opposes) > 0.05)
    .sort((a, b) => Math.abs(b.row.supports - b.row.opposes) - Math.abs(a.row.supports - a.row.opposes));
  const said = STATEMENTS.filter((statement) => statement.speaker === actor.id && isArticleShown(statement.passage.article));
  const own = as("holder");
  return [
    element("h2", { id: "profile-name" }, actor.name),
    element("p", null, facts.filter(Boolean).join(", ")), aliases,
    element("div", { class: "columns" },
      element("section", null, element("h3", null, "Whom it supports and opposes"), relations(own, "target")),
      element("section", null, element("h3", null, "Who supports and opposes it"), relations(as("target"), "holder"))),
    own.length > 0 ? [element("h3", null, "Trend toward " + nameOf(own[0].pair.target)), trendChart(own[0].pair, [FILTERS.outlet])] : null,
    element("h3", null, "What it says"),
    said.length === 0 ? element("p", { class: "note" }, "No statement of its own is on this page.")
      : element("p", null, button(`Read ${counted(said.length, "statement")}`, () => showEvidence("Statements of " + actor.name, said), { class: "show", id: "profile-statements" })),
  ];
}

function relations(found, other) {
  return findings(found.slice(0, 15).map(({ pair, row }) => [
    [element("span", { class: verbOf(row.net) }, verbOf(row.net)), " ", element("a", { href: "#trend/" + [pair.level, pair.holder, pair.target].map(encodeURIComponent).join("/") }, fullName(pair[other])), " ",
      element("span", { class: "figure" }, `${intervalText(row)}, ${counted(row.articles, "article")}`)],
    pairButton(pair.level, pair.holder, pair.target, row),
  ]));
}
