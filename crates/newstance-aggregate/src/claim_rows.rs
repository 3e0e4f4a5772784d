//! The tables `claims` and `positions`.
//!
//! Groups of clauses from two or more statements are claims. A statement that
//! shares none of its clauses with another is a claim of its own, with its
//! whole content as text, so that every statement that affirms, denies,
//! questions or predicts takes a position somewhere; left out are contents
//! that only refer to something unknown ("denied it") or only pass on a
//! statement that they hold.

use std::collections::{BTreeMap, BTreeSet};

use newstance_doc::Annotated;
use newstance_doc::rows::{ClaimPositionRow, ClaimRow};

use crate::AggregateError;
use crate::archive::{Archive, StatementRef};
use crate::claims::{Claims, Member};
use crate::denial::{Stand, stand};
use crate::propositions::{Proposition, Reading};
use crate::rows::joined;
use crate::tally::{earliest, latest};

/// Both tables, sorted by their id columns.
///
/// # Errors
///
/// [`AggregateError::Scratch`].
pub(crate) fn claim_rows(
    archive: &Archive,
    claims: &Claims,
) -> Result<(Vec<ClaimRow>, Vec<ClaimPositionRow>), AggregateError> {
    let mut tables = ClaimTables { archive, claims: vec![], positions: vec![] };
    let mut in_claim: BTreeSet<StatementRef> = BTreeSet::new();
    let mut taken: BTreeMap<StatementRef, usize> = BTreeMap::new();
    for group in &claims.groups {
        let members = one_for_each_statement(&claims.propositions, group);
        if members.len() < 2 {
            continue;
        }
        in_claim.extend(members.keys());
        let first = claims.propositions[group[0].proposition].at;
        let n_taken = taken.entry(first).or_default();
        *n_taken += 1;
        tables.add_group(&claims.propositions, &members, (first, *n_taken));
    }
    let mut alone: BTreeMap<usize, Vec<&Proposition>> = BTreeMap::new();
    let mut seen: BTreeSet<StatementRef> = BTreeSet::new();
    for proposition in claims.propositions.iter().filter(|p| p.reading != Reading::Reference) {
        if !in_claim.contains(&proposition.at) && seen.insert(proposition.at) {
            alone.entry(proposition.at.article).or_default().push(proposition);
        }
    }
    tables.add_singles(&alone)?;
    tables.claims.sort_by(|a, b| a.claim_id.cmp(&b.claim_id));
    tables
        .positions
        .sort_by(|a, b| (&a.claim_id, &a.statement_id).cmp(&(&b.claim_id, &b.statement_id)));
    Ok((tables.claims, tables.positions))
}

/// Of each statement the member that speaks for it: one in its own content
/// before one in the question it answers, and that before a reference; else
/// the first.
fn one_for_each_statement(
    propositions: &[Proposition],
    group: &[Member],
) -> BTreeMap<StatementRef, Member> {
    let mut members: BTreeMap<StatementRef, Member> = BTreeMap::new();
    for member in group {
        let reading = |member: &Member| propositions[member.proposition].reading;
        let known = members.entry(propositions[member.proposition].at).or_insert(*member);
        if reading(member) < reading(known) {
            *known = *member;
        }
    }
    members
}

/// A clause of a claim, how its speaker stands, and how like the claim it is.
type Take<'a> = (&'a Proposition, Stand, f32);

/// What a statement says that is a claim by itself.
fn whole_text(annotated: &Annotated, proposition: &Proposition) -> String {
    let statement = &annotated.statements[proposition.at.statement];
    match proposition.reading {
        Reading::Question => proposition.text.clone(),
        _ => joined(annotated.article.field(statement.field), &statement.content),
    }
}

struct ClaimTables<'a> {
    archive: &'a Archive,
    claims: Vec<ClaimRow>,
    positions: Vec<ClaimPositionRow>,
}

impl ClaimTables<'_> {
    fn add_group(
        &mut self,
        propositions: &[Proposition],
        members: &BTreeMap<StatementRef, Member>,
        (first, nth): (StatementRef, usize),
    ) {
        let mut ordered: Vec<&Member> = members.values().collect();
        ordered.sort_by_key(|member| member.proposition);
        let affirmative_first = |member: &&&Member| {
            let proposition = &propositions[member.proposition];
            (proposition.is_negated, proposition.reading)
        };
        let Some(text) = ordered.iter().min_by_key(affirmative_first) else { return };
        let takes: Vec<Take<'_>> = ordered
            .iter()
            .filter_map(|member| {
                let proposition = &propositions[member.proposition];
                let stand = stand(proposition.force, member.is_same == text.is_same)?;
                Some((proposition, stand, member.likeness))
            })
            .collect();
        let id = self.archive.statement_id(first);
        let id = if nth == 1 { format!("claim:{id}") } else { format!("claim:{id}/{nth}") };
        self.add(&id, propositions[text.proposition].text.clone(), &takes);
    }

    /// Adds the claims of one statement each, by the indices of their articles.
    fn add_singles(
        &mut self,
        alone: &BTreeMap<usize, Vec<&Proposition>>,
    ) -> Result<(), AggregateError> {
        let articles: Vec<usize> = alone.keys().copied().collect();
        let texts = |idx: usize, annotated: &Annotated| {
            let text = |proposition: &&Proposition| whole_text(annotated, proposition);
            alone[&idx].iter().map(text).collect::<Vec<String>>()
        };
        self.archive.shelf.each_of(&articles, texts, |idx, texts| {
            for (proposition, text) in alone[&idx].iter().zip(texts) {
                if let Some(stand) = stand(proposition.force, true) {
                    let id = format!("claim:{}", self.archive.statement_id(proposition.at));
                    self.add(&id, text, &[(proposition, stand, 1.0)]);
                }
            }
            Ok(())
        })
    }

    fn add(&mut self, claim_id: &str, text: String, takes: &[Take<'_>]) {
        let count = |wanted| takes.iter().filter(|(_, stand, _)| *stand == wanted).count() as u64;
        let articles: BTreeSet<usize> = takes.iter().map(|(of, ..)| of.at.article).collect();
        let dates = || articles.iter().map(|article| self.archive.entry(*article).date);
        self.claims.push(ClaimRow {
            claim_id: claim_id.to_owned(),
            text,
            n_statements: takes.len() as u64,
            n_articles: articles.len() as u64,
            n_affirms: count(Stand::Affirms),
            n_denies: count(Stand::Denies),
            n_questions: count(Stand::Questions),
            first_date: dates().fold(None, earliest),
            last_date: dates().fold(None, latest),
        });
        let archive = self.archive;
        self.positions.extend(takes.iter().map(|take| position_row(archive, claim_id, *take)));
    }
}

/// How sure a position is: the statement's probability times its likeness to
/// the claim; what is left is shared out evenly. Not calibrated.
fn position_row(
    archive: &Archive,
    claim_id: &str,
    (of, stand, likeness): Take<'_>,
) -> ClaimPositionRow {
    let sureness = of.probability.clamp(0.0, 1.0) * likeness;
    let rest = (1.0 - sureness) / 3.0;
    let p = |wanted| if wanted == stand { sureness + rest } else { rest };
    ClaimPositionRow {
        claim_id: claim_id.to_owned(),
        statement_id: archive.statement_id(of.at),
        article_id: archive.entry(of.at.article).id.clone(),
        holder_id: of.speaker.map(|number| archive.actor_ids.value(number).to_owned()),
        position: stand.as_str().to_owned(),
        p_affirms: p(Stand::Affirms),
        p_denies: p(Stand::Denies),
        p_questions: p(Stand::Questions),
    }
}
