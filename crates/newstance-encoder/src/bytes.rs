//! Layers whose weights and inputs are bytes.
//!
//! A weight is a whole number from -127 to 127 times its output's scale, an
//! input one from 0 to 255 times its row's scale, above the row's lowest value.
//! Sums are exact; what is rounded to bytes does not depend on other rows.

#![expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]

use std::ops::Range;

use crate::instruction_set::{InstructionSet, Task};
use crate::lanes::{
    ByteBlock, ByteInputs, GROUP, InputBlock, LANES, Lanes, Matrices as _, PANEL, PARTS, SIDE,
    STEP, WeightBlock,
};
use crate::linear::{Place, Product};
use crate::tile::add_bytes;
use crate::vector::{SIGNED_ROUNDER, range};

/// What a whole number from 0 to 255 is added to to stand in the lowest bits.
const ROUNDER: f32 = 8_388_608.0;
/// More inputs could overflow a sum.
pub(crate) const MAX_INPUTS: usize = 1 << 16;

/// Weights in bytes, in panels of [`PANEL`] outputs.
#[derive(Debug)]
pub(crate) struct ByteWeights {
    /// Panel after panel, each `[groups of inputs, outputs of the panel]`, up to
    /// a whole block of groups.
    panels: Vec<WeightBlock>,
    scales: Vec<Scales>,
    /// Blocks of a panel.
    n_steps: usize,
}

/// What the outputs of a panel are made of besides sums.
#[derive(Clone, Copy, Debug)]
struct Scales {
    /// What a whole number stands for.
    scales: [f32; PANEL],
    /// The sum over inputs of whole numbers.
    totals: [f32; PANEL],
}

/// Rows rounded to bytes.
#[derive(Debug, Default)]
pub(crate) struct ByteRows {
    /// Up to whole blocks; what stands in rows that there are not means nothing.
    blocks: Vec<InputBlock>,
    /// Blocks of a row.
    n_steps: usize,
    /// For each row, what a whole number stands for, and what 0 does.
    scales: Vec<(f32, f32)>,
}

/// Rows to be multiplied with weights.
pub(crate) struct ByteProduct<'w> {
    weights: &'w ByteWeights,
    rows: &'w ByteRows,
}

impl ByteWeights {
    /// Rounds weights of shape `[outputs, inputs]`.
    ///
    /// # Panics
    ///
    /// If there are more than 65536 inputs.
    pub(crate) fn new(weight: &[f32], n_inputs: usize) -> Self {
        assert!(n_inputs <= MAX_INPUTS, "{n_inputs} inputs");
        let n_steps = n_inputs.div_ceil(STEP);
        let n_panels = (weight.len() / n_inputs).div_ceil(PANEL);
        let mut panels = vec![[[ByteBlock([0; LANES * GROUP]); PARTS]; SIDE]; n_panels * n_steps];
        let mut scales = vec![Scales { scales: [0.0; PANEL], totals: [0.0; PANEL] }; n_panels];
        for (output, row) in weight.chunks_exact(n_inputs).enumerate() {
            let (panel, column) = (output / PANEL, output % PANEL);
            let largest = row.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
            let by = if largest > 0.0 { 127.0 / largest } else { 0.0 };
            let blocks = panels[panel * n_steps..][..n_steps].as_flattened_mut().iter_mut();
            let mut total = 0_i32;
            for (blocks, values) in blocks.zip(row.chunks(GROUP)) {
                let block = &mut blocks[column / LANES].0[column % LANES * GROUP..];
                for (weight, value) in block.iter_mut().zip(values) {
                    *weight = rounded(value * by);
                    total += i32::from(*weight);
                }
            }
            scales[panel].scales[column] = largest / 127.0;
            #[expect(clippy::cast_precision_loss, reason = "it is below 127 * 2^16")]
            {
                scales[panel].totals[column] = total as f32;
            }
        }
        Self { panels, scales, n_steps }
    }

    pub(crate) fn with<'w>(&'w self, rows: &'w ByteRows) -> ByteProduct<'w> {
        ByteProduct { weights: self, rows }
    }
}

/// The nearest whole number; `value` is from -127 to 127.
fn rounded(value: f32) -> i8 {
    // The lowest bits of the sum are the whole number.
    (value + SIGNED_ROUNDER).to_bits().to_le_bytes()[0].cast_signed()
}

impl Product for ByteProduct<'_> {
    type Sum = i32;

    const STRETCH: usize = 8;

    #[inline(always)]
    fn n_together<K: Lanes>(_: K) -> usize {
        K::Matrices::BYTE_ROWS
    }

    /// Blocks of inputs.
    #[inline(always)]
    fn n_steps(&self) -> usize {
        self.weights.n_steps
    }

    #[inline(always)]
    fn add<K: Lanes>(
        &self,
        lanes: K,
        Place { panel, steps }: Place,
        rows: Range<usize>,
        sums: &mut [[i32; PANEL]],
    ) {
        let panel = &self.weights.panels[panel * self.weights.n_steps..][steps.clone()];
        let inputs = ByteInputs { blocks: &self.rows.blocks, n_steps: self.rows.n_steps };
        add_bytes(lanes, inputs, panel, (rows, steps.start), sums);
    }

    #[inline(always)]
    fn values(&self, panel: usize, row: usize, sums: &[i32; PANEL]) -> [f32; PANEL] {
        let Scales { scales, totals } = &self.weights.scales[panel];
        let (scale, low) = self.rows.scales[row];
        let mut values = [0.0; PANEL];
        for column in 0..PANEL {
            #[expect(clippy::cast_precision_loss, reason = "rounding is far below a byte's")]
            let sum = sums[column] as f32;
            values[column] = (sum * scale + totals[column] * low) * scales[column];
        }
        values
    }
}

impl ByteRows {
    /// Takes rows of `n_inputs` values.
    pub(crate) fn round(&mut self, set: InstructionSet, input: &[f32], n_inputs: usize) {
        let n_rows = input.len() / n_inputs;
        self.n_steps = n_inputs.div_ceil(STEP);
        let n_blocks = n_rows.div_ceil(SIDE) * self.n_steps;
        // It never shrinks, since what is new must be filled.
        self.blocks.resize(n_blocks.max(self.blocks.len()), InputBlock([[0; STEP]; SIDE]));
        self.scales.resize(n_rows, (0.0, 0.0));
        set.run(Round { rows: self, input, n_inputs });
    }
}

struct Round<'r> {
    rows: &'r mut ByteRows,
    input: &'r [f32],
    n_inputs: usize,
}

impl Task for Round<'_> {
    type Output = ();

    #[inline(always)]
    fn run<K: Lanes>(self, _: K) {
        let ByteRows { blocks, n_steps, scales } = self.rows;
        for (idx, row) in self.input.chunks_exact(self.n_inputs).enumerate() {
            let (low, high) = range(row);
            let scale = (high - low) / 255.0;
            let by = if scale > 0.0 { 1.0 / scale } else { 0.0 };
            scales[idx] = (scale, low);
            let blocks = &mut blocks[idx / SIDE * *n_steps..][..*n_steps];
            let (whole, rest) = row.as_chunks();
            for step in 0..whole.len() {
                blocks[step].0[idx % SIDE] = round(&whole[step], low, by);
            }
            if !rest.is_empty() {
                let mut values = [low; STEP];
                values[..rest.len()].copy_from_slice(rest);
                blocks[whole.len()].0[idx % SIDE] = round(&values, low, by);
            }
        }
    }
}

/// What the inputs of a row in one block are in bytes.
#[inline(always)]
fn round(values: &[f32; STEP], low: f32, by: f32) -> [u8; STEP] {
    let mut bytes = [0; STEP];
    for idx in 0..STEP {
        // The lowest bits of the sum are the whole number.
        bytes[idx] = ((values[idx] - low) * by + ROUNDER).to_bits().to_le_bytes()[0];
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::rounded;
    use crate::instruction_set::InstructionSet;
    use crate::linear::{Arithmetic, Linear, Room, Store};

    #[track_caller]
    #[expect(clippy::float_cmp, reason = "small whole numbers are exact")]
    fn check(weight: &[f32; 4], input: [f32; 2], expected: [f32; 2]) {
        for set in InstructionSet::available() {
            let layer = Linear::new(weight, &[10.0, 20.0], 2, Arithmetic::Bytes, set);
            let mut output = [1.0; 2];
            layer.apply(&input, &mut output, Store::Add, &mut Room::default());
            assert_eq!(output.map(|value| value - 1.0), expected, "{set}");
        }
    }

    #[test]
    fn whole_numbers_that_fit_are_exact() {
        // Both scales are 1: weights up to 127, inputs from 0 to 255.
        check(&[127.0, -2.0, 0.0, 127.0], [255.0, 0.0], [127.0 * 255.0 + 10.0, 20.0]);
        check(&[127.0, -2.0, 0.0, 127.0], [0.0, 255.0], [10.0 - 510.0, 127.0 * 255.0 + 20.0]);
    }

    #[test]
    fn rows_without_spread_and_weights_of_nothing_are_exact() {
        check(&[1.0, -1.0, 0.0, 0.0], [3.0, 3.0], [10.0, 20.0]);
        check(&[1.0, -1.0, 0.0, 0.0], [0.0, 0.0], [10.0, 20.0]);
    }

    #[test]
    fn a_weight_is_rounded_to_the_nearest_whole_number() {
        let values = [-127.0, -126.6, -0.4, 0.0, 0.6, 126.4, 127.0];
        assert_eq!(values.map(rounded), [-127, -127, 0, 0, 1, 126, 127]);
    }
}
