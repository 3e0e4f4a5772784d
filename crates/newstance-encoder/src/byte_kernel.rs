//! Sums of products of bytes: the only file with vector instructions by hand.
//!
//! Every kernel gives the same whole numbers, so results do not depend on the
//! processor. [`Kernel::Portable`] is the bounds-checked twin of the others.

#![cfg_attr(
    target_arch = "x86_64",
    expect(unsafe_code, reason = "vector loads take pointers; their bounds are checked before")
)]

use pulp::{Arch, NullaryFnOnce};

/// Outputs that are summed together.
pub(crate) const PANEL: usize = 64;
/// Inputs that one instruction multiplies and adds.
pub(crate) const GROUP: usize = 4;
/// Rows that are summed together: with [`PANEL`], as many sums as fit in registers.
pub(crate) const TILE: usize = 6;

/// The weights of a group of inputs, those of one output together. Starts where
/// a line of the cache does: loads across two lines take twice as long.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(crate) struct GroupWeights(pub(crate) [i8; PANEL * GROUP]);

/// The sums of a tile, row by row.
pub(crate) type Sums = [[i32; PANEL]; TILE];

/// What computes the sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kernel {
    /// Plain Rust.
    Portable,
    /// AVX-512 with its instructions for neural networks.
    #[cfg(target_arch = "x86_64")]
    Vnni,
}

impl Kernel {
    /// The fastest one of this processor.
    pub(crate) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni") {
            return Self::Vnni;
        }
        Self::Portable
    }

    /// Sets `sums[row][output]` to the sum over inputs of `rows[row][input]`
    /// times the weight of input and output, for the first rows of a tile.
    ///
    /// `rows` holds as many rows as the tile has, at most [`TILE`], one after
    /// the other; `panel` holds the weights of each [`GROUP`] of inputs.
    ///
    /// # Panics
    ///
    /// If the lengths do not fit together.
    pub(crate) fn tile(self, panel: &[GroupWeights], rows: &[u8], sums: &mut Sums) {
        let n_inputs = panel.len() * GROUP;
        assert!(n_inputs > 0 && rows.len().is_multiple_of(n_inputs), "whole rows");
        assert!(rows.len() / n_inputs <= TILE, "as many rows as a tile has");
        match self {
            Self::Portable => Arch::new().dispatch(Portable { panel, rows, sums }),
            #[cfg(target_arch = "x86_64")]
            Self::Vnni => {
                assert!(is_x86_feature_detected!("avx512vnni"), "the processor has the kernel");
                // SAFETY: the processor has the features (avx512vnni includes
                // avx512f), and the asserts above are what `vnni` asks for.
                unsafe {
                    match rows.len() / n_inputs {
                        1 => vnni::<1>(panel, rows, sums),
                        2 => vnni::<2>(panel, rows, sums),
                        3 => vnni::<3>(panel, rows, sums),
                        4 => vnni::<4>(panel, rows, sums),
                        5 => vnni::<5>(panel, rows, sums),
                        6 => vnni::<6>(panel, rows, sums),
                        _ => {}
                    }
                }
            }
        }
    }
}

struct Portable<'p> {
    panel: &'p [GroupWeights],
    rows: &'p [u8],
    sums: &'p mut Sums,
}

impl NullaryFnOnce for Portable<'_> {
    type Output = ();

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
    fn call(self) {
        for (row, sums) in self.rows.chunks_exact(self.panel.len() * GROUP).zip(self.sums) {
            *sums = [0; PANEL];
            for (weights, values) in self.panel.iter().zip(row.chunks_exact(GROUP)) {
                for (sum, weights) in sums.iter_mut().zip(weights.0.chunks_exact(GROUP)) {
                    for (weight, value) in weights.iter().zip(values) {
                        *sum += i32::from(*weight) * i32::from(*value);
                    }
                }
            }
        }
    }
}

/// # Safety
///
/// `rows` has `ROWS` values for each input of `panel`.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vnni")]
unsafe fn vnni<const ROWS: usize>(panel: &[GroupWeights], rows: &[u8], sums: &mut Sums) {
    use std::arch::x86_64::{
        _mm512_dpbusd_epi32, _mm512_loadu_si512, _mm512_set1_epi32, _mm512_setzero_si512,
        _mm512_storeu_si512,
    };

    /// Outputs in one register.
    const LANES: usize = 16;
    const PARTS: usize = PANEL / LANES;

    let mut totals = [[_mm512_setzero_si512(); PARTS]; ROWS];
    for (group, all) in panel.iter().enumerate() {
        let mut weights = [_mm512_setzero_si512(); PARTS];
        for (weights, part) in weights.iter_mut().zip(all.0.chunks_exact(LANES * GROUP)) {
            // SAFETY: a part has the 64 bytes of a register.
            *weights = unsafe { _mm512_loadu_si512(part.as_ptr().cast()) };
        }
        for (row, totals) in totals.iter_mut().enumerate() {
            let at = (row * panel.len() + group) * GROUP;
            // SAFETY: `at` plus four bytes is at most `ROWS * panel.len() * GROUP`.
            let values = unsafe { rows.as_ptr().add(at).cast::<i32>().read_unaligned() };
            let values = _mm512_set1_epi32(values);
            for (total, weights) in totals.iter_mut().zip(weights) {
                *total = _mm512_dpbusd_epi32(*total, values, weights);
            }
        }
    }
    for (totals, sums) in totals.iter().zip(sums) {
        for (total, sums) in totals.iter().zip(sums.chunks_exact_mut(LANES)) {
            // SAFETY: a chunk has the 16 numbers of a register.
            unsafe { _mm512_storeu_si512(sums.as_mut_ptr().cast(), *total) };
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{GROUP, GroupWeights, Kernel, PANEL, TILE};

    #[test]
    fn sums_have_the_values_of_the_definition() {
        let mut weights = [0; PANEL * GROUP];
        // Output 1: 3 times input 0, less input 2; output 63: 127 times input 3.
        weights[GROUP] = 3;
        weights[GROUP + 2] = -1;
        weights[63 * GROUP + 3] = 127;
        let panel = [GroupWeights(weights)];
        let mut sums = [[9; PANEL]; TILE];
        Kernel::Portable.tile(&panel, &[10, 20, 30, 255, 1, 1, 1, 1], &mut sums);
        assert_eq!([sums[0][0], sums[0][1], sums[0][63]], [0, 0, 127 * 255]);
        assert_eq!([sums[1][1], sums[1][63], sums[2][0]], [2, 127, 9]);
    }

    #[test]
    #[should_panic(expected = "whole rows")]
    fn a_row_cut_short_is_refused() {
        let panel = [GroupWeights([0; PANEL * GROUP])];
        Kernel::detect().tile(&panel, &[0; 3], &mut [[0; PANEL]; TILE]);
    }

    proptest! {
        #[test]
        fn every_kernel_gives_the_same_numbers(
            n_groups in 1_usize..100, n_rows in 0_usize..=TILE, seed in any::<u32>(),
        ) {
            let mut state = seed;
            let mut byte = || {
                // A linear congruential generator (Numerical Recipes, 1992).
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_le_bytes()[3]
            };
            let mut group = || GroupWeights(std::array::from_fn(|_| byte().cast_signed()));
            let panel: Vec<GroupWeights> = (0..n_groups).map(|_| group()).collect();
            let rows: Vec<u8> = (0..n_rows * GROUP * n_groups).map(|_| byte()).collect();
            let mut expected = [[0; PANEL]; TILE];
            Kernel::Portable.tile(&panel, &rows, &mut expected);
            let mut got = [[0; PANEL]; TILE];
            Kernel::detect().tile(&panel, &rows, &mut got);
            prop_assert_eq!(got, expected);
        }
    }
}
