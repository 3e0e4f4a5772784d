//! Attention within one sequence (Vaswani et al., 2017).

#![expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]
#![expect(clippy::needless_range_loop, reason = "iterators over vectors are not always inlined")]

use std::ops::Range;

use newstance_model::Extent;

use crate::aligned::Aligned;
use crate::group::Group;
use crate::instruction_set::{InstructionSet, Task};
use crate::lanes::{LANES, Lanes, ROWS, Rows};
use crate::relative::RelativeBias;
use crate::tile::{Shape, add_floats};
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
    /// What a query adds to each key, where positions count: `[pieces]`.
    bias: Aligned,
}

impl Attention<'_> {
    /// Writes each piece's mixture of values to `context`, `[pieces, hidden]`.
    ///
    /// `projected` holds query, key and value of each piece of `group`,
    /// `[pieces, 3 * hidden]`. A text reads itself, an aside its text and itself.
    pub(crate) fn apply(
        self,
        projected: &[f32],
        group: &Group<'_>,
        context: &mut [f32],
        room: &mut AttentionRoom,
    ) {
        self.set.run(Attend { attention: self, projected, group, context, room });
    }
}

struct Attend<'a> {
    attention: Attention<'a>,
    projected: &'a [f32],
    group: &'a Group<'a>,
    context: &'a mut [f32],
    room: &'a mut AttentionRoom,
}

impl Task for Attend<'_> {
    type Output = ();

    #[inline(always)]
    fn run<K: Lanes>(mut self, lanes: K) {
        for idx in 0..self.group.sequences.len() {
            for head in 0..self.attention.n_heads {
                self.sequence(lanes, &self.group.sequences[idx], head);
            }
        }
    }
}

impl Attend<'_> {
    /// One head of one sequence.
    #[inline(always)]
    fn sequence<K: Lanes>(&mut self, lanes: K, sequence: &Extent, head: usize) {
        let n_text = sequence.text.len();
        let mut longest = 0;
        for idx in 0..sequence.asides.len() {
            longest = longest.max(sequence.asides[idx].len());
        }
        let mut memory = Memory::new(self.attention, head, n_text + longest, self.room);
        memory.take(self.projected, sequence.text.clone(), 0);
        memory.mix(lanes, self.projected, self.group.positions, self.context);
        for idx in 0..sequence.asides.len() {
            // Each aside takes the place of the one before.
            memory.take(self.projected, sequence.asides[idx].clone(), n_text);
            memory.mix(lanes, self.projected, self.group.positions, self.context);
        }
    }
}

/// What some pieces may read, for one head: themselves, and what was taken before them.
struct Memory<'a> {
    attention: Attention<'a>,
    head: usize,
    /// Values of a head, and that in whole vectors.
    size: usize,
    width: usize,
    /// Room for so many keys, in whole vectors.
    n_keys: usize,
    /// The pieces that were taken last, and how many stand before them.
    taken: Range<usize>,
    n_before: usize,
    keys: &'a mut [f32],
    values: &'a mut [f32],
    scores: &'a mut [f32],
    mixtures: &'a mut [f32],
    bias: &'a mut [f32],
}

impl<'a> Memory<'a> {
    #[inline(always)]
    fn new(
        attention: Attention<'a>,
        head: usize,
        n_pieces: usize,
        room: &'a mut AttentionRoom,
    ) -> Self {
        let size = attention.hidden / attention.n_heads;
        let (n_keys, width) = (n_pieces.next_multiple_of(LANES), size.next_multiple_of(LANES));
        Self {
            attention,
            head,
            size,
            width,
            n_keys,
            taken: 0..0,
            n_before: 0,
            keys: room.keys.first(size * n_keys),
            values: room.values.first(n_pieces * width),
            scores: room.scores.first(ROWS * n_keys),
            mixtures: room.mixtures.first(ROWS * width),
            bias: room.bias.first(n_keys),
        }
    }

    /// Takes keys and values of `pieces`, which `n_before` stand before.
    #[inline(always)]
    #[expect(clippy::cast_precision_loss, reason = "heads have fewer than 2^24 values")]
    fn take(&mut self, projected: &[f32], pieces: Range<usize>, n_before: usize) {
        let (hidden, column) = (self.attention.hidden, self.head * self.size);
        let scale = 1.0 / (self.size as f32).sqrt();
        let rows = &projected[pieces.start * 3 * hidden..pieces.end * 3 * hidden];
        for (piece, row) in rows.chunks_exact(3 * hidden).enumerate() {
            let key = &row[hidden + column..][..self.size];
            for idx in 0..self.size {
                self.keys[idx * self.n_keys + n_before + piece] = key[idx] * scale;
            }
            let value = &row[2 * hidden + column..][..self.size];
            scaled(value, 1.0, &mut self.values[(n_before + piece) * self.width..][..self.size]);
        }
        self.taken = pieces;
        self.n_before = n_before;
    }

    /// Writes what the pieces that were taken last make of all that is here.
    #[inline(always)]
    fn mix<K: Lanes>(
        &mut self,
        lanes: K,
        projected: &[f32],
        positions: &[u32],
        context: &mut [f32],
    ) {
        let Self { n_keys, width, size, .. } = *self;
        let (hidden, column) = (self.attention.hidden, self.head * size);
        let n = self.n_before + self.taken.len();
        let mut first = self.taken.start;
        while first < self.taken.end {
            let n_rows = ROWS.min(self.taken.end - first);
            let queries =
                Rows { values: &projected[first * 3 * hidden + column..], stride: 3 * hidden };
            let keys = Rows { values: &*self.keys, stride: n_keys };
            let shape = Shape { n_rows, depth: size, n_parts: n_keys / LANES, adds: false };
            add_floats(lanes, queries, keys, shape, (&mut *self.scores, n_keys));
            let mut scales = [0.0; ROWS];
            for idx in 0..n_rows {
                let bias = self.read_bias(positions, first + idx);
                let scores = &mut self.scores[idx * n_keys..][..n_keys];
                scales[idx] = softmax(lanes, scores, n, bias.then_some(&self.bias[..n]));
            }
            let scores = Rows { values: &*self.scores, stride: n_keys };
            let values = Rows { values: &*self.values, stride: width };
            let shape = Shape { n_rows, depth: n, n_parts: width / LANES, adds: false };
            add_floats(lanes, scores, values, shape, (&mut *self.mixtures, width));
            for idx in 0..n_rows {
                let mixture = &self.mixtures[idx * width..][..width];
                let context = &mut context[(first + idx) * hidden + column..][..size];
                scaled(mixture, scales[idx], context);
            }
            first += ROWS;
        }
    }

    /// Fills `bias` with what piece `query` adds to each key; false where
    /// positions do not count here.
    #[inline(always)]
    fn read_bias(&mut self, positions: &[u32], query: usize) -> bool {
        let Some(relative) = self.attention.relative else { return false };
        let query = positions[query] as usize;
        self.bias[..self.n_before].copy_from_slice(relative.row(self.head, query, self.n_before));
        for idx in 0..self.taken.len() {
            let key = positions[self.taken.start + idx] as usize;
            self.bias[self.n_before + idx] = relative.row(self.head, query, key + 1)[key];
        }
        true
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
    use newstance_model::{Extent, PackedPieces};
    use proptest::prelude::*;

    use super::{Attention, AttentionRoom};
    use crate::group::groups;
    use crate::instruction_set::InstructionSet;
    use crate::testing::noise;

    const PARTS: usize = 3;

    /// The heads of a test, with what each piece was projected to.
    struct Projected<'p> {
        n_heads: usize,
        hidden: usize,
        values: &'p [f32],
    }

    impl Projected<'_> {
        fn value(&self, piece: usize, part: usize, idx: usize) -> f64 {
            f64::from(self.values[(piece * PARTS + part) * self.hidden + idx])
        }

        /// The context of piece `query` by the definition, in double precision.
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        fn expected(&self, query: usize, keys: &[usize]) -> Vec<f64> {
            let size = self.hidden / self.n_heads;
            let mut context = Vec::new();
            for head in 0..self.n_heads {
                let within = head * size..(head + 1) * size;
                let weight = |key: &usize| {
                    let score = |idx| self.value(query, 0, idx) * self.value(*key, 1, idx);
                    (within.clone().map(score).sum::<f64>() / (size as f64).sqrt()).exp()
                };
                let weights: Vec<f64> = keys.iter().map(weight).collect();
                for idx in within.clone() {
                    let part = |(by, key): (&f64, &usize)| by * self.value(*key, 2, idx);
                    let mixture: f64 = weights.iter().zip(keys).map(part).sum();
                    context.push(mixture / weights.iter().sum::<f64>());
                }
            }
            context
        }
    }

    /// Pairs of a piece and those that it may read.
    fn readers(sequences: &[Extent]) -> Vec<(usize, Vec<usize>)> {
        let mut readers = Vec::new();
        for Extent { text, asides } in sequences {
            readers.extend(text.clone().map(|piece| (piece, text.clone().collect())));
            for aside in asides {
                let keys: Vec<usize> = text.clone().chain(aside.clone()).collect();
                readers.extend(aside.clone().map(|piece| (piece, keys.clone())));
            }
        }
        readers
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn pieces_read_what_they_may_whatever_was_read_before(
            lengths in proptest::collection::vec(
                (prop_oneof![1_usize..40, Just(130)], proptest::collection::vec(1_usize..9, 0..3)), 1..4),
            n_heads in 1_usize..4,
            size in prop_oneof![1_usize..20, Just(32), Just(64)],
        ) {
            let mut batch = PackedPieces::default();
            for (n_text, asides) in lengths {
                batch.push_text(&vec![0; n_text], &vec![0; n_text]);
                for n in asides {
                    batch.push_aside(&vec![0; n], &vec![0; n]);
                }
            }
            let hidden = n_heads * size;
            let values: Vec<f32> = (0..batch.n_pieces() * PARTS * hidden).map(noise).collect();
            let projected = Projected { n_heads, hidden, values: &values };
            let group = groups(&batch, usize::MAX).remove(0);
            for set in InstructionSet::available() {
                let attention = Attention { n_heads, hidden, relative: None, set };
                let mut context = vec![0.0; batch.n_pieces() * hidden];
                attention.apply(&values, &group, &mut context, &mut AttentionRoom::default());
                for (piece, keys) in readers(batch.sequences()) {
                    let got = &context[piece * hidden..(piece + 1) * hidden];
                    for (got, expected) in got.iter().zip(projected.expected(piece, &keys)) {
                        prop_assert!((f64::from(*got) - expected).abs() < 1e-4, "{set}");
                    }
                }
            }
        }
    }
}
