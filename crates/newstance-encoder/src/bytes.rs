//! Layers whose weights and inputs are bytes.
//!
//! A weight is a whole number from -127 to 127 times its output's scale, an
//! input one from 0 to 255 times its row's scale, above the row's lowest value.
//! Sums are exact; what is rounded to bytes does not depend on other rows.

use std::ops::Range;

use pulp::{Arch, NullaryFnOnce};

use crate::byte_kernel::{GROUP, GroupWeights, Kernel, PANEL, Sums, TILE};
use crate::vector::{highest, lowest};

/// Rows that go through all panels together: few enough to stay in a cache.
const ROWS: usize = 16 * TILE;
/// What a whole number from 0 to 255 is added to to stand in the lowest bits.
const ROUNDER: f32 = 8_388_608.0;
/// More inputs could overflow a sum.
const MAX_INPUTS: usize = 1 << 16;

/// Weights of shape `[inputs, outputs]` in bytes, in panels of [`PANEL`] outputs.
#[derive(Clone, Debug)]
pub(crate) struct ByteWeights {
    panels: Vec<GroupWeights>,
    /// Of each output, up to whole panels.
    scales: Vec<f32>,
    /// Sum over inputs of each output's whole numbers, up to whole panels.
    sums: Vec<f32>,
    n_inputs: usize,
    n_outputs: usize,
    kernel: Kernel,
}

/// Rows rounded to bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct ByteRows {
    /// Row after row, each up to a whole [`GROUP`].
    values: Vec<u8>,
    scales: Vec<f32>,
    lows: Vec<f32>,
}

/// What becomes of a product.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Store<'b> {
    /// It replaces the output, with this bias.
    Replace(&'b [f32]),
    /// It is added to the output.
    Add,
}

impl ByteWeights {
    /// Rounds weights of shape `[outputs, inputs]`.
    ///
    /// # Panics
    ///
    /// If they do not fill whole rows, or have more than 65536 inputs.
    pub(crate) fn new(weight: &[f32], n_inputs: usize) -> Self {
        assert!(n_inputs > 0 && n_inputs <= MAX_INPUTS, "{n_inputs} inputs");
        assert!(weight.len().is_multiple_of(n_inputs), "weights of a layer");
        let n_outputs = weight.len() / n_inputs;
        let n_groups = n_inputs.div_ceil(GROUP);
        let n_columns = n_outputs.next_multiple_of(PANEL);
        let nothing = GroupWeights([0; PANEL * GROUP]);
        let mut panels = vec![nothing; n_columns / PANEL * n_groups];
        let (mut scales, mut sums) = (vec![0.0; n_columns], vec![0.0; n_columns]);
        for (output, row) in weight.chunks_exact(n_inputs).enumerate() {
            let largest = row.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
            scales[output] = largest / 127.0;
            let by = if largest > 0.0 { 127.0 / largest } else { 0.0 };
            let panel = &mut panels[output / PANEL * n_groups..];
            for (input, value) in row.iter().enumerate() {
                let rounded = (value * by).round();
                sums[output] += rounded;
                let at = output % PANEL * GROUP + input % GROUP;
                #[expect(clippy::cast_possible_truncation, reason = "it is from -127 to 127")]
                {
                    panel[input / GROUP].0[at] = rounded as i8;
                }
            }
        }
        Self { panels, scales, sums, n_inputs, n_outputs, kernel: Kernel::detect() }
    }

    /// Number of inputs.
    pub(crate) fn n_inputs(&self) -> usize {
        self.n_inputs
    }

    /// The product of `rows` with the weights, into the first rows of `output`.
    pub(crate) fn product(&self, rows: &ByteRows, output: &mut [f32], store: Store<'_>) {
        let n_groups = self.n_inputs.div_ceil(GROUP);
        let n_rows = rows.scales.len();
        let mut sums: Sums = [[0; PANEL]; TILE];
        for block in (0..n_rows).step_by(ROWS) {
            for (idx, panel) in self.panels.chunks_exact(n_groups).enumerate() {
                for start in (block..n_rows.min(block + ROWS)).step_by(TILE) {
                    let end = n_rows.min(block + ROWS).min(start + TILE);
                    let values = &rows.values[start * n_groups * GROUP..end * n_groups * GROUP];
                    self.kernel.tile(panel, values, &mut sums);
                    Arch::new().dispatch(Finish {
                        weights: self,
                        sums: &sums,
                        rows,
                        range: start..end,
                        first: idx * PANEL,
                        output,
                        store,
                    });
                }
            }
        }
    }
}

/// Turns the sums of a tile into outputs.
struct Finish<'w> {
    weights: &'w ByteWeights,
    sums: &'w Sums,
    rows: &'w ByteRows,
    /// Of which rows the sums are.
    range: Range<usize>,
    /// Of which output the first sums are.
    first: usize,
    output: &'w mut [f32],
    store: Store<'w>,
}

impl NullaryFnOnce for Finish<'_> {
    type Output = ();

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
    fn call(self) {
        let Self { weights, first, .. } = self;
        let columns = first..weights.n_outputs.min(first + PANEL);
        let (scales, ones) = (&weights.scales[columns.clone()], &weights.sums[columns.clone()]);
        for (row, sums) in self.range.zip(self.sums) {
            let (scale, low) = (self.rows.scales[row], self.rows.lows[row]);
            let at = row * weights.n_outputs;
            let output = &mut self.output[at + columns.start..at + columns.end];
            let values = sums.iter().zip(scales).zip(ones);
            #[expect(clippy::cast_precision_loss, reason = "rounding is far below a byte's")]
            let values = values.map(|((sum, by), one)| (*sum as f32 * scale + one * low) * by);
            match self.store {
                Store::Replace(bias) => {
                    for ((output, value), bias) in
                        output.iter_mut().zip(values).zip(&bias[columns.clone()])
                    {
                        *output = value + bias;
                    }
                }
                Store::Add => {
                    for (output, value) in output.iter_mut().zip(values) {
                        *output += value;
                    }
                }
            }
        }
    }
}

impl ByteRows {
    /// Takes `n_rows` rows of `n_inputs` values.
    pub(crate) fn round(&mut self, input: &[f32], n_inputs: usize, n_rows: usize) {
        self.values.resize(n_rows * n_inputs.next_multiple_of(GROUP), 0);
        self.scales.resize(n_rows, 0.0);
        self.lows.resize(n_rows, 0.0);
        Arch::new().dispatch(Round { rows: self, input, n_inputs });
    }
}

struct Round<'r> {
    rows: &'r mut ByteRows,
    input: &'r [f32],
    n_inputs: usize,
}

impl NullaryFnOnce for Round<'_> {
    type Output = ();

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
    fn call(self) {
        let ByteRows { values, scales, lows } = self.rows;
        let bytes = values.chunks_exact_mut(self.n_inputs.next_multiple_of(GROUP));
        let rows = self.input.chunks_exact(self.n_inputs).zip(bytes);
        for ((row, bytes), (scale, low)) in rows.zip(scales.iter_mut().zip(lows)) {
            *low = lowest(row);
            *scale = (highest(row) - *low) / 255.0;
            let by = if *scale > 0.0 { 1.0 / *scale } else { 0.0 };
            for (byte, value) in bytes.iter_mut().zip(row) {
                // The lowest bits of the sum are the whole number.
                *byte = ((value - *low) * by + ROUNDER).to_bits().to_le_bytes()[0];
            }
            bytes[self.n_inputs..].fill(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ByteRows, ByteWeights, Kernel, Store};

    /// A value without structure, in -1..1, for each index.
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    fn noise(idx: usize) -> f32 {
        let mixed = idx.wrapping_mul(2_654_435_761) >> 7;
        (mixed % 2000) as f32 / 1000.0 - 1.0
    }

    fn product(weights: &ByteWeights, input: &[f32], store: Store<'_>) -> Vec<f32> {
        let mut rows = ByteRows::default();
        let n_rows = input.len() / weights.n_inputs;
        rows.round(input, weights.n_inputs, n_rows);
        let mut output = vec![1.0; n_rows * weights.n_outputs];
        weights.product(&rows, &mut output, store);
        output
    }

    #[test]
    fn whole_numbers_that_fit_are_exact() {
        // Both scales are 1: weights up to 127, inputs from 0 to 255.
        let weights = ByteWeights::new(&[127.0, -2.0, 0.0, 127.0], 2);
        let (replaced, added) = ([10.0, 20.0], Store::Add);
        let got = product(&weights, &[255.0, 0.0], Store::Replace(&replaced));
        assert_eq!(got, [127.0 * 255.0 + 10.0, 20.0]);
        assert_eq!(product(&weights, &[0.0, 255.0], added), [1.0 - 510.0, 1.0 + 127.0 * 255.0]);
    }

    #[test]
    fn rows_without_spread_and_weights_of_nothing_are_exact() {
        let weights = ByteWeights::new(&[1.0, -1.0, 0.0, 0.0], 2);
        assert_eq!(product(&weights, &[3.0, 3.0], Store::Add), [1.0, 1.0]);
        assert_eq!(product(&weights, &[0.0, 0.0], Store::Add), [1.0, 1.0]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_product_is_as_near_as_its_roundings_allow(
            n_inputs in prop_oneof![1_usize..70, Just(384), Just(1000)],
            n_outputs in 1_usize..150,
            n_rows in 1_usize..30,
        ) {
            let weight: Vec<f32> = (0..n_inputs * n_outputs).map(noise).collect();
            let input: Vec<f32> = (0..n_inputs * n_rows).map(|idx| noise(idx + 5)).collect();
            let weights = ByteWeights::new(&weight, n_inputs);
            let bias = vec![0.5; n_outputs];
            let got = product(&weights, &input, Store::Replace(&bias));
            let mut portable = weights.clone();
            portable.kernel = Kernel::Portable;
            prop_assert_eq!(&got, &product(&portable, &input, Store::Replace(&bias)));
            for (idx, got) in got.iter().enumerate() {
                let (row, output) = (idx / n_outputs, idx % n_outputs);
                let inputs = &input[row * n_inputs..(row + 1) * n_inputs];
                let weights = &weight[output * n_inputs..(output + 1) * n_inputs];
                // Half a step of each factor, times the other one.
                let (mut sum, mut bound) = (0.5, 1e-4);
                for (x, w) in inputs.iter().zip(weights) {
                    sum += f64::from(*x) * f64::from(*w);
                    bound += f64::from(w.abs()) / 255.0 + f64::from(x.abs()) / 254.0 + 2e-5;
                }
                prop_assert!((f64::from(*got) - sum).abs() <= bound, "{got} for {sum} ± {bound}");
            }
        }

        #[test]
        fn a_row_has_the_same_bits_wherever_it_stands(n_rows in 1_usize..40, place in 0_usize..40) {
            let (n_inputs, n_outputs, place) = (50, 70, place % n_rows);
            let weight: Vec<f32> = (0..n_inputs * n_outputs).map(noise).collect();
            let input: Vec<f32> = (0..n_inputs * n_rows).map(|idx| noise(idx + 5)).collect();
            let weights = ByteWeights::new(&weight, n_inputs);
            let together = product(&weights, &input, Store::Add);
            let alone = &input[place * n_inputs..(place + 1) * n_inputs];
            let row = &together[place * n_outputs..(place + 1) * n_outputs];
            prop_assert_eq!(&product(&weights, alone, Store::Add), row);
        }
    }
}
