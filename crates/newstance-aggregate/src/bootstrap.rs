//! Intervals from resampling.

use std::collections::BTreeMap;

/// Weights of a Poisson bootstrap over wire groups.
///
/// In each resample a group counts as often as a Poisson variable of mean 1
/// says (Chamandy et al. 2012, "Estimating uncertainty for massive data
/// streams"). The weights are a function of the seed and the group's id alone,
/// so neither the order of the articles nor what else is in the archive
/// changes them. Articles of one group stand and fall together: a repeated
/// text is no new evidence.
#[derive(Debug)]
pub(crate) struct Bootstrap {
    weights: Vec<Vec<u8>>,
    n_resamples: usize,
    min_groups: usize,
}

/// Poisson of mean 1: probability of at most 0, 1, 2, ... in parts of 2^32.
const POISSON_AT_MOST: [u32; 10] = [
    1_580_030_168,
    3_160_060_337,
    3_950_075_421,
    4_213_413_783,
    4_279_248_373,
    4_292_415_291,
    4_294_609_777,
    4_294_923_275,
    4_294_962_463,
    4_294_966_817,
];

impl Bootstrap {
    /// Draws the weights of all `groups` (their ids).
    pub(crate) fn new(groups: &[&str], n_resamples: usize, seed: u64, min_groups: usize) -> Self {
        let weights = groups.iter().map(|group| draw(group, n_resamples, seed)).collect();
        Self { weights, n_resamples, min_groups }
    }

    /// The 95 % interval of a ratio of sums: for each group its numerator and
    /// denominator.
    ///
    /// None where fewer groups than the minimum contribute, or where half of
    /// the resamples have nothing in the denominator.
    pub(crate) fn ratio(&self, parts: &BTreeMap<usize, (f64, f64)>) -> Option<(f64, f64)> {
        if parts.len() < self.min_groups || self.n_resamples == 0 {
            return None;
        }
        let mut ratios: Vec<f64> = (0..self.n_resamples)
            .filter_map(|resample| {
                let (mut top, mut bottom) = (0.0, 0.0);
                for (group, (numerator, denominator)) in parts {
                    let weight = f64::from(self.weights[*group][resample]);
                    top += weight * numerator;
                    bottom += weight * denominator;
                }
                (bottom > 0.0).then(|| top / bottom)
            })
            .collect();
        if ratios.len() * 2 < self.n_resamples {
            return None;
        }
        ratios.sort_by(f64::total_cmp);
        let cut = ratios.len() / 40;
        Some((ratios[cut], ratios[ratios.len() - 1 - cut]))
    }
}

fn draw(group: &str, n_resamples: usize, seed: u64) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.update(group.as_bytes());
    let mut stream = hasher.finalize_xof();
    (0..n_resamples)
        .map(|_| {
            let mut bytes = [0; 4];
            stream.fill(&mut bytes);
            let uniform = u32::from_le_bytes(bytes);
            POISSON_AT_MOST.iter().map(|limit| u8::from(uniform >= *limit)).sum()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Bootstrap, draw};

    #[test]
    fn weights_have_mean_and_variance_one() {
        let weights = draw("group", 20_000, 1);
        let mean = weights.iter().map(|w| f64::from(*w)).sum::<f64>() / 20_000.0;
        let square = weights.iter().map(|w| f64::from(*w).powi(2)).sum::<f64>() / 20_000.0;
        assert!((mean - 1.0).abs() < 0.03, "{mean}");
        assert!((square - mean * mean - 1.0).abs() < 0.05, "{square}");
    }

    #[test]
    fn an_interval_holds_its_ratio_and_needs_enough_groups() {
        let names: Vec<String> = (0..20).map(|n| format!("g{n}")).collect();
        let groups: Vec<&str> = names.iter().map(String::as_str).collect();
        let bootstrap = Bootstrap::new(&groups, 200, 7, 5);
        let parts: BTreeMap<usize, (f64, f64)> =
            (0..20).map(|n| (n, (f64::from(u8::from(n % 2 == 0)), 1.0))).collect();
        let (low, high) = bootstrap.ratio(&parts).unwrap();
        assert!(low < 0.5 && 0.5 < high && low > 0.1 && high < 0.9, "{low} {high}");
        let few: BTreeMap<usize, (f64, f64)> = parts.into_iter().take(4).collect();
        assert_eq!(bootstrap.ratio(&few), None);
    }
}
