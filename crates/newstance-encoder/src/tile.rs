//! Products of a few rows with a few columns, summed in registers.

#![expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
#![expect(clippy::needless_range_loop, reason = "iterators over vectors are not always inlined")]

use crate::lanes::{ByteBlock, GROUP, LANES, Lanes};

/// Vectors of a panel.
pub(crate) const PARTS: usize = 4;
/// Columns that are summed together, where registers hold them.
pub(crate) const PANEL: usize = PARTS * LANES;
/// Rows that are summed together: with [`PANEL`], as many sums as fit in registers.
pub(crate) const ROWS: usize = 6;

/// The numbers of a tile, row by row.
pub(crate) type Tile<T> = [[T; PANEL]; ROWS];

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

/// Writes to `sums[row][column]` the sum of the products of bytes of row and
/// column, or adds it to what is there.
///
/// `left` has `n_rows` rows (at most [`ROWS`]) of as many groups as `panel`, one at least.
///
/// # Panics
///
/// If a row does not lie within its slice.
#[inline(always)]
pub(crate) fn add_bytes<K: Lanes>(
    lanes: K,
    left: Rows<'_, [u8; GROUP]>,
    panel: &[[ByteBlock; PARTS]],
    (n_rows, adds): (usize, bool),
    sums: &mut Tile<i32>,
) {
    if K::IS_WIDE {
        match n_rows {
            6 => bytes::<K, 6, 4>(lanes, left, panel, (0, adds), sums),
            5 => bytes::<K, 5, 4>(lanes, left, panel, (0, adds), sums),
            4 => bytes::<K, 4, 4>(lanes, left, panel, (0, adds), sums),
            3 => bytes::<K, 3, 4>(lanes, left, panel, (0, adds), sums),
            2 => bytes::<K, 2, 4>(lanes, left, panel, (0, adds), sums),
            1 => bytes::<K, 1, 4>(lanes, left, panel, (0, adds), sums),
            _ => debug_assert_eq!(n_rows, 0, "a tile has six rows"),
        }
        return;
    }
    for part in 0..PARTS {
        let mut row = 0;
        while row + 2 <= n_rows {
            bytes::<K, 2, 1>(lanes, left.from(row), panel, (part, adds), &mut sums[row..]);
            row += 2;
        }
        if row < n_rows {
            bytes::<K, 1, 1>(lanes, left.from(row), panel, (part, adds), &mut sums[row..]);
        }
    }
}

#[inline(always)]
fn bytes<K: Lanes, const N: usize, const M: usize>(
    lanes: K,
    left: Rows<'_, [u8; GROUP]>,
    panel: &[[ByteBlock; PARTS]],
    (first, adds): (usize, bool),
    sums: &mut [[i32; PANEL]],
) {
    let mut rows = [&left.values[..panel.len()]; N];
    for row in 0..N {
        rows[row] = &left.values[row * left.stride..][..panel.len()];
    }
    let mut totals = [[lanes.no_sums(); M]; N];
    for group in 0..panel.len() {
        let mut weights = [lanes.weights(&panel[group][first]); M];
        for part in 1..M {
            weights[part] = lanes.weights(&panel[group][first + part]);
        }
        for row in 0..N {
            let inputs = lanes.inputs(rows[row][group]);
            for part in 0..M {
                totals[row][part] = lanes.add_products(totals[row][part], inputs, weights[part]);
            }
        }
    }
    for row in 0..N {
        let (parts, _) = sums[row].as_chunks_mut::<LANES>();
        for part in 0..M {
            let totals = lanes.totals(totals[row][part]);
            let sums = &mut parts[first + part];
            for lane in 0..LANES {
                sums[lane] = if adds { sums[lane] + totals[lane] } else { totals[lane] };
            }
        }
    }
}

/// What a product of floats is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Rows of the left factor, at most [`ROWS`].
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

    use super::{PANEL, PARTS, ROWS, Rows, Shape, Tile, add_bytes, add_floats};
    use crate::instruction_set::{InstructionSet, Task};
    use crate::lanes::{ByteBlock, GROUP, LANES, Lanes};
    use crate::testing::{Bytes, noise};

    struct AddBytes<'v> {
        left: Rows<'v, [u8; GROUP]>,
        panel: &'v [[ByteBlock; PARTS]],
        n_rows: usize,
    }

    impl Task for AddBytes<'_> {
        type Output = Tile<i32>;

        fn run<K: Lanes>(self, lanes: K) -> Self::Output {
            let mut sums = [[9; PANEL]; ROWS];
            add_bytes(lanes, self.left, self.panel, (self.n_rows, true), &mut sums);
            sums
        }
    }

    struct AddFloats<'v> {
        left: Rows<'v, f32>,
        right: Rows<'v, f32>,
        shape: Shape,
    }

    impl Task for AddFloats<'_> {
        type Output = Tile<f32>;

        fn run<K: Lanes>(self, lanes: K) -> Self::Output {
            let mut sums = [[0.5; PANEL]; ROWS];
            add_floats(lanes, self.left, self.right, self.shape, (sums.as_flattened_mut(), PANEL));
            sums
        }
    }

    #[test]
    fn sums_of_bytes_have_the_values_of_the_definition() {
        let mut panel = [[ByteBlock([0; LANES * GROUP]); PARTS]];
        // Column 1: 3 times input 0, less input 2; column 63: 127 times input 3.
        panel[0][0].0[GROUP] = 3;
        panel[0][0].0[GROUP + 2] = -1;
        panel[0][3].0[15 * GROUP + 3] = 127;
        let left = Rows { values: &[[10, 20, 30, 255], [1; 4]], stride: 1 };
        for set in InstructionSet::available() {
            let sums = set.run(AddBytes { left, panel: &panel, n_rows: 2 });
            assert_eq!([sums[0][0], sums[0][1], sums[0][63]], [9, 9, 9 + 127 * 255], "{set}");
            assert_eq!([sums[1][1], sums[1][63], sums[2][1]], [11, 136, 9], "{set}");
        }
    }

    #[test]
    #[should_panic(expected = "range end index")]
    fn a_row_cut_short_is_refused() {
        let panel = [[ByteBlock([0; LANES * GROUP]); PARTS]; 2];
        let left = Rows { values: &[[0; 4]; 3], stride: 2 };
        InstructionSet::detect().run(AddBytes { left, panel: &panel, n_rows: 2 });
    }

    proptest! {
        #[test]
        fn every_instruction_set_sums_bytes_alike(
            n_groups in 1_usize..100, n_rows in 0..=ROWS, gap in 0_usize..3, seed in any::<u32>(),
        ) {
            let mut bytes = Bytes(seed);
            let mut block = || ByteBlock(std::array::from_fn(|_| bytes.draw().cast_signed()));
            let panel: Vec<_> = (0..n_groups).map(|_| std::array::from_fn(|_| block())).collect();
            let stride = n_groups + gap;
            let values: Vec<_> = (0..ROWS * stride).map(|_| [(); 4].map(|()| bytes.draw())).collect();
            let left = Rows { values: &values, stride };
            let mut expected = [[9; PANEL]; ROWS];
            for (row, sums) in expected.iter_mut().enumerate().take(n_rows) {
                for (column, sum) in sums.iter_mut().enumerate() {
                    for (group, blocks) in panel.iter().enumerate() {
                        let weights = &blocks[column / LANES].0[column % LANES * GROUP..];
                        let inputs = values[row * stride + group];
                        *sum += inputs.iter().zip(weights).map(|(x, w)| i32::from(*x) * i32::from(*w)).sum::<i32>();
                    }
                }
            }
            for set in InstructionSet::available() {
                let sums = set.run(AddBytes { left, panel: &panel, n_rows });
                prop_assert_eq!(sums, expected, "{}", set);
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
