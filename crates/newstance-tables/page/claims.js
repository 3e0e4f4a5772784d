"use strict";
// Which claims there are, who affirms them and who denies them.

/** The statements behind a claim, each with the position that it takes. */
function claimStatements(claim) {
  return (POSITIONS_OF.get(claim.claim_id) || []).filter((position) => position.statement).map((position) => ({ ...position.statement, stand: position.position, speaker: position.holder }));
}

function claimButton(claim) {
  return button("Show sentences", () => showEvidence(`“${claim.text}”`, claimStatements(claim)), { class: "show", "aria-label": "Show sentences of this claim" });
}

function disputedClaims() {
  return [...CLAIMS.values()].filter((claim) => claim.n_affirms > 0 && claim.n_denies > 0).sort((a, b) => b.n_statements - a.n_statements);
}

/** As many names as fit in a cell. */
const NAMES_IN_A_CELL = 5;

/** The first names, and how many more there are. */
function firstNames(names) {
  const more = names.length - NAMES_IN_A_CELL;
  if (more <= 1) return names.join(", ");
  return [names.slice(0, NAMES_IN_A_CELL).join(", "), " ", element("span", { class: "note", title: names.slice(NAMES_IN_A_CELL).join(", ") }, `and ${more} more`)];
}

/** What occurs, each once, from the most frequent. */
function byFrequency(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
  return [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
}

function claimsView() {
  const search = element("input", { id: "claim-search", type: "search", placeholder: "words of the claim, or who speaks", autocomplete: "off" });
  const which = element("select", { id: "claim-which" }, element("option", { value: "shared" }, "in two statements or more"), element("option", { value: "disputed" }, "disputed"), element("option", { value: "all" }, "all"));
  const place = element("div");
  const holders = (claim, position) => byFrequency((POSITIONS_OF.get(claim.claim_id) || []).filter((at) => at.position === position).map((at) => fullName(at.holder)));
  const outlets = (claim) => byFrequency(claimStatements(claim).map((statement) => statement.passage.article.outlet).filter(Boolean));
  function draw() {
    const words = search.value.toLocaleLowerCase("en").split(/\s+/).filter(Boolean);
    const kept = [...CLAIMS.values()].filter((claim) => {
      if (which.value === "shared" && claim.n_statements < 2) return false;
      if (which.value === "disputed" && !(claim.n_affirms > 0 && claim.n_denies > 0)) return false;
      if (FILTERS.outlet !== null && !outlets(claim).includes(FILTERS.outlet)) return false;
      const names = ["affirms", "denies", "questions"].flatMap((position) => holders(claim, position));
      const text = [claim.text, ...names].join(" ").toLocaleLowerCase("en");
      return words.every((word) => text.includes(word));
    });
    place.replaceChildren(sortableTable("Claims", [
      { title: "Claim", wide: true, cell: (claim) => claim.text, key: (claim) => claim.text },
      { title: "Affirm it", cell: (claim) => firstNames(holders(claim, "affirms")), key: (claim) => claim.n_affirms },
      { title: "Deny it", cell: (claim) => firstNames(holders(claim, "denies")), key: (claim) => claim.n_denies },
      { title: "Question it", cell: (claim) => firstNames(holders(claim, "questions")), key: (claim) => claim.n_questions },
      { title: "First", day: true, cell: (claim) => claim.first_date || "", key: (claim) => claim.first_date },
      { title: "Last", day: true, cell: (claim) => claim.last_date || "", key: (claim) => claim.last_date },
      { title: "Outlets", cell: (claim) => firstNames(outlets(claim)), key: (claim) => outlets(claim).length },
      { title: "Statements", number: true, cell: (claim) => String(claim.n_statements), key: (claim) => claim.n_statements },
      { title: "", cell: (claim) => [claimButton(claim)] },
    ], kept, { column: 7, down: true }));
  }
  search.addEventListener("input", draw);
  which.addEventListener("change", draw);
  draw();
  return [
    element("h1", null, "Claims"),
    element("div", { class: "pickers" }, element("label", { for: "claim-search" }, "Search", search), element("label", { for: "claim-which" }, "Claims", which)),
    place,
  ];
}
