//! Which statements make the same claim.
//!
//! The clauses of all statements are read from the earliest (by date, then
//! statement id). Each joins the claim whose first clause, the *seed*, it
//! belongs to; else it is the seed of a new one. Comparing with seeds only keeps
//! claims from chaining into giants, and the fixed order makes the result a
//! function of the archive.
//!
//! Without a model of relations a clause belongs to the seed that it is most
//! like, if it is alike enough and the actors' roles agree, and one of the two
//! being negated makes them opposites. With one, the few seeds that it is most
//! like are put to the model, which tells whether it is of that claim, and on
//! which side.

use newstance_model::TextPairClassifier;
use rayon::prelude::*;

use crate::archive::Archive;
use crate::propositions::{Proposition, Reading, propositions};
use crate::referents::referent;
use crate::relations::{Relations, Verdict};
use crate::seeds::Seeds;
use crate::similarity::Similarity;
use crate::{AggregateError, AggregateSettings, ClaimModels};

/// How many propositions are looked at side by side.
const BLOCK: usize = 1024;

/// A proposition in a group, and how it stands to the group's seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Member {
    /// Index of the proposition.
    pub(crate) proposition: usize,
    /// How like the seed it is, `0.0..=1.0`; 1 for the seed.
    pub(crate) likeness: f32,
    /// True where it says the same as the seed, false where the opposite.
    pub(crate) is_same: bool,
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
    /// [`AggregateError::Embed`], [`AggregateError::EmbedCount`],
    /// [`AggregateError::Compare`] and [`AggregateError::CompareCount`].
    pub(crate) fn new(
        archive: &Archive,
        models: ClaimModels<'_>,
        settings: &AggregateSettings,
    ) -> Result<Self, AggregateError> {
        let propositions: Vec<Proposition> = archive
            .statements_by_age()
            .into_iter()
            .flat_map(|at| propositions(archive, at))
            .collect();
        let mut grouping = Grouping::new(&propositions, models, settings)?;
        match models.relations {
            Some(model) => grouping.group_by_model(model, BLOCK)?,
            None => grouping.group_by_likeness(BLOCK),
        }
        let Grouping { groups, place_of, .. } = grouping;
        let mut claims = Self { propositions, groups };
        claims.add_references(archive, settings, &place_of);
        Ok(claims)
    }

    /// Puts each reference on the side of what it refers to.
    fn add_references(
        &mut self,
        archive: &Archive,
        settings: &AggregateSettings,
        place_of: &[Option<Place>],
    ) {
        for idx in 0..self.propositions.len() {
            if self.propositions[idx].reading != Reading::Reference {
                continue;
            }
            let Some(referent) = referent(archive, settings, &self.propositions, idx) else {
                continue;
            };
            let Some((group, is_same)) = place_of[referent] else { continue };
            self.propositions[idx].is_negated = self.propositions[referent].is_negated;
            let member = Member { proposition: idx, likeness: REFERENCE_LIKENESS, is_same };
            self.groups[group].push(member);
        }
    }
}

/// A group, and whether a proposition in it says what its seed says.
type Place = (usize, bool);

/// Groups in the making.
struct Grouping<'a> {
    propositions: &'a [Proposition],
    similarity: Similarity<'a>,
    seeds: Seeds,
    settings: &'a AggregateSettings,
    groups: Vec<Vec<Member>>,
    /// The place of each proposition that has one.
    place_of: Vec<Option<Place>>,
}

/// A group with the likeness of its seed to a clause.
type Near = (f32, usize);

impl<'a> Grouping<'a> {
    fn new(
        propositions: &'a [Proposition],
        models: ClaimModels<'_>,
        settings: &'a AggregateSettings,
    ) -> Result<Self, AggregateError> {
        Ok(Self {
            propositions,
            similarity: Similarity::new(propositions, models.embedder, settings)?,
            seeds: Seeds::new(propositions, settings.claim_max_block),
            settings,
            groups: Vec::new(),
            place_of: vec![None; propositions.len()],
        })
    }

    /// Nothing depends on the size of a block: in each, what stood before it is
    /// found ahead, all at once, and what it adds one by one.
    fn group_by_likeness(&mut self, block: usize) {
        let score = Similarity::same_claim;
        for start in (0..self.propositions.len()).step_by(block) {
            let n_before = self.groups.len();
            let asking = self.with_contents(start..start + block);
            let ahead: Vec<Vec<Near>> = asking
                .par_iter()
                .map(|idx| self.nearest(*idx, 0, (Vec::new(), 1), score))
                .collect();
            for (idx, near) in asking.into_iter().zip(ahead) {
                let near = self.nearest(idx, n_before, (near, 1), score);
                let is_same = |group: usize| {
                    let seed = &self.propositions[self.seed(group)];
                    seed.is_negated == self.propositions[idx].is_negated
                };
                let best =
                    near.first().map(|(likeness, group)| (*group, *likeness, is_same(*group)));
                self.add(idx, best);
            }
        }
    }

    /// As [`Self::group_by_likeness`]; what stood before a block is also judged
    /// ahead.
    fn group_by_model(
        &mut self,
        model: &dyn TextPairClassifier,
        block: usize,
    ) -> Result<(), AggregateError> {
        let mut relations = Relations::new(self.propositions, model)?;
        let (score, most) = (Similarity::candidate, self.settings.claim_max_decisions);
        for start in (0..self.propositions.len()).step_by(block) {
            let n_before = self.groups.len();
            let asking = self.with_contents(start..start + block);
            let ahead: Vec<Vec<Near>> = asking
                .par_iter()
                .map(|idx| self.nearest(*idx, 0, (Vec::new(), most), score))
                .collect();
            let asked = asking.iter().zip(&ahead).flat_map(|(idx, near)| self.pairs(*idx, near));
            relations.ask(&asked.collect::<Vec<_>>())?;
            for (idx, near) in asking.into_iter().zip(ahead) {
                let near = self.nearest(idx, n_before, (near, most), score);
                relations.ask(&self.pairs(idx, &near))?;
                let best = self.best(idx, &near, &relations);
                self.add(
                    idx,
                    best.map(|(group, verdict)| (group, verdict.likeness(), verdict.is_same())),
                );
            }
        }
        Ok(())
    }

    /// The propositions of that range, as far as there are any, that are more
    /// than references.
    fn with_contents(&self, range: std::ops::Range<usize>) -> Vec<usize> {
        let range = range.start..range.end.min(self.propositions.len());
        range.filter(|idx| self.propositions[*idx].reading != Reading::Reference).collect()
    }

    /// The groups whose seeds are nearest to a proposition by `score`, from the
    /// nearest, so many at the most: of those that are known and those from
    /// `first` on.
    fn nearest(
        &self,
        idx: usize,
        first: usize,
        (known, most): (Vec<Near>, usize),
        score: impl Fn(&Similarity<'a>, &[Proposition], (usize, usize)) -> Option<f32>,
    ) -> Vec<Near> {
        let mut near = known;
        for group in self.seeds.candidates(idx, first) {
            let score = score(&self.similarity, self.propositions, (self.seed(group), idx));
            near.extend(score.map(|score| (score, group)));
        }
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        near.truncate(most);
        near
    }

    /// What is asked: the seed of each group, then the proposition.
    fn pairs(&self, idx: usize, near: &[Near]) -> Vec<(usize, usize)> {
        near.iter().map(|(_, group)| (self.seed(*group), idx)).collect()
    }

    /// The group that the proposition belongs to, by the verdicts on `near`.
    fn best(
        &self,
        idx: usize,
        near: &[Near],
        relations: &Relations<'_>,
    ) -> Option<(usize, Verdict)> {
        let mut best: Option<(usize, Verdict)> = None;
        for (_, group) in near {
            let verdict = relations.verdict((self.seed(*group), idx))?;
            let is_enough = verdict.likeness() >= self.settings.claim_threshold;
            if is_enough && best.is_none_or(|(_, known)| verdict.likeness() > known.likeness()) {
                best = Some((*group, verdict));
            }
        }
        best
    }

    fn seed(&self, group: usize) -> usize {
        self.groups[group][0].proposition
    }

    /// Puts a proposition into the group that it joins, with likeness and
    /// side, or makes it the seed of a new one.
    fn add(&mut self, idx: usize, joins: Option<(usize, f32, bool)>) {
        let (group, likeness, is_same) = joins.unwrap_or((self.groups.len(), 1.0, true));
        if group == self.groups.len() {
            self.groups.push(vec![]);
            self.seeds.add(idx, group);
        }
        self.groups[group].push(Member { proposition: idx, likeness, is_same });
        self.place_of[idx] = Some((group, is_same));
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Grouping, propositions};
    use crate::ClaimModels;
    use crate::archive::Archive;
    use crate::claim_model_tests::{Oracle, archive, settings};
    use crate::propositions::Proposition;

    #[test]
    fn the_size_of_a_block_does_not_change_the_groups() {
        let (settings, oracle) = (settings(), Oracle::default());
        let archive = Archive::new(archive(), &settings).unwrap();
        let ages = archive.statements_by_age().into_iter();
        let propositions: Vec<Proposition> =
            ages.flat_map(|at| propositions(&archive, at)).collect();
        let groups = |block| {
            let models = ClaimModels { embedder: None, relations: Some(&oracle) };
            let mut grouping = Grouping::new(&propositions, models, &settings).unwrap();
            grouping.group_by_model(&oracle, block).unwrap();
            let by_model = std::mem::take(&mut grouping.groups);
            let mut grouping = Grouping::new(&propositions, models, &settings).unwrap();
            grouping.group_by_likeness(block);
            (by_model, grouping.groups)
        };
        let whole = groups(BLOCK);
        assert!(whole.0.iter().any(|group| group.iter().any(|member| !member.is_same)));
        assert!(whole.1.iter().any(|group| group.len() > 1));
        for block in [1, 2, 3, 7] {
            assert_eq!(groups(block), whole, "blocks of {block}");
        }
    }
}
