//! Matrix products.

#![expect(
    unsafe_code,
    reason = "the gemm crate takes pointers; this file is the only one that calls it"
)]

/// A matrix in a slice: element `(i, j)` is at `i * row + j * column`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strided<'v> {
    pub(crate) values: &'v [f32],
    pub(crate) row: usize,
    pub(crate) column: usize,
}

/// What a product is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Rows of the left factor and of the result.
    pub(crate) m: usize,
    /// Columns of the right factor and of the result.
    pub(crate) n: usize,
    /// Columns of the left factor, rows of the right one.
    pub(crate) k: usize,
}

/// What becomes of what the result held before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Onto {
    /// It is replaced by the product times this.
    Replace(f32),
    /// The product is added to it.
    Add,
}

/// Writes `left * right` to `result`, whose element `(i, j)` is at `i + j * column`.
///
/// # Panics
///
/// If a matrix does not lie within its slice.
pub(crate) fn product(
    (result, column): (&mut [f32], usize),
    left: Strided<'_>,
    right: Strided<'_>,
    Shape { m, n, k }: Shape,
    onto: Onto,
) {
    if m == 0 || n == 0 || k == 0 {
        return;
    }
    assert!(column >= m && fits(result.len(), (m, 1), (n, column)), "result");
    assert!(fits(left.values.len(), (m, left.row), (k, left.column)), "left factor");
    assert!(fits(right.values.len(), (k, right.row), (n, right.column)), "right factor");
    let (add, scale) = match onto {
        Onto::Replace(scale) => (false, scale),
        Onto::Add => (true, 1.0),
    };
    let stride = |stride: usize| isize::try_from(stride).expect("a slice is no longer than isize");
    // SAFETY: the assertions above hold every element that gemm may touch inside
    // its slice; `result` is borrowed alone, and `column >= m` keeps its elements apart.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            result.as_mut_ptr(),
            stride(column),
            1,
            add,
            left.values.as_ptr(),
            stride(left.column),
            stride(left.row),
            right.values.as_ptr(),
            stride(right.column),
            stride(right.row),
            1.0,
            scale,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

/// True where a matrix of `count`s and `stride`s ends within `length`.
fn fits(length: usize, rows: (usize, usize), columns: (usize, usize)) -> bool {
    let last = |(count, stride): (usize, usize)| (count - 1).checked_mul(stride);
    let end = last(rows).zip(last(columns)).and_then(|(row, column)| row.checked_add(column));
    end.is_some_and(|end| end < length)
}

#[cfg(test)]
mod tests {
    use super::{Onto, Shape, Strided, product};

    #[test]
    #[expect(clippy::float_cmp, reason = "small whole numbers are exact")]
    fn a_product_has_the_values_of_the_definition() {
        let left = Strided { values: &[1.0, 2.0, 3.0, 4.0], row: 2, column: 1 };
        let right = Strided { values: &[5.0, 6.0, 7.0, 8.0], row: 2, column: 1 };
        let mut result = [100.0; 4];
        product((&mut result, 2), left, right, Shape { m: 2, n: 2, k: 2 }, Onto::Replace(1.0));
        // Column by column.
        assert_eq!(result, [19.0, 43.0, 22.0, 50.0]);
        product((&mut result, 2), left, right, Shape { m: 2, n: 2, k: 2 }, Onto::Add);
        assert_eq!(result, [38.0, 86.0, 44.0, 100.0]);
    }

    #[test]
    #[should_panic(expected = "left factor")]
    fn a_factor_outside_of_its_slice_is_refused() {
        let short = Strided { values: &[1.0; 3], row: 2, column: 1 };
        let shape = Shape { m: 2, n: 2, k: 2 };
        product((&mut [0.0; 4], 2), short, short, shape, Onto::Add);
    }
}
