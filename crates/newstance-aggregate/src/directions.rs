//! What the dot product of two vectors cannot exceed, told by a few of their bytes.
//!
//! Most of what the vectors of an archive are lies along a few directions, their
//! principal ones. A vector is told by its part along the first of these and by
//! the length of the rest, then by its part along more of them and a shorter
//! rest; the rests of two vectors add at most the product of their lengths
//! (Cauchy-Schwarz).

use nalgebra::{DMatrix, SymmetricEigen};
use newstance_model::dot;

/// Numbers of a step: the parts along so many directions but one, and the rest.
/// They fill two cache lines.
const STEP: usize = 64;

const N_DIRECTIONS: usize = STEP - 1;

/// Steps before two vectors are multiplied in full.
const N_STEPS: usize = 2;

/// How many vectors the directions are found from at the most.
const SAMPLE: usize = 4096;

/// What rests are taken to be longer by: a share of the square of the vector's
/// length. It must exceed what rounding to [`ONE`] parts does to a product.
const SLACK: f32 = 1e-3;

/// The length of a vector, in the unit of its parts. No sum of products of parts
/// then leaves 32 bits, in whatever order they are added.
const ONE: f32 = 30_000.0;

const MAX_ITERATIONS: usize = 10_000;

/// Directions at right angles to one another, of length 1. They change what is
/// multiplied in full, and no result.
#[derive(Debug)]
pub(crate) struct Directions {
    /// One after the other, from the first.
    rows: Vec<f32>,
    dimension: usize,
}

/// A vector as its [`Directions`] tell it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outline {
    length: f32,
    steps: [Step; N_STEPS],
}

/// Parts of a vector along a step's directions, then at least the length of what
/// these and the steps before leave of it; where the vector were [`ONE`] long.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Step([i16; STEP]);

/// Outlines one after the other, the first steps of all together.
#[derive(Debug, Default)]
pub(crate) struct Outlines {
    steps: [Vec<Step>; N_STEPS],
    /// The length of the longest vector.
    longest: f32,
}

impl Directions {
    /// The principal directions of vectors of that dimension, which stand one
    /// after the other: those of a sample, around the origin.
    #[expect(clippy::cast_possible_truncation, reason = "the slack is far larger")]
    pub(crate) fn of(vectors: &[f32], dimension: usize) -> Self {
        let n_vectors = vectors.len() / dimension.max(1);
        let all = vectors.chunks_exact(dimension.max(1)).step_by(n_vectors.div_ceil(SAMPLE).max(1));
        let finite: Vec<&[f32]> =
            all.filter(|vector| vector.iter().all(|value| value.is_finite())).collect();
        let values = finite.iter().flat_map(|vector| vector.iter().map(|value| f64::from(*value)));
        let sample = DMatrix::from_row_iterator(finite.len(), dimension, values);
        let products = sample.tr_mul(&sample);
        let eigen = || SymmetricEigen::try_new(products, f64::EPSILON, MAX_ITERATIONS);
        let mut rows = Vec::new();
        // Nothing has no directions.
        if let Some(eigen) = (dimension > 0).then(eigen).flatten() {
            let mut order: Vec<usize> = (0..eigen.eigenvalues.len()).collect();
            order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
            for direction in order.into_iter().take(N_STEPS * N_DIRECTIONS) {
                rows.extend(eigen.eigenvectors.column(direction).iter().map(|part| *part as f32));
            }
        }
        Self { rows, dimension }
    }

    /// The outline of a vector.
    #[expect(clippy::cast_possible_truncation, reason = "no part is longer than the whole")]
    pub(crate) fn outline(&self, vector: &[f32]) -> Outline {
        let square = dot(vector, vector);
        let length = square.sqrt();
        if square == 0.0 && vector.iter().all(|value| *value == 0.0) {
            return Outline { length, ..Outline::UNKNOWN };
        }
        if !square.is_normal() {
            return Outline::UNKNOWN;
        }
        let mut outline = Outline { length, ..Outline::UNKNOWN };
        let mut of_rest = 1.0;
        let mut rows = self.rows.chunks_exact(self.dimension.max(1));
        for Step([along @ .., rest]) in &mut outline.steps {
            for (along, row) in along.iter_mut().zip(&mut rows) {
                let part = dot(row, vector) / length;
                *along = (part * ONE).round() as i16;
                of_rest -= part * part;
            }
            *rest = ((of_rest.max(0.0) + SLACK).sqrt() * ONE).ceil() as i16;
        }
        outline
    }
}

impl Outline {
    /// The outline of what is no vector: it excludes nothing.
    pub(crate) const UNKNOWN: Self =
        Self { length: f32::INFINITY, steps: [Step([0; STEP]); N_STEPS] };
}

impl Step {
    /// The product along its directions and the most that the rests add.
    #[inline]
    fn product(&self, other: &Self) -> i32 {
        (0..STEP).map(|at| i32::from(self.0[at]) * i32::from(other.0[at])).sum()
    }

    /// The most that the rests add.
    #[inline]
    fn of_rests(&self, other: &Self) -> i32 {
        i32::from(self.0[N_DIRECTIONS]) * i32::from(other.0[N_DIRECTIONS])
    }
}

impl Outlines {
    pub(crate) fn push(&mut self, outline: &Outline) {
        self.longest = self.longest.max(outline.length);
        for (all, step) in self.steps.iter_mut().zip(&outline.steps) {
            all.push(*step);
        }
    }

    /// True where the dot product of a vector and that of the outline at `idx`
    /// is below `least`, which is above 0, for certain.
    #[expect(clippy::cast_precision_loss, reason = "the slack is a thousand times larger")]
    #[inline]
    pub(crate) fn exclude(&self, idx: usize, outline: &Outline, least: f32) -> bool {
        let lengths = self.longest * outline.length / (ONE * ONE);
        let mut along = 0;
        self.steps.iter().zip(&outline.steps).any(|(all, step)| {
            let other = &all[idx];
            let most = along + step.product(other);
            along = most - step.of_rests(other);
            (most as f32) * lengths < least
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use newstance_model::dot;

    use super::{Directions, N_DIRECTIONS, N_STEPS, Outline, Outlines};

    /// Vectors of 1 to 150 numbers each, one after the other: of a few
    /// directions, with something of each number's own, of many lengths.
    fn vectors() -> impl Strategy<Value = (Vec<f32>, usize)> {
        (1..150_usize, 0..40_usize, 0.0..1.0_f32).prop_flat_map(|(dimension, n, own)| {
            let bases = vec(vec(-1.0..1.0_f32, dimension), 3);
            let each = (vec(-1.0..1.0_f32, 3), vec(-1.0..1.0_f32, dimension), -20..20_i32);
            (bases, vec(each, n)).prop_map(move |(bases, each)| {
                let value = |at: usize, parts: &[f32], noise: &[f32]| {
                    let common = bases.iter().zip(parts).map(|(base, part)| base[at] * part);
                    common.sum::<f32>() + own * noise[at]
                };
                let all = each.iter().flat_map(|(parts, noise, scale)| {
                    (0..dimension).map(move |at| value(at, parts, noise) * 2.0_f32.powi(*scale))
                });
                (all.collect(), dimension)
            })
        })
    }

    fn outlines(vectors: &[f32], dimension: usize) -> (Vec<Outline>, Outlines) {
        let directions = Directions::of(vectors, dimension);
        let each = vectors.chunks(dimension).map(|vector| directions.outline(vector));
        let each: Vec<Outline> = each.collect();
        let mut all = Outlines::default();
        for outline in &each {
            all.push(outline);
        }
        (each, all)
    }

    proptest! {
        #[test]
        fn what_is_reached_is_not_excluded((vectors, dimension) in vectors()) {
            let (each, all) = outlines(&vectors, dimension);
            for (idx, a) in vectors.chunks(dimension).enumerate() {
                for (b, outline) in vectors.chunks(dimension).zip(&each) {
                    let product = dot(a, b);
                    prop_assert!(product <= 0.0 || !all.exclude(idx, outline, product));
                }
            }
        }
    }

    #[test]
    fn what_lies_along_the_directions_is_excluded_by_little() {
        let dimension = 2 * N_DIRECTIONS * N_STEPS;
        let axis = |at| (0..dimension).map(move |idx| if idx == at { 2.0 } else { 0.0_f32 });
        let vectors: Vec<f32> = (0..N_DIRECTIONS * N_STEPS).flat_map(axis).collect();
        let (each, all) = outlines(&vectors, dimension);
        for idx in [1, N_DIRECTIONS, each.len() - 1] {
            assert!(all.exclude(idx, &each[0], 0.01));
            assert!(all.exclude(idx, &each[idx], 4.01) && !all.exclude(idx, &each[idx], 4.0));
        }
    }

    #[test]
    fn what_is_no_number_excludes_nothing() {
        let (each, all) = outlines(&[1.0, 0.0, f32::NAN, 0.0, f32::INFINITY, 1.0, 0.0, 0.0], 2);
        for idx in 0..each.len() {
            assert!(!all.exclude(idx, &each[0], f32::MAX) && !all.exclude(0, &each[idx], f32::MAX));
        }
    }
}
