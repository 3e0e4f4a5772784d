//! What a page shows word for word, while there is room.

use std::collections::BTreeMap;

use newstance_doc::rows::{
    CharSpan, ClaimPositionRow, ClaimRow, MentionRow, StanceRow, StatementRow,
};

use super::ReportLimits;
use super::contents::{PagePosition, PageStance, PageStatement, PageTurn};
use super::excerpt::{Excerpt, is_beside};
use super::numbers::Numbers;
use super::passages::Passages;
use super::stretch::{stretch_of_stance, stretch_of_statement};

/// Positions of stances, by their number on the page.
const POSITIONS: [&str; 3] = ["supports", "neutral", "opposes"];

/// The statements and stances of a page, and the passages that they stand in.
pub(crate) struct Evidence<'t> {
    excerpt: &'t Excerpt,
    actors: Numbers<'t>,
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
    /// Nothing of `excerpt` yet.
    pub(crate) fn new(excerpt: &'t Excerpt) -> Self {
        Self {
            excerpt,
            actors: Numbers::new(excerpt.actors.iter().map(|row| row.actor_id.as_str())),
            passages: Passages::new(excerpt),
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
        let mut of_claim: BTreeMap<&str, Vec<&ClaimPositionRow>> = BTreeMap::new();
        for row in &self.excerpt.positions {
            of_claim.entry(&row.claim_id).or_default().push(row);
        }
        let mut taken = Vec::new();
        for claim in &self.excerpt.claims {
            if self.passages.text_bytes > limits.text_bytes / 2 {
                break;
            }
            for position in of_claim.get(claim.claim_id.as_str()).into_iter().flatten() {
                self.take_statement(&position.statement_id);
            }
            taken.push(claim);
        }
        taken
    }

    /// Takes stances into the room that is left.
    pub(crate) fn take_stances(&mut self, limits: ReportLimits) {
        for stance in &self.excerpt.stances {
            if self.passages.text_bytes > limits.text_bytes {
                break;
            }
            self.take_stance(stance);
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
        self.excerpt.positions.iter().filter_map(position).collect()
    }

    /// `turns`, with the evidence that is on the page.
    pub(crate) fn turns(&self) -> Vec<PageTurn<'t>> {
        self.excerpt
            .turns
            .iter()
            .map(|turn| {
                let numbers = if turn.claim_id.is_some() {
                    &self.statement_numbers
                } else {
                    &self.stance_numbers
                };
                let number = |id: &String| numbers.get(id.as_str()).copied();
                (turn, number(&turn.from_evidence_id), number(&turn.to_evidence_id))
            })
            .collect()
    }

    /// Takes a statement, once.
    fn take_statement(&mut self, statement_id: &str) -> Option<()> {
        let row: &StatementRow = self.excerpt.statements.get(statement_id)?;
        if self.statement_numbers.contains_key(statement_id) {
            return None;
        }
        let passage = self.passages.number(stretch_of_statement(self.excerpt, row)?)?;
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
        Some(())
    }

    fn take_stance(&mut self, row: &'t StanceRow) -> Option<()> {
        if let Some(statement_id) = &row.statement_id {
            self.take_statement(statement_id);
        }
        let passage = self.passages.number(stretch_of_stance(self.excerpt, row)?)?;
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
            CharSpan { start_char: row.start_char, end_char: row.end_char },
            self.mentions_of(row, &row.holder_id),
            self.mentions_of(row, &row.target_id),
            statement.and_then(|id| self.statement_numbers.get(id).copied()),
        ));
        Some(())
    }

    /// Where the sentence of a stance, or its evidence, mentions an actor.
    fn mentions_of(&self, row: &StanceRow, actor_id: &str) -> Vec<CharSpan> {
        let mentions = self.excerpt.mentions.get(&(row.article_id.clone(), actor_id.to_owned()));
        let near = mentions.into_iter().flatten().filter(|mention| is_beside(mention, row));
        let span = |m: &MentionRow| CharSpan { start_char: m.start_char, end_char: m.end_char };
        near.map(span).collect()
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
