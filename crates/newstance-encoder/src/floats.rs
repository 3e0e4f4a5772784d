//! Layers in 32-bit floating point.

#![expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]

use std::ops::Range;

use crate::aligned::Aligned;
use crate::lanes::{Lanes, PANEL, PARTS, ROWS, Rows};
use crate::linear::{Place, Product};
use crate::tile::{Shape, add_floats};

/// Weights in panels of [`PANEL`] outputs.
#[derive(Debug)]
pub(crate) struct FloatWeights {
    /// Panel after panel, each `[inputs, outputs of the panel]`.
    panels: Aligned,
    n_inputs: usize,
}

/// Rows to be multiplied with weights.
pub(crate) struct FloatProduct<'w> {
    weights: &'w FloatWeights,
    rows: Rows<'w, f32>,
}

impl FloatWeights {
    /// Takes weights of shape `[outputs, inputs]`.
    pub(crate) fn new(weight: &[f32], n_inputs: usize) -> Self {
        let n_outputs = weight.len() / n_inputs;
        let mut panels = Aligned::<f32>::default();
        let room = panels.first(n_outputs.div_ceil(PANEL) * n_inputs * PANEL);
        for (output, row) in weight.chunks_exact(n_inputs).enumerate() {
            let panel = &mut room[output / PANEL * n_inputs * PANEL..];
            for (weights, value) in panel.chunks_exact_mut(PANEL).zip(row) {
                weights[output % PANEL] = *value;
            }
        }
        Self { panels, n_inputs }
    }

    pub(crate) fn with<'w>(&'w self, rows: Rows<'w, f32>) -> FloatProduct<'w> {
        FloatProduct { weights: self, rows }
    }
}

impl Product for FloatProduct<'_> {
    type Sum = f32;

    const STRETCH: usize = 96;

    #[inline(always)]
    fn n_together<K: Lanes>(_: K) -> usize {
        ROWS
    }

    /// Inputs.
    #[inline(always)]
    fn n_steps(&self) -> usize {
        self.weights.n_inputs
    }

    #[inline(always)]
    fn add<K: Lanes>(
        &self,
        lanes: K,
        Place { panel, steps }: Place,
        rows: Range<usize>,
        sums: &mut [[f32; PANEL]],
    ) {
        let right = Rows { values: self.weights.panels.values(), stride: PANEL };
        let right = right.from(panel * self.weights.n_inputs + steps.start);
        let left = self.rows.from(rows.start);
        let left = Rows { values: &left.values[steps.start..], stride: left.stride };
        let shape =
            Shape { n_rows: rows.len(), depth: steps.len(), n_parts: PARTS, adds: steps.start > 0 };
        add_floats(lanes, left, right, shape, (sums.as_flattened_mut(), PANEL));
    }

    #[inline(always)]
    fn values(&self, _: usize, _: usize, sums: &[f32; PANEL]) -> [f32; PANEL] {
        *sums
    }
}
