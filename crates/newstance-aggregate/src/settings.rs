//! What changes the tables, beside the layers.

use serde::{Deserialize, Serialize};

use crate::Correction;
use crate::bootstrap::Bootstrap;

/// A length of time that counts are given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodUnit {
    /// The whole archive, dated or not.
    All,
    /// A calendar year.
    Year,
    /// A calendar month.
    Month,
    /// A week from Monday.
    Week,
    /// A day.
    Day,
}

impl PeriodUnit {
    /// All units, from the longest.
    pub const ALL: [Self; 5] = [Self::All, Self::Year, Self::Month, Self::Week, Self::Day];

    /// The word that tables use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Year => "year",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
        }
    }
}

/// How layers are made into tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AggregateSettings {
    /// Periods that pairs and speakers are counted for.
    pub period_units: Vec<PeriodUnit>,
    /// True where pairs and speakers are also counted for each outlet alone.
    pub by_outlet: bool,
    /// Share of the shorter text's word 5-grams that the longer one must have
    /// for the two to be copies of one another, `0.0..=1.0`.
    pub wire_containment: f64,
    /// The same for two texts of one outlet, which must also begin alike and
    /// have the same numbers.
    pub wire_containment_same_outlet: f64,
    /// The shorter text must have at least this share of the longer one's
    /// word 5-grams, so that an article that quotes a note in full is no copy.
    pub wire_length_ratio: f64,
    /// Days that copies may be apart; what comes back later is furniture or a
    /// notice that is printed again and again.
    pub wire_max_days: u32,
    /// Texts with fewer word 5-grams are copies only where they are equal.
    pub wire_min_shingles: usize,
    /// Least cosine of two clauses that make one claim, where their first two
    /// actors agree.
    pub claim_similarity_with_roles: f32,
    /// Least cosine of two clauses that make one claim, where fewer than two
    /// actors can be compared.
    pub claim_similarity: f32,
    /// As `claim_similarity_with_roles`, for the share of content words in
    /// common, which is used where there is no embedding model.
    pub claim_overlap_with_roles: f32,
    /// As `claim_similarity`, for the share of content words in common.
    pub claim_overlap: f32,
    /// Least cosine (or share of content words in common) of two clauses that
    /// are put to a model of relations, where there is one. The four settings
    /// above are then not used.
    pub claim_candidate_similarity: f32,
    /// How many claims a clause is compared with by that model at the most:
    /// those that it is most like.
    pub claim_max_decisions: usize,
    /// Least probability, by that model, that a clause says what a claim says
    /// or the opposite, for it to be of that claim.
    pub claim_threshold: f32,
    /// Content words and actors that a clause must have together to be compared
    /// with those of other articles; one of fewer says too little alone ("No, I
    /// didn't", "the bill").
    pub claim_min_words: usize,
    /// A word or actor that more clauses than this share is no reason to
    /// compare them.
    pub claim_max_block: usize,
    /// How far before "denied this" the statement it answers may end, in
    /// sentences.
    pub referent_max_sentences: usize,
    /// Resamples of the bootstrap behind each interval.
    pub bootstrap_resamples: usize,
    /// Seed of the bootstrap.
    pub bootstrap_seed: u64,
    /// Wire groups that a count must come from to be given an interval; fewer
    /// are too few.
    pub interval_min_articles: usize,
    /// Articles that must stand on both sides of a change in time.
    pub change_min_articles: usize,
    /// Resamples of the bootstrap behind each `p_value` of a change.
    pub change_resamples: usize,
    /// A change whose `p_value` is at most this is flagged.
    pub change_p_value: f64,
    /// A position or stance that is less probable is no side of a turn.
    pub turn_probability: f32,
    /// What labelled stances say of the model's errors; without it net stances
    /// are not corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
}

impl AggregateSettings {
    /// The bootstrap behind intervals.
    pub(crate) fn bootstrap(&self) -> Bootstrap {
        Bootstrap::new(self.bootstrap_resamples, self.bootstrap_seed, self.interval_min_articles)
    }
}

impl Default for AggregateSettings {
    fn default() -> Self {
        Self {
            period_units: PeriodUnit::ALL.to_vec(),
            by_outlet: true,
            wire_containment: 0.7,
            wire_containment_same_outlet: 0.55,
            wire_length_ratio: 0.5,
            wire_max_days: 3,
            wire_min_shingles: 30,
            claim_similarity_with_roles: 0.62,
            claim_similarity: 0.65,
            claim_overlap_with_roles: 0.5,
            claim_overlap: 0.6,
            claim_candidate_similarity: 0.4,
            claim_max_decisions: 3,
            claim_threshold: 0.5,
            claim_min_words: 3,
            claim_max_block: 20_000,
            referent_max_sentences: 3,
            bootstrap_resamples: 200,
            bootstrap_seed: 20_130,
            interval_min_articles: 10,
            change_min_articles: 10,
            change_resamples: 999,
            change_p_value: 0.01,
            turn_probability: 0.6,
            correction: None,
        }
    }
}
