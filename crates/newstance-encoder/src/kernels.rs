//! The kernels by themselves, for `benches/kernels.rs`: numbers are made up, and
//! what they come to is of no interest.

use newstance_model::{PackedPieces, Precision};

use crate::attention::{Attention, AttentionRoom};
use crate::group::groups;
use crate::instruction_set::InstructionSet;
use crate::linear::{Arithmetic, Linear, Room, Store};
use crate::vector::{Activation, LayerNorm};

/// One layer, `Y = X W + b`, with a GELU behind it where that is wanted.
#[derive(Debug)]
pub struct LinearKernel {
    linear: Linear,
    input: Vec<f32>,
    output: Vec<f32>,
    store: Store,
    room: Room,
}

/// Attention of one encoder layer over sequences of one length.
#[derive(Debug)]
pub struct AttentionKernel {
    attention: Attention<'static>,
    batch: PackedPieces,
    projected: Vec<f32>,
    context: Vec<f32>,
    room: AttentionRoom,
}

/// Layer normalisation of rows.
#[derive(Debug)]
pub struct NormKernel {
    norm: LayerNorm,
    set: InstructionSet,
    rows: Vec<f32>,
}

impl LinearKernel {
    /// A layer of `n_inputs` and `n_outputs`, given `n_rows`; `precision` other than
    /// int8 is f32.
    pub fn new(
        (set, precision): (InstructionSet, Precision),
        (n_rows, n_inputs, n_outputs): (usize, usize, usize),
        is_activated: bool,
    ) -> Self {
        let arithmetic = match precision {
            Precision::Int8 => Arithmetic::Bytes,
            _ => Arithmetic::Floats,
        };
        let (weight, bias) = (values(n_inputs * n_outputs), values(n_outputs));
        Self {
            linear: Linear::new(&weight, &bias, n_inputs, arithmetic, set),
            input: values(n_rows * n_inputs),
            output: vec![0.0; n_rows * n_outputs],
            store: if is_activated { Store::Activate(Activation::Gelu) } else { Store::Replace },
            room: Room::default(),
        }
    }

    /// Reads all rows once.
    pub fn run(&mut self) -> &[f32] {
        self.linear.apply(&self.input, &mut self.output, self.store, &mut self.room);
        &self.output
    }
}

impl AttentionKernel {
    /// `n_sequences` of `length` pieces each, with states of `hidden` values in `n_heads` heads.
    pub fn new(
        set: InstructionSet,
        (n_sequences, length): (usize, usize),
        (hidden, n_heads): (usize, usize),
    ) -> Self {
        let mut batch = PackedPieces::default();
        for _ in 0..n_sequences {
            batch.push_text(&vec![0; length], &vec![0; length]);
        }
        Self {
            attention: Attention { n_heads, hidden, relative: None, set },
            projected: values(batch.n_pieces() * 3 * hidden),
            context: vec![0.0; batch.n_pieces() * hidden],
            batch,
            room: AttentionRoom::default(),
        }
    }

    /// Reads all sequences once.
    pub fn run(&mut self) -> &[f32] {
        for group in groups(&self.batch, usize::MAX) {
            self.attention.apply(&self.projected, &group, &mut self.context, &mut self.room);
        }
        &self.context
    }
}

impl NormKernel {
    /// `n_rows` of `size` values.
    pub fn new(set: InstructionSet, (n_rows, size): (usize, usize)) -> Self {
        let norm = LayerNorm { gain: values(size), bias: values(size), epsilon: 1e-12 };
        Self { norm, set, rows: values(n_rows * size) }
    }

    /// Normalises all rows once, in place.
    pub fn run(&mut self) -> &[f32] {
        self.norm.apply(self.set, &mut self.rows);
        &self.rows
    }
}

/// Values without much structure, in -1..1.
fn values(n: usize) -> Vec<f32> {
    (0_u16..199).map(|idx| f32::from(idx * 37 % 199) / 100.0 - 1.0).cycle().take(n).collect()
}
