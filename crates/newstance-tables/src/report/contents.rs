//! The data of a page.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use newstance_doc::rows::{
    ActorRow, ArticleRow, ChangeRow, CharSpan, ClaimPositionRow, ClaimRow, MentionRow, OmissionRow,
    StanceRow, StatementRow, Tables, TurnRow,
};
use serde::Serialize;

use super::ReportLimits;
use super::pairs::{PagePair, Short, page_pairs, trend_unit};
use super::passages::{Passage, Passages};
use super::selection::{claims_by_mark, stances_by_mark};

/// What the page's scripts read. Rows are arrays, to save their names; the
/// order of their items is that of `page/data.js`.
#[derive(Debug, Serialize)]
pub(crate) struct Contents<'t> {
    counts: BTreeMap<&'static str, u64>,
    dates: Option<(Date, Date)>,
    trend_unit: &'static str,
    problems: BTreeMap<&'static str, u64>,
    left_out: &'t [(String, u64)],
    not_shown: BTreeMap<&'static str, u64>,
    articles: Vec<PageArticle<'t>>,
    actors: Vec<PageActor<'t>>,
    passages: Vec<Passage>,
    statements: Vec<PageStatement<'t>>,
    stances: Vec<PageStance<'t>>,
    claims: Vec<&'t ClaimRow>,
    positions: Vec<PagePosition<'t>>,
    pairs: Vec<PagePair<'t>>,
    changes: Vec<&'t ChangeRow>,
    turns: &'t [TurnRow],
    omissions: &'t [OmissionRow],
}

/// Id, outlet, date, title, url, 1 for a copy.
type PageArticle<'t> = (&'t str, Option<&'t str>, Option<Date>, &'t str, Option<&'t str>, u8);
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
/// Id, speaker, force, passage, source, cue, content, probability.
type PageStatement<'t> =
    (&'t str, Option<&'t str>, &'t str, u32, &'t [CharSpan], &'t [CharSpan], &'t [CharSpan], Short);
/// Id, holder, target, position, its probabilities, passage, evidence,
/// mentions of holder and target, statement.
type PageStance<'t> = (
    &'t str,
    &'t str,
    &'t str,
    &'t str,
    [Short; 3],
    u32,
    CharSpan,
    Vec<CharSpan>,
    Vec<CharSpan>,
    Option<&'t str>,
);
/// Claim, statement, holder, position.
type PagePosition<'t> = (&'t str, &'t str, Option<&'t str>, &'t str);

/// What stands in the page of `tables`.
pub(crate) fn contents<'t>(
    tables: &'t Tables,
    left_out: &'t [(String, u64)],
    limits: ReportLimits,
) -> Contents<'t> {
    let dates = dates(&tables.articles);
    let trend_unit = trend_unit(dates);
    let (pairs, pairs_left_out) = page_pairs(&tables.pairs, trend_unit, limits.pair_rows);
    let mut evidence = Evidence::new(tables);
    let claims = evidence.take_claims(limits);
    let stances = evidence.take_stances(limits);
    let not_shown = BTreeMap::from([
        ("pairs", pairs_left_out as u64),
        ("stances", (tables.stances.len() - stances.len()) as u64),
        ("claims", (tables.claims.len() - claims.len()) as u64),
    ]);
    let shown: BTreeSet<&str> = claims.iter().map(|claim| claim.claim_id.as_str()).collect();
    let positions = tables.positions.iter().filter(|row| shown.contains(row.claim_id.as_str()));
    Contents {
        counts: tables.n_rows().into_iter().map(|(name, n)| (name, n as u64)).collect(),
        dates,
        trend_unit,
        problems: problems(tables),
        left_out,
        not_shown,
        articles: tables.articles.iter().map(page_article).collect(),
        actors: tables.actors.iter().map(page_actor).collect(),
        claims,
        positions: positions.map(page_position).collect(),
        statements: evidence.statements.into_values().collect(),
        passages: evidence.passages.done(),
        stances,
        pairs,
        changes: tables.changes.iter().collect(),
        turns: &tables.turns,
        omissions: &tables.omissions,
    }
}

fn dates(articles: &[ArticleRow]) -> Option<(Date, Date)> {
    let dates = || articles.iter().filter_map(|article| article.date);
    dates().min().zip(dates().max())
}

fn problems(tables: &Tables) -> BTreeMap<&'static str, u64> {
    let mut kinds = BTreeMap::new();
    for problem in &tables.problems {
        *kinds.entry(problem.kind.as_str()).or_default() += 1;
    }
    kinds
}

/// What is shown word for word, while there is room.
struct Evidence<'t> {
    tables: &'t Tables,
    by_id: BTreeMap<&'t str, &'t StatementRow>,
    mentions: BTreeMap<(&'t str, &'t str), Vec<&'t MentionRow>>,
    passages: Passages<'t>,
    statements: BTreeMap<&'t str, PageStatement<'t>>,
}

impl<'t> Evidence<'t> {
    fn new(tables: &'t Tables) -> Self {
        let mut mentions: BTreeMap<_, Vec<&MentionRow>> = BTreeMap::new();
        for row in &tables.mentions {
            let Some(actor) = &row.actor_id else { continue };
            mentions.entry((row.article_id.as_str(), actor.as_str())).or_default().push(row);
        }
        Self {
            tables,
            by_id: tables.statements.iter().map(|row| (row.statement_id.as_str(), row)).collect(),
            mentions,
            passages: Passages::new(&tables.articles, &tables.sentences),
            statements: BTreeMap::new(),
        }
    }

    fn take_claims(&mut self, limits: ReportLimits) -> Vec<&'t ClaimRow> {
        let tables = self.tables;
        let mut of_claim: BTreeMap<&str, Vec<&ClaimPositionRow>> = BTreeMap::new();
        for row in &tables.positions {
            of_claim.entry(&row.claim_id).or_default().push(row);
        }
        let mut taken = Vec::new();
        for idx in claims_by_mark(tables).into_iter().take(limits.claims) {
            if self.passages.text_bytes() > limits.text_bytes / 2 {
                break;
            }
            let claim = &tables.claims[idx];
            for position in of_claim.get(claim.claim_id.as_str()).into_iter().flatten() {
                self.take_statement(&position.statement_id);
            }
            taken.push(claim);
        }
        taken
    }

    fn take_stances(&mut self, limits: ReportLimits) -> Vec<PageStance<'t>> {
        let tables = self.tables;
        let mut taken = Vec::new();
        for idx in stances_by_mark(tables) {
            let is_full = self.passages.text_bytes() > limits.text_bytes;
            if taken.len() == limits.stances || is_full {
                break;
            }
            taken.extend(self.take_stance(&tables.stances[idx]));
        }
        taken
    }

    /// The spans that a statement is made of; those of its passage.
    fn take_statement(&mut self, statement_id: &str) -> Option<(&'t StatementRow, Vec<CharSpan>)> {
        let row = *self.by_id.get(statement_id)?;
        let spans: Vec<CharSpan> =
            [&row.source, &row.cue, &row.content].into_iter().flatten().copied().collect();
        let passage = self.passages.number(&row.article_id, row.sentence, &spans)?;
        self.statements.insert(
            &row.statement_id,
            (
                &row.statement_id,
                row.speaker_id.as_deref(),
                &row.force,
                passage,
                &row.source,
                &row.cue,
                &row.content,
                Short::new(row.probability.into()),
            ),
        );
        Some((row, spans))
    }

    fn take_stance(&mut self, row: &'t StanceRow) -> Option<PageStance<'t>> {
        let evidence = CharSpan { start_char: row.start_char, end_char: row.end_char };
        let mut spans = vec![evidence];
        let statement = row.statement_id.as_deref().and_then(|id| self.take_statement(id));
        if let Some((statement, of_statement)) = statement.filter(|(s, _)| s.field == row.field) {
            debug_assert_eq!(statement.article_id, row.article_id);
            spans.extend(of_statement);
        }
        let passage = self.passages.number(&row.article_id, row.sentence, &spans)?;
        let number = |p: f32| Short::new(p.into());
        Some((
            &row.stance_id,
            &row.holder_id,
            &row.target_id,
            &row.position,
            [number(row.p_supports), number(row.p_neutral), number(row.p_opposes)],
            passage,
            evidence,
            self.mentions_of(row, &row.holder_id),
            self.mentions_of(row, &row.target_id),
            row.statement_id.as_deref(),
        ))
    }

    /// Where the sentence of a stance, or its evidence, mentions an actor.
    fn mentions_of(&self, row: &StanceRow, actor_id: &str) -> Vec<CharSpan> {
        let mentions = self.mentions.get(&(row.article_id.as_str(), actor_id));
        let is_near = |mention: &&&MentionRow| {
            mention.field == row.field
                && (mention.sentence == row.sentence
                    || mention.start_char >= row.start_char && mention.end_char <= row.end_char)
        };
        let near = mentions.into_iter().flatten().filter(is_near);
        near.map(|m| CharSpan { start_char: m.start_char, end_char: m.end_char }).collect()
    }
}

fn page_article(row: &ArticleRow) -> PageArticle<'_> {
    let outlet = row.outlet.as_deref();
    (&row.article_id, outlet, row.date, &row.title, row.url.as_deref(), u8::from(row.is_wire_copy))
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

fn page_position(row: &ClaimPositionRow) -> PagePosition<'_> {
    (&row.claim_id, &row.statement_id, row.holder_id.as_deref(), &row.position)
}
