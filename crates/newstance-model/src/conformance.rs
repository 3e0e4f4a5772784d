//! Checks that every backend's encoder must pass. For tests of backends.

use std::path::Path;

use serde::Deserialize;

use crate::{Encoder, Hidden, ModelError, PackedPieces};

/// One row of a table of reference states.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceCase {
    /// Piece ids of one sequence, `[pieces]`.
    pub ids: Vec<u32>,
    /// Their token types, `[pieces]`; all 0 where left out.
    #[serde(default)]
    pub types: Vec<u32>,
    /// The states that the reference implementation gives, `[pieces, size]`.
    pub hidden: Vec<Vec<f32>>,
}

/// Reads a table of reference states: a JSON list of [`ReferenceCase`]s.
///
/// # Errors
///
/// [`ModelError::Read`] or [`ModelError::Format`], naming the file.
pub fn read_reference(path: &Path) -> Result<Vec<ReferenceCase>, ModelError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ModelError::Read { path: path.to_owned(), source })?;
    serde_json::from_str(&text)
        .map_err(|error| ModelError::Format { path: path.to_owned(), reason: error.to_string() })
}

/// Checks that `encoder` gives the states of `cases`, all in one batch and each
/// alone, within `tolerance`.
///
/// # Panics
///
/// If it does not.
pub fn check_reference(encoder: &dyn Encoder, cases: &[ReferenceCase], tolerance: f32) {
    assert!(!cases.is_empty(), "the table is empty");
    let sequences: Vec<Sequence> = cases.iter().map(Sequence::of_case).collect();
    let together = states(encoder, &sequences);
    for (idx, (case, sequence)) in cases.iter().zip(&sequences).enumerate() {
        let expected: Vec<f32> = case.hidden.iter().flatten().copied().collect();
        assert_near(&together[idx], &expected, tolerance, &format!("case {idx}, in company"));
        let alone = states(encoder, std::slice::from_ref(sequence));
        assert_near(&alone[0], &expected, tolerance, &format!("case {idx}, alone"));
    }
}

/// Checks what [`Encoder`] promises, on made-up sequences of ids under `n_ids`:
/// one state for each piece, nothing for nothing, and the same states alone,
/// in company, and in any order. `tolerance` is 0 for bit for bit.
///
/// # Panics
///
/// If a promise is broken.
pub fn check_promises(encoder: &dyn Encoder, n_ids: u32, tolerance: f32) {
    let nothing = PackedPieces { starts: vec![0], ..PackedPieces::default() };
    for empty in [PackedPieces::default(), nothing] {
        let hidden = encoder.encode(&empty).expect("an empty batch is no failure");
        assert!(hidden.values().is_empty(), "an empty batch has no states");
    }
    let sequences = made_up(encoder.max_pieces(), n_ids);
    let alone: Vec<Vec<f32>> = sequences
        .iter()
        .map(|sequence| states(encoder, std::slice::from_ref(sequence)).remove(0))
        .collect();
    for (idx, together) in states(encoder, &sequences).iter().enumerate() {
        assert_near(together, &alone[idx], tolerance, &format!("sequence {idx}, in company"));
    }
    let reversed: Vec<Sequence> = sequences.iter().rev().cloned().collect();
    for (idx, together) in states(encoder, &reversed).iter().rev().enumerate() {
        assert_near(together, &alone[idx], tolerance, &format!("sequence {idx}, reversed"));
    }
}

#[derive(Clone, Debug)]
struct Sequence {
    ids: Vec<u32>,
    types: Vec<u32>,
}

impl Sequence {
    fn of_case(case: &ReferenceCase) -> Self {
        let mut types = case.types.clone();
        types.resize(case.ids.len(), 0);
        Self { ids: case.ids.clone(), types }
    }
}

/// Sequences of odd lengths, from one piece to as many as the encoder reads.
fn made_up(max_pieces: usize, n_ids: u32) -> Vec<Sequence> {
    let mut seed = 1_u32;
    let mut id = || {
        // A linear congruential generator (Numerical Recipes, 1992).
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % n_ids
    };
    [1, 2, 3, 5, 7, 8, 9, 16, 17, 31, 33, 64, 65, 100, 129, max_pieces]
        .into_iter()
        .map(|n_pieces| n_pieces.min(max_pieces))
        .map(|n_pieces| Sequence {
            ids: (0..n_pieces).map(|_| id()).collect(),
            types: vec![0; n_pieces],
        })
        .collect()
}

/// The states of each sequence, encoded in one batch.
fn states(encoder: &dyn Encoder, sequences: &[Sequence]) -> Vec<Vec<f32>> {
    let mut packed = PackedPieces { starts: vec![0], ..PackedPieces::default() };
    for sequence in sequences {
        packed.ids.extend_from_slice(&sequence.ids);
        packed.types.extend_from_slice(&sequence.types);
        packed.starts.push(packed.ids.len());
    }
    let hidden: Hidden = encoder.encode(&packed).expect("the encoder runs");
    let size = encoder.hidden_size();
    assert_eq!(hidden.size(), size, "length of a state");
    assert_eq!(hidden.values().len(), packed.n_pieces() * size, "number of values");
    let of = |ends: &[usize]| hidden.values()[ends[0] * size..ends[1] * size].to_vec();
    packed.starts.windows(2).map(of).collect()
}

fn assert_near(got: &[f32], expected: &[f32], tolerance: f32, what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}: number of values");
    for (idx, (got, expected)) in got.iter().zip(expected).enumerate() {
        let near = (got - expected).abs() <= tolerance;
        assert!(near, "{what}: value {idx} is {got} where {expected} is due (± {tolerance})");
    }
}

#[cfg(test)]
mod tests {
    use super::check_promises;
    use crate::fake::FakeEncoder;
    use crate::{Encoder, Hidden, ModelError, PackedPieces};

    #[test]
    fn an_encoder_that_keeps_its_promises_passes() {
        check_promises(&FakeEncoder::default(), 50, 0.0);
    }

    /// Lets the length of the batch into the states.
    #[derive(Debug)]
    struct Leaky(FakeEncoder);

    impl Encoder for Leaky {
        fn backend(&self) -> &'static str {
            "leaky"
        }

        fn hidden_size(&self) -> usize {
            self.0.hidden_size
        }

        fn max_pieces(&self) -> usize {
            self.0.max_pieces
        }

        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        fn encode(&self, batch: &PackedPieces) -> Result<Hidden, ModelError> {
            let hidden = self.0.encode(batch)?;
            let leak = batch.n_pieces() as f32;
            let values = hidden.values().iter().map(|value| value + leak).collect();
            Ok(Hidden::new(self.0.hidden_size, values))
        }
    }

    #[test]
    #[should_panic(expected = "in company")]
    fn an_encoder_that_depends_on_company_fails() {
        check_promises(&Leaky(FakeEncoder::default()), 50, 0.0);
    }
}
