"use strict";
// What a reader sees first.

/** Marked pairs of the filters, of the outlets' own voice or of all others: those whose interval leaves out zero first, then by how far apart support and opposition are. */
function markedPairs(isVoice) {
  const isSure = ({ row }) => row.low !== null && (row.low > 0 || row.high < 0);
  const apart = ({ row }) => Math.abs(row.supports - row.opposes);
  return filteredPairs(({ holder }) => (holder === "outlet") === isVoice).filter(({ row }) => Math.abs(row.supports - row.opposes) >= 0.5)
    .sort((a, b) => isSure(b) - isSure(a) || apart(b) - apart(a));
}

function overviewView() {
  const { counts } = DATA;
  const card = (name, value, small) => element("div", null, element("dt", null, name), element("dd", { class: small ? "small" : null }, value));
  const dates = DATA.dates ? `${DATA.dates[0]} to ${DATA.dates[1]}` : "no dates";
  return [
    element("h1", null, "Who stands where"),
    element("dl", { class: "cards" },
      card("articles", counts.articles.toLocaleString("en")), card("outlets", OUTLETS.length.toLocaleString("en")),
      card("dates", dates, true), card("statements", counts.statements.toLocaleString("en")),
      card("judged pairs", counts.stances.toLocaleString("en")), card("claims", counts.claims.toLocaleString("en"))),
    element("h2", null, "Most marked stances"),
    element("p", { class: "note" }, "Net stance is support less opposition over all judged passages, from −1 to +1, in expected counts. ",
      "Stances whose interval leaves out zero come first. Intervals are of 95 %: they tell how much hangs on which articles were written, ",
      IS_CORRECTED ? "and those of corrected figures also what is known of the models' errors, from labelled stances." : "not what the models misread."),
    findings(markedPairs(false).slice(0, 12).map(pairFinding)),
    element("div", { class: "columns" },
      element("section", null, element("h2", null, "Disputed claims"), findings(disputedClaims().slice(0, 8).map(claimFinding))),
      element("section", null, element("h2", null, "Changes of position"), findings(TURNS.slice(0, 8).map((turn) => [turnText(turn), turnButton(turn)])),
        element("p", null, element("a", { href: "#changes" }, "All changes, and denials that were left out")))),
    FILTERS.level === "actor" ? [element("h2", null, "The outlets’ own words"), findings(markedPairs(true).slice(0, 6).map(pairFinding))] : null,
    element("h2", null, "What is not here"),
    leftOut(),
  ];
}

/** A list of findings, each with its button. */
function findings(items) {
  if (items.length === 0) return element("p", { class: "note" }, "None in what is chosen.");
  return element("ul", { class: "findings" }, items.map(([text, opener]) => element("li", null, element("span", null, text), opener)));
}

function pairFinding({ pair, row }) {
  const text = [element("strong", null, fullName(pair.holder)), " ", element("span", { class: verbOf(row.net) }, verbOf(row.net)), " ", element("strong", null, fullName(pair.target)), " ",
    element("span", { class: "figure" }, `net ${intervalText(row)}, ${counted(row.articles, "article")}`)];
  return [text, pairButton(pair.level, pair.holder, pair.target, row)];
}

function claimFinding(claim) {
  const figure = `${counted(claim.n_affirms, "statement")} for, ${claim.n_denies} against, ${counted(claim.n_articles, "article")}`;
  return [["“", claim.text, "” ", element("span", { class: "figure" }, figure)], claimButton(claim)];
}

function leftOut() {
  const lines = [];
  for (const [kind, n] of Object.entries(DATA.problems)) lines.push(`${counted(n, "problem")} of kind “${kind.replaceAll("_", " ")}”: see the table problems.`);
  for (const [what, n] of DATA.left_out) lines.push(`${n.toLocaleString("en")} ${what}`);
  for (const [what, n] of Object.entries(DATA.not_shown)) {
    if (n > 0) lines.push(`${n.toLocaleString("en")} ${what} of the tables are not on this page, which holds the most marked ones.`);
  }
  if (lines.length === 0) lines.push("Nothing was left out: every article could be read, and everything found is on this page.");
  return element("ul", null, lines.map((line) => element("li", null, line)));
}
