//! Sixteen numbers at a time: what the engine's arithmetic is written in.

#![expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]

use std::convert::Infallible;
use std::ops::Range;

/// Numbers in a vector.
pub(crate) const LANES: usize = 16;
/// Inputs that one instruction multiplies and adds.
pub(crate) const GROUP: usize = 4;
/// Vectors of a panel.
pub(crate) const PARTS: usize = 4;
/// Columns that are summed together, where registers hold them.
pub(crate) const PANEL: usize = PARTS * LANES;
/// Rows that are summed together in vectors: with [`PANEL`], as many sums as fit
/// in registers.
pub(crate) const ROWS: usize = 6;
/// Rows, and groups of inputs, of a block of bytes.
pub(crate) const SIDE: usize = 16;

/// The weights of a group of inputs for each lane, those of a lane together.
/// Starts where a line of the cache does: loads across two lines take longer.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(crate) struct ByteBlock(pub(crate) [i8; LANES * GROUP]);

/// The weights of some groups of inputs for a panel.
pub(crate) type WeightBlock = [[ByteBlock; PARTS]; SIDE];

/// Inputs of a block.
pub(crate) const STEP: usize = SIDE * GROUP;

/// Some inputs of some rows.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(crate) struct InputBlock(pub(crate) [[u8; STEP]; SIDE]);

/// Rows of bytes: of each sixteen rows the blocks of their inputs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByteInputs<'v> {
    pub(crate) blocks: &'v [InputBlock],
    /// Blocks of a row.
    pub(crate) n_steps: usize,
}

impl ByteInputs<'_> {
    /// The blocks of some steps of the sixteen rows from `row` on, whose number
    /// is a multiple of sixteen.
    #[inline(always)]
    pub(crate) fn steps(&self, row: usize, steps: Range<usize>) -> &[InputBlock] {
        &self.blocks[row / SIDE * self.n_steps..][steps]
    }

    /// A row's inputs at a step.
    #[inline(always)]
    pub(crate) fn step(&self, row: usize, step: usize) -> &[u8; STEP] {
        &self.blocks[row / SIDE * self.n_steps + step].0[row % SIDE]
    }
}

/// Rows of a matrix that stand `stride` values apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'v, T> {
    pub(crate) values: &'v [T],
    pub(crate) stride: usize,
}

impl<T> Rows<'_, T> {
    /// From row `idx` on.
    #[inline(always)]
    pub(crate) fn from(self, idx: usize) -> Self {
        Self { values: &self.values[idx * self.stride..], stride: self.stride }
    }
}

/// Instructions that multiply whole blocks of bytes. A value of the type is the
/// proof that this thread may use them.
pub(crate) trait Matrices: Copy {
    /// Rows whose sums of bytes are taken together.
    const BYTE_ROWS: usize;

    /// Writes the products of some blocks to `sums`, or adds them to what is there.
    ///
    /// # Panics
    ///
    /// If there are not as many blocks of inputs as of weights.
    fn add_blocks(
        self,
        inputs: &[InputBlock],
        weights: &[WeightBlock],
        adds: bool,
        sums: &mut [[i32; PANEL]; SIDE],
    );
}

/// No matrices: bytes are multiplied in vectors.
impl Matrices for Infallible {
    const BYTE_ROWS: usize = ROWS;

    fn add_blocks(
        self,
        _: &[InputBlock],
        _: &[WeightBlock],
        _: bool,
        _: &mut [[i32; PANEL]; SIDE],
    ) {
        match self {}
    }
}

/// The vectors of an instruction set. A value of the type is the proof that the
/// processor has it.
pub(crate) trait Lanes: Copy {
    /// A float for each lane.
    type Floats: Copy;
    /// A [`ByteBlock`], ready to be multiplied.
    type Weights: Copy;
    /// A group of inputs, the same for each lane.
    type Inputs: Copy;
    /// Sums of products of bytes, a sum or parts of one for each lane.
    type Sums: Copy;
    /// Instructions for matrices of bytes.
    type Matrices: Matrices;

    /// Whether registers hold the sums of 6 rows and 4 vectors; else those of
    /// few rows and one vector.
    const IS_WIDE: bool;
    fn floats(self, values: &[f32; LANES]) -> Self::Floats;
    fn store(self, floats: Self::Floats, to: &mut [f32; LANES]);
    /// `sums + input * weights`.
    fn add_product(self, sums: Self::Floats, input: f32, weights: Self::Floats) -> Self::Floats;

    fn weights(self, block: &ByteBlock) -> Self::Weights;
    fn inputs(self, group: [u8; GROUP]) -> Self::Inputs;
    fn no_sums(self) -> Self::Sums;
    /// The sums and, for each lane, the products of inputs and weights.
    fn add_products(
        self,
        sums: Self::Sums,
        inputs: Self::Inputs,
        weights: Self::Weights,
    ) -> Self::Sums;
    /// The sum of each lane.
    fn totals(self, sums: Self::Sums) -> [i32; LANES];
    /// Its instructions for matrices, where it has some.
    #[inline(always)]
    fn matrices(self) -> Option<Self::Matrices> {
        None
    }

    /// `factor * other + addend`, rounded once.
    fn mul_add(self, factor: f32, other: f32, addend: f32) -> f32;
}

/// Plain Rust, with every bound checked: the twin of all others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

impl Lanes for Portable {
    type Floats = [f32; LANES];
    type Weights = [i8; LANES * GROUP];
    type Inputs = [u8; GROUP];
    type Sums = [i32; LANES];
    type Matrices = Infallible;

    const IS_WIDE: bool = false;

    #[inline(always)]
    fn floats(self, values: &[f32; LANES]) -> Self::Floats {
        *values
    }

    #[inline(always)]
    fn store(self, floats: Self::Floats, to: &mut [f32; LANES]) {
        *to = floats;
    }

    #[inline(always)]
    fn add_product(
        self,
        mut sums: Self::Floats,
        input: f32,
        weights: Self::Floats,
    ) -> Self::Floats {
        for lane in 0..LANES {
            sums[lane] = self.mul_add(input, weights[lane], sums[lane]);
        }
        sums
    }

    #[inline(always)]
    fn weights(self, block: &ByteBlock) -> Self::Weights {
        block.0
    }

    #[inline(always)]
    fn inputs(self, group: [u8; GROUP]) -> Self::Inputs {
        group
    }

    #[inline(always)]
    fn no_sums(self) -> Self::Sums {
        [0; LANES]
    }

    #[inline(always)]
    fn add_products(
        self,
        mut sums: Self::Sums,
        inputs: Self::Inputs,
        weights: Self::Weights,
    ) -> Self::Sums {
        for lane in 0..LANES {
            for idx in 0..GROUP {
                sums[lane] += i32::from(weights[lane * GROUP + idx]) * i32::from(inputs[idx]);
            }
        }
        sums
    }

    #[inline(always)]
    fn totals(self, sums: Self::Sums) -> [i32; LANES] {
        sums
    }

    #[inline(always)]
    fn mul_add(self, factor: f32, other: f32, addend: f32) -> f32 {
        // Without an instruction for it this is slow, but the bits are the same.
        factor.mul_add(other, addend)
    }
}
