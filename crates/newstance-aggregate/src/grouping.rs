//! Propositions into groups of one claim each; see `claims`.

use newstance_model::TextPairClassifier;
use rayon::prelude::*;

use crate::claims::Member;
use crate::propositions::{Proposition, Reading};
use crate::relations::{Relations, Verdict};
use crate::seeds::{Candidates, Seeds};
use crate::similarity::Similarity;
use crate::{AggregateError, AggregateSettings, ClaimModels};

/// How many propositions are looked at before the next is given a group; how
/// many of them, and of how many groups, are compared while what is known of
/// them is in the caches. They change no result; tests work on little, so that
/// there are many of each. A tile is of whole words of [`Candidates`].
const BLOCK: usize = 1024;
const SIDE_BY_SIDE: usize = if cfg!(test) { 2 } else { 128 };
const TILE: usize = if cfg!(test) { 64 } else { 512 };

/// A group, and whether a proposition in it says what its seed says.
pub(crate) type Place = (usize, bool);

/// Groups in the making.
pub(crate) struct Grouping<'a> {
    propositions: &'a [Proposition],
    similarity: Similarity<'a>,
    seeds: Seeds,
    settings: &'a AggregateSettings,
    /// The seed is the first of each.
    pub(crate) groups: Vec<Vec<Member>>,
    /// The place of each proposition that has one.
    pub(crate) place_of: Vec<Option<Place>>,
}

/// A group with the likeness of its seed to a clause.
type Near = (f32, usize);

/// How like a clause is to the seed of a group; none where they need not be
/// thought of together.
type Score<'a> = fn(&Similarity<'a>, &[Proposition], (usize, usize)) -> Option<f32>;

impl<'a> Grouping<'a> {
    /// Groups `propositions`, which come from the earliest.
    ///
    /// # Errors
    ///
    /// [`AggregateError::Embed`], [`AggregateError::EmbedCount`] and
    /// [`AggregateError::Compare`].
    pub(crate) fn of(
        propositions: &'a [Proposition],
        models: ClaimModels<'_>,
        settings: &'a AggregateSettings,
    ) -> Result<Self, AggregateError> {
        let mut grouping = Self::new(propositions, models, settings)?;
        match models.relations {
            Some(model) => grouping.group_by_model(model, BLOCK)?,
            None => grouping.group_by_likeness(BLOCK),
        }
        Ok(grouping)
    }

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
        let score: Score<'a> = Similarity::same_claim;
        for start in (0..self.propositions.len()).step_by(block) {
            let n_before = self.groups.len();
            let asking = self.with_contents(start..start + block);
            let ahead = self.nearest_ahead(&asking, 1, score);
            for (idx, near) in asking.into_iter().zip(ahead) {
                let near = self.nearest(idx, n_before, (near, 1), score);
                let best = near.first().map(|(likeness, group)| {
                    let seed = &self.propositions[self.seed(*group)];
                    (*group, *likeness, seed.is_negated == self.propositions[idx].is_negated)
                });
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
        let (score, most): (Score<'a>, _) =
            (Similarity::candidate, self.settings.claim_max_decisions);
        for start in (0..self.propositions.len()).step_by(block) {
            let n_before = self.groups.len();
            let asking = self.with_contents(start..start + block);
            let ahead = self.nearest_ahead(&asking, most, score);
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

    /// [`Self::nearest`] of each of `asking`, of all groups so far.
    fn nearest_ahead(&self, asking: &[usize], most: usize, score: Score<'a>) -> Vec<Vec<Near>> {
        let of_some = |asking: &[usize]| {
            let candidates = asking.iter().map(|idx| (*idx, self.seeds.candidates(*idx, 0)));
            let candidates: Vec<(usize, Candidates)> = candidates.collect();
            let mut near: Vec<Vec<Near>> = vec![Vec::new(); asking.len()];
            // Seeds by tiles, so that what is read of them is read once for all.
            for first in (0..self.groups.len()).step_by(TILE) {
                for ((idx, candidates), near) in candidates.iter().zip(&mut near) {
                    let groups = candidates.within(first..first + TILE);
                    self.add_near(*idx, groups, (near, most), score);
                }
            }
            near
        };
        asking.par_chunks(SIDE_BY_SIDE).flat_map_iter(of_some).collect()
    }

    /// The groups whose seeds are nearest to a proposition by `score`, from the
    /// nearest, so many at the most: of those that are known and those from
    /// `first` on.
    fn nearest(
        &self,
        idx: usize,
        first: usize,
        (known, most): (Vec<Near>, usize),
        score: Score<'a>,
    ) -> Vec<Near> {
        let mut near = known;
        let candidates = self.seeds.candidates(idx, first);
        let groups = candidates.within(first..self.groups.len());
        self.add_near(idx, groups, (&mut near, most), score);
        near
    }

    fn add_near(
        &self,
        idx: usize,
        groups: impl Iterator<Item = usize>,
        (near, most): (&mut Vec<Near>, usize),
        score: Score<'a>,
    ) {
        let scored = groups.filter_map(|group| {
            let score = score(&self.similarity, self.propositions, (self.seed(group), idx));
            score.map(|score| (score, group))
        });
        near.extend(scored);
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        near.truncate(most);
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
    use super::{BLOCK, Grouping};
    use crate::ClaimModels;
    use crate::archive::Archive;
    use crate::claim_model_tests::{Oracle, archive, settings};
    use crate::claims::all_propositions;

    #[test]
    fn the_size_of_a_block_does_not_change_the_groups() {
        let (settings, oracle) = (settings(), Oracle::default());
        let archive = Archive::of(&archive(), &settings).unwrap();
        let propositions = all_propositions(&archive, &settings).unwrap();
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
