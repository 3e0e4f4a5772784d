//! Heads: hidden states to scores to probabilities.
//!
//! Every sum runs in one fixed order, so that a score depends on its own
//! hidden state and on nothing else.

use crate::{ModelError, Weights};

/// Number of partial sums of a dot product.
const LANES: usize = 16;

/// `y = W x + b`, with `W` of shape `[outputs, inputs]`.
#[derive(Clone, Debug)]
pub(crate) struct Linear {
    weight: Vec<f32>,
    bias: Vec<f32>,
    n_inputs: usize,
}

/// What is applied between the two layers of a pooled head.
#[derive(Clone, Copy, Debug)]
enum Activation {
    Gelu,
    Tanh,
    Relu,
}

/// A head over the states of a few places: dense, activation, linear.
#[derive(Clone, Debug)]
pub(crate) struct PooledHead {
    dense: Option<(Linear, Activation)>,
    output: Linear,
}

impl Linear {
    /// Reads `NAME.weight` and `NAME.bias`; the number of outputs is the file's.
    fn read(weights: &Weights, name: &str, n_inputs: usize) -> Result<Self, ModelError> {
        let weight_name = format!("{name}.weight");
        let n_outputs = weights.shape(&weight_name).and_then(|shape| shape.first().copied());
        // A missing tensor is reported by the read below.
        let n_outputs = n_outputs.unwrap_or(0);
        let weight = weights.tensor(&weight_name, &[n_outputs, n_inputs])?;
        let bias = weights.tensor(&format!("{name}.bias"), &[n_outputs])?;
        Ok(Self { weight, bias, n_inputs })
    }

    /// A layer without structure, for tests.
    #[cfg(test)]
    pub(crate) fn made_up(n_inputs: usize, n_outputs: usize) -> Self {
        let values = |n: usize| (0..n).map(|idx| [0.3, -0.7, 0.2, 0.9, -0.4][idx % 5]).collect();
        Self { weight: values(n_inputs * n_outputs), bias: values(n_outputs), n_inputs }
    }

    /// Number of outputs.
    pub(crate) fn n_outputs(&self) -> usize {
        self.bias.len()
    }

    /// Appends the outputs for `input` to `outputs`.
    pub(crate) fn append(&self, input: &[f32], outputs: &mut Vec<f32>) {
        let rows = self.weight.chunks_exact(self.n_inputs.max(1));
        outputs.extend(rows.zip(&self.bias).map(|(row, bias)| dot(row, input) + bias));
    }
}

impl PooledHead {
    /// A head without structure, for tests.
    #[cfg(test)]
    pub(crate) fn made_up(n_inputs: usize, n_outputs: usize) -> Self {
        let dense = Some((Linear::made_up(n_inputs, 4), Activation::Gelu));
        Self { dense, output: Linear::made_up(4, n_outputs) }
    }

    /// Number of labels.
    pub(crate) fn n_outputs(&self) -> usize {
        self.output.n_outputs()
    }

    /// Appends the scores of one answer, whose features are `features`.
    pub(crate) fn append(&self, features: &[f32], scores: &mut Vec<f32>) {
        let Some((dense, activation)) = &self.dense else {
            return self.output.append(features, scores);
        };
        let mut between = Vec::with_capacity(dense.n_outputs());
        dense.append(features, &mut between);
        for value in &mut between {
            *value = activation.of(*value);
        }
        self.output.append(&between, scores);
    }
}

impl Activation {
    fn of(self, value: f32) -> f32 {
        match self {
            Self::Gelu => gelu(value),
            Self::Tanh => value.tanh(),
            Self::Relu => value.max(0.0),
        }
    }
}

/// The token head called `name`, or the `classifier` of a checkpoint that was
/// made for one task only.
pub(crate) fn token_head(
    weights: &Weights,
    name: &str,
    hidden: usize,
) -> Result<Linear, ModelError> {
    let own = format!("heads.{name}");
    if !weights.contains(&format!("{own}.weight")) && weights.contains("classifier.weight") {
        return Linear::read(weights, "classifier", hidden);
    }
    Linear::read(weights, &own, hidden)
}

/// The pooled head called `name` over `n_places` states, or the classifier of
/// a checkpoint of `architecture` that was made for one task only and reads one place.
pub(crate) fn pooled_head(
    weights: &Weights,
    name: &str,
    (architecture, hidden): (&str, usize),
    n_places: usize,
) -> Result<PooledHead, ModelError> {
    let own = format!("heads.{name}");
    let dense = format!("{own}.dense");
    if weights.contains(&format!("{own}.weight")) || n_places != 1 {
        let dense = Linear::read(weights, &dense, n_places * hidden)?;
        let output = Linear::read(weights, &own, dense.n_outputs())?;
        return Ok(PooledHead { dense: Some((dense, Activation::Gelu)), output });
    }
    // Sequence classifiers as their libraries save them: BERT; DeBERTa; ALBERT;
    // MobileBERT; RoBERTa, XLM-R, CamemBERT and MPNet, ELECTRA; DistilBERT.
    let between = if architecture == "electra" { Activation::Gelu } else { Activation::Tanh };
    let pooler = if is_deberta(architecture) { Activation::Gelu } else { Activation::Tanh };
    let standard = [
        ("bert.pooler.dense", Activation::Tanh, "classifier"),
        ("pooler.dense", pooler, "classifier"),
        ("albert.pooler", Activation::Tanh, "classifier"),
        ("mobilebert.pooler.dense", Activation::Tanh, "classifier"),
        ("classifier.dense", between, "classifier.out_proj"),
        ("pre_classifier", Activation::Relu, "classifier"),
    ];
    for (dense, activation, output) in standard {
        let is_there = |layer: &str| weights.contains(&format!("{layer}.weight"));
        if is_there(dense) && is_there(output) {
            let dense = Linear::read(weights, dense, hidden)?;
            let output = Linear::read(weights, output, dense.n_outputs())?;
            return Ok(PooledHead { dense: Some((dense, activation)), output });
        }
    }
    let output = if weights.contains("classifier.weight") { "classifier" } else { &own };
    Ok(PooledHead { dense: None, output: Linear::read(weights, output, hidden)? })
}

fn is_deberta(architecture: &str) -> bool {
    matches!(architecture, "deberta" | "deberta-v2")
}

/// Turns each row of `n_labels` scores into a distribution.
pub(crate) fn softmax_rows(scores: &mut [f32], n_labels: usize, temperature: f32) {
    for row in scores.chunks_exact_mut(n_labels.max(1)) {
        let highest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut sum = 0.0;
        for value in row.iter_mut() {
            *value = ((*value - highest) / temperature).exp();
            sum += *value;
        }
        for value in row.iter_mut() {
            *value /= sum;
        }
    }
}

/// The dot product of two vectors of one length, in partial sums that are then
/// added in order: the same for the same two vectors everywhere.
pub fn dot(left: &[f32], right: &[f32]) -> f32 {
    let (left, left_rest) = left.as_chunks::<LANES>();
    let (right, right_rest) = right.as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for (left, right) in left.iter().zip(right) {
        for lane in 0..LANES {
            sums[lane] += left[lane] * right[lane];
        }
    }
    let rest: f32 = left_rest.iter().zip(right_rest).map(|(left, right)| left * right).sum();
    sums.iter().sum::<f32>() + rest
}

/// Gaussian error linear unit, exact form (Hendrycks and Gimpel, 2016).
#[expect(clippy::cast_possible_truncation, reason = "f64 is for the way there only")]
fn gelu(value: f32) -> f32 {
    let value = f64::from(value);
    (0.5 * value * (1.0 + erf(value * std::f64::consts::FRAC_1_SQRT_2))) as f32
}

/// The error function within 1.5e-7 (Abramowitz and Stegun, 1964, 7.1.26).
fn erf(value: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.327_591_1 * value.abs());
    let polynomial = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592]
        .iter()
        .fold(0.0, |sum, factor| (sum + factor) * t);
    (1.0 - polynomial * (-value * value).exp()).copysign(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{dot, erf, gelu, softmax_rows};

    #[test]
    fn gelu_has_the_values_of_its_tables() {
        for (input, expected) in [(0.0, 0.0), (1.0, 0.841_344_7), (-1.0, -0.158_655_3), (9.0, 9.0)]
        {
            assert!((gelu(input) - expected).abs() < 1e-6, "{input}");
        }
        assert!((erf(0.5) - 0.520_499_877).abs() < 2e-7);
    }

    #[test]
    fn a_higher_temperature_evens_a_row_out() {
        let mut sharp = [1.0, 3.0];
        let mut even = [1.0, 3.0];
        softmax_rows(&mut sharp, 2, 1.0);
        softmax_rows(&mut even, 2, 4.0);
        assert!(sharp[1] > even[1] && even[1] > 0.5);
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "halves and zeros are exact")]
    fn large_scores_do_not_overflow() {
        let mut row = [1e30, -1e30, 1e30];
        softmax_rows(&mut row, 3, 1.0);
        assert_eq!(row, [0.5, 0.0, 0.5]);
    }

    proptest! {
        #[test]
        fn a_dot_product_is_the_sum_of_products(
            pairs in proptest::collection::vec((-2.0_f32..2.0, -2.0_f32..2.0), 0..70),
        ) {
            let (left, right): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
            let expected: f64 =
                left.iter().zip(&right).map(|(l, r)| f64::from(*l) * f64::from(*r)).sum();
            prop_assert!((f64::from(dot(&left, &right)) - expected).abs() < 1e-4);
        }

        #[test]
        fn rows_become_distributions(
            scores in proptest::collection::vec(-50.0_f32..50.0, 12), temperature in 0.1_f32..5.0,
        ) {
            let mut scores = scores;
            softmax_rows(&mut scores, 4, temperature);
            for row in scores.chunks_exact(4) {
                prop_assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            }
        }
    }
}
