//! A layer's weights, laid out for products.

use crate::bytes::{ByteRows, ByteWeights, Store};
use crate::product::{Onto, Shape, Strided, product};

/// Outputs of a panel. With [`TILE`] it divides evenly into the tiles that gemm
/// keeps in registers: 64 by 6 with AVX-512, 16 by 4 or the like elsewhere.
const PANEL: usize = 64;

/// Rows that go into one product: few enough for gemm to read a panel as it is.
/// The last product of a batch takes fewer, a whole number of [`TILE`]s: what
/// gemm does with a row is then always the same.
const ROWS: usize = 4 * TILE;

/// What the weights and inputs of layers are multiplied as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    /// 32-bit floating point.
    Floats,
    /// Bytes, with a scale for each output and each row.
    Bytes,
}

/// Buffers of rows are filled up to a multiple of this.
pub(crate) const TILE: usize = 12;

/// `Y = X W + b`.
#[derive(Clone, Debug)]
pub(crate) struct Linear {
    weights: Weights,
    pub(crate) bias: Vec<f32>,
}

#[derive(Clone, Debug)]
enum Weights {
    Floats(FloatWeights),
    Bytes(ByteWeights),
}

/// Weights cut into panels of [`PANEL`] outputs.
#[derive(Clone, Debug)]
struct FloatWeights {
    /// Panel after panel, each `[inputs, outputs of the panel]`.
    panels: Vec<f32>,
    n_inputs: usize,
    n_outputs: usize,
}

impl Linear {
    /// Takes weights of shape `[outputs, inputs]` and a bias of `[outputs]`.
    pub(crate) fn new(
        weight: &[f32],
        bias: Vec<f32>,
        n_inputs: usize,
        arithmetic: Arithmetic,
    ) -> Self {
        assert_eq!(weight.len(), bias.len() * n_inputs, "weights of a layer");
        let weights = match arithmetic {
            Arithmetic::Floats => Weights::Floats(FloatWeights::new(weight, n_inputs)),
            Arithmetic::Bytes => Weights::Bytes(ByteWeights::new(weight, n_inputs)),
        };
        Self { weights, bias }
    }

    /// Number of outputs.
    pub(crate) fn n_outputs(&self) -> usize {
        self.bias.len()
    }

    /// Writes `X W + b` for `n_rows` rows of `input` to `output`.
    ///
    /// Both buffers hold rows up to a multiple of [`TILE`]; what is in the rows
    /// beyond `n_rows` does not matter and is lost. `rounded` is room for rows.
    pub(crate) fn apply(
        &self,
        input: &[f32],
        output: &mut [f32],
        n_rows: usize,
        rounded: &mut ByteRows,
    ) {
        match &self.weights {
            Weights::Floats(weights) => {
                for row in output.chunks_exact_mut(self.n_outputs()).take(n_rows) {
                    row.copy_from_slice(&self.bias);
                }
                weights.add_product(input, output, n_rows);
            }
            Weights::Bytes(weights) => {
                rounded.round(input, weights.n_inputs(), n_rows);
                weights.product(rounded, output, Store::Replace(&self.bias));
            }
        }
    }

    /// Adds `X W`, without the bias, to `n_rows` rows of `output`; buffers as
    /// in [`Self::apply`].
    pub(crate) fn add_product(
        &self,
        input: &[f32],
        output: &mut [f32],
        n_rows: usize,
        rounded: &mut ByteRows,
    ) {
        match &self.weights {
            Weights::Floats(weights) => weights.add_product(input, output, n_rows),
            Weights::Bytes(weights) => {
                rounded.round(input, weights.n_inputs(), n_rows);
                weights.product(rounded, output, Store::Add);
            }
        }
    }
}

impl FloatWeights {
    fn new(weight: &[f32], n_inputs: usize) -> Self {
        let mut panels = Vec::with_capacity(weight.len());
        for rows in weight.chunks(PANEL * n_inputs.max(1)) {
            let width = rows.len() / n_inputs.max(1);
            for input in 0..n_inputs {
                panels.extend((0..width).map(|output| rows[output * n_inputs + input]));
            }
        }
        Self { panels, n_inputs, n_outputs: weight.len() / n_inputs.max(1) }
    }

    fn add_product(&self, input: &[f32], output: &mut [f32], n_rows: usize) {
        let n_rows = n_rows.next_multiple_of(TILE);
        for (idx, panel) in self.panels.chunks(PANEL * self.n_inputs.max(1)).enumerate() {
            let width = panel.len() / self.n_inputs;
            let left = Strided { values: panel, row: 1, column: width };
            for start in (0..n_rows).step_by(ROWS) {
                let right = Strided {
                    values: &input[start * self.n_inputs..],
                    row: 1,
                    column: self.n_inputs,
                };
                let result = &mut output[start * self.n_outputs + idx * PANEL..];
                let shape = Shape { m: width, n: ROWS.min(n_rows - start), k: self.n_inputs };
                product((result, self.n_outputs), left, right, shape, Onto::Add);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Arithmetic, Linear, TILE};
    use crate::bytes::ByteRows;

    /// A value without structure, in -1..1, for each index.
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    fn noise(idx: usize) -> f32 {
        let mixed = idx.wrapping_mul(2_654_435_761) >> 7;
        (mixed % 2000) as f32 / 1000.0 - 1.0
    }

    fn layer(n_inputs: usize, n_outputs: usize) -> Linear {
        let weight: Vec<f32> = (0..n_inputs * n_outputs).map(noise).collect();
        Linear::new(&weight, (0..n_outputs).map(noise).collect(), n_inputs, Arithmetic::Floats)
    }

    fn apply(layer: &Linear, input: &[f32], n_rows: usize) -> Vec<f32> {
        let n_padded = n_rows.next_multiple_of(TILE);
        let n_inputs = input.len() / n_rows;
        let mut padded = input.to_vec();
        padded.resize(n_padded * n_inputs, 0.0);
        let mut output = vec![0.0; n_padded * layer.n_outputs()];
        layer.apply(&padded, &mut output, n_rows, &mut ByteRows::default());
        output.truncate(n_rows * layer.n_outputs());
        output
    }

    #[test]
    fn a_layer_has_the_values_of_the_definition() {
        let (n_inputs, n_outputs, n_rows) = (70, 101, 5);
        let input: Vec<f32> = (0..n_rows * n_inputs).map(|idx| noise(idx + 9)).collect();
        let got = apply(&layer(n_inputs, n_outputs), &input, n_rows);
        for (idx, got) in got.iter().enumerate() {
            let (row, output) = (idx / n_outputs, idx % n_outputs);
            let sum: f64 = (0..n_inputs)
                .map(|i| {
                    f64::from(input[row * n_inputs + i]) * f64::from(noise(output * n_inputs + i))
                })
                .sum();
            assert!((f64::from(*got) - sum - f64::from(noise(output))).abs() < 1e-4);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_row_has_the_same_bits_wherever_it_stands(
            n_inputs in prop_oneof![1_usize..80, Just(384), Just(600), Just(1536)],
            n_outputs in prop_oneof![1_usize..120, Just(384)],
            n_rows in 1_usize..150,
            place in 0.0_f64..1.0,
        ) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss,
                clippy::cast_precision_loss, reason = "small numbers")]
            let place = (place * n_rows as f64) as usize;
            let layer = layer(n_inputs, n_outputs);
            let input: Vec<f32> = (0..n_rows * n_inputs).map(|idx| noise(idx + 5)).collect();
            let alone = apply(&layer, &input[place * n_inputs..(place + 1) * n_inputs], 1);
            let together = apply(&layer, &input, n_rows);
            let row = &together[place * n_outputs..(place + 1) * n_outputs];
            let bits = |row: &[f32]| row.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&alone), bits(row));
        }
    }
}
