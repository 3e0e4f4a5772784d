//! Products of a few rows with a few columns, summed in registers.

#![expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
#![expect(clippy::needless_range_loop, reason = "iterators over vectors are not always inlined")]

use std::ops::Range;

use crate::lanes::{
    ByteInputs, LANES, Lanes, Matrices as _, PANEL, PARTS, Rows, SIDE, WeightBlock,
};

/// Writes to `sums[row][column]` the sum of the products of bytes of row and
/// column, or adds it to what is there.
///
/// `rows` are at most `BYTE_ROWS`, the first one a multiple of that; `panel` is
/// what the blocks of inputs from `first_step` on are multiplied with. Where there
/// are sums of more rows, these may be lost: whole blocks are multiplied.
///
/// # Panics
///
/// If there are fewer rows or inputs.
#[inline(always)]
pub(crate) fn add_bytes<K: Lanes>(
    lanes: K,
    inputs: ByteInputs<'_>,
    panel: &[WeightBlock],
    (rows, first_step): (Range<usize>, usize),
    sums: &mut [[i32; PANEL]],
) {
    if let Some(matrices) = lanes.matrices() {
        let steps = first_step..first_step + panel.len();
        let sums = sums.first_chunk_mut().expect("sums of all rows of a block");
        matrices.add_blocks(inputs.steps(rows.start, steps), panel, first_step > 0, sums);
        return;
    }
    let product = InVectors { inputs, panel, first_step };
    if K::IS_WIDE {
        match rows.len() {
            6 => product.add::<K, 6, 4>(lanes, (rows.start, 0), sums),
            5 => product.add::<K, 5, 4>(lanes, (rows.start, 0), sums),
            4 => product.add::<K, 4, 4>(lanes, (rows.start, 0), sums),
            3 => product.add::<K, 3, 4>(lanes, (rows.start, 0), sums),
            2 => product.add::<K, 2, 4>(lanes, (rows.start, 0), sums),
            1 => product.add::<K, 1, 4>(lanes, (rows.start, 0), sums),
            n_rows => debug_assert_eq!(n_rows, 0, "a tile has six rows"),
        }
        return;
    }
    let (first, mut rows) = (rows.start, rows);
    while !rows.is_empty() {
        let sums = &mut sums[rows.start - first..];
        for part in 0..PARTS {
            if rows.len() > 1 {
                product.add::<K, 2, 1>(lanes, (rows.start, part), sums);
            } else {
                product.add::<K, 1, 1>(lanes, (rows.start, part), sums);
            }
        }
        rows.start = rows.end.min(rows.start + 2);
    }
}

/// A product of bytes in vectors.
#[derive(Clone, Copy)]
struct InVectors<'v> {
    inputs: ByteInputs<'v>,
    panel: &'v [WeightBlock],
    first_step: usize,
}

impl InVectors<'_> {
    /// Of `N` rows and `M` vectors of the panel, from the first ones on.
    #[inline(always)]
    fn add<K: Lanes, const N: usize, const M: usize>(
        self,
        lanes: K,
        (first_row, first_part): (usize, usize),
        sums: &mut [[i32; PANEL]],
    ) {
        let mut totals = [[lanes.no_sums(); M]; N];
        for step in 0..self.panel.len() {
            let blocks = &self.panel[step];
            let mut rows = [self.inputs.step(first_row, self.first_step + step); N];
            for row in 1..N {
                rows[row] = self.inputs.step(first_row + row, self.first_step + step);
            }
            for group in 0..SIDE {
                let mut weights = [lanes.weights(&blocks[group][first_part]); M];
                for part in 1..M {
                    weights[part] = lanes.weights(&blocks[group][first_part + part]);
                }
                for row in 0..N {
                    let (groups, _) = rows[row].as_chunks();
                    let inputs = lanes.inputs(groups[group]);
                    for part in 0..M {
                        totals[row][part] =
                            lanes.add_products(totals[row][part], inputs, weights[part]);
                    }
                }
            }
        }
        for row in 0..N {
            let (parts, _) = sums[row].as_chunks_mut::<LANES>();
            for part in 0..M {
                let totals = lanes.totals(totals[row][part]);
                let sums = &mut parts[first_part + part];
                for lane in 0..LANES {
                    let before = if self.first_step > 0 { sums[lane] } else { 0 };
                    sums[lane] = before + totals[lane];
                }
            }
        }
    }
}

/// What a product of floats is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Rows of the left factor, at most [`crate::lanes::ROWS`].
    pub(crate) n_rows: usize,
    /// Columns of the left factor and rows of the right one, one at least.
    pub(crate) depth: usize,
    /// Vectors of a row of the right factor.
    pub(crate) n_parts: usize,
    /// Whether the product is added to what was there, or replaces it.
    pub(crate) adds: bool,
}

/// Writes `left * right` to rows that stand `stride` values apart, the products
/// of a sum one after the other, so that a product may be cut between two calls.
///
/// # Panics
///
/// If a row does not lie within its slice.
#[inline(always)]
pub(crate) fn add_floats<K: Lanes>(
    lanes: K,
    left: Rows<'_, f32>,
    right: Rows<'_, f32>,
    shape: Shape,
    (sums, stride): (&mut [f32], usize),
) {
    let mut first = 0;
    while first < shape.n_parts {
        let right = Rows { values: &right.values[first * LANES..], stride: right.stride };
        let sums = (&mut sums[first * LANES..], stride);
        if K::IS_WIDE && first + 4 <= shape.n_parts {
            float_rows::<K, 4>(lanes, left, right, shape, sums);
            first += 4;
        } else if K::IS_WIDE && first + 2 <= shape.n_parts {
            float_rows::<K, 2>(lanes, left, right, shape, sums);
            first += 2;
        } else {
            float_rows::<K, 1>(lanes, left, right, shape, sums);
            first += 1;
        }
    }
}

#[inline(always)]
fn float_rows<K: Lanes, const M: usize>(
    lanes: K,
    left: Rows<'_, f32>,
    right: Rows<'_, f32>,
    shape: Shape,
    sums: (&mut [f32], usize),
) {
    match shape.n_rows {
        6 => floats::<K, 6, M>(lanes, left, right, shape, sums),
        5 => floats::<K, 5, M>(lanes, left, right, shape, sums),
        4 => floats::<K, 4, M>(lanes, left, right, shape, sums),
        3 => floats::<K, 3, M>(lanes, left, right, shape, sums),
        2 => floats::<K, 2, M>(lanes, left, right, shape, sums),
        1 => floats::<K, 1, M>(lanes, left, right, shape, sums),
        n_rows => debug_assert_eq!(n_rows, 0, "a tile has six rows"),
    }
}

#[inline(always)]
fn floats<K: Lanes, const N: usize, const M: usize>(
    lanes: K,
    left: Rows<'_, f32>,
    right: Rows<'_, f32>,
    Shape { depth, adds, .. }: Shape,
    (sums, stride): (&mut [f32], usize),
) {
    let mut rows = [&left.values[..depth]; N];
    let mut totals = [[lanes.floats(&[0.0; LANES]); M]; N];
    for row in 0..N {
        rows[row] = &left.values[row * left.stride..][..depth];
        if adds {
            let (parts, _) = sums[row * stride..].as_chunks::<LANES>();
            for part in 0..M {
                totals[row][part] = lanes.floats(&parts[part]);
            }
        }
    }
    for idx in 0..depth {
        let (parts, _) = right.values[idx * right.stride..].as_chunks::<LANES>();
        let parts = &parts[..M];
        let mut weights = [lanes.floats(&parts[0]); M];
        for part in 1..M {
            weights[part] = lanes.floats(&parts[part]);
        }
        for row in 0..N {
            for part in 0..M {
                totals[row][part] =
                    lanes.add_product(totals[row][part], rows[row][idx], weights[part]);
            }
        }
    }
    for row in 0..N {
        let (parts, _) = sums[row * stride..].as_chunks_mut::<LANES>();
        for part in 0..M {
            lanes.store(totals[row][part], &mut parts[part]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Shape, add_bytes, add_floats};
    use crate::instruction_set::{InstructionSet, Task};
    use crate::lanes::{
        ByteBlock, ByteInputs, GROUP, InputBlock, LANES, Lanes, Matrices as _, PANEL, PARTS, ROWS,
        Rows, SIDE, STEP, WeightBlock,
    };
    use crate::testing::{Bytes, noise};

    /// Adds all rows to sums of 9, the steps up to `cut` first.
    struct AddBytes<'v> {
        inputs: ByteInputs<'v>,
        panel: &'v [WeightBlock],
        n_rows: usize,
        cut: usize,
    }

    impl Task for AddBytes<'_> {
        type Output = Vec<[i32; PANEL]>;

        fn run<K: Lanes>(self, lanes: K) -> Self::Output {
            let mut sums = vec![[9; PANEL]; self.n_rows + SIDE];
            for start in (0..self.n_rows).step_by(K::Matrices::BYTE_ROWS) {
                let rows = start..self.n_rows.min(start + K::Matrices::BYTE_ROWS);
                let sums = &mut sums[start..];
                let (first, second) = self.panel.split_at(self.cut);
                add_bytes(lanes, self.inputs, first, (rows.clone(), 0), sums);
                add_bytes(lanes, self.inputs, second, (rows, self.cut), sums);
            }
            sums.truncate(self.n_rows);
            sums
        }
    }

    struct AddFloats<'v> {
        left: Rows<'v, f32>,
        right: Rows<'v, f32>,
        shape: Shape,
    }

    impl Task for AddFloats<'_> {
        type Output = [[f32; PANEL]; ROWS];

        fn run<K: Lanes>(self, lanes: K) -> Self::Output {
            let mut sums = [[0.5; PANEL]; ROWS];
            add_floats(lanes, self.left, self.right, self.shape, (sums.as_flattened_mut(), PANEL));
            sums
        }
    }

    #[test]
    fn sums_of_bytes_have_the_values_of_the_definition() {
        let mut panel = [[[ByteBlock([0; LANES * GROUP]); PARTS]; SIDE]];
        // Column 1: 3 times input 0, less input 6; column 63: 127 times input 7.
        panel[0][0][0].0[GROUP] = 3;
        panel[0][1][0].0[GROUP + 2] = -1;
        panel[0][1][3].0[15 * GROUP + 3] = 127;
        let mut block = InputBlock([[0; STEP]; SIDE]);
        (block.0[0][0], block.0[0][6], block.0[0][7]) = (10, 20, 255);
        block.0[1] = [1; STEP];
        let inputs = ByteInputs { blocks: &[block], n_steps: 1 };
        for set in InstructionSet::available() {
            let sums = set.run(AddBytes { inputs, panel: &panel, n_rows: 2, cut: 1 });
            assert_eq!([sums[0][0], sums[0][1], sums[0][63]], [0, 10, 127 * 255], "{set}");
            assert_eq!([sums[1][1], sums[1][63]], [2, 127], "{set}");
        }
    }

    #[test]
    fn inputs_cut_short_are_refused_and_the_next_product_is_right() {
        let panel = [[[ByteBlock([0; LANES * GROUP]); PARTS]; SIDE]; 2];
        let inputs = ByteInputs { blocks: &[InputBlock([[0; STEP]; SIDE])], n_steps: 2 };
        for set in InstructionSet::available() {
            let add = |n_steps| {
                set.run(AddBytes { inputs, panel: &panel[..n_steps], n_rows: 2, cut: n_steps })
            };
            assert!(std::panic::catch_unwind(|| add(2)).is_err(), "{set}");
            assert_eq!(add(1), [[0; PANEL]; 2], "{set}");
        }
    }

    proptest! {
        #[test]
        fn every_instruction_set_sums_bytes_alike(
            n_steps in 1_usize..8, n_rows in 0..3 * SIDE, cut in 0_usize..8, seed in any::<u32>(),
        ) {
            let cut = cut % n_steps + 1;
            let mut bytes = Bytes(seed);
            let mut block = || ByteBlock(std::array::from_fn(|_| bytes.draw().cast_signed()));
            let mut groups = || std::array::from_fn(|_| std::array::from_fn(|_| block()));
            let panel: Vec<WeightBlock> = (0..n_steps).map(|_| groups()).collect();
            let draw = |_| InputBlock([[(); STEP]; SIDE].map(|row| row.map(|()| bytes.draw())));
            let blocks: Vec<_> = (0..n_rows.div_ceil(SIDE) * n_steps).map(draw).collect();
            let inputs = ByteInputs { blocks: &blocks, n_steps };
            let mut expected = vec![[0; PANEL]; n_rows];
            for (row, sums) in expected.iter_mut().enumerate() {
                for (column, sum) in sums.iter_mut().enumerate() {
                    for (step, blocks) in panel.iter().enumerate() {
                        for (inputs, blocks) in inputs.step(row, step).chunks(GROUP).zip(blocks) {
                            let weights = &blocks[column / LANES].0[column % LANES * GROUP..];
                            *sum += inputs.iter().zip(weights).map(|(x, w)| i32::from(*x) * i32::from(*w)).sum::<i32>();
                        }
                    }
                }
            }
            for set in InstructionSet::available() {
                let sums = set.run(AddBytes { inputs, panel: &panel, n_rows, cut });
                prop_assert_eq!(&sums, &expected, "{}", set);
            }
        }

        #[test]
        fn every_instruction_set_sums_floats_alike(
            depth in 1_usize..100, n_rows in 0..=ROWS, n_parts in 0..=PARTS, adds in any::<bool>(),
        ) {
            let left: Vec<f32> = (0..ROWS * depth).map(noise).collect();
            let right: Vec<f32> = (0..depth * PANEL).map(|idx| noise(idx + 5)).collect();
            let task = || AddFloats {
                left: Rows { values: &left, stride: depth },
                right: Rows { values: &right, stride: PANEL },
                shape: Shape { n_rows, depth, n_parts, adds },
            };
            let highest = InstructionSet::detect().run(task());
            for set in InstructionSet::available() {
                let sums = set.run(task());
                for (row, sums) in sums.iter().enumerate() {
                    for (column, got) in sums.iter().enumerate() {
                        let is_set = row < n_rows && column < n_parts * LANES;
                        let products = (0..depth).filter(|_| is_set).map(|idx| {
                            f64::from(left[row * depth + idx]) * f64::from(right[idx * PANEL + column])
                        });
                        let start = if is_set && !adds { 0.0 } else { 0.5 };
                        let expected = start + products.sum::<f64>();
                        prop_assert!((f64::from(*got) - expected).abs() < 1e-4, "{}", set);
                    }
                }
                prop_assert_eq!(sums, highest, "{}", set);
            }
        }
    }
}
