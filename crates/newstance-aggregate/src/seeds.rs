//! Which claims a clause may belong to.

use std::collections::HashMap;

use crate::ledger::number;
use crate::propositions::Proposition;

/// Finds the seeds that share a word or an actor with a clause.
#[derive(Debug)]
pub(crate) struct Seeds {
    /// Of each proposition the numbers of its keys.
    keys: Vec<Vec<u32>>,
    /// The groups of each key, ascending.
    groups: Vec<Vec<u32>>,
    n_groups: usize,
}

impl Seeds {
    /// Knows no seed yet. A key of more than `max_block` clauses is no reason
    /// to compare them.
    pub(crate) fn new(propositions: &[Proposition], max_block: usize) -> Self {
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut counts: Vec<usize> = Vec::new();
        let mut numbered = |key: String| {
            let key = *numbers.entry(key).or_insert_with(|| number(counts.len()));
            counts.resize(counts.len().max(key as usize + 1), 0);
            counts[key as usize] += 1;
            key
        };
        let all = propositions.iter().map(|p| keys(p).into_iter().map(&mut numbered).collect());
        let mut keys: Vec<Vec<u32>> = all.collect();
        for keys in &mut keys {
            keys.retain(|key| counts[*key as usize] <= max_block);
        }
        Self { keys, groups: vec![Vec::new(); counts.len()], n_groups: 0 }
    }

    /// The groups from `first` on whose seeds share something with proposition
    /// `idx`, ascending.
    pub(crate) fn candidates(&self, idx: usize, first: usize) -> impl Iterator<Item = usize> {
        // One bit a group: a common word is the key of thousands.
        let mut bits = vec![0_u64; self.n_groups.saturating_sub(first).div_ceil(64)];
        for key in &self.keys[idx] {
            let groups = &self.groups[*key as usize];
            let later = groups.partition_point(|group| (*group as usize) < first);
            for group in &groups[later..] {
                let place = *group as usize - first;
                bits[place / 64] |= 1 << (place % 64);
            }
        }
        bits.into_iter().enumerate().flat_map(move |(at, mut word)| {
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
                word &= word - 1;
                Some(first + 64 * at + bit)
            })
        })
    }

    /// Makes proposition `idx` the seed of `group`, the last one so far.
    pub(crate) fn add(&mut self, idx: usize, group: usize) {
        for key in &self.keys[idx] {
            self.groups[*key as usize].push(number(group));
        }
        self.n_groups = group + 1;
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
