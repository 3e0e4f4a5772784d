//! Which actors a page lists.

use std::collections::{BTreeMap, BTreeSet};

use newstance_doc::rows::ActorRow;

use super::numbers::Numbers;

/// The actors in `named`, with whom they belong to, and as many others as
/// `most` leaves room for, from the most often mentioned.
pub(crate) fn listed<'t>(
    actors: &'t [ActorRow],
    named: impl Iterator<Item = &'t str>,
    most: usize,
) -> Numbers<'t> {
    let by_id: BTreeMap<&str, &ActorRow> =
        actors.iter().map(|row| (row.actor_id.as_str(), row)).collect();
    let mut kept = BTreeSet::new();
    for row in named.filter_map(|id| by_id.get(id)) {
        take(row, &by_id, &mut kept);
    }
    let mut others: Vec<&ActorRow> = actors.iter().collect();
    others.sort_by_key(|row| std::cmp::Reverse(row.n_mentions));
    for row in others {
        if kept.len() >= most {
            break;
        }
        take(row, &by_id, &mut kept);
    }
    Numbers::new(kept.into_iter())
}

/// Takes an actor, its affiliations and its country.
fn take<'t>(
    row: &'t ActorRow,
    by_id: &BTreeMap<&'t str, &'t ActorRow>,
    kept: &mut BTreeSet<&'t str>,
) {
    let mut open = vec![row];
    while let Some(row) = open.pop() {
        if kept.insert(&row.actor_id) {
            let belongs_to = row.affiliation.iter().chain(&row.country);
            open.extend(belongs_to.filter_map(|id| by_id.get(id.as_str())));
        }
    }
}
