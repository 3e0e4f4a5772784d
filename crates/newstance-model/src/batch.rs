//! Sequences to batches: the only place where inputs meet.

use std::borrow::Borrow;

use crate::pieces::Sequence;
use crate::{Encoder, Hidden, ModelError, PackedPieces};

/// How many pieces go into a batch, where more than one sequence does.
pub(crate) const PIECES_PER_BATCH: usize = 2048;

/// The hidden states of one sequence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct States<'h> {
    hidden: &'h Hidden,
    start: usize,
    end: usize,
}

impl<'h> States<'h> {
    /// The state of piece `idx` of the sequence; asides follow the text.
    pub(crate) fn row(self, idx: usize) -> &'h [f32] {
        self.hidden.row(self.start + idx)
    }

    /// The states of all pieces, in order.
    pub(crate) fn rows(self) -> impl Iterator<Item = &'h [f32]> {
        (self.start..self.end).map(move |idx| self.hidden.row(idx))
    }
}

/// Encodes `sequences` in batches of about `budget` pieces, padding among them
/// where the encoder pads, and hands each
/// sequence's states to `use_states`, longest first.
pub(crate) fn encode(
    encoder: &dyn Encoder,
    sequences: &[impl Borrow<Sequence>],
    budget: usize,
    mut use_states: impl FnMut(usize, States<'_>),
) -> Result<(), ModelError> {
    for batch in batches(sequences, budget, encoder.pads()) {
        let packed = pack(sequences, &batch);
        let hidden = encoder.encode(&packed)?;
        check_shape(encoder, &packed, &hidden)?;
        for (idx, extent) in batch.iter().zip(packed.sequences()) {
            let pieces = extent.all();
            use_states(*idx, States { hidden: &hidden, start: pieces.start, end: pieces.end });
        }
        encoder.take_back(hidden);
    }
    Ok(())
}

/// The indices of the sequences of each batch: longest first, so that a
/// backend that pads wastes little. Where it `pads`, each sequence counts as long
/// as the first of its batch.
fn batches(sequences: &[impl Borrow<Sequence>], budget: usize, pads: bool) -> Vec<Vec<usize>> {
    let length = |idx: usize| sequences[idx].borrow().n_pieces();
    let mut order: Vec<usize> = (0..sequences.len()).collect();
    order.sort_by_key(|idx| std::cmp::Reverse(length(*idx)));
    let mut batches: Vec<Vec<usize>> = Vec::new();
    let mut total = 0;
    for idx in order {
        let own = length(idx);
        match batches.last_mut() {
            Some(batch) if total + if pads { length(batch[0]) } else { own } <= budget => {
                total += if pads { length(batch[0]) } else { own };
                batch.push(idx);
            }
            _ => {
                batches.push(vec![idx]);
                total = own;
            }
        }
    }
    batches
}

fn pack(sequences: &[impl Borrow<Sequence>], batch: &[usize]) -> PackedPieces {
    let mut packed = PackedPieces::default();
    for idx in batch {
        let Sequence { ids, types, asides } = sequences[*idx].borrow();
        packed.push_text(ids, types);
        for aside in asides {
            packed.push_aside(&aside.ids, &aside.positions);
        }
    }
    packed
}

/// A backend that breaks its promise must not become an index out of range.
fn check_shape(
    encoder: &dyn Encoder,
    packed: &PackedPieces,
    hidden: &Hidden,
) -> Result<(), ModelError> {
    let expected = packed.n_pieces() * encoder.hidden_size();
    if hidden.size() == encoder.hidden_size() && hidden.values().len() == expected {
        return Ok(());
    }
    Err(ModelError::Run {
        backend: encoder.backend(),
        reason: format!("it gave {} values where {expected} are due", hidden.values().len()),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{batches, encode};
    use crate::fake::FakeEncoder;
    use crate::pieces::Sequence;

    fn sequence(ids: Vec<u32>) -> Sequence {
        Sequence { types: vec![0; ids.len()], ids, asides: Vec::new() }
    }

    proptest! {
        #[test]
        fn every_sequence_is_in_one_batch_and_batches_keep_to_the_budget(
            lengths in proptest::collection::vec(1_usize..50, 0..40), budget in 1_usize..200,
            pads: bool,
        ) {
            let sequences: Vec<_> = lengths.iter().map(|n| sequence(vec![1; *n])).collect();
            let batches = batches(&sequences, budget, pads);
            let mut seen: Vec<usize> = batches.iter().flatten().copied().collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..lengths.len()).collect::<Vec<_>>());
            for batch in batches {
                let longest = batch.iter().map(|idx| lengths[*idx]).max().unwrap_or(0);
                let padded = |idx: &usize| if pads { longest } else { lengths[*idx] };
                let total: usize = batch.iter().map(padded).sum();
                prop_assert!(total <= budget || batch.len() == 1);
            }
        }

        #[test]
        fn states_do_not_depend_on_the_budget(
            inputs in proptest::collection::vec(proptest::collection::vec(0_u32..90, 1..30), 1..20),
            budget in 1_usize..100,
        ) {
            let sequences: Vec<_> = inputs.into_iter().map(sequence).collect();
            let states = |budget| {
                let mut all = vec![Vec::new(); sequences.len()];
                encode(&FakeEncoder::default(), &sequences, budget, |idx, states| {
                    all[idx] = states.rows().flatten().copied().collect::<Vec<f32>>();
                }).unwrap();
                all
            };
            prop_assert_eq!(states(budget), states(10_000));
        }
    }
}
