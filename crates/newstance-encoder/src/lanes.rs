//! Sixteen numbers at a time: what the engine's arithmetic is written in.

#![expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]

/// Numbers in a vector.
pub(crate) const LANES: usize = 16;
/// Inputs that one instruction multiplies and adds.
pub(crate) const GROUP: usize = 4;

/// The weights of a group of inputs for each lane, those of a lane together.
/// Starts where a line of the cache does: loads across two lines take longer.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(crate) struct ByteBlock(pub(crate) [i8; LANES * GROUP]);

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
