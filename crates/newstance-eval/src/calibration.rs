//! Whether probabilities mean what they say.

use serde::Serialize;

use crate::counts::ratio;
use crate::measure::Measure;

/// Bins of equal width between 0 and 1.
pub const N_BINS: usize = 10;
/// Of each bin: answers, sum of their probabilities, right ones.
pub(crate) const N_COUNTS: usize = 3 * N_BINS;

/// One bin of a reliability table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// Least probability of the bin.
    pub from: f64,
    /// Greatest probability of the bin.
    pub to: f64,
    /// Answers in it.
    pub n: u64,
    /// Mean probability that was given, in per cent.
    pub said: f64,
    /// Share of answers that are right, in per cent.
    pub right: f64,
}

/// Counts one answer that was given with `probability` (`0.0..=1.0`).
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "one of ten bins"
)]
pub(crate) fn count(counts: &mut [f64], probability: f64, is_right: bool) {
    let bin = ((probability * N_BINS as f64) as usize).min(N_BINS - 1);
    counts[3 * bin] += 1.0;
    counts[3 * bin + 1] += probability;
    counts[3 * bin + 2] += f64::from(u8::from(is_right));
}

/// Counts one answer that was given with `probability` (`0.0..=1.0`) in a unit
/// of that measure.
///
/// # Panics
///
/// If the unit has fewer counts than the measure wants.
pub fn count_probability(measure: &Measure, unit: &mut [f64], probability: f64, is_right: bool) {
    count(&mut unit[measure.calibration_start()..], probability, is_right);
}

/// The debiased calibration error (Kumar, Liang and Ma 2019, "Verified
/// Uncertainty Calibration"), `0.0..=1.0`: the root of the mean square
/// distance between what a bin says and what is right in it, less what chance
/// alone would put there. 0 where chance explains all of it. A bin with one
/// answer tells nothing of chance and is left out.
pub(crate) fn error(counts: &[f64]) -> f64 {
    let bins = || counts.chunks_exact(3).filter(|bin| bin[0] > 1.0);
    let n: f64 = bins().map(|bin| bin[0]).sum();
    let square = |bin: &[f64]| {
        let (said, right) = (bin[1] / bin[0], bin[2] / bin[0]);
        let chance = right * (1.0 - right) / (bin[0] - 1.0);
        bin[0] * ((said - right).powi(2) - chance)
    };
    ratio(bins().map(square).sum(), n).max(0.0).sqrt()
}

/// The bins that hold answers.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts are whole, and there are ten bins"
)]
pub(crate) fn table(counts: &[f64]) -> Vec<ReliabilityBin> {
    let width = 1.0 / N_BINS as f64;
    let bins = counts.chunks_exact(3).enumerate().filter(|(_, bin)| bin[0] > 0.0);
    bins.map(|(idx, bin)| ReliabilityBin {
        from: idx as f64 * width,
        to: (idx + 1) as f64 * width,
        n: bin[0] as u64,
        said: 100.0 * bin[1] / bin[0],
        right: 100.0 * bin[2] / bin[0],
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::{N_COUNTS, count, error, table};

    /// `n` answers at `said`, of which `right` are right.
    fn counts(answers: &[(f64, usize, usize)]) -> Vec<f64> {
        let mut counts = vec![0.0; N_COUNTS];
        for &(said, n, right) in answers {
            (0..n).for_each(|idx| count(&mut counts, said, idx < right));
        }
        counts
    }

    #[test]
    fn what_chance_explains_is_no_error() {
        assert!(error(&counts(&[(0.75, 40, 30)])).abs() < 1e-12);
        assert!(error(&counts(&[(0.75, 40, 29)])).abs() < 1e-12);
    }

    #[test]
    fn boasting_is_an_error() {
        let error = error(&counts(&[(0.95, 4000, 2000)]));
        assert!((error - 0.45).abs() < 1e-3, "{error}");
    }

    #[test]
    fn the_table_has_the_bins_that_hold_answers() {
        let table = table(&counts(&[(0.55, 4, 1), (1.0, 2, 2)]));
        assert_eq!(table.len(), 2);
        assert!((table[0].said - 55.0).abs() < 1e-9 && (table[0].right - 25.0).abs() < 1e-9);
        assert!((table[1].from - 0.9).abs() < 1e-12 && table[1].n == 2);
    }
}
