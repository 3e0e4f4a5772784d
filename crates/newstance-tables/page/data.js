"use strict";
// What the page holds, read once and never changed. The order of items in a
// row is that of newstance-tables/src/report/contents.rs and pairs.rs.

const DATA = JSON.parse(document.getElementById("data").textContent);

const OUTLETS = DATA.outlets;
const ARTICLES = DATA.articles.map(([id, outlet, date, title, url, copy]) => ({ id, outlet: outlet === null ? null : OUTLETS[outlet], date, title, url, isCopy: copy === 1 }));
const ACTORS = new Map(DATA.actors.map(([id, name, kind, country, affiliation, role, aliases, articles, mentions]) =>
  [id, { id, name, kind, country, affiliation, role, aliases, articles, mentions }]));
const actorId = (at) => (at === null ? null : DATA.actors[at][0]);
const PASSAGES = DATA.passages.map(([article, title, start, text]) => ({ article: ARTICLES[article], isTitle: title === 1, start, text }));
const STATEMENTS = DATA.statements.map(([speaker, force, passage, source, cue, content, probability]) =>
  ({ speaker: actorId(speaker), force, passage: PASSAGES[passage], source, cue, content, probability: probability / 1000 }));
const STANCES = DATA.stances.map(([holder, target, position, supports, opposes, passage, evidence, holders, targets, statement]) => ({
  holder: holder === null ? "outlet" : actorId(holder), target: actorId(target), position: ["supports", "neutral", "opposes"][position],
  p: [supports / 1000, (1000 - supports - opposes) / 1000, opposes / 1000], passage: PASSAGES[passage], evidence, holders, targets, statement: statement === null ? null : STATEMENTS[statement],
}));
const CLAIMS = new Map(DATA.claims.map((claim) => [claim.claim_id, claim]));
const POSITIONS = DATA.positions.map(([claim, statement, holder, position]) =>
  ({ claim: DATA.claims[claim].claim_id, statement: statement === null ? null : STATEMENTS[statement], holder: actorId(holder), position }));
const TURNS = DATA.turns.map(([turn, from, to]) => ({ ...turn, from, to }));
const PAIRS = DATA.pairs.map(([level, holder, target, rows]) => ({
  level, holder, target,
  rows: rows.map(([period, outlet, once, supports, neutral, opposes, articles, net, low, high, corrected]) => ({
    unit: DATA.periods[period][0], start: DATA.periods[period][1], outlet: outlet === null ? null : OUTLETS[outlet],
    once: once === 1, supports, neutral, opposes, articles, net, low, high,
    corrected: corrected && { net: corrected[0], low: corrected[1], high: corrected[2] },
  })),
}));
/** True where net stances were corrected for the models' errors. */
const IS_CORRECTED = PAIRS.some((pair) => pair.rows.some((row) => row.corrected));
const PERIODS = DATA.periods.filter(([unit]) => unit !== "all").map(([unit, start]) => ({ unit, start }))
  .sort((a, b) => compare(a.unit === "year" ? 0 : 1, b.unit === "year" ? 0 : 1) || compare(a.start, b.start));

const POSITIONS_OF = new Map();
for (const position of POSITIONS) {
  if (!POSITIONS_OF.has(position.claim)) POSITIONS_OF.set(position.claim, []);
  POSITIONS_OF.get(position.claim).push(position);
}

/** The name of an actor, for readers. */
function nameOf(id) {
  if (id === null || id === undefined) return "somebody";
  if (id === "outlet") return "the outlet itself";
  const actor = ACTORS.get(id);
  return actor ? actor.name : id;
}

/** The name, with the country behind it where that is another. */
function fullName(id) {
  const actor = ACTORS.get(id);
  if (!actor || !actor.country || actor.country === id) return nameOf(id);
  const country = nameOf(actor.country);
  return country === actor.name ? actor.name : `${actor.name} (${country})`;
}

/** Whom an actor counts for at a level; null where it is left out there. */
function partyOf(level, id) {
  const actor = ACTORS.get(id);
  if (level === "actor") return id;
  if (!actor) return null;
  if (level === "country") return actor.country;
  return actor.affiliation || (actor.kind === "person" ? null : id);
}

/** The pair of two parties at a level. */
function pairOf(level, holder, target) {
  return PAIRS.find((pair) => pair.level === level && pair.holder === holder && pair.target === target) || null;
}

/** True where a date lies in the period that begins on `start`. */
function isWithin(date, unit, start) {
  if (unit === "all") return true;
  if (!date) return false;
  if (unit === "year") return date.slice(0, 4) === start.slice(0, 4);
  if (unit === "month") return date.slice(0, 7) === start.slice(0, 7);
  if (unit === "day") return date === start;
  const days = (Date.parse(date) - Date.parse(start)) / 86400000;
  return days >= 0 && days < 7;
}

/** A period in words. */
function periodName({ unit, start }) {
  if (unit === "all") return "whole archive";
  if (unit === "year") return start.slice(0, 4);
  if (unit === "month") return start.slice(0, 7);
  return unit === "week" ? "week of " + start : start;
}

/** A net stance with its sign. */
function signed(number) {
  return (number < 0 ? "−" : "+") + Math.abs(number).toFixed(2);
}

/** "−0.33 [−0.57, +0.16]", or that the articles are too few; then the same corrected for the models' errors, where the run was told of them. */
function intervalText(row) {
  const text = row.low === null ? signed(row.net) + ", too few articles for an interval" : `${signed(row.net)} [${signed(row.low)}, ${signed(row.high)}]`;
  return row.corrected ? `${text}; corrected ${intervalText(row.corrected)}` : text;
}

/** The columns of a table that tell the net stance of the row which `rowOf` gives. */
function netColumns(rowOf) {
  const interval = (row) => (row.low === null ? "too few" : `${signed(row.low)} to ${signed(row.high)}`);
  const columns = (net, title, of) => [
    { title: net, number: true, cell: (line) => signed(of(line).net), key: (line) => of(line).net },
    { title, number: true, cell: (line) => interval(of(line)), key: (line) => of(line).low },
  ];
  const plain = columns("Net", "95 % interval", rowOf);
  return IS_CORRECTED ? [...plain, ...columns("Corrected", "Its interval", (line) => rowOf(line).corrected)] : plain;
}

/** A count and its noun. */
function counted(n, noun) {
  return `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
}

/** "supports", "opposes" or "is neutral toward", by the sign of a net stance. */
function verbOf(net) {
  return net > 0 ? "supports" : net < 0 ? "opposes" : "neutral";
}
