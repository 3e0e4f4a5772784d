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

function claimsView() {
  const search = element("input", { id: "claim-search", type: "search", placeholder: "words of the claim, or who speaks", autocomplete: "off" });
  const which = element("select", { id: "claim-which" }, element("option", { value: "shared" }, "in two statements or more"), element("option", { value: "disputed" }, "disputed"), element("option", { value: "all" }, "all"));
  const place = element("div");
  const holders = (claim, position) => [...new Set((POSITIONS_OF.get(claim.claim_id) || []).filter((at) => at.position === position).map((at) => fullName(at.holder)))].join(", ");
  const outlets = (claim) => [...new Set(claimStatements(claim).map((statement) => statement.passage.article.outlet).filter(Boolean))];
  function draw() {
    const words = search.value.toLocaleLowerCase("en").split(/\s+/).filter(Boolean);
    const kept = [...CLAIMS.values()].filter((claim) => {
      if (which.value === "shared" && claim.n_statements < 2) return false;
      if (which.value === "disputed" && !(claim.n_affirms > 0 && claim.n_denies > 0)) return false;
      if (FILTERS.outlet !== null && !outlets(claim).includes(FILTERS.outlet)) return false;
      const text = [claim.text, holders(claim, "affirms"), holders(claim, "denies"), holders(claim, "questions")].join(" ").toLocaleLowerCase("en");
      return words.every((word) => text.includes(word));
    });
    place.replaceChildren(sortableTable("Claims", [
      { title: "Claim", wide: true, cell: (claim) => claim.text, key: (claim) => claim.text },
      { title: "Affirm it", cell: (claim) => holders(claim, "affirms"), key: (claim) => claim.n_affirms },
      { title: "Deny it", cell: (claim) => holders(claim, "denies"), key: (claim) => claim.n_denies },
      { title: "Question it", cell: (claim) => holders(claim, "questions"), key: (claim) => claim.n_questions },
      { title: "First", day: true, cell: (claim) => claim.first_date || "", key: (claim) => claim.first_date },
      { title: "Last", day: true, cell: (claim) => claim.last_date || "", key: (claim) => claim.last_date },
      { title: "Outlets", cell: (claim) => outlets(claim).join(", "), key: (claim) => outlets(claim).length },
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
