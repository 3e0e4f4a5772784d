//! One layer of an encoder.

use crate::attention::Attention;
use crate::bytes::ByteRows;
use crate::linear::{Linear, TILE};
use crate::vector::{Activation, LayerNorm};

/// Rows that pass the feed-forward network together: few enough for what is
/// between its layers to stay in a cache.
const ROWS: usize = 16 * TILE;

/// Attention and a feed-forward network, each normalised afterwards.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// Query, key and value side by side.
    pub(crate) projections: Linear,
    pub(crate) attention_output: Linear,
    pub(crate) attention_norm: LayerNorm,
    pub(crate) intermediate: Linear,
    pub(crate) activation: Activation,
    pub(crate) output: Linear,
    pub(crate) output_norm: LayerNorm,
}

/// Room for what is between input and output; one for each thread.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    projected: Vec<f32>,
    context: Vec<f32>,
    scores: Vec<f32>,
    between: Vec<f32>,
    pub(crate) rounded: ByteRows,
}

impl Layer {
    /// Replaces the states of all sequences, `[pieces, hidden]`, by the next
    /// layer's. Buffers hold rows up to a multiple of [`TILE`].
    pub(crate) fn apply(
        &self,
        attention: Attention<'_>,
        states: &mut [f32],
        starts: &[usize],
        scratch: &mut Scratch,
    ) {
        let hidden = attention.hidden;
        let n_rows = starts.last().copied().unwrap_or(0);
        let n_padded = n_rows.next_multiple_of(TILE);
        scratch.projected.resize(n_padded * 3 * hidden, 0.0);
        scratch.context.resize(n_padded * hidden, 0.0);
        scratch.between.resize(ROWS.min(n_padded) * self.intermediate.n_outputs(), 0.0);

        self.projections.apply(states, &mut scratch.projected, n_rows, &mut scratch.rounded);
        for ends in starts.windows(2) {
            let projected = &scratch.projected[ends[0] * 3 * hidden..ends[1] * 3 * hidden];
            let context = &mut scratch.context[ends[0] * hidden..ends[1] * hidden];
            attention.apply(projected, context, &mut scratch.scores);
        }
        for start in (0..n_rows).step_by(ROWS) {
            let end = n_padded.min(start + ROWS);
            let states = &mut states[start * hidden..end * hidden];
            let context = &scratch.context[start * hidden..end * hidden];
            let room = (&mut scratch.between, &mut scratch.rounded);
            self.feed_forward(context, states, room, n_rows.min(end) - start);
        }
    }

    fn feed_forward(
        &self,
        context: &[f32],
        states: &mut [f32],
        (between, rounded): (&mut Vec<f32>, &mut ByteRows),
        n_rows: usize,
    ) {
        let hidden = self.output.n_outputs();
        // The states are what the outputs are added to.
        self.attention_output.add_product(context, states, n_rows, rounded);
        self.attention_norm.apply(&mut states[..n_rows * hidden], &self.attention_output.bias);
        self.intermediate.apply(states, between, n_rows, rounded);
        self.activation.apply(&mut between[..n_rows * self.intermediate.n_outputs()]);
        self.output.add_product(between, states, n_rows, rounded);
        self.output_norm.apply(&mut states[..n_rows * hidden], &self.output.bias);
    }
}
