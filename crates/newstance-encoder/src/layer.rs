//! One layer of an encoder.

use crate::aligned::Aligned;
use crate::attention::{Attention, AttentionRoom};
use crate::group::Group;
use crate::linear::{BLOCK, Linear, Room, Store};
use crate::vector::{Activation, LayerNorm};

/// Attention and a feed-forward network, each normalised afterwards.
#[derive(Debug)]
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

/// Room for what is between input and output.
#[derive(Debug, Default)]
pub(crate) struct LayerRoom {
    projected: Aligned,
    context: Aligned,
    between: Aligned,
    attention: AttentionRoom,
    pub(crate) room: Room,
}

impl Layer {
    /// Replaces the states of all sequences, `[pieces, hidden]`, by the next layer's.
    pub(crate) fn apply(
        &self,
        attention: Attention<'_>,
        states: &mut [f32],
        group: &Group<'_>,
        room: &mut LayerRoom,
    ) {
        let LayerRoom { projected, context, between, attention: attention_room, room } = room;
        let hidden = attention.hidden;
        let projected = projected.first(states.len() * 3);
        let context = context.first(states.len());
        self.projections.apply(states, projected, Store::Replace, room);
        attention.apply(projected, group, context, attention_room);

        let contexts = context.chunks(BLOCK * hidden);
        for (context, states) in contexts.zip(states.chunks_mut(BLOCK * hidden)) {
            // The states are what the outputs are added to.
            self.attention_output.apply(context, states, Store::Add, room);
            self.attention_norm.apply(attention.set, states);
            let n_between = states.len() / hidden * self.intermediate.n_outputs();
            let between = between.first(n_between);
            let store = Store::Activate(self.activation);
            self.intermediate.apply(states, between, store, room);
            self.output.apply(between, states, Store::Add, room);
            self.output_norm.apply(attention.set, states);
        }
    }
}
