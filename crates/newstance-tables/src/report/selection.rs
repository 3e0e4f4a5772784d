//! Which stances and claims a page has room for.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use newstance_doc::rows::{ClaimRow, OmissionRow, StanceRow, Tables, TurnRow};

/// At most `most` turns, the surest, in the order of the table.
pub(crate) fn surest_turns(tables: &Tables, most: usize) -> Vec<&TurnRow> {
    let mut turns: Vec<(usize, &TurnRow)> = tables.turns.iter().enumerate().collect();
    let sure = |turn: &TurnRow| turn.p_from.min(turn.p_to);
    turns.sort_by(|a, b| sure(b.1).total_cmp(&sure(a.1)).then(a.0.cmp(&b.0)));
    in_order(turns, most)
}

/// At most `most` omissions, those of most articles without the denial, in the
/// order of the table.
pub(crate) fn greatest_omissions(tables: &Tables, most: usize) -> Vec<&OmissionRow> {
    let mut omissions: Vec<(usize, &OmissionRow)> = tables.omissions.iter().enumerate().collect();
    let without = |row: &OmissionRow| row.n_articles.saturating_sub(row.n_with_denial);
    omissions.sort_by_key(|(idx, row)| (Reverse(without(row)), *idx));
    in_order(omissions, most)
}

fn in_order<T>(mut rows: Vec<(usize, T)>, most: usize) -> Vec<T> {
    rows.truncate(most);
    rows.sort_by_key(|(idx, _)| *idx);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Indices of the stances, from the most marked: those that `turns` rest on,
/// then by the probability that the stance is not neutral.
pub(crate) fn stances_by_mark(tables: &Tables, turns: &[&TurnRow]) -> Vec<usize> {
    let turning: BTreeSet<&str> = turns
        .iter()
        .flat_map(|turn| [turn.from_evidence_id.as_str(), turn.to_evidence_id.as_str()])
        .collect();
    let mut order: Vec<usize> = (0..tables.stances.len()).collect();
    let mark = |row: &StanceRow| row.p_supports.max(row.p_opposes);
    order.sort_by(|a, b| {
        let (a, b) = (&tables.stances[*a], &tables.stances[*b]);
        let is_turning = |row: &StanceRow| !turning.contains(row.stance_id.as_str());
        (is_turning(a).cmp(&is_turning(b)))
            .then_with(|| mark(b).total_cmp(&mark(a)))
            .then_with(|| a.stance_id.cmp(&b.stance_id))
    });
    order
}

/// Indices of the claims: disputed ones and those that someone turned on or
/// left a denial out of first, then by statements.
pub(crate) fn claims_by_mark(tables: &Tables) -> Vec<usize> {
    let turns = tables.turns.iter().filter_map(|turn| turn.claim_id.as_deref());
    let omissions = tables.omissions.iter().map(|omission| omission.claim_id.as_str());
    let told_of: BTreeSet<&str> = turns.chain(omissions).collect();
    let mut order: Vec<usize> = (0..tables.claims.len()).collect();
    let is_disputed = |claim: &ClaimRow| claim.n_affirms > 0 && claim.n_denies > 0;
    order.sort_by_key(|idx| {
        let claim = &tables.claims[*idx];
        let is_first = is_disputed(claim) || told_of.contains(claim.claim_id.as_str());
        (Reverse(is_first), Reverse(claim.n_statements), *idx)
    });
    order
}
