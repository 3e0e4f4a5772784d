//! Which statements make the same claim.
//!
//! The clauses of all statements are read from the earliest (by date, then
//! statement id). Each joins the claim whose first clause, the *seed*, it is
//! most like, if it is alike enough and the actors' roles agree; else it is
//! the seed of a new one. Comparing with seeds only keeps claims from chaining
//! into giants, and the fixed order makes the result a function of the archive.

use std::collections::{BTreeMap, BTreeSet};

use newstance_model::TextEmbedder;

use crate::archive::Archive;
use crate::propositions::{Proposition, Reading, propositions};
use crate::referents::referent;
use crate::similarity::Similarity;
use crate::{AggregateError, AggregateSettings};

/// A proposition in a group, and how like the group's seed it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Member {
    /// Index of the proposition.
    pub(crate) proposition: usize,
    /// `0.0..=1.0`; 1 for the seed.
    pub(crate) likeness: f32,
}

/// All propositions of an archive and how they group.
#[derive(Debug)]
pub(crate) struct Claims {
    /// From the earliest.
    pub(crate) propositions: Vec<Proposition>,
    /// The seed is the first of each; a reference stands in the group of what
    /// it refers to, and in none where that is unknown.
    pub(crate) groups: Vec<Vec<Member>>,
}

/// Likeness of a reference ("the allegations") to what it refers to.
const REFERENCE_LIKENESS: f32 = 0.5;

impl Claims {
    /// Groups the contents of all statements.
    ///
    /// # Errors
    ///
    /// [`AggregateError::Embed`] and [`AggregateError::EmbedCount`].
    pub(crate) fn new(
        archive: &Archive,
        embedder: Option<&dyn TextEmbedder>,
        settings: &AggregateSettings,
    ) -> Result<Self, AggregateError> {
        let propositions: Vec<Proposition> = archive
            .statements_by_age()
            .into_iter()
            .flat_map(|at| propositions(archive, at))
            .collect();
        let similarity = Similarity::new(&propositions, embedder, settings)?;
        let mut groups: Vec<Vec<Member>> = Vec::new();
        let mut group_of: Vec<Option<usize>> = vec![None; propositions.len()];
        let mut seeds = Seeds::new(&propositions, settings.claim_max_block);
        for idx in 0..propositions.len() {
            if propositions[idx].reading == Reading::Reference {
                continue;
            }
            let mut best: Option<(f32, usize)> = None;
            for group in seeds.candidates(idx) {
                let pair = (groups[group][0].proposition, idx);
                let score = similarity.same_claim(&propositions, pair);
                if let Some(score) = score.filter(|score| best.is_none_or(|(b, _)| *score > b)) {
                    best = Some((score, group));
                }
            }
            let (likeness, group) = best.unwrap_or((1.0, groups.len()));
            if group == groups.len() {
                groups.push(vec![]);
                seeds.add(idx, group);
            }
            groups[group].push(Member { proposition: idx, likeness });
            group_of[idx] = Some(group);
        }
        let mut claims = Self { propositions, groups };
        claims.add_references(archive, settings, &group_of);
        Ok(claims)
    }

    fn add_references(
        &mut self,
        archive: &Archive,
        settings: &AggregateSettings,
        group_of: &[Option<usize>],
    ) {
        for idx in 0..self.propositions.len() {
            if self.propositions[idx].reading != Reading::Reference {
                continue;
            }
            let Some(referent) = referent(archive, settings, &self.propositions, idx) else {
                continue;
            };
            let Some(group) = group_of[referent] else { continue };
            self.propositions[idx].is_negated = self.propositions[referent].is_negated;
            let member = Member { proposition: idx, likeness: REFERENCE_LIKENESS };
            self.groups[group].push(member);
        }
    }
}

/// Finds the seeds that share a word or an actor with a clause.
struct Seeds {
    keys: Vec<Vec<String>>,
    groups: BTreeMap<String, Vec<usize>>,
}

impl Seeds {
    fn new(propositions: &[Proposition], max_block: usize) -> Self {
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

    fn candidates(&self, idx: usize) -> BTreeSet<usize> {
        self.keys[idx].iter().filter_map(|key| self.groups.get(key)).flatten().copied().collect()
    }

    fn add(&mut self, idx: usize, group: usize) {
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
