//! Which stances and claims a page has room for.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use newstance_doc::rows::{ClaimRow, StanceRow, Tables};

/// Indices of the stances, from the most marked: those that turns rest on,
/// then by the probability that the stance is not neutral.
pub(crate) fn stances_by_mark(tables: &Tables) -> Vec<usize> {
    let turning: BTreeSet<&str> = tables
        .turns
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
