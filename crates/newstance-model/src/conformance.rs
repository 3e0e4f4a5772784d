//! Checks that every backend's encoder must pass. For tests of backends.

use std::path::Path;

use serde::Deserialize;

use crate::{Encoder, Extent, Hidden, ModelError, PackedPieces};

/// One row of a table of reference states.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceCase {
    /// Piece ids of one sequence, `[pieces]`.
    pub ids: Vec<u32>,
    /// Their token types, `[pieces]`; all 0 where left out.
    #[serde(default)]
    pub types: Vec<u32>,
    /// What stands beside the text; nothing where left out.
    #[serde(default)]
    pub asides: Vec<ReferenceAside>,
    /// The states that the reference implementation gives, those of the asides
    /// behind those of the text: `[pieces, size]`.
    pub hidden: Vec<Vec<f32>>,
}

/// An aside of a [`ReferenceCase`].
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceAside {
    /// Piece ids, `[pieces]`.
    pub ids: Vec<u32>,
    /// Their places in the text, `[pieces]`.
    pub positions: Vec<u32>,
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
/// one state for each piece, nothing for nothing, the same states alone, in
/// company, and in any order, and the same text and asides whatever other asides
/// there are (where it reads any). `tolerance` is 0 for bit for bit.
///
/// # Panics
///
/// If a promise is broken.
pub fn check_promises(encoder: &dyn Encoder, n_ids: u32, tolerance: f32) {
    let nothing = encoder.encode(&PackedPieces::default()).expect("an empty batch is no failure");
    assert!(nothing.values().is_empty(), "an empty batch has no states");
    let mut sequences = made_up(encoder.max_pieces(), n_ids);
    if !encoder.reads_asides() {
        for sequence in &mut sequences {
            sequence.asides.clear();
        }
    }
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
    check_asides(encoder, &sequences, tolerance);
}

/// Checks that a text does not depend on its asides, nor these on one another.
fn check_asides(encoder: &dyn Encoder, sequences: &[Sequence], tolerance: f32) {
    for (idx, sequence) in sequences.iter().enumerate() {
        let of = |asides: &[ReferenceAside]| {
            let sequence = Sequence { asides: asides.to_vec(), ..sequence.clone() };
            states(encoder, &[sequence]).remove(0)
        };
        let text = of(&[]);
        let all = of(&sequence.asides);
        assert_near(&all[..text.len()], &text, tolerance, &format!("text {idx} beside asides"));
        let mut start = text.len();
        for aside in &sequence.asides {
            let alone = of(std::slice::from_ref(aside)).split_off(text.len());
            let together = &all[start..start + alone.len()];
            assert_near(together, &alone, tolerance, &format!("aside of text {idx}"));
            start += alone.len();
        }
    }
}

#[derive(Clone, Debug)]
struct Sequence {
    ids: Vec<u32>,
    types: Vec<u32>,
    asides: Vec<ReferenceAside>,
}

impl Sequence {
    fn of_case(case: &ReferenceCase) -> Self {
        let mut types = case.types.clone();
        types.resize(case.ids.len(), 0);
        Self { ids: case.ids.clone(), types, asides: case.asides.clone() }
    }
}

/// Sequences of odd lengths, from one piece to as many as the encoder reads;
/// every other one has asides.
fn made_up(max_pieces: usize, n_ids: u32) -> Vec<Sequence> {
    let mut seed = 1_u32;
    let mut below = |limit: u32| {
        // A linear congruential generator (Numerical Recipes, 1992).
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % limit
    };
    let lengths = [1, 2, 3, 5, 7, 8, 9, 16, 17, 31, 33, 64, 65, 100, 129, usize::MAX];
    let mut sequences = Vec::new();
    for (idx, n_pieces) in lengths.into_iter().map(|length| length.min(max_pieces)).enumerate() {
        let mut pieces = |limit, n: usize| -> Vec<u32> { (0..n).map(|_| below(limit)).collect() };
        let ids = pieces(n_ids, n_pieces);
        let n_places = u32::try_from(n_pieces).expect("a text is short");
        let mut aside =
            |n| ReferenceAside { ids: pieces(n_ids, n), positions: pieces(n_places, n) };
        let asides = if idx % 2 == 0 { [4, 1, 7].map(&mut aside).to_vec() } else { Vec::new() };
        sequences.push(Sequence { ids, types: vec![0; n_pieces], asides });
    }
    sequences
}

/// The states of each sequence, encoded in one batch.
fn states(encoder: &dyn Encoder, sequences: &[Sequence]) -> Vec<Vec<f32>> {
    let mut packed = PackedPieces::default();
    for sequence in sequences {
        packed.push_text(&sequence.ids, &sequence.types);
        for aside in &sequence.asides {
            packed.push_aside(&aside.ids, &aside.positions);
        }
    }
    let hidden: Hidden = encoder.encode(&packed).expect("the encoder runs");
    let size = encoder.hidden_size();
    assert_eq!(hidden.size(), size, "length of a state");
    assert_eq!(hidden.values().len(), packed.n_pieces() * size, "number of values");
    let of = |extent: &Extent| {
        let pieces = extent.all();
        hidden.values()[pieces.start * size..pieces.end * size].to_vec()
    };
    packed.sequences().iter().map(of).collect()
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

    /// Lets all asides of a sequence read each other.
    #[derive(Debug)]
    struct Talkative(FakeEncoder);

    impl Encoder for Talkative {
        fn backend(&self) -> &'static str {
            "talkative"
        }

        fn hidden_size(&self) -> usize {
            self.0.hidden_size
        }

        fn max_pieces(&self) -> usize {
            self.0.max_pieces
        }

        fn encode(&self, batch: &PackedPieces) -> Result<Hidden, ModelError> {
            let mut joined = PackedPieces::default();
            for sequence in batch.sequences() {
                let text = sequence.text.clone();
                joined.push_text(&batch.ids()[text.clone()], &batch.types()[text.clone()]);
                let asides = text.end..sequence.all().end;
                joined.push_aside(&batch.ids()[asides.clone()], &batch.positions()[asides]);
            }
            self.0.encode(&joined)
        }
    }

    #[test]
    #[should_panic(expected = "aside of text")]
    fn an_encoder_whose_asides_read_each_other_fails() {
        check_promises(&Talkative(FakeEncoder::default()), 50, 0.0);
    }

    #[test]
    #[should_panic(expected = "in company")]
    fn an_encoder_that_depends_on_company_fails() {
        check_promises(&Leaky(FakeEncoder::default()), 50, 0.0);
    }
}
