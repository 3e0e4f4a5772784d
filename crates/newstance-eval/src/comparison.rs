//! Two tallies of the same gold data: which is better, and is it chance.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::EvalError;
use crate::bootstrap::{self, each_draw};
use crate::measure::CALIBRATION_ERROR;
use crate::tally::{Slice, Tally};

/// Draws of a paired bootstrap.
const N_DRAWS: usize = 4000;

/// How one score changed, in per cent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The score.
    pub score: String,
    /// The part of the data; none for all of it.
    pub slice: Option<Slice>,
    /// Documents in that part.
    pub n_documents: usize,
    /// Examples in that part.
    pub n_examples: u64,
    /// The score of the first tally.
    pub before: f64,
    /// The score of the second tally.
    pub after: f64,
    /// How much better the second is: `after - before`, turned round for an error.
    pub gain: f64,
    /// Lower end of the 95 % interval of the gain.
    pub low: f64,
    /// Upper end of the 95 % interval of the gain.
    pub high: f64,
    /// One-sided p-value of "the second is not worse", `0.0..=1.0`.
    pub p_worse: f64,
    /// One-sided p-value of "the second is not better", `0.0..=1.0`.
    pub p_better: f64,
}

/// Compares all scores of two tallies by paired bootstrap: each draw takes the
/// same documents of both.
///
/// # Errors
///
/// [`EvalError::OtherMeasure`] where the tallies count different things,
/// [`EvalError::OtherGold`] where they are not of the same gold data.
pub fn compare(before: &Tally, after: &Tally) -> Result<Vec<Difference>, EvalError> {
    check_gold(before, after)?;
    let mut found = differences(before, after, None);
    let has_probabilities = [before, after].iter().any(|tally| tally.has_probabilities());
    found.retain(|difference| difference.score != CALIBRATION_ERROR || has_probabilities);
    Ok(found)
}

/// [`compare`] for the score to quote, in every slice that both have.
///
/// # Errors
///
/// As [`compare`].
pub fn compare_slices(before: &Tally, after: &Tally) -> Result<Vec<Difference>, EvalError> {
    check_gold(before, after)?;
    let known = after.slices();
    let shared = before.slices().into_iter().filter(|slice| known.contains(slice));
    Ok(shared
        .filter_map(|slice| {
            let parts = (before.within(&slice), after.within(&slice));
            differences(&parts.0, &parts.1, Some(&slice)).into_iter().next()
        })
        .collect())
}

/// Two tallies can be paired where they have the same documents with the same gold.
fn check_gold(before: &Tally, after: &Tally) -> Result<(), EvalError> {
    let task = || before.task().to_owned();
    if before.measure() != after.measure() {
        return Err(EvalError::OtherMeasure { task: task() });
    }
    let (old, new) = (before.documents(), after.documents());
    let measure = before.measure();
    let gold = |counts: Option<&Vec<f64>>| counts.map(|counts| measure.gold(counts));
    let differs = |document: &&&str| gold(old.get(**document)) != gold(new.get(**document));
    match old.keys().chain(new.keys()).find(differs) {
        Some(document) => {
            Err(EvalError::OtherGold { task: task(), document: (*document).to_owned() })
        }
        None => Ok(()),
    }
}

fn differences(before: &Tally, after: &Tally, slice: Option<&Slice>) -> Vec<Difference> {
    let measure = before.measure();
    let pairs = paired(before, after);
    let mut names = measure.names();
    if slice.is_some() {
        names.truncate(1);
    }
    let scores = |drawn: &mut dyn Iterator<Item = usize>| {
        totals(&pairs, measure.width(), drawn).map(|total| match slice {
            Some(_) => vec![measure.score_of_part(&total)],
            None => measure.scores(&total),
        })
    };
    let [old, new] = scores(&mut (0..pairs.len()));
    let mut draws = vec![Vec::with_capacity(N_DRAWS); names.len()];
    if old != new {
        each_draw(N_DRAWS, pairs.len(), |drawn| {
            let [old, new] = scores(&mut drawn.iter().copied());
            for (idx, draws) in draws.iter_mut().enumerate() {
                draws.push(sign(&names[idx]) * (new[idx] - old[idx]));
            }
        });
    }
    let size = (pairs.len(), before.n_examples());
    let values = names.iter().zip(old.into_iter().zip(new));
    values
        .zip(draws)
        .map(|((name, values), draws)| difference((name, slice), size, values, draws))
        .collect()
}

fn difference(
    (name, slice): (&str, Option<&Slice>),
    (n_documents, n_examples): (usize, u64),
    (before, after): (f64, f64),
    mut draws: Vec<f64>,
) -> Difference {
    let (low, high) = if n_documents == 1 { (-1.0, 1.0) } else { bootstrap::interval(&mut draws) };
    Difference {
        score: name.to_owned(),
        slice: slice.cloned(),
        n_documents,
        n_examples,
        before: 100.0 * before,
        after: 100.0 * after,
        gain: 100.0 * sign(name) * (after - before),
        low: 100.0 * low,
        high: 100.0 * high,
        p_worse: p_value(&draws, n_documents, |gain| gain >= 0.0),
        p_better: p_value(&draws, n_documents, |gain| gain <= 0.0),
    }
}

/// Whether a greater score is better.
fn sign(name: &str) -> f64 {
    if name == CALIBRATION_ERROR { -1.0 } else { 1.0 }
}

/// The counts of both sides over the documents of one draw.
fn totals(
    pairs: &[[Vec<f64>; 2]],
    width: usize,
    drawn: &mut dyn Iterator<Item = usize>,
) -> [Vec<f64>; 2] {
    let mut totals = [vec![0.0; width], vec![0.0; width]];
    for idx in drawn {
        for (total, counts) in totals.iter_mut().zip(&pairs[idx]) {
            bootstrap::add(total, counts);
        }
    }
    totals
}

/// The counts of each document in both tallies; zeros where a slice has it in one only.
fn paired(before: &Tally, after: &Tally) -> Vec<[Vec<f64>; 2]> {
    let nothing = || vec![0.0; before.measure().width()];
    let mut pairs: BTreeMap<&str, [Vec<f64>; 2]> = BTreeMap::new();
    for (side, documents) in [before.documents(), after.documents()].into_iter().enumerate() {
        for (document, counts) in documents {
            pairs.entry(document).or_insert_with(|| [nothing(), nothing()])[side] = counts;
        }
    }
    pairs.into_values().collect()
}

/// Share of draws that speak against a change; 1 where nothing changed. Draws
/// of a few documents are of one mind: no share is smaller than the chance that
/// so many documents change the same way, half of them to either side (the sign
/// test's).
#[expect(clippy::cast_precision_loss, reason = "some thousand draws")]
fn p_value(draws: &[f64], n_documents: usize, is_against: impl Fn(f64) -> bool) -> f64 {
    let n_against = draws.iter().filter(|&&gain| is_against(gain)).count();
    let share = (n_against + 1) as f64 / (draws.len() + 1) as f64;
    share.max(0.5_f64.powi(i32::try_from(n_documents).unwrap_or(i32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::{compare, compare_slices};
    use crate::{ClassifiedExample, Columns, EvalError, Tally, tally_classes};

    /// `n` documents of one example, of which the first `right` are right.
    fn tally(n: usize, right: usize) -> Tally {
        let example = |idx: usize| ClassifiedExample {
            document: format!("{idx:03}"),
            columns: Columns::from([("half".to_owned(), (idx % 2).to_string())]),
            gold: idx % 2,
            predicted: if idx < right { idx % 2 } else { 1 - idx % 2 },
            probability: Some(0.9),
        };
        let examples: Vec<_> = (0..n).map(example).collect();
        tally_classes("t", &examples, &["a", "b"])
    }

    #[test]
    fn what_equals_itself_is_neither_better_nor_worse() {
        for difference in compare(&tally(40, 30), &tally(40, 30)).unwrap() {
            assert!(difference.gain.abs() < 1e-12, "{difference:?}");
            assert!(difference.p_worse > 0.99 && difference.p_better > 0.99);
        }
    }

    #[test]
    fn a_few_documents_show_nothing_however_much_they_gain() {
        let gain = |n| compare(&tally(n, 0), &tally(n, n)).unwrap()[1].clone();
        let one = gain(1);
        assert!(one.gain > 99.0 && one.low < -99.0 && one.high > 99.0, "{one:?}");
        assert!(one.p_better >= 0.5);
        assert!(gain(5).p_better > 0.025 && gain(6).p_better < 0.025);
    }

    #[test]
    fn a_great_drop_is_beyond_chance_and_a_small_one_is_not() {
        let worse = &compare(&tally(100, 90), &tally(100, 60)).unwrap()[1];
        assert!((worse.gain + 30.0).abs() < 1e-9 && worse.high < 0.0, "{worse:?}");
        assert!(worse.p_worse < 0.001 && worse.p_better > 0.99, "{worse:?}");
        let slight = &compare(&tally(100, 90), &tally(100, 89)).unwrap()[1];
        assert!(slight.p_worse > 0.05, "{slight:?}");
    }

    #[test]
    fn a_paired_interval_is_narrower_than_two() {
        let difference = &compare(&tally(100, 90), &tally(100, 85)).unwrap()[1];
        let single = tally(100, 85).report().score("accuracy").unwrap().clone();
        assert!(difference.high - difference.low < single.high - single.low);
    }

    #[test]
    fn an_error_that_grows_is_a_loss() {
        let differences = compare(&tally(100, 90), &tally(100, 60)).unwrap();
        let calibration = differences.last().unwrap();
        assert_eq!(calibration.score, "calibration_error");
        assert!(calibration.gain < 0.0 && calibration.after > calibration.before);
    }

    #[test]
    fn slices_are_compared_by_themselves() {
        let slices = compare_slices(&tally(40, 40), &tally(40, 20)).unwrap();
        let names: Vec<String> =
            slices.iter().map(|s| s.slice.as_ref().unwrap().to_string()).collect();
        assert_eq!(names, ["half=0", "half=1"]);
        assert!(slices.iter().all(|slice| slice.n_documents == 20 && slice.gain < 0.0));
    }

    #[test]
    fn other_gold_is_an_error_that_names_the_document() {
        let error = compare(&tally(40, 40), &tally(41, 40)).unwrap_err();
        assert!(matches!(&error, EvalError::OtherGold { document, .. } if document == "040"));
    }
}
