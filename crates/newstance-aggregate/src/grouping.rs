//! Propositions into groups of one claim each; see `claims`.

use newstance_model::TextPairClassifier;
use rayon::prelude::*;

use crate::claims::Member;
use crate::directions::{Outline, Outlines};
use crate::propositions::{Proposition, Reading};
use crate::relations::{Relations, Verdict};
use crate::seeds::{Candidates, Seeds};
use crate::similarity::{Question, Similarity};
use crate::{AggregateError, AggregateSettings, ClaimModels};

/// How many propositions are looked at before the next is given a group; how
/// many of them, and of how many groups, are compared while what is known of
/// them is in the caches. They change no result; tests work on little, so that
/// there are many of each. A tile is of whole words of [`Candidates`].
const BLOCK: usize = 4096;
const SIDE_BY_SIDE: usize = if cfg!(test) { 2 } else { 512 };
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
    /// Of each group's seed.
    outlines: Outlines,
    /// The place of each proposition that has one.
    pub(crate) place_of: Vec<Option<Place>>,
}

/// A group with the likeness of its seed to a clause.
type Near = (f32, usize);

/// A clause that a group is looked for.
struct Asking {
    idx: usize,
    outline: Outline,
}

/// Which groups are looked for: those with the best answers to the question, so
/// many at the most.
#[derive(Clone, Copy)]
struct Search {
    question: Question,
    most: usize,
}

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
            outlines: Outlines::default(),
            place_of: vec![None; propositions.len()],
        })
    }

    /// Nothing depends on the size of a block: in each, what stood before it is
    /// found ahead, all at once, and what it adds one by one.
    fn group_by_likeness(&mut self, block: usize) {
        let search = Search { question: Question::SameClaim, most: 1 };
        for start in (0..self.propositions.len()).step_by(block) {
            let n_before = self.groups.len();
            let asking = self.with_contents(start..start + block);
            let ahead = self.nearest_ahead(&asking, search);
            for (asking, near) in asking.iter().zip(ahead) {
                let near = self.nearest(asking, n_before, near, search);
                let best = near.first().map(|(likeness, group)| {
                    let seed = &self.propositions[self.seed(*group)];
                    (*group, *likeness, seed.is_negated == self.propositions[asking.idx].is_negated)
                });
                self.add(asking, best);
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
        let most = self.settings.claim_max_decisions;
        let search = Search { question: Question::Candidate, most };
        for start in (0..self.propositions.len()).step_by(block) {
            let n_before = self.groups.len();
            let asking = self.with_contents(start..start + block);
            let ahead = self.nearest_ahead(&asking, search);
            let asked =
                asking.iter().zip(&ahead).flat_map(|(asking, near)| self.pairs(asking, near));
            relations.ask(&asked.collect::<Vec<_>>())?;
            for (asking, near) in asking.iter().zip(ahead) {
                let near = self.nearest(asking, n_before, near, search);
                relations.ask(&self.pairs(asking, &near))?;
                let best = self.best(asking, &near, &relations);
                self.add(
                    asking,
                    best.map(|(group, verdict)| (group, verdict.likeness(), verdict.is_same())),
                );
            }
        }
        Ok(())
    }

    /// The propositions of that range, as far as there are any, that are more
    /// than references.
    fn with_contents(&self, range: std::ops::Range<usize>) -> Vec<Asking> {
        let range = range.start..range.end.min(self.propositions.len());
        let with_contents = range
            .into_par_iter()
            .filter(|idx| self.propositions[*idx].reading != Reading::Reference);
        with_contents.map(|idx| Asking { idx, outline: self.similarity.outline(idx) }).collect()
    }

    /// [`Self::nearest`] of each of `asking`, of all groups so far.
    fn nearest_ahead(&self, asking: &[Asking], search: Search) -> Vec<Vec<Near>> {
        let of_some = |asking: &[Asking]| {
            let candidates = asking.iter().map(|asking| self.seeds.candidates(asking.idx, 0));
            let candidates: Vec<Candidates> = candidates.collect();
            let mut near: Vec<Vec<Near>> = vec![Vec::new(); asking.len()];
            // Seeds by tiles, so that what is read of them is read once for all.
            for first in (0..self.groups.len()).step_by(TILE) {
                for ((asking, candidates), near) in asking.iter().zip(&candidates).zip(&mut near) {
                    self.add_near(asking, candidates.within(first..first + TILE), near, search);
                }
            }
            near
        };
        asking.par_chunks(SIDE_BY_SIDE).flat_map_iter(of_some).collect()
    }

    /// The groups whose seeds are nearest to a proposition, from the nearest:
    /// of those in `near` and those from `first` on, which is behind all of
    /// `near`.
    fn nearest(
        &self,
        asking: &Asking,
        first: usize,
        mut near: Vec<Near>,
        search: Search,
    ) -> Vec<Near> {
        let candidates = self.seeds.candidates(asking.idx, first);
        let groups = candidates.within(first..self.groups.len());
        self.add_near(asking, groups, &mut near, search);
        near
    }

    /// Adds to `near` what is nearer than its last; `groups` ascend from behind
    /// all that it holds.
    fn add_near(
        &self,
        asking: &Asking,
        groups: impl Iterator<Item = usize>,
        near: &mut Vec<Near>,
        Search { question, most }: Search,
    ) {
        let least = self.similarity.least(question);
        for group in groups {
            let worst = most.checked_sub(1).and_then(|last| near.get(last));
            let needed = worst.map_or(least, |(likeness, _)| likeness.max(least));
            // Scores below 0 count as 0.
            if needed > 0.0 && self.outlines.exclude(group, &asking.outline, needed) {
                continue;
            }
            let pair = (self.seed(group), asking.idx);
            if let Some(score) = self.similarity.score(question, self.propositions, pair) {
                let place = near.partition_point(|(likeness, _)| *likeness >= score);
                near.insert(place, (score, group));
                near.truncate(most);
            }
        }
    }

    /// What is asked: the seed of each group, then the proposition.
    fn pairs(&self, asking: &Asking, near: &[Near]) -> Vec<(usize, usize)> {
        near.iter().map(|(_, group)| (self.seed(*group), asking.idx)).collect()
    }

    /// The group that the proposition belongs to, by the verdicts on `near`.
    fn best(
        &self,
        asking: &Asking,
        near: &[Near],
        relations: &Relations<'_>,
    ) -> Option<(usize, Verdict)> {
        let mut best: Option<(usize, Verdict)> = None;
        for (_, group) in near {
            let verdict = relations.verdict((self.seed(*group), asking.idx))?;
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
    fn add(&mut self, asking: &Asking, joins: Option<(usize, f32, bool)>) {
        let idx = asking.idx;
        let (group, likeness, is_same) = joins.unwrap_or((self.groups.len(), 1.0, true));
        if group == self.groups.len() {
            self.groups.push(vec![]);
            self.outlines.push(&asking.outline);
            self.seeds.add(idx, group);
        }
        self.groups[group].push(Member { proposition: idx, likeness, is_same });
        self.place_of[idx] = Some((group, is_same));
    }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use newstance_doc::Force;
    use newstance_model::{ModelError, TextEmbedder};

    use super::{BLOCK, Grouping, Near};
    use crate::archive::Archive;
    use crate::claim_model_tests::{Oracle, archive, articles, settings};
    use crate::claims::all_propositions;
    use crate::similarity::Question;
    use crate::{AggregateSettings, ClaimModels};

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

    /// Each word has a direction; a text has those of its words.
    #[derive(Debug)]
    struct BagOfWords;

    impl TextEmbedder for BagOfWords {
        fn dimension(&self) -> usize {
            300
        }

        fn embed(&self, batch: &[Vec<&str>]) -> Result<Vec<Vec<f32>>, ModelError> {
            let vector = |words: &Vec<&str>| {
                let mut sum = vec![0.0; self.dimension()];
                for word in words {
                    let seed = word.bytes().fold(7, |seed: u64, byte| seed * 31 + u64::from(byte));
                    let mut rng = Rng::with_seed(seed);
                    for value in &mut sum {
                        *value += rng.f32() - 0.5;
                    }
                }
                let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
                sum.into_iter().map(|value| value / length).collect()
            };
            Ok(batch.iter().map(vector).collect())
        }
    }

    #[test]
    fn no_likeness_of_a_seed_is_overlooked() {
        let words = ["gates", "river", "mayor", "flood", "price", "grain", "tax", "farmers"];
        let mut rng = Rng::with_seed(5);
        let mut some = |_| {
            let words: Vec<&str> = (0..4).map(|_| *rng.choice(&words).unwrap()).collect();
            format!("the {} rose", words.join(" "))
        };
        let said: Vec<String> = (0..30).map(&mut some).collect();
        let said: Vec<_> =
            said.iter().map(|what| ("Zambia", what.as_str(), Force::Affirms)).collect();
        let settings = AggregateSettings::default();
        let archive = Archive::of(&articles(&said), &settings).unwrap();
        let propositions = all_propositions(&archive, &settings).unwrap();
        let models = ClaimModels { embedder: Some(&BagOfWords), relations: None };
        let grouping = Grouping::of(&propositions, models, &settings).unwrap();
        let score = |pair| grouping.similarity.score(Question::SameClaim, &propositions, pair);
        let mut n_joined = 0;
        for (group, members) in grouping.groups.iter().enumerate() {
            for (place, member) in members.iter().enumerate() {
                let idx = member.proposition;
                let candidates = grouping.seeds.candidates(idx, 0);
                let earlier = candidates
                    .within(0..grouping.groups.len())
                    .filter(|group| grouping.seed(*group) < idx);
                let scored: Vec<Near> = earlier
                    .filter_map(|group| Some((score((grouping.seed(group), idx))?, group)))
                    .collect();
                let best = scored.iter().copied().reduce(|a, b| if b.0 > a.0 { b } else { a });
                let joined = (place > 0).then_some((member.likeness, group));
                assert_eq!(joined, best, "{}", propositions[idx].text);
                n_joined += usize::from(scored.len() > 1);
            }
        }
        assert!(n_joined > 3, "too few had a choice: {n_joined}");
    }
}
