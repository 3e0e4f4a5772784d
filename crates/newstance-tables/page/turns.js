"use strict";
// Who changed position, which pairs changed in time, whose denial was left out.

function turnText(turn) {
  const who = turn.outlet === null ? fullName(turn.holder_id) : turn.outlet;
  const about = turn.claim_id === null ? fullName(turn.target_id) : `“${claimText(turn.claim_id)}”`;
  return [element("strong", null, who), " ", turnWord(turn.from_position), ` (${turn.from_date}), then `, turnWord(turn.to_position), ` (${turn.to_date}) `, element("strong", null, about),
    " ", element("span", { class: "figure" }, `${turn.n_from} and ${counted(turn.n_to, "passage")}`)];
}

function turnWord(position) {
  const sense = { affirms: "supports", denies: "opposes" }[position] || position;
  return element("span", { class: sense }, position);
}

function claimText(id) {
  const claim = CLAIMS.get(id);
  return claim ? claim.text : id;
}

/** The evidence on both sides of a turn. */
function turnEvidence(turn) {
  return [[turn.from, turn.from_position], [turn.to, turn.to_position]].filter(([at]) => at !== null)
    .map(([at, stand]) => (turn.claim_id === null ? STANCES[at] : { ...STATEMENTS[at], stand, speaker: turn.holder_id }));
}

function turnButton(turn) {
  return button("Show sentences", () => showEvidence(`${fullName(turn.holder_id)}: ${turn.from_position}, then ${turn.to_position}`, turnEvidence(turn)), { class: "show", "aria-label": "Show sentences of both sides" });
}

function changesView() {
  const turnPlace = sortableTable("Who changed position", [
    { title: "Who", cell: (turn) => (turn.outlet === null ? fullName(turn.holder_id) : turn.outlet), key: (turn) => fullName(turn.holder_id) },
    { title: "On", wide: true, cell: (turn) => (turn.claim_id === null ? fullName(turn.target_id) : `“${claimText(turn.claim_id)}”`), key: (turn) => turn.claim_id || turn.target_id },
    { title: "From", day: true, cell: (turn) => [turnWord(turn.from_position), ` ${turn.from_date}`], key: (turn) => turn.from_date },
    { title: "To", day: true, cell: (turn) => [turnWord(turn.to_position), ` ${turn.to_date}`], key: (turn) => turn.to_date },
    { title: "Passages", number: true, cell: (turn) => `${turn.n_from} / ${turn.n_to}`, key: (turn) => Math.min(turn.n_from, turn.n_to) },
    { title: "", cell: (turn) => [turnButton(turn)] },
  ], TURNS, { column: 4, down: true });
  const flagged = DATA.changes.filter((change) => change.is_flagged);
  return [
    element("h1", null, "Changes and omissions"),
    element("h2", null, "Who changed position"), turnPlace,
    element("h2", null, "Pairs whose net stance changed in time"),
    element("p", { class: "note" }, `${DATA.changes.length.toLocaleString("en")} series had enough articles to be tested; about one in a hundred of those that did not change is flagged by chance.`),
    sortableTable("Flagged changes", [
      { title: "Holder", cell: (change) => fullName(change.holder_id), key: (change) => fullName(change.holder_id) },
      { title: "Target", cell: (change) => fullName(change.target_id), key: (change) => fullName(change.target_id) },
      { title: "Level", cell: (change) => change.level, key: (change) => change.level },
      { title: "Outlet", cell: (change) => change.outlet || "all", key: (change) => change.outlet || "" },
      { title: "From", cell: (change) => change.period_start.slice(0, 7), key: (change) => change.period_start },
      { title: "Net before", number: true, cell: (change) => signed(change.net_before), key: (change) => change.net_before },
      { title: "Net after", number: true, cell: (change) => signed(change.net_after), key: (change) => change.net_after },
      { title: "p", number: true, cell: (change) => change.p_value.toFixed(3), key: (change) => change.p_value },
      { title: "", cell: (change) => element("a", { href: "#trend/" + [change.level, change.holder_id, change.target_id].map(encodeURIComponent).join("/") }, "Trend") },
    ], flagged, { column: 7, down: false }),
    element("h2", null, "Whose denial was left out"),
    element("p", { class: "note" }, "Articles that affirm a claim after another outlet had its denial, and how many of them carry a denial, too."),
    sortableTable("Denials left out", [
      { title: "Claim", wide: true, cell: (row) => claimText(row.claim_id), key: (row) => claimText(row.claim_id) },
      { title: "Outlet", cell: (row) => row.outlet, key: (row) => row.outlet },
      { title: "Articles", number: true, cell: (row) => String(row.n_articles), key: (row) => row.n_articles },
      { title: "With denial", number: true, cell: (row) => String(row.n_with_denial), key: (row) => row.n_with_denial },
      { title: "Share", number: true, cell: (row) => percent(row.share) + (row.share_low === null ? ", too few" : ` [${percent(row.share_low)}, ${percent(row.share_high)}]`), key: (row) => row.share },
      { title: "Denial known since", cell: (row) => `${row.denial_date}, ${row.denial_outlet}`, key: (row) => row.denial_date },
      { title: "", cell: (row) => [button("Show sentences", () => showOmission(row), { class: "show", "aria-label": "Show sentences of the denial and of what left it out" })] },
    ], DATA.omissions, { column: 4, down: false }),
  ];
}

/** The denial, and the statements of the articles that left it out. */
function showOmission(row) {
  const among = new Set([row.denial_article_id, ...row.article_ids]);
  const claim = CLAIMS.get(row.claim_id);
  const items = claim ? claimStatements(claim).filter((statement) => among.has(statement.passage.article.id)) : [];
  showEvidence(`“${claimText(row.claim_id)}” in ${row.outlet}, denied in ${row.denial_outlet}`, items);
}
