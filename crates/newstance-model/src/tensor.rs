//! The tensor seam: what a backend implements.

use std::ops::Range;

use crate::ModelError;

/// Sequences of piece ids, packed end to end: there is no padding.
///
/// A sequence is a text, which may have *asides* after it: a few pieces that
/// read the text and themselves, and that nothing else reads (levitated
/// markers, Ye et al., 2022). So neither the text's states nor another aside's
/// depend on an aside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackedPieces {
    ids: Vec<u32>,
    types: Vec<u32>,
    positions: Vec<u32>,
    sequences: Vec<Extent>,
}

/// Where a sequence stands among packed pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// The pieces of its text.
    pub text: Range<usize>,
    /// The pieces of each of its asides, one after another behind the text.
    pub asides: Vec<Range<usize>>,
}

impl Extent {
    /// All pieces, those of the asides too.
    pub fn all(&self) -> Range<usize> {
        self.text.start..self.asides.last().map_or(self.text.end, |aside| aside.end)
    }
}

impl PackedPieces {
    /// Begins a sequence: a text of `ids`, with the token type of each.
    ///
    /// # Panics
    ///
    /// If there are not as many types as ids.
    pub fn push_text(&mut self, ids: &[u32], types: &[u32]) {
        assert_eq!(ids.len(), types.len(), "each piece has one type");
        let start = self.n_pieces();
        self.ids.extend_from_slice(ids);
        self.types.extend_from_slice(types);
        self.positions.extend((0_u32..).take(ids.len()));
        self.sequences.push(Extent { text: start..self.n_pieces(), asides: Vec::new() });
    }

    /// Adds an aside to the sequence that was begun last: pieces of type 0,
    /// each as if it stood at one of the `positions` of the text.
    ///
    /// # Panics
    ///
    /// If there are not as many positions as ids, or one is not in the text.
    pub fn push_aside(&mut self, ids: &[u32], positions: &[u32]) {
        let start = self.n_pieces();
        let sequence = self.sequences.last_mut().expect("an aside follows a text");
        assert_eq!(ids.len(), positions.len(), "each piece has one position");
        let is_in_text = |at: &u32| (*at as usize) < sequence.text.len();
        assert!(positions.iter().all(is_in_text), "an aside stands in its text");
        sequence.asides.push(start..start + ids.len());
        self.ids.extend_from_slice(ids);
        self.types.resize(self.ids.len(), 0);
        self.positions.extend_from_slice(positions);
    }

    /// Piece ids of all sequences, `[pieces]`.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Token type of each piece, `[pieces]`.
    pub fn types(&self) -> &[u32] {
        &self.types
    }

    /// Place of each piece in its text, from 0, `[pieces]`.
    pub fn positions(&self) -> &[u32] {
        &self.positions
    }

    /// Where each sequence stands, in order, with nothing between them.
    pub fn sequences(&self) -> &[Extent] {
        &self.sequences
    }

    /// Number of pieces in all sequences.
    pub fn n_pieces(&self) -> usize {
        self.ids.len()
    }
}

/// Hidden states of the last layer, `[pieces, size]`, packed as their input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hidden {
    size: usize,
    values: Vec<f32>,
}

impl Hidden {
    /// Takes `values` row by row.
    ///
    /// # Panics
    ///
    /// If they do not fill whole rows of `size`.
    pub fn new(size: usize, values: Vec<f32>) -> Self {
        assert!(size > 0 && values.len().is_multiple_of(size), "values do not fill rows of {size}");
        Self { size, values }
    }

    /// Length of a row.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The state of piece `idx`.
    ///
    /// # Panics
    ///
    /// If there is no such piece.
    pub fn row(&self, idx: usize) -> &[f32] {
        &self.values[idx * self.size..(idx + 1) * self.size]
    }

    /// All states, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The memory of the states.
    pub fn into_values(self) -> Vec<f32> {
        self.values
    }
}

/// An encoder on some backend: pieces in, hidden states out. It does not know
/// what they are for.
///
/// Every text is computed as if it were alone, every aside as if it were alone
/// with its text: on the CPU engine bit for bit, on other backends within their
/// stated tolerance.
pub trait Encoder: Send + Sync + std::fmt::Debug {
    /// The backend's name, as settings and `run.json` write it.
    fn backend(&self) -> &'static str;

    /// Length of a hidden state.
    fn hidden_size(&self) -> usize;

    /// The longest text that it can read, special pieces included, asides not.
    fn max_pieces(&self) -> usize;

    /// Whether it pads the sequences of a batch to the longest; a batch is then
    /// as large as its padded sequences are.
    fn pads(&self) -> bool {
        false
    }

    /// Whether it can read asides; one that cannot gives [`ModelError::Run`] for
    /// a batch with some.
    fn reads_asides(&self) -> bool {
        true
    }

    /// The hidden states of `batch`, whose texts are at most
    /// [`Self::max_pieces`] long; an empty batch gives no states.
    ///
    /// # Errors
    ///
    /// [`ModelError::Run`] if the backend fails; no partial result is given.
    fn encode(&self, batch: &PackedPieces) -> Result<Hidden, ModelError>;

    /// Takes back states that are no longer needed: a backend may write the next
    /// ones where they stood.
    fn take_back(&self, _: Hidden) {}
}

#[cfg(test)]
mod tests {
    use super::PackedPieces;

    #[test]
    fn asides_stand_behind_their_text() {
        let mut packed = PackedPieces::default();
        packed.push_text(&[7, 8, 9], &[0, 1, 0]);
        packed.push_aside(&[1, 2], &[2, 2]);
        packed.push_aside(&[1], &[0]);
        packed.push_text(&[5], &[3]);
        assert_eq!(packed.ids(), [7, 8, 9, 1, 2, 1, 5]);
        assert_eq!(packed.types(), [0, 1, 0, 0, 0, 0, 3]);
        assert_eq!(packed.positions(), [0, 1, 2, 2, 2, 0, 0]);
        let [first, second] = packed.sequences() else { panic!("two sequences") };
        assert_eq!((first.text.clone(), first.asides.as_slice()), (0..3, [3..5, 5..6].as_slice()));
        assert_eq!((first.all(), second.all()), (0..6, 6..7));
    }

    #[test]
    #[should_panic(expected = "an aside stands in its text")]
    fn an_aside_does_not_stand_beyond_its_text() {
        let mut packed = PackedPieces::default();
        packed.push_text(&[7], &[0]);
        packed.push_aside(&[1], &[1]);
    }
}
