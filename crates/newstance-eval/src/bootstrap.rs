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
/// in per cent. The interval of one document is all that a score can be.
pub(crate) fn scores(
    names: &[String],
    (width, documents): (usize, &[Vec<f64>]),
    statistic: impl Fn(&[f64]) -> Vec<f64>,
) -> Vec<Score> {
    let mut point = vec![0.0; width];
    for document in documents {
        add(&mut point, document);
    }
    let mut draws = vec![Vec::with_capacity(N_RESAMPLES); names.len()];
    each_draw(N_RESAMPLES, documents.len(), |drawn| {
        let mut total = vec![0.0; width];
        for &idx in drawn {
            add(&mut total, &documents[idx]);
        }
        for (draws, value) in draws.iter_mut().zip(statistic(&total)) {
            draws.push(value);
        }
    });
    let score = |((name, value), mut draws): ((&String, f64), Vec<f64>)| {
        // Documents are what chance is about: one alone tells nothing of it.
        let (low, high) = if documents.len() == 1 { (0.0, 1.0) } else { interval(&mut draws) };
        Score { name: name.clone(), value: 100.0 * value, low: 100.0 * low, high: 100.0 * high }
    };
    names.iter().zip(statistic(&point)).zip(draws).map(score).collect()
}

/// Calls `take` with the documents of each of `n_draws` draws with replacement.
pub(crate) fn each_draw(n_draws: usize, n_documents: usize, mut take: impl FnMut(&[usize])) {
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut drawn = vec![0; n_documents];
    for _ in 0..n_draws {
        drawn.fill_with(|| random.usize(..n_documents));
        take(&drawn);
    }
}

/// Ends of the middle 95 % of the draws, which are sorted.
pub(crate) fn interval(draws: &mut [f64]) -> (f64, f64) {
    draws.sort_by(f64::total_cmp);
    (quantile(draws, 0.025), quantile(draws, 0.975))
}

/// Adds counts of one layout.
pub(crate) fn add(total: &mut [f64], counts: &[f64]) {
    for (total, count) in total.iter_mut().zip(counts) {
        *total += count;
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank among some thousand draws"
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
        let names = ["accuracy".to_owned()];
        let score = |n| scores(&names, (2, &documents(n)), |s| vec![s[0] / s[1]]).remove(0);
        let (few, many) = (score(40), score(4000));
        assert!((few.value - 75.0).abs() < 1e-9 && few.low < 75.0 && 75.0 < few.high);
        assert!(many.high - many.low < (few.high - few.low) / 4.0);
        // 1.96 standard errors of a share of 3/4 among 4000.
        assert!((many.high - 75.0 - 1.34).abs() < 0.3, "{}", many.high);
    }

    #[test]
    fn of_one_document_nothing_is_known() {
        let score = scores(&["f1".to_owned()], (1, &[vec![0.5]]), <[f64]>::to_vec).remove(0);
        assert!(score.low < 1e-9 && score.high > 100.0 - 1e-9, "{score:?}");
    }

    #[test]
    fn no_documents_give_a_score_of_nothing() {
        let scores = scores(&["f1".to_owned()], (0, &[]), |_| vec![0.0]);
        assert!(scores[0].value.abs() < 1e-9);
    }
}
