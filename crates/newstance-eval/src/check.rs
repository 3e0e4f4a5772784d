//! A gate: what is worse than it was, beyond chance and tolerance.

use serde::Serialize;

use crate::baseline::GoldTally;
use crate::comparison::{Difference, compare, compare_slices};
use crate::exchange::{Exchange, exchanged_labels};
use crate::{EvalError, Measure};

/// Chance of failing where nothing is worse, for all scores and for all slices
/// of one task together (Holm 1979).
const ERROR_RATE: f64 = 0.05;
/// Fewest documents and examples of a slice that can fail.
const LEAST_DOCUMENTS: usize = 5;
const LEAST_EXAMPLES: u64 = 20;

/// What a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Better, beyond chance.
    Better,
    /// The same, or not beyond chance, or within the tolerance.
    Same,
    /// Too few documents or examples to say.
    TooFew,
    /// Worse, beyond chance and tolerance.
    Worse,
}

impl Verdict {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Same => "same",
            Self::TooFew => "too few to say",
            Self::Worse => "WORSE",
        }
    }
}

/// One score, before and now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckedScore {
    /// The figures.
    #[serde(flatten)]
    pub difference: Difference,
    /// What they mean.
    pub verdict: Verdict,
}

/// One task on one set of gold data, before and now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckedTask {
    /// The task.
    pub task: String,
    /// The gold data, as the baseline names them.
    pub gold: String,
    /// The scores of all data, then of each slice.
    pub scores: Vec<CheckedScore>,
    /// Labels that look exchanged.
    pub exchange: Option<Exchange>,
}

/// One case of a behaviour suite, before and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckedCase {
    /// Suite, template and number.
    pub id: String,
    /// What was read.
    pub sentence: String,
    /// What should have come.
    pub expected: String,
    /// What came.
    pub came: String,
    /// Whether it is as it should be.
    pub passes: bool,
    /// Whether it was; none where the baseline does not have the case.
    pub passed_before: Option<bool>,
}

impl CheckedCase {
    /// True where it passed and does so no longer.
    pub fn is_broken(&self) -> bool {
        !self.passes && self.passed_before == Some(true)
    }
}

/// Everything that was compared with a baseline.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CheckReport {
    /// Greatest drop that is let pass, in points.
    pub max_drop: f64,
    /// Every task that the baseline has.
    pub tasks: Vec<CheckedTask>,
    /// Every case of the behaviour suites.
    pub cases: Vec<CheckedCase>,
    /// What stands in the manifest otherwise than in the baseline: key, before, now.
    pub changed_facts: Vec<(String, String, String)>,
    /// Gold data of the baseline that are not here.
    pub not_here: Vec<String>,
}

impl CheckReport {
    /// True where a score is worse or a case broke.
    pub fn is_worse(&self) -> bool {
        self.worse().next().is_some() || self.cases.iter().any(CheckedCase::is_broken)
    }

    /// The scores that are worse, with their task.
    pub fn worse(&self) -> impl Iterator<Item = (&CheckedTask, &CheckedScore)> {
        let of = |task: &'_ CheckedTask| task.scores.len();
        let scores = self.tasks.iter().filter(move |task| of(task) > 0);
        scores
            .flat_map(|task| task.scores.iter().map(move |score| (task, score)))
            .filter(|(_, score)| score.verdict == Verdict::Worse)
    }
}

/// Compares one task with its baseline. A score is worse where it dropped by
/// more than `max_drop` points and chance is not enough to explain it: a paired
/// bootstrap over documents, held to 5 % for the scores of all data and to 5 %
/// for all slices together (Holm).
///
/// # Errors
///
/// [`EvalError`] where the two cannot be compared.
pub fn check_task(
    before: &GoldTally,
    after: &GoldTally,
    max_drop: f64,
) -> Result<CheckedTask, EvalError> {
    let mut whole = compare(&before.tally, &after.tally)?;
    whole.retain(|difference| is_gated(before.tally.measure(), &difference.score));
    let slices = compare_slices(&before.tally, &after.tally)?;
    let mut scores = verdicts(whole, max_drop);
    scores.extend(verdicts(slices, max_drop));
    let is_worse = scores.iter().any(|score| score.verdict == Verdict::Worse);
    let exchange = is_worse.then(|| exchanged_labels(&before.tally, &after.tally)).flatten();
    let (task, gold) = (before.tally.task().to_owned(), before.gold.clone());
    Ok(CheckedTask { task, gold, scores, exchange })
}

/// Precision and recall are shares of an F1 that is compared already.
fn is_gated(measure: &Measure, score: &str) -> bool {
    let is_part = ["precision", "recall"].iter().any(|part| score.starts_with(part));
    let is_mode = matches!(measure, Measure::Entities { .. }) && score.contains("nervaluate");
    !is_part && !is_mode
}

fn verdicts(differences: Vec<Difference>, max_drop: f64) -> Vec<CheckedScore> {
    let can_fail = |d: &Difference| {
        d.slice.is_none() || (d.n_documents >= LEAST_DOCUMENTS && d.n_examples >= LEAST_EXAMPLES)
    };
    let mut p_values: Vec<f64> =
        differences.iter().filter(|d| can_fail(d)).map(|d| d.p_worse).collect();
    let limit = holm_limit(&mut p_values);
    let verdict = |d: &Difference| {
        if !can_fail(d) {
            Verdict::TooFew
        } else if -d.gain > max_drop && d.p_worse <= limit {
            Verdict::Worse
        } else if d.p_better <= ERROR_RATE / 2.0 {
            Verdict::Better
        } else {
            Verdict::Same
        }
    };
    let checked = |difference: Difference| {
        let verdict = verdict(&difference);
        CheckedScore { difference, verdict }
    };
    differences.into_iter().map(checked).collect()
}

/// The greatest p-value that is still beyond chance, by Holm's step-down;
/// negative where none is.
#[expect(clippy::cast_precision_loss, reason = "a few hundred scores")]
fn holm_limit(p_values: &mut [f64]) -> f64 {
    p_values.sort_by(f64::total_cmp);
    let n = p_values.len();
    let beyond =
        p_values.iter().enumerate().take_while(|(idx, p)| **p <= ERROR_RATE / (n - idx) as f64);
    beyond.last().map_or(-1.0, |(_, p)| *p)
}

#[cfg(test)]
mod tests {
    use super::{Verdict, check_task, holm_limit};
    use crate::{ClassifiedExample, Columns, GoldTally, tally_classes};

    /// 200 documents in ten regions; in `bad` ones every answer is wrong.
    fn gold_tally(bad: &[usize]) -> GoldTally {
        let example = |idx: usize| ClassifiedExample {
            document: format!("{idx:03}"),
            columns: Columns::from([("region".to_owned(), (idx / 20).to_string())]),
            gold: idx % 2,
            predicted: if bad.contains(&(idx / 20)) { 1 - idx % 2 } else { idx % 2 },
            probability: None,
        };
        let examples: Vec<_> = (0..200).map(example).collect();
        GoldTally { gold: "g".to_owned(), tally: tally_classes("t", &examples, &["a", "b"]) }
    }

    fn worse(before: &[usize], after: &[usize], max_drop: f64) -> Vec<String> {
        let task = check_task(&gold_tally(before), &gold_tally(after), max_drop).unwrap();
        let worse = task.scores.iter().filter(|score| score.verdict == Verdict::Worse);
        let name = |slice: &Option<crate::Slice>| slice.as_ref().map(ToString::to_string);
        worse.map(|score| name(&score.difference.slice).unwrap_or_default()).collect()
    }

    #[test]
    fn no_change_is_never_worse() {
        assert_eq!(worse(&[3], &[3], 0.0), Vec::<String>::new());
    }

    #[test]
    fn a_slice_that_broke_is_named() {
        let found = worse(&[], &[7], 0.5);
        assert!(found.contains(&"region=7".to_owned()), "{found:?}");
        assert!(!found.contains(&"region=6".to_owned()), "{found:?}");
    }

    #[test]
    fn a_drop_within_the_tolerance_passes() {
        let found = worse(&[], &[7], 20.0);
        assert_eq!(found, ["region=7"]);
    }

    #[test]
    fn a_gain_is_better() {
        let task = check_task(&gold_tally(&[1, 2]), &gold_tally(&[]), 0.5).unwrap();
        assert_eq!(task.scores[0].verdict, Verdict::Better);
        assert!(task.scores.iter().all(|score| score.verdict != Verdict::Worse));
    }

    #[test]
    fn many_slices_ask_for_smaller_p_values() {
        assert!((holm_limit(&mut [0.01, 0.04]) - 0.04).abs() < 1e-12);
        assert!((holm_limit(&mut [0.001, 0.04, 0.9]) - 0.001).abs() < 1e-12);
        assert!(holm_limit(&mut [0.03, 0.9]) < 0.0);
    }
}
