//! Attention within one sequence (Vaswani et al., 2017).

#![expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]

use crate::aligned::Aligned;
use crate::instruction_set::{InstructionSet, Task};
use crate::lanes::{LANES, Lanes};
use crate::relative::RelativeBias;
use crate::tile::{ROWS, Rows, Shape, add_floats};
use crate::vector::softmax;

/// The heads of an encoder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attention<'r> {
    pub(crate) n_heads: usize,
    pub(crate) hidden: usize,
    pub(crate) relative: Option<&'r RelativeBias>,
    pub(crate) set: InstructionSet,
}

/// Room for what is between projections and context.
#[derive(Debug, Default)]
pub(crate) struct AttentionRoom {
    /// Keys of a head, times the scale: `[values of a head, pieces]`.
    keys: Aligned,
    /// Values of a head: `[pieces, values of a head]`.
    values: Aligned,
    /// Of a few queries: `[queries, pieces]`.
    scores: Aligned,
    /// Of a few queries: `[queries, values of a head]`.
    mixtures: Aligned,
}

impl Attention<'_> {
    /// Writes each piece's mixture of values to `context`, `[pieces, hidden]`.
    ///
    /// `projected` holds query, key and value of each piece, `[pieces, 3 * hidden]`,
    /// `starts` where each sequence begins and the last one ends.
    pub(crate) fn apply(
        self,
        projected: &[f32],
        starts: &[usize],
        context: &mut [f32],
        room: &mut AttentionRoom,
    ) {
        self.set.run(Attend { attention: self, projected, starts, context, room });
    }
}

struct Attend<'a> {
    attention: Attention<'a>,
    projected: &'a [f32],
    starts: &'a [usize],
    context: &'a mut [f32],
    room: &'a mut AttentionRoom,
}

impl Task for Attend<'_> {
    type Output = ();

    #[inline(always)]
    fn run<K: Lanes>(self, lanes: K) {
        let Attention { n_heads, hidden, .. } = self.attention;
        for ends in self.starts.windows(2).filter(|ends| ends[0] < ends[1]) {
            let projected = &self.projected[ends[0] * 3 * hidden..ends[1] * 3 * hidden];
            let context = &mut self.context[ends[0] * hidden..ends[1] * hidden];
            for head in 0..n_heads {
                attend(lanes, self.attention, head, (projected, &mut *context), self.room);
            }
        }
    }
}

/// One head of one sequence.
#[inline(always)]
#[expect(clippy::cast_precision_loss, reason = "heads have fewer than 2^24 values")]
fn attend<K: Lanes>(
    lanes: K,
    attention: Attention<'_>,
    head: usize,
    (projected, context): (&[f32], &mut [f32]),
    room: &mut AttentionRoom,
) {
    let Attention { n_heads, hidden, relative, .. } = attention;
    let size = hidden / n_heads;
    let n_pieces = context.len() / hidden;
    let (n_keys, width) = (n_pieces.next_multiple_of(LANES), size.next_multiple_of(LANES));
    let keys = room.keys.first(size * n_keys);
    let values = room.values.first(n_pieces * width);
    let scores = room.scores.first(ROWS * n_keys);
    let mixtures = room.mixtures.first(ROWS * width);
    let scale = 1.0 / (size as f32).sqrt();
    for (piece, row) in projected.chunks_exact(3 * hidden).enumerate() {
        let key = &row[hidden + head * size..][..size];
        for idx in 0..size {
            keys[idx * n_keys + piece] = key[idx] * scale;
        }
        let value = &row[2 * hidden + head * size..][..size];
        scaled(value, 1.0, &mut values[piece * width..][..size]);
    }
    let queries = Rows { values: &projected[head * size..], stride: 3 * hidden };
    let keys = Rows { values: &*keys, stride: n_keys };
    let values = Rows { values: &*values, stride: width };
    for first in (0..n_pieces).step_by(ROWS) {
        let n_rows = ROWS.min(n_pieces - first);
        let shape = Shape { n_rows, depth: size, n_parts: n_keys / LANES, adds: false };
        add_floats(lanes, queries.from(first), keys, shape, (&mut *scores, n_keys));
        let mut scales = [0.0; ROWS];
        for (idx, scores) in scores.chunks_exact_mut(n_keys).take(n_rows).enumerate() {
            let bias = relative.map(|relative| relative.row(head, first + idx, n_pieces));
            scales[idx] = softmax(lanes, scores, n_pieces, bias);
        }
        let scores = Rows { values: &*scores, stride: n_keys };
        let shape = Shape { n_rows, depth: n_pieces, n_parts: width / LANES, adds: false };
        add_floats(lanes, scores, values, shape, (&mut *mixtures, width));
        for (idx, mixture) in mixtures.chunks_exact(width).take(n_rows).enumerate() {
            let context = &mut context[(first + idx) * hidden + head * size..][..size];
            scaled(mixture, scales[idx], context);
        }
    }
}

/// Copies the first values, times `scale`.
#[inline(always)]
fn scaled(from: &[f32], scale: f32, to: &mut [f32]) {
    let (from, from_rest) = from[..to.len()].as_chunks::<LANES>();
    let (to, to_rest) = to.as_chunks_mut::<LANES>();
    for idx in 0..to.len() {
        for lane in 0..LANES {
            to[idx][lane] = from[idx][lane] * scale;
        }
    }
    for idx in 0..to_rest.len() {
        to_rest[idx] = from_rest[idx] * scale;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Attention, AttentionRoom};
    use crate::instruction_set::InstructionSet;
    use crate::testing::noise;

    /// One sequence by the definition, in double precision.
    fn expected(projected: &[f32], n_heads: usize, hidden: usize) -> Vec<f64> {
        let (size, n) = (hidden / n_heads, projected.len() / (3 * hidden));
        let value = |piece: usize, part: usize, idx: usize| {
            f64::from(projected[piece * 3 * hidden + part * hidden + idx])
        };
        let mut context = vec![0.0; n * hidden];
        for (query, head) in (0..n).flat_map(|query| (0..n_heads).map(move |head| (query, head))) {
            let within = head * size..(head + 1) * size;
            let weight = |key: usize| {
                let score = |idx| value(query, 0, idx) * value(key, 1, idx);
                let sum: f64 = within.clone().map(score).sum();
                #[expect(clippy::cast_precision_loss, reason = "small numbers")]
                (sum / (size as f64).sqrt()).exp()
            };
            let weights: Vec<f64> = (0..n).map(weight).collect();
            for idx in within {
                let mixture = weights.iter().enumerate().map(|(key, by)| by * value(key, 2, idx));
                context[query * hidden + idx] = mixture.sum::<f64>() / weights.iter().sum::<f64>();
            }
        }
        context
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn a_sequence_is_near_the_definition_whatever_was_read_before(
            lengths in proptest::collection::vec(prop_oneof![0_usize..40, Just(130)], 1..4),
            n_heads in 1_usize..4,
            size in prop_oneof![1_usize..20, Just(32), Just(64)],
        ) {
            let hidden = n_heads * size;
            let mut starts = vec![0];
            starts.extend(lengths.iter().scan(0, |sum, length| {
                *sum += length;
                Some(*sum)
            }));
            let n_pieces = starts[starts.len() - 1];
            let projected: Vec<f32> = (0..n_pieces * 3 * hidden).map(noise).collect();
            for set in InstructionSet::available() {
                let attention = Attention { n_heads, hidden, relative: None, set };
                let mut context = vec![0.0; n_pieces * hidden];
                let mut room = AttentionRoom::default();
                attention.apply(&projected, &starts, &mut context, &mut room);
                for ends in starts.windows(2) {
                    let projected = &projected[ends[0] * 3 * hidden..ends[1] * 3 * hidden];
                    let got = &context[ends[0] * hidden..ends[1] * hidden];
                    for (got, expected) in got.iter().zip(expected(projected, n_heads, hidden)) {
                        prop_assert!((f64::from(*got) - expected).abs() < 1e-4, "{set}");
                    }
                }
            }
        }
    }
}
