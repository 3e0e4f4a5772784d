//! Which rows a page has room for.

use std::cmp::Reverse;

use newstance_doc::rows::{ClaimRow, OmissionRow, StanceRow, TurnRow};

/// At most `most` turns, the surest, in the order of the table.
pub(crate) fn surest_turns(turns: Vec<TurnRow>, most: usize) -> Vec<TurnRow> {
    let mut turns: Vec<(usize, TurnRow)> = turns.into_iter().enumerate().collect();
    let sure = |turn: &TurnRow| turn.p_from.min(turn.p_to);
    turns.sort_by(|a, b| sure(&b.1).total_cmp(&sure(&a.1)).then(a.0.cmp(&b.0)));
    in_order(turns, most)
}

/// At most `most` omissions, those of most articles without the denial, in the
/// order of the table.
pub(crate) fn greatest_omissions(omissions: Vec<OmissionRow>, most: usize) -> Vec<OmissionRow> {
    let mut omissions: Vec<(usize, OmissionRow)> = omissions.into_iter().enumerate().collect();
    let without = |row: &OmissionRow| row.n_articles.saturating_sub(row.n_with_denial);
    omissions.sort_by_key(|(idx, row)| (Reverse(without(row)), *idx));
    in_order(omissions, most)
}

fn in_order<T>(mut rows: Vec<(usize, T)>, most: usize) -> Vec<T> {
    rows.truncate(most);
    rows.sort_by_key(|(idx, _)| *idx);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Sorts stances from the most marked: those that turns rest on, then by the
/// probability that the stance is not neutral, then by id.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StanceMark(Reverse<bool>, Reverse<u32>, String);

impl StanceMark {
    /// That of a stance.
    pub(crate) fn new(row: &StanceRow, is_turning: bool) -> Self {
        // A probability is not negative, and then sorts as its bits do.
        let marked = row.p_supports.max(row.p_opposes).max(0.0).to_bits();
        Self(Reverse(is_turning), Reverse(marked), row.stance_id.clone())
    }
}

/// Sorts claims: disputed ones and those that someone turned on or left a
/// denial out of first, then by statements, then as in the table.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClaimMark(Reverse<bool>, Reverse<u64>, usize);

impl ClaimMark {
    /// That of the claim in row `idx`.
    pub(crate) fn new(row: &ClaimRow, is_told_of: bool, idx: usize) -> Self {
        let is_disputed = row.n_affirms > 0 && row.n_denies > 0;
        Self(Reverse(is_disputed || is_told_of), Reverse(row.n_statements), idx)
    }
}
