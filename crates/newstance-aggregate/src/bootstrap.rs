//! Intervals from resampling.

/// A Poisson bootstrap over wire groups.
///
/// In each resample a group counts as often as a Poisson variable of mean 1
/// says (Chamandy et al. 2012, "Estimating uncertainty for massive data
/// streams"). The weights are a function of the seed and the group's id alone,
/// so neither the order of the articles nor what else is in the archive
/// changes them, and counts of several archives can be put together. Articles
/// of one group stand and fall together: a repeated text is no new evidence.
///
/// A resample gives the deviation of a ratio of sums by its linearisation, in
/// which each group's part is enlarged by its leverage as in the jackknife
/// (`MacKinnon` and White 1985, "Some heteroskedasticity-consistent covariance
/// matrix estimators"). The standard deviation over resamples and Student's t
/// give the interval, on the scale of the log-odds of where the ratio lies
/// between its bounds. So made it covers what it says from few groups on;
/// quantiles of the resamples themselves do not (`examples/coverage.rs`).
///
/// The interval is about which articles were written. It knows nothing of
/// errors of the models.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bootstrap {
    n_resamples: usize,
    seed: u64,
    min_groups: usize,
}

/// What a wire group adds to a ratio of sums.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Part {
    /// To the sum above the line.
    pub(crate) top: f64,
    /// To the sum below it.
    pub(crate) bottom: f64,
}

/// Poisson of mean 1: probability of at most 0, 1, 2, ... in parts of 2^16.
const POISSON_AT_MOST: [u16; 8] = [24_109, 48_219, 60_273, 64_292, 65_296, 65_497, 65_531, 65_535];

/// Weights drawn together, so that vector instructions do many at once.
pub(crate) const DRAWN_TOGETHER: usize = 64;

/// A ratio nearer to a bound than this lies on it.
const AT_BOUND: f64 = 1e-9;

impl Bootstrap {
    /// A bootstrap of so many resamples; fewer groups than `min_groups` are
    /// too few.
    pub(crate) fn new(n_resamples: usize, seed: u64, min_groups: usize) -> Self {
        Self { n_resamples, seed, min_groups: min_groups.max(2) }
    }

    /// What the weights of a wire group are drawn from: a hash of its id.
    pub(crate) fn group(id: &str) -> u64 {
        let hash = blake3::hash(id.as_bytes());
        hash.as_bytes().iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }

    /// True where so many groups are given no interval.
    pub(crate) fn is_too_few(&self, n_groups: usize) -> bool {
        n_groups < self.min_groups || self.n_resamples == 0
    }

    /// Of each cell the mean square of its deviations, to be given to
    /// [`interval`]. A cell is a run of `parts`, up to its end in `ends`: what
    /// each of the `groups` does to the cell's ratio, by the group's place.
    ///
    /// A group's weights are drawn once for all cells, some resamples at a time.
    pub(crate) fn mean_squares(
        &self,
        groups: &[u64],
        parts: &[(u32, f32)],
        ends: &[usize],
    ) -> Vec<f64> {
        let mut squares = vec![0.0; ends.len()];
        let mut states: Vec<u64> = groups.iter().map(|group| self.seed ^ group).collect();
        let mut drawn = vec![[0.0_f32; DRAWN_TOGETHER]; groups.len()];
        for first in (0..self.n_resamples).step_by(DRAWN_TOGETHER) {
            let n = DRAWN_TOGETHER.min(self.n_resamples - first);
            for (state, drawn) in states.iter_mut().zip(&mut drawn) {
                for (drawn, weight) in drawn.iter_mut().zip(Self::next_weights(state)) {
                    *drawn = f32::from(weight) - 1.0;
                }
            }
            let mut start = 0;
            for (end, square) in ends.iter().zip(&mut squares) {
                let mut deviations = [0.0_f32; DRAWN_TOGETHER];
                for (group, factor) in &parts[start..*end] {
                    for (sum, weight) in deviations.iter_mut().zip(&drawn[*group as usize]) {
                        *sum += factor * weight;
                    }
                }
                start = *end;
                *square += deviations[..n].iter().map(|d| f64::from(*d).powi(2)).sum::<f64>();
            }
        }
        squares.into_iter().map(|sum| sum / count(self.n_resamples)).collect()
    }

    /// The weights less 1 of a group, one a resample, each times `factor`,
    /// are added to `sums`.
    pub(crate) fn add(&self, group: u64, factor: f64, sums: &mut [f64]) {
        let mut state = self.seed ^ group;
        for some in sums.chunks_mut(DRAWN_TOGETHER) {
            let weights = Self::next_weights(&mut state);
            for (sum, weight) in some.iter_mut().zip(weights) {
                *sum += factor * (f64::from(weight) - 1.0);
            }
        }
    }

    /// The next Poisson weights of a group, 16 bits each. Its first `state` is the
    /// group exclusive-or the seed.
    pub(crate) fn next_weights(state: &mut u64) -> [u16; DRAWN_TOGETHER] {
        let mut uniform = [0_u16; DRAWN_TOGETHER];
        for four in uniform.chunks_exact_mut(4) {
            let mut bits = next(state);
            for draw in four {
                *draw = u16::try_from(bits & 0xffff).expect("16 bits are kept");
                bits >>= 16;
            }
        }
        let mut weights = [0_u16; DRAWN_TOGETHER];
        for at_most in POISSON_AT_MOST {
            for (weight, draw) in weights.iter_mut().zip(uniform) {
                *weight += u16::from(draw >= at_most);
            }
        }
        weights
    }

    /// As many zeros as there are resamples.
    pub(crate) fn zeros(&self) -> Vec<f64> {
        vec![0.0; self.n_resamples]
    }
}

/// What the part of each group does to the ratio of the sums, enlarged by its
/// leverage; none where there is nothing below the line.
#[expect(clippy::cast_possible_truncation, reason = "a deviation needs no more than 24 bits")]
pub(crate) fn influences(parts: &[(u32, Part)]) -> Option<impl Iterator<Item = (u32, f32)>> {
    let below: f64 = parts.iter().map(|(_, part)| part.bottom).sum();
    let ratio = parts.iter().map(|(_, part)| part.top).sum::<f64>() / below;
    let influence = move |(group, part): &(u32, Part)| {
        let leverage = (part.bottom / below).min(MOST_LEVERAGE);
        let influence = (part.top - ratio * part.bottom) / (below * (1.0 - leverage));
        (*group, influence as f32)
    };
    (below > 0.0).then(|| parts.iter().map(influence))
}

/// A group that alone makes a sum would have an endless deviation.
pub(crate) const MOST_LEVERAGE: f64 = 0.9;

/// The mean square of `deviations`.
pub(crate) fn mean_square(deviations: &[f64]) -> f64 {
    deviations.iter().map(|d| d * d).sum::<f64>() / count(deviations.len())
}

/// The 95 % interval of `ratio`, which lies within the bounds, from the mean
/// square of the deviations of its resamples.
pub(crate) fn interval(
    ratio: f64,
    mean_square: f64,
    n_groups: usize,
    (least, most): (f64, f64),
) -> (f64, f64) {
    let place = (ratio - least) / (most - least);
    let (low, high) = if place <= AT_BOUND || place >= 1.0 - AT_BOUND {
        at_bound(place, n_groups)
    } else {
        let deviation = mean_square.sqrt() / (most - least);
        let reach = student_t(count(n_groups - 1)) * deviation / (place * (1.0 - place));
        let odds = (place / (1.0 - place)).ln();
        (logistic(odds - reach), logistic(odds + reach))
    };
    (least + low * (most - least), least + high * (most - least))
}

/// [`interval`] of a ratio that may lie beyond its bounds by chance: on the
/// plain scale, cut off at the bounds.
pub(crate) fn plain_interval(
    ratio: f64,
    mean_square: f64,
    n_groups: usize,
    (least, most): (f64, f64),
) -> (f64, f64) {
    let reach = student_t(count(n_groups - 1)) * mean_square.sqrt();
    ((ratio - reach).max(least), (ratio + reach).min(most))
}

/// What `n_groups` that all say the same leave open: the shares that would
/// let them with a probability of 2.5 % (Clopper and Pearson 1934).
fn at_bound(place: f64, n_groups: usize) -> (f64, f64) {
    let open = 0.025_f64.powf(1.0 / count(n_groups));
    if place < 0.5 { (0.0, 1.0 - open) } else { (open, 1.0) }
}

fn logistic(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp())
}

/// The 97.5 % point of Student's t, for `df` of 9 or more to a thousandth
/// (Abramowitz and Stegun 1964, 26.7.5).
fn student_t(df: f64) -> f64 {
    let z = 1.959_963_984_540_054_f64;
    let (z3, z5, z7) = (z.powi(3), z.powi(5), z.powi(7));
    z + (z3 + z) / (4.0 * df)
        + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * df.powi(2))
        + (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / (384.0 * df.powi(3))
}

/// The next 64 bits (Steele, Lea and Flood 2014, "Fast splittable pseudorandom
/// number generators").
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut bits = *state;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 groups")]
pub(crate) fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::{Bootstrap, Part, count, influences, interval, mean_square, student_t};

    /// The interval of the mean of `tops`, each of a wire group.
    fn mean(bootstrap: &Bootstrap, tops: &[f64], bounds: (f64, f64)) -> (f64, f64) {
        let groups: Vec<u64> =
            (0..tops.len()).map(|i| Bootstrap::group(&format!("g{i}"))).collect();
        let parts = tops.iter().map(|top| Part { top: *top, bottom: 1.0 });
        let parts: Vec<(u32, Part)> = (0..).zip(parts).collect();
        let of_groups: Vec<(u32, f32)> = influences(&parts).unwrap().collect();
        let squares = bootstrap.mean_squares(&groups, &of_groups, &[tops.len()]);
        let ratio = tops.iter().sum::<f64>() / count(tops.len());
        interval(ratio, squares[0], tops.len(), bounds)
    }

    #[test]
    fn weights_have_mean_and_variance_one() {
        let bootstrap = Bootstrap::new(20_000, 1, 5);
        let mut weights = bootstrap.zeros();
        bootstrap.add(Bootstrap::group("group"), 1.0, &mut weights);
        let mean = weights.iter().sum::<f64>() / 20_000.0;
        let square = weights.iter().map(|w| w.powi(2)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((square - 1.0).abs() < 0.05, "{square}");
    }

    #[test]
    fn an_interval_holds_its_ratio_and_needs_enough_groups() {
        let bootstrap = Bootstrap::new(200, 7, 5);
        let half: Vec<f64> = (0..20).map(|i| f64::from(i % 2)).collect();
        let (low, high) = mean(&bootstrap, &half, (-1.0, 1.0));
        assert!(low < 0.5 && 0.5 < high && low > 0.1 && high < 0.8, "{low} {high}");
        assert!(bootstrap.is_too_few(4) && !bootstrap.is_too_few(5));
    }

    #[test]
    fn groups_that_all_agree_leave_something_open() {
        let (low, high) = mean(&Bootstrap::new(200, 7, 5), &[1.0; 10], (0.0, 1.0));
        assert!((low - 0.692).abs() < 1e-3 && (high - 1.0).abs() < 1e-9, "{low} {high}");
    }

    #[test]
    fn weights_of_many_cells_are_those_of_each() {
        let bootstrap = Bootstrap::new(200, 3, 2);
        let groups: Vec<u64> = (0..7).map(|i| Bootstrap::group(&format!("g{i}"))).collect();
        let parts = [(0, 0.5), (3, -1.0), (6, 0.25), (3, 2.0), (4, 1.5)];
        let together = bootstrap.mean_squares(&groups, &parts, &[3, 5]);
        for (cell, square) in [&parts[..3], &parts[3..]].into_iter().zip(together) {
            let mut deviations = bootstrap.zeros();
            for (group, factor) in cell {
                bootstrap.add(groups[*group as usize], f64::from(*factor), &mut deviations);
            }
            assert!((mean_square(&deviations) - square).abs() < 1e-6, "{square}");
        }
    }

    #[test]
    fn students_t_is_that_of_the_tables() {
        for (df, expected) in [(9.0, 2.262), (14.0, 2.145), (29.0, 2.045), (1e9, 1.960)] {
            assert!((student_t(df) - expected).abs() < 1e-3, "{df}: {}", student_t(df));
        }
    }
}
