//! Loops over rows of numbers, compiled for the widest vectors at hand.
//!
//! Sums run in [`LANES`] partial sums that are added in a fixed order, and no
//! multiplication is fused with an addition: the results have the same bits on
//! every processor.

use pulp::{Arch, NullaryFnOnce};

/// Number of partial sums.
const LANES: usize = 16;

/// 1.5 * 2^23: what is added to it is rounded to a whole number, which is then
/// in the lowest bits.
const ROUNDER: f32 = 12_582_912.0;

/// What stands between the two layers of a feed-forward network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activation {
    /// Gaussian error linear unit, exact form (Hendrycks and Gimpel, 2016).
    Gelu,
    /// The same, approximated by tanh.
    GeluTanh,
    /// Rectified linear unit.
    Relu,
}

/// Gain and bias of a layer normalisation (Ba, Kiros and Hinton, 2016).
#[derive(Clone, Debug)]
pub(crate) struct LayerNorm {
    pub(crate) gain: Vec<f32>,
    pub(crate) bias: Vec<f32>,
    pub(crate) epsilon: f32,
}

impl Activation {
    /// Applies it to every value.
    pub(crate) fn apply(self, values: &mut [f32]) {
        Arch::new().dispatch(Activate { activation: self, values });
    }
}

impl LayerNorm {
    /// Adds `shift` to every row, then normalises it.
    pub(crate) fn apply(&self, rows: &mut [f32], shift: &[f32]) {
        Arch::new().dispatch(Normalise { norm: self, rows, shift });
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
    fn normalise(&self, row: &mut [f32]) {
        #[expect(clippy::cast_precision_loss, reason = "a row has fewer than 2^24 values")]
        let size = row.len() as f32;
        let mean = sum(row, |value| value) / size;
        let variance = sum(row, |value| (value - mean) * (value - mean)) / size;
        let scale = 1.0 / (variance + self.epsilon).sqrt();
        for ((value, gain), bias) in row.iter_mut().zip(&self.gain).zip(&self.bias) {
            *value = (*value - mean) * scale * gain + bias;
        }
    }
}

/// Turns each of `scores`' rows of length `size` into a distribution. `bias`
/// gives what is added to row `idx` first, where there is such a thing.
pub(crate) fn softmax<'b>(
    scores: &mut [f32],
    size: usize,
    bias: impl Fn(usize) -> Option<&'b [f32]>,
) {
    Arch::new().dispatch(Softmax { scores, size, bias });
}

// What is dispatched is a type and no closure: its `call` must be inlined to be
// compiled for the vectors that were found, and closures cannot be told to be.

struct Activate<'v> {
    activation: Activation,
    values: &'v mut [f32],
}

impl NullaryFnOnce for Activate<'_> {
    type Output = ();

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
    fn call(self) {
        match self.activation {
            Activation::Gelu => for_each(self.values, gelu),
            Activation::GeluTanh => for_each(self.values, gelu_tanh),
            Activation::Relu => for_each(self.values, |value| value.max(0.0)),
        }
    }
}

struct Normalise<'v> {
    norm: &'v LayerNorm,
    rows: &'v mut [f32],
    shift: &'v [f32],
}

impl NullaryFnOnce for Normalise<'_> {
    type Output = ();

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
    fn call(self) {
        for row in self.rows.chunks_exact_mut(self.norm.gain.len()) {
            for (value, shift) in row.iter_mut().zip(self.shift) {
                *value += shift;
            }
            self.norm.normalise(row);
        }
    }
}

struct Softmax<'v, B> {
    scores: &'v mut [f32],
    size: usize,
    bias: B,
}

impl<'b, B: Fn(usize) -> Option<&'b [f32]>> NullaryFnOnce for Softmax<'_, B> {
    type Output = ();

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
    fn call(self) {
        for (idx, row) in self.scores.chunks_exact_mut(self.size).enumerate() {
            if let Some(bias) = (self.bias)(idx) {
                for (value, bias) in row.iter_mut().zip(bias) {
                    *value += bias;
                }
            }
            let highest = highest(row);
            for_each(row, |value| exp(value - highest));
            let scale = 1.0 / sum(row, |value| value);
            for_each(row, |value| value * scale);
        }
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
fn for_each(values: &mut [f32], of: impl Fn(f32) -> f32) {
    for value in values {
        *value = of(*value);
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
fn sum(values: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let (chunks, rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            sums[lane] += of(chunk[lane]);
        }
    }
    for (sum, value) in sums.iter_mut().zip(rest) {
        *sum += of(*value);
    }
    sums.iter().sum()
}

/// The highest of `values`; minus infinity where there is none.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
pub(crate) fn highest(values: &[f32]) -> f32 {
    let larger = |left: f32, right: f32| if right > left { right } else { left };
    let (chunks, rest) = values.as_chunks::<LANES>();
    let mut highest = [f32::NEG_INFINITY; LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            highest[lane] = larger(highest[lane], chunk[lane]);
        }
    }
    highest.iter().chain(rest).copied().fold(f32::NEG_INFINITY, larger)
}

/// The lowest of `values`; infinity where there is none.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
pub(crate) fn lowest(values: &[f32]) -> f32 {
    let smaller = |left: f32, right: f32| if right < left { right } else { left };
    let (chunks, rest) = values.as_chunks::<LANES>();
    let mut lowest = [f32::INFINITY; LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            lowest[lane] = smaller(lowest[lane], chunk[lane]);
        }
    }
    lowest.iter().chain(rest).copied().fold(f32::INFINITY, smaller)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
fn gelu(value: f32) -> f32 {
    0.5 * value * (1.0 + erf(value * std::f32::consts::FRAC_1_SQRT_2))
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
fn gelu_tanh(value: f32) -> f32 {
    // tanh x = 1 - 2 / (e^2x + 1), and sqrt(2 / pi) is before the cubic.
    let inner = 0.797_884_6 * (value + 0.044_715 * value * value * value);
    value * (1.0 - 1.0 / (exp(2.0 * inner) + 1.0))
}

/// The error function within 5e-7 (Abramowitz and Stegun, 1964, 7.1.26).
#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
fn erf(value: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.327_591_1 * value.abs());
    let mut polynomial = 1.061_405_4;
    for factor in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        polynomial = polynomial * t + factor;
    }
    (1.0 - polynomial * t * exp(-value * value)).copysign(value)
}

/// e to the power of `value`, within 2e-7 of it in proportion; values beyond
/// -87 and 88 count as these.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
fn exp(value: f32) -> f32 {
    let value = if value > -87.0 { value } else { -87.0 };
    let value = if value < 88.0 { value } else { 88.0 };
    let rounded = value * std::f32::consts::LOG2_E + ROUNDER;
    let n = rounded - ROUNDER;
    // ln 2 in two parts, the first exact in few bits (Cody and Waite, 1980).
    let rest = value - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let mut polynomial = 1.0 / 720.0;
    for factor in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        polynomial = polynomial * rest + factor;
    }
    let power_of_two = (rounded.to_bits() << 23).wrapping_add(127 << 23);
    polynomial * f32::from_bits(power_of_two)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Activation, LayerNorm, exp, softmax};

    #[track_caller]
    fn check(activation: Activation, cases: &[(f32, f32)]) {
        let mut values: Vec<f32> = cases.iter().map(|(input, _)| *input).collect();
        activation.apply(&mut values);
        for (got, (input, expected)) in values.iter().zip(cases) {
            assert!((got - expected).abs() < 2e-6, "{activation:?} of {input} is {got}");
        }
    }

    #[test]
    fn activations_have_the_values_of_their_tables() {
        check(
            Activation::Gelu,
            &[
                (0.0, 0.0),
                (1.0, 0.841_344_7),
                (-1.0, -0.158_655_3),
                (-3.0, -0.004_049_7),
                (20.0, 20.0),
                (-20.0, 0.0),
            ],
        );
        check(
            Activation::GeluTanh,
            &[(0.0, 0.0), (1.0, 0.841_192), (-1.0, -0.158_808), (30.0, 30.0), (-30.0, 0.0)],
        );
        check(Activation::Relu, &[(-2.0, 0.0), (2.0, 2.0)]);
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "small whole numbers are exact")]
    fn a_normalised_row_has_mean_and_spread_of_gain_and_bias() {
        let norm = LayerNorm { gain: vec![1.0; 4], bias: vec![0.5; 4], epsilon: 0.0 };
        let mut rows = [1.0, 3.0, 1.0, 3.0];
        norm.apply(&mut rows, &[1.0; 4]);
        assert_eq!(rows, [-0.5, 1.5, -0.5, 1.5]);
    }

    #[test]
    fn a_bias_counts_before_softmax() {
        let mut scores = [0.0, 0.0, 0.0, 0.0];
        let bias = [0.0, 1e9];
        softmax(&mut scores, 2, |idx| (idx == 1).then_some(&bias[..]));
        assert!((scores[0] - 0.5).abs() < 1e-6 && (scores[3] - 1.0).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn exp_is_near_the_true_one(value in -87.0_f32..88.0) {
            let expected = f64::from(value).exp();
            prop_assert!((f64::from(exp(value)) / expected - 1.0).abs() < 3e-7);
        }

        #[test]
        fn gelu_is_near_the_true_one(value in -9.0_f32..9.0) {
            // The integral of the normal density, by Simpson's rule.
            let steps = 2000;
            let width = f64::from(value) / f64::from(steps);
            let density = |x: f64| (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
            let integral: f64 = (0..steps).map(|step| {
                let x = f64::from(step) * width;
                (density(x) + 4.0 * density(x + width / 2.0) + density(x + width)) * width / 6.0
            }).sum();
            let mut got = [value];
            Activation::Gelu.apply(&mut got);
            prop_assert!((f64::from(got[0]) - f64::from(value) * (0.5 + integral)).abs() < 2e-6);
        }

        #[test]
        fn rows_become_distributions(
            scores in proptest::collection::vec(-100.0_f32..100.0, 37),
        ) {
            let mut scores = scores;
            softmax(&mut scores, 37, |_| None);
            prop_assert!((scores.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            prop_assert!(scores.iter().all(|value| *value >= 0.0));
        }
    }
}
