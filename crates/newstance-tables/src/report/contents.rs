//! The data of a page.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use newstance_doc::rows::{
    ActorRow, ArticleRow, ChangeRow, CharSpan, ClaimRow, OmissionRow, TurnRow,
};
use serde::Serialize;

use super::ReportLimits;
use super::actors::listed;
use super::evidence::Evidence;
use super::excerpt::Excerpt;
use super::numbers::Numbers;
use super::pairs::{MarkedPairs, PagePair, Period, trend_unit};
use super::passages::Passage;

/// What the page's scripts read. Rows are arrays, to save their names; the
/// order of their items is that of `page/data.js`.
#[derive(Debug, Serialize)]
pub(crate) struct Contents<'t> {
    counts: &'t BTreeMap<&'static str, u64>,
    dates: Option<(Date, Date)>,
    trend_unit: &'static str,
    problems: &'t BTreeMap<&'static str, u64>,
    left_out: &'t [(String, u64)],
    not_shown: BTreeMap<&'static str, u64>,
    outlets: Vec<&'t str>,
    periods: Vec<Period<'t>>,
    articles: Vec<PageArticle<'t>>,
    actors: Vec<PageActor<'t>>,
    passages: Vec<Passage<'t>>,
    statements: Vec<PageStatement<'t>>,
    stances: Vec<PageStance>,
    claims: Vec<&'t ClaimRow>,
    positions: Vec<PagePosition<'t>>,
    pairs: Vec<PagePair<'t>>,
    changes: &'t [ChangeRow],
    turns: Vec<PageTurn<'t>>,
    omissions: &'t [OmissionRow],
}

/// Id, outlet, date, title, url, 1 for a copy.
type PageArticle<'t> = (&'t str, Option<u32>, Option<Date>, &'t str, Option<&'t str>, u8);
/// Id, name, kind, country, affiliation, role, aliases, articles, mentions.
type PageActor<'t> = (
    &'t str,
    &'t str,
    &'t str,
    Option<&'t str>,
    Option<&'t str>,
    Option<&'t str>,
    &'t [String],
    u64,
    u64,
);
/// Speaker, force, passage, source, cue, content, probability in thousandths.
pub(crate) type PageStatement<'t> =
    (Option<u32>, &'t str, u32, &'t [CharSpan], &'t [CharSpan], &'t [CharSpan], u32);
/// Holder (none: the outlet's own voice), target, position, probabilities of
/// support and opposition in thousandths, passage, evidence, mentions of holder
/// and target, statement.
pub(crate) type PageStance = (
    Option<u32>,
    Option<u32>,
    u8,
    u32,
    u32,
    u32,
    CharSpan,
    Vec<CharSpan>,
    Vec<CharSpan>,
    Option<u32>,
);
/// Claim, statement, holder, position.
pub(crate) type PagePosition<'t> = (u32, Option<u32>, Option<u32>, &'t str);
/// A turn, with the numbers of its evidence (statements or stances) where they
/// are on the page.
pub(crate) type PageTurn<'t> = (&'t TurnRow, Option<u32>, Option<u32>);

/// What stands in the page of `excerpt` and `pairs`.
pub(crate) fn contents<'t>(
    excerpt: &'t Excerpt,
    pairs: &'t mut MarkedPairs,
    left_out: &'t [(String, u64)],
    limits: ReportLimits,
) -> Contents<'t> {
    let outlets = Numbers::new(excerpt.outlets.iter().map(String::as_str));
    let mut pairs = pairs.shown(&outlets);
    let mut evidence = Evidence::new(excerpt);
    let claims = evidence.take_claims(limits);
    evidence.take_stances(limits);
    let of_claims: BTreeSet<&str> = claims.iter().map(|claim| claim.claim_id.as_str()).collect();
    let holders = excerpt.positions.iter().filter(|row| of_claims.contains(row.claim_id.as_str()));
    let holders: Vec<&str> = holders.filter_map(|row| row.holder_id.as_deref()).collect();
    evidence.list_actors(|told| {
        let turning = excerpt.turns.iter().flat_map(|turn| {
            [Some(turn.holder_id.as_str()), turn.target_id.as_deref()].into_iter().flatten()
        });
        let changes = &excerpt.changes;
        let changing = changes.iter().flat_map(|row| [row.holder_id.as_str(), &row.target_id]);
        let named = told.into_iter().chain(pairs.ids()).chain(holders.iter().copied());
        listed(&excerpt.actors, named.chain(turning).chain(changing), limits.actors)
    });
    let not_shown = |table: &'static str, shown: usize| {
        (table, excerpt.n_rows.get(table).copied().unwrap_or(0) - shown as u64)
    };
    Contents {
        counts: &excerpt.n_rows,
        dates: excerpt.dates,
        trend_unit: trend_unit(excerpt.dates),
        problems: &excerpt.problems,
        left_out,
        not_shown: BTreeMap::from([
            ("pairs", pairs.n_left_out as u64),
            not_shown("stances", evidence.stances.len()),
            not_shown("claims", claims.len()),
            not_shown("actors", evidence.actor_ids().len()),
            not_shown("turns", excerpt.turns.len()),
            not_shown("omissions", excerpt.omissions.len()),
        ]),
        articles: evidence
            .passages
            .article_ids
            .iter()
            .map(|id| page_article(&excerpt.articles[*id], &outlets))
            .collect(),
        outlets: outlets.sorted,
        periods: std::mem::take(&mut pairs.periods),
        actors: page_actors(&excerpt.actors, evidence.actor_ids()),
        positions: evidence.positions(&claims),
        turns: evidence.turns(),
        claims,
        statements: evidence.statements,
        passages: evidence.passages.taken,
        stances: evidence.stances,
        pairs: pairs.pairs,
        changes: &excerpt.changes,
        omissions: &excerpt.omissions,
    }
}

fn page_article<'t>(row: &'t ArticleRow, outlets: &Numbers<'t>) -> PageArticle<'t> {
    let outlet = row.outlet.as_deref().and_then(|outlet| outlets.number(outlet));
    (&row.article_id, outlet, row.date, &row.title, row.url.as_deref(), u8::from(row.is_wire_copy))
}

/// The actors of those ids, which are sorted.
fn page_actors<'t>(rows: &'t [ActorRow], ids: &[&str]) -> Vec<PageActor<'t>> {
    let by_id: BTreeMap<&str, &ActorRow> =
        rows.iter().map(|row| (row.actor_id.as_str(), row)).collect();
    ids.iter().filter_map(|id| by_id.get(id)).map(|row| page_actor(row)).collect()
}

fn page_actor(row: &ActorRow) -> PageActor<'_> {
    (
        &row.actor_id,
        &row.name,
        &row.kind,
        row.country.as_deref(),
        row.affiliation.as_deref(),
        row.role.as_deref(),
        &row.aliases,
        row.n_articles,
        row.n_mentions,
    )
}
