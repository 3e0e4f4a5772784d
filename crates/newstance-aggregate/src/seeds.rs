//! Which claims a clause may belong to.

use std::collections::{BTreeMap, BTreeSet};

use crate::propositions::Proposition;

/// Finds the seeds that share a word or an actor with a clause.
#[derive(Debug)]
pub(crate) struct Seeds {
    keys: Vec<Vec<String>>,
    /// The groups of each key, ascending.
    groups: BTreeMap<String, Vec<usize>>,
}

impl Seeds {
    /// Knows no seed yet. A key of more than `max_block` clauses is no reason
    /// to compare them.
    pub(crate) fn new(propositions: &[Proposition], max_block: usize) -> Self {
        let keys: Vec<Vec<String>> = propositions.iter().map(keys).collect();
        let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
        for key in keys.iter().flatten() {
            *counts.entry(key).or_default() += 1;
        }
        let is_rare = |key: &String| counts[key] <= max_block;
        let keys =
            keys.iter().map(|k| k.iter().filter(|k| is_rare(k)).cloned().collect()).collect();
        Self { keys, groups: BTreeMap::new() }
    }

    /// The groups from `first` on whose seeds share something with proposition
    /// `idx`.
    pub(crate) fn candidates(&self, idx: usize, first: usize) -> BTreeSet<usize> {
        let later = |groups: &'_ Vec<usize>| groups.partition_point(|group| *group < first);
        let known = self.keys[idx].iter().filter_map(|key| self.groups.get(key));
        known.flat_map(|groups| groups[later(groups)..].iter().copied()).collect()
    }

    /// Makes proposition `idx` the seed of `group`, the last one so far.
    pub(crate) fn add(&mut self, idx: usize, group: usize) {
        for key in &self.keys[idx] {
            self.groups.entry(key.clone()).or_default().push(group);
        }
    }
}

fn keys(proposition: &Proposition) -> Vec<String> {
    let stems = proposition.stems.iter().map(|stem| format!("word {stem}"));
    let first_two = || proposition.roles.iter().take(2);
    let roles = first_two().flat_map(|role| role.keys().map(|key| format!("actor {key}")));
    let mut keys: Vec<String> = stems.chain(roles).collect();
    if let [first, second, ..] = proposition.roles.as_slice() {
        keys.extend(
            first.keys().flat_map(|a| second.keys().map(move |b| format!("actors {a} {b}"))),
        );
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}
