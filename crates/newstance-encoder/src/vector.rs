//! Loops over rows of numbers.
//!
//! Sums run in as many partial sums as a vector has lanes, which are added in a
//! fixed order.

#![expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]

use crate::instruction_set::{InstructionSet, Task};
use crate::lanes::{LANES, Lanes};

/// 1.5 * 2^23: what is added to it is rounded to a whole number, which is then
/// in the lowest bits.
pub(crate) const SIGNED_ROUNDER: f32 = 12_582_912.0;

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
    #[inline(always)]
    pub(crate) fn apply<K: Lanes, const N: usize>(self, lanes: K, values: &mut [f32; N]) {
        match self {
            Self::Gelu => {
                for value in values {
                    *value = gelu(lanes, *value);
                }
            }
            Self::GeluTanh => {
                for value in values {
                    *value = gelu_tanh(lanes, *value);
                }
            }
            Self::Relu => {
                for value in values {
                    *value = value.max(0.0);
                }
            }
        }
    }
}

impl LayerNorm {
    /// Normalises every row.
    pub(crate) fn apply(&self, set: InstructionSet, rows: &mut [f32]) {
        set.run(Normalise { norm: self, rows });
    }
}

struct Normalise<'v> {
    norm: &'v LayerNorm,
    rows: &'v mut [f32],
}

impl Task for Normalise<'_> {
    type Output = ();

    #[inline(always)]
    fn run<K: Lanes>(self, _: K) {
        let LayerNorm { gain, bias, epsilon } = self.norm;
        for row in self.rows.chunks_exact_mut(gain.len()) {
            #[expect(clippy::cast_precision_loss, reason = "a row has fewer than 2^24 values")]
            let size = row.len() as f32;
            let mean = sum(row, |value| value) / size;
            let variance = sum(row, |value| (value - mean) * (value - mean)) / size;
            let scale = 1.0 / (variance + epsilon).sqrt();
            let (gain, bias) = (&gain[..row.len()], &bias[..row.len()]);
            for idx in 0..row.len() {
                row[idx] = (row[idx] - mean) * scale * gain[idx] + bias[idx];
            }
        }
    }
}

/// Turns the first `size` of `scores` into what is in proportion to their
/// probabilities, after `bias` was added where there is one, and gives what makes
/// probabilities of them (softmax). The others, up to a whole vector, are lost.
#[inline(always)]
pub(crate) fn softmax<K: Lanes>(
    lanes: K,
    scores: &mut [f32],
    size: usize,
    bias: Option<&[f32]>,
) -> f32 {
    if let Some(bias) = bias {
        let scores = &mut scores[..bias.len()];
        for idx in 0..bias.len() {
            scores[idx] += bias[idx];
        }
    }
    for score in &mut scores[size..] {
        *score = f32::NEG_INFINITY;
    }
    let (vectors, _) = scores.as_chunks_mut::<LANES>();
    let mut highest = [f32::NEG_INFINITY; LANES];
    for vector in &*vectors {
        for lane in 0..LANES {
            highest[lane] = larger(highest[lane], vector[lane]);
        }
    }
    let highest = across(highest, larger);
    let mut sums = [0.0; LANES];
    for vector in vectors {
        for lane in 0..LANES {
            vector[lane] = exp(lanes, vector[lane] - highest);
            sums[lane] += vector[lane];
        }
    }
    // What stands beyond `size` is e^-87 each: lost in a sum that is 1 or more.
    1.0 / across(sums, |left, right| left + right)
}

#[inline(always)]
fn sum(values: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let (vectors, rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for vector in vectors {
        for lane in 0..LANES {
            sums[lane] += of(vector[lane]);
        }
    }
    for lane in 0..rest.len() {
        sums[lane] += of(rest[lane]);
    }
    across(sums, |left, right| left + right)
}

/// The lowest and the highest of `values`; infinite where there is none.
#[inline(always)]
pub(crate) fn range(values: &[f32]) -> (f32, f32) {
    let (vectors, rest) = values.as_chunks::<LANES>();
    let mut low = [f32::INFINITY; LANES];
    let mut high = [f32::NEG_INFINITY; LANES];
    for vector in vectors {
        for lane in 0..LANES {
            low[lane] = smaller(low[lane], vector[lane]);
            high[lane] = larger(high[lane], vector[lane]);
        }
    }
    for lane in 0..rest.len() {
        low[lane] = smaller(low[lane], rest[lane]);
        high[lane] = larger(high[lane], rest[lane]);
    }
    (across(low, smaller), across(high, larger))
}

/// One comparison and one choice, which is one instruction; `f32::min` is more.
#[inline(always)]
fn smaller(left: f32, right: f32) -> f32 {
    if right < left { right } else { left }
}

/// As [`smaller`].
#[inline(always)]
fn larger(left: f32, right: f32) -> f32 {
    if right > left { right } else { left }
}

/// What `join` makes of all lanes, each joined with the one half a vector away.
#[inline(always)]
fn across(lanes: [f32; LANES], join: impl Fn(f32, f32) -> f32 + Copy) -> f32 {
    let halves: [f32; 8] = halved(&lanes, join);
    let quarters: [f32; 4] = halved(&halves, join);
    let eighths: [f32; 2] = halved(&quarters, join);
    join(eighths[0], eighths[1])
}

#[inline(always)]
fn halved<const N: usize>(values: &[f32], join: impl Fn(f32, f32) -> f32) -> [f32; N] {
    let mut half = [0.0; N];
    for idx in 0..N {
        half[idx] = join(values[idx], values[idx + N]);
    }
    half
}

/// x times the normal distribution function, within 2e-6 for values from -8 to
/// 8, and within 3e-7 of them in proportion beyond.
///
/// The distribution function is 1/2 + x P(x^2) up to 5 on both sides, where P
/// was fitted by Lawson's weighted least squares (Lawson, 1961), in the variable
/// 2 x^2 / 25 - 1.
#[inline(always)]
fn gelu<K: Lanes>(lanes: K, value: f32) -> f32 {
    const FACTORS: [f32; 12] = [
        -0.001_552_125_4,
        0.001_947_311_2,
        -0.002_836_445_6,
        0.006_197_466_5,
        -0.011_031_682,
        0.016_492_3,
        -0.023_318_501,
        0.031_425_66,
        -0.040_435_173,
        0.051_521_566,
        -0.070_296_58,
        0.141_363_78,
    ];
    let x = if value > -5.0 { value } else { -5.0 };
    let x = if x < 5.0 { x } else { 5.0 };
    let u = lanes.mul_add(x * x, 2.0 / 25.0, -1.0);
    let mut polynomial = 0.000_522_386_5;
    for factor in FACTORS {
        polynomial = lanes.mul_add(polynomial, u, factor);
    }
    value * lanes.mul_add(x, polynomial, 0.5)
}

#[inline(always)]
fn gelu_tanh<K: Lanes>(lanes: K, value: f32) -> f32 {
    // tanh x = 1 - 2 / (e^2x + 1), and sqrt(2 / pi) is before the cubic.
    let inner = 0.797_884_6 * (value + 0.044_715 * value * value * value);
    value * (1.0 - 1.0 / (exp(lanes, 2.0 * inner) + 1.0))
}

/// e to the power of `value`, within 3e-7 of it in proportion; values beyond
/// -87 and 88 count as these.
#[inline(always)]
fn exp<K: Lanes>(lanes: K, value: f32) -> f32 {
    let value = if value > -87.0 { value } else { -87.0 };
    let value = if value < 88.0 { value } else { 88.0 };
    let rounded = lanes.mul_add(value, std::f32::consts::LOG2_E, SIGNED_ROUNDER);
    let n = rounded - SIGNED_ROUNDER;
    // ln 2 in two parts, the first exact in few bits (Cody and Waite, 1980).
    let rest = lanes.mul_add(n, 2.121_944_4e-4, lanes.mul_add(n, -0.693_359_4, value));
    let mut polynomial = 1.0 / 720.0;
    for factor in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        polynomial = lanes.mul_add(polynomial, rest, factor);
    }
    let power_of_two = (rounded.to_bits() << 23).wrapping_add(127 << 23);
    polynomial * f32::from_bits(power_of_two)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Activation, LayerNorm, exp, softmax};
    use crate::instruction_set::{InstructionSet, Task};
    use crate::lanes::Lanes;

    struct Activate(Activation, f32);

    impl Task for Activate {
        type Output = f32;

        fn run<K: Lanes>(self, lanes: K) -> f32 {
            let mut values = [self.1; 3];
            self.0.apply(lanes, &mut values);
            values[2]
        }
    }

    struct Exp(f32);

    impl Task for Exp {
        type Output = f32;

        fn run<K: Lanes>(self, lanes: K) -> f32 {
            exp(lanes, self.0)
        }
    }

    struct Softmax<'s>(&'s mut [f32], usize, Option<&'s [f32]>);

    impl Task for Softmax<'_> {
        type Output = ();

        fn run<K: Lanes>(self, lanes: K) {
            let scale = softmax(lanes, self.0, self.1, self.2);
            for score in &mut self.0[..self.1] {
                *score *= scale;
            }
        }
    }

    #[track_caller]
    fn check(activation: Activation, cases: &[(f32, f32)]) {
        for set in InstructionSet::available() {
            for (input, expected) in cases {
                let got = set.run(Activate(activation, *input));
                assert!((got - expected).abs() < 7e-6, "{activation:?} of {input} is {got}");
            }
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
        for set in InstructionSet::available() {
            let mut rows = [2.0, 4.0, 2.0, 4.0];
            norm.apply(set, &mut rows);
            assert_eq!(rows, [-0.5, 1.5, -0.5, 1.5]);
        }
    }

    #[test]
    fn a_bias_counts_before_softmax_and_what_is_beyond_the_end_does_not() {
        for set in InstructionSet::available() {
            let mut scores = [0.0; 16];
            set.run(Softmax(&mut scores, 2, Some(&[0.0, 1e9])));
            assert!(scores[0] < 1e-30 && scores[1] > 0.999_999);
            let mut scores = [-50.0; 16];
            set.run(Softmax(&mut scores, 4, None));
            assert_eq!(scores[..4], [0.25; 4]);
        }
    }

    proptest! {
        #[test]
        fn exp_is_near_the_true_one(value in -87.0_f32..88.0) {
            let expected = f64::from(value).exp();
            for set in InstructionSet::available() {
                prop_assert!((f64::from(set.run(Exp(value))) / expected - 1.0).abs() < 3e-7);
            }
        }

        #[test]
        fn gelu_is_near_the_true_one(value in -8.0_f32..8.0) {
            // The integral of the normal density, by Simpson's rule.
            let steps = 2000;
            let width = f64::from(value) / f64::from(steps);
            let density = |x: f64| (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
            let integral: f64 = (0..steps).map(|step| {
                let x = f64::from(step) * width;
                (density(x) + 4.0 * density(x + width / 2.0) + density(x + width)) * width / 6.0
            }).sum();
            for set in InstructionSet::available() {
                let got = set.run(Activate(Activation::Gelu, value));
                prop_assert!((f64::from(got) - f64::from(value) * (0.5 + integral)).abs() < 2e-6);
            }
        }

        #[test]
        fn rows_become_distributions(
            scores in proptest::collection::vec(-100.0_f32..100.0, 48), size in 33_usize..48,
        ) {
            for set in InstructionSet::available() {
                let mut scores = scores.clone();
                set.run(Softmax(&mut scores, size, None));
                prop_assert!((scores[..size].iter().sum::<f32>() - 1.0).abs() < 1e-5);
                prop_assert!(scores[..size].iter().all(|value| *value >= 0.0));
            }
        }
    }
}
