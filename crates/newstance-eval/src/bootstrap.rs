//! Intervals by bootstrap over documents (Efron 1979, percentile method).

use crate::report::Score;

/// How often the documents are drawn.
pub const N_RESAMPLES: usize = 1000;

/// Seed of the draws: the same documents give the same intervals.
pub const SEED: u64 = 20_260_101;

/// Scores with their 95 % intervals.
///
/// Each document is a vector of counts, all of one length; `statistic` makes
/// scores (`0.0..=1.0`, in the order of `names`) of their sum. Values are given
/// in per cent.
pub(crate) fn scores(
    names: &[&str],
    documents: &[Vec<f64>],
    statistic: impl Fn(&[f64]) -> Vec<f64>,
) -> Vec<Score> {
    let width = documents.first().map_or(0, Vec::len);
    let point = statistic(&sum(width, documents.iter()));
    let mut draws = vec![Vec::with_capacity(N_RESAMPLES); names.len()];
    let mut random = fastrand::Rng::with_seed(SEED);
    for _ in 0..N_RESAMPLES {
        let sample = (0..documents.len()).map(|_| &documents[random.usize(..documents.len())]);
        for (draws, value) in draws.iter_mut().zip(statistic(&sum(width, sample))) {
            draws.push(value);
        }
    }
    let score = |((name, value), mut draws): ((&&str, f64), Vec<f64>)| {
        draws.sort_by(f64::total_cmp);
        Score {
            name: (*name).to_owned(),
            value: 100.0 * value,
            low: 100.0 * quantile(&draws, 0.025),
            high: 100.0 * quantile(&draws, 0.975),
        }
    };
    names.iter().zip(point).zip(draws).map(score).collect()
}

/// The counts of all documents together.
pub(crate) fn sum<'d>(width: usize, documents: impl Iterator<Item = &'d Vec<f64>>) -> Vec<f64> {
    let mut total = vec![0.0; width];
    for document in documents {
        for (total, value) in total.iter_mut().zip(document) {
            *total += value;
        }
    }
    total
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank among a thousand draws"
)]
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((share * last as f64).round() as usize).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::scores;

    #[test]
    fn an_interval_holds_its_value_and_narrows_with_documents() {
        let documents = |n: usize| -> Vec<Vec<f64>> {
            (0..n).map(|idx| vec![f64::from(u8::from(idx % 4 != 0)), 1.0]).collect()
        };
        let score = |n| scores(&["accuracy"], &documents(n), |s| vec![s[0] / s[1]]).remove(0);
        let (few, many) = (score(40), score(4000));
        assert!((few.value - 75.0).abs() < 1e-9 && few.low < 75.0 && 75.0 < few.high);
        assert!(many.high - many.low < (few.high - few.low) / 4.0);
        // 1.96 standard errors of a share of 3/4 among 4000.
        assert!((many.high - 75.0 - 1.34).abs() < 0.3, "{}", many.high);
    }

    #[test]
    fn no_documents_give_a_score_of_nothing() {
        let scores = scores(&["f1"], &[], |_| vec![0.0]);
        assert!(scores[0].value.abs() < 1e-9);
    }
}
