//! What a page shows word for word, while there is room.

use std::collections::BTreeMap;

use newstance_doc::rows::{
    CharSpan, ClaimPositionRow, ClaimRow, MentionRow, StanceRow, StatementRow, Tables, TurnRow,
};

use super::ReportLimits;
use super::contents::{PagePosition, PageStance, PageStatement, PageTurn};
use super::numbers::Numbers;
use super::passages::Passages;
use super::selection::{claims_by_mark, stances_by_mark};

/// Positions of stances, by their number on the page.
const POSITIONS: [&str; 3] = ["supports", "neutral", "opposes"];

/// The statements and stances of a page, and the passages that they stand in.
pub(crate) struct Evidence<'t> {
    tables: &'t Tables,
    actors: Numbers<'t>,
    by_id: BTreeMap<&'t str, &'t StatementRow>,
    mentions: BTreeMap<(&'t str, &'t str), Vec<&'t MentionRow>>,
    /// The passages so far.
    pub(crate) passages: Passages<'t>,
    /// The statements so far.
    pub(crate) statements: Vec<PageStatement<'t>>,
    statement_numbers: BTreeMap<&'t str, u32>,
    /// The stances so far.
    pub(crate) stances: Vec<PageStance>,
    stance_numbers: BTreeMap<&'t str, u32>,
}

impl<'t> Evidence<'t> {
    /// Nothing of `tables` yet.
    pub(crate) fn new(tables: &'t Tables) -> Self {
        let mut mentions: BTreeMap<_, Vec<&MentionRow>> = BTreeMap::new();
        for row in &tables.mentions {
            let Some(actor) = &row.actor_id else { continue };
            mentions.entry((row.article_id.as_str(), actor.as_str())).or_default().push(row);
        }
        Self {
            tables,
            actors: Numbers::new(tables.actors.iter().map(|row| row.actor_id.as_str())),
            by_id: tables.statements.iter().map(|row| (row.statement_id.as_str(), row)).collect(),
            mentions,
            passages: Passages::new(&tables.articles, &tables.sentences),
            statements: Vec::new(),
            statement_numbers: BTreeMap::new(),
            stances: Vec::new(),
            stance_numbers: BTreeMap::new(),
        }
    }

    /// Numbers the actors anew, by the place among those that `listed` picks: of
    /// all that the page names, the statements and stances so far included.
    pub(crate) fn list_actors(&mut self, listed: impl Fn(Vec<&'t str>) -> Numbers<'t>) {
        let id = |number: &Option<u32>| number.map(|number| self.actors.sorted[number as usize]);
        let speakers: Vec<Option<&str>> = self.statements.iter().map(|row| id(&row.0)).collect();
        let ends: Vec<[Option<&str>; 2]> =
            self.stances.iter().map(|row| [id(&row.0), id(&row.1)]).collect();
        let named = speakers.iter().chain(ends.iter().flatten()).copied().flatten();
        self.actors = listed(named.collect());
        let number = |id: Option<&str>| id.and_then(|id| self.actors.number(id));
        for (row, speaker) in self.statements.iter_mut().zip(speakers) {
            row.0 = number(speaker);
        }
        for (row, [holder, target]) in self.stances.iter_mut().zip(ends) {
            (row.0, row.1) = (number(holder), number(target));
        }
    }

    /// The actors of the page, by number.
    pub(crate) fn actor_ids(&self) -> &[&'t str] {
        &self.actors.sorted
    }

    /// Takes claims with their statements, into at most half of the room.
    pub(crate) fn take_claims(&mut self, limits: ReportLimits) -> Vec<&'t ClaimRow> {
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

    /// Takes stances into the room that is left.
    pub(crate) fn take_stances(&mut self, turns: &[&TurnRow], limits: ReportLimits) {
        let tables = self.tables;
        for idx in stances_by_mark(tables, turns) {
            let is_full = self.passages.text_bytes() > limits.text_bytes;
            if self.stances.len() == limits.stances || is_full {
                break;
            }
            self.take_stance(&tables.stances[idx]);
        }
    }

    /// The positions on `claims`, which are those of the page.
    pub(crate) fn positions(&self, claims: &[&'t ClaimRow]) -> Vec<PagePosition<'t>> {
        let numbers: BTreeMap<&str, u32> =
            claims.iter().map(|claim| claim.claim_id.as_str()).zip(0..).collect();
        let position = |row: &'t ClaimPositionRow| {
            let claim = *numbers.get(row.claim_id.as_str())?;
            let statement = self.statement_numbers.get(row.statement_id.as_str()).copied();
            let holder = row.holder_id.as_deref().and_then(|id| self.actors.number(id));
            Some((claim, statement, holder, row.position.as_str()))
        };
        self.tables.positions.iter().filter_map(position).collect()
    }

    /// `turns`, with the evidence that is on the page.
    pub(crate) fn turns(&self, turns: &[&'t TurnRow]) -> Vec<PageTurn<'t>> {
        turns
            .iter()
            .map(|turn| {
                let numbers = if turn.claim_id.is_some() {
                    &self.statement_numbers
                } else {
                    &self.stance_numbers
                };
                let number = |id: &String| numbers.get(id.as_str()).copied();
                (*turn, number(&turn.from_evidence_id), number(&turn.to_evidence_id))
            })
            .collect()
    }

    /// Takes a statement, once; its row, and the spans that it is made of.
    fn take_statement(&mut self, statement_id: &str) -> Option<(&'t StatementRow, Vec<CharSpan>)> {
        let row = *self.by_id.get(statement_id)?;
        let spans: Vec<CharSpan> =
            [&row.source, &row.cue, &row.content].into_iter().flatten().copied().collect();
        if !self.statement_numbers.contains_key(statement_id) {
            let passage = self.passages.number(&row.article_id, row.sentence, &spans)?;
            let number = u32::try_from(self.statements.len()).ok()?;
            self.statement_numbers.insert(&row.statement_id, number);
            self.statements.push((
                row.speaker_id.as_deref().and_then(|id| self.actors.number(id)),
                &row.force,
                passage,
                &row.source,
                &row.cue,
                &row.content,
                thousandths(row.probability),
            ));
        }
        Some((row, spans))
    }

    fn take_stance(&mut self, row: &'t StanceRow) -> Option<()> {
        let evidence = CharSpan { start_char: row.start_char, end_char: row.end_char };
        let mut spans = vec![evidence];
        let statement = row.statement_id.as_deref().and_then(|id| self.take_statement(id));
        if let Some((_, of_statement)) = statement.filter(|(s, _)| s.field == row.field) {
            spans.extend(of_statement);
        }
        let passage = self.passages.number(&row.article_id, row.sentence, &spans)?;
        let statement = row.statement_id.as_deref();
        let position = POSITIONS.iter().position(|position| *position == row.position)?;
        let number = u32::try_from(self.stances.len()).ok()?;
        self.stance_numbers.insert(&row.stance_id, number);
        self.stances.push((
            self.actors.number(&row.holder_id),
            self.actors.number(&row.target_id),
            u8::try_from(position).ok()?,
            thousandths(row.p_supports),
            thousandths(row.p_opposes),
            passage,
            evidence,
            self.mentions_of(row, &row.holder_id),
            self.mentions_of(row, &row.target_id),
            statement.and_then(|id| self.statement_numbers.get(id).copied()),
        ));
        Some(())
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

/// A probability in thousandths.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a probability is clamped to 0 to 1"
)]
fn thousandths(probability: f32) -> u32 {
    (probability.clamp(0.0, 1.0) * 1000.0).round() as u32
}
