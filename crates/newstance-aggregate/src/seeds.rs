//! Which claims a clause may belong to.

use std::collections::HashMap;
use std::ops::Range;

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
    /// `idx`.
    pub(crate) fn candidates(&self, idx: usize, first: usize) -> Candidates {
        let mut bits = vec![0_u64; self.n_groups.saturating_sub(first).div_ceil(WORD)];
        for key in &self.keys[idx] {
            let groups = &self.groups[*key as usize];
            let later = groups.partition_point(|group| (*group as usize) < first);
            for group in &groups[later..] {
                let place = *group as usize - first;
                bits[place / WORD] |= 1 << (place % WORD);
            }
        }
        Candidates { first, bits }
    }

    /// Makes proposition `idx` the seed of `group`, the last one so far.
    pub(crate) fn add(&mut self, idx: usize, group: usize) {
        for key in &self.keys[idx] {
            self.groups[*key as usize].push(number(group));
        }
        self.n_groups = group + 1;
    }
}

/// Bits of a word.
const WORD: usize = 64;

/// Groups, a bit each: a common word is the key of thousands.
#[derive(Debug)]
pub(crate) struct Candidates {
    first: usize,
    bits: Vec<u64>,
}

impl Candidates {
    /// Those of a range, ascending; its start must be the first group of all or
    /// whole words later, and so must its end, or no group come after it.
    pub(crate) fn within(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        let words = |group: usize| ((group - self.first).div_ceil(WORD)).min(self.bits.len());
        let words = words(range.start)..words(range.end);
        let first = self.first + WORD * words.start;
        self.bits[words].iter().enumerate().flat_map(move |(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(first + WORD * at + bit)
            })
        })
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::{btree_set, vec};
    use proptest::prelude::*;

    use super::{Seeds, WORD};

    proptest! {
        #[test]
        fn candidates_are_the_later_groups_of_any_key(
            groups in vec(btree_set(0..300_u32, 0..60), 3),
            first in 0..300_usize,
            words in (0..6_usize, 0..6_usize),
        ) {
            let groups: Vec<Vec<u32>> =
                groups.into_iter().map(|groups| groups.into_iter().collect()).collect();
            let n_groups = 300;
            let seeds = Seeds { keys: vec![vec![0, 2]], groups: groups.clone(), n_groups };
            let range = first + WORD * words.0..first + WORD * (words.0 + words.1);
            let expected: BTreeSet<usize> = [&groups[0], &groups[2]]
                .into_iter()
                .flatten()
                .map(|group| *group as usize)
                .filter(|group| range.contains(group))
                .collect();
            let found: Vec<usize> = seeds.candidates(0, first).within(range).collect();
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
