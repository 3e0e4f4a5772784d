//! Sequences that pass all layers together.

use std::ops::Range;

use newstance_model::{Extent, PackedPieces};

/// Some sequences of a batch, one after another.
#[derive(Debug)]
pub(crate) struct Group<'b> {
    /// Where their pieces stand in the batch.
    pub(crate) pieces: Range<usize>,
    pub(crate) ids: &'b [u32],
    pub(crate) types: &'b [u32],
    pub(crate) positions: &'b [u32],
    /// Where each stands in the group.
    pub(crate) sequences: Vec<Extent>,
}

/// Cuts `batch` into groups of up to `n_pieces` pieces; a longer sequence is
/// alone in its group.
pub(crate) fn groups(batch: &PackedPieces, n_pieces: usize) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for sequence in batch.sequences() {
        let end = sequence.all().end;
        match groups.last_mut() {
            Some(group) if end - group.pieces.start <= n_pieces => group.push(batch, sequence),
            _ => {
                let mut group = Group::empty(sequence.text.start);
                group.push(batch, sequence);
                groups.push(group);
            }
        }
    }
    groups
}

impl<'b> Group<'b> {
    fn empty(start: usize) -> Self {
        let (pieces, sequences) = (start..start, Vec::new());
        Self { pieces, ids: &[], types: &[], positions: &[], sequences }
    }

    fn push(&mut self, batch: &'b PackedPieces, sequence: &Extent) {
        self.pieces.end = sequence.all().end;
        self.ids = &batch.ids()[self.pieces.clone()];
        self.types = &batch.types()[self.pieces.clone()];
        self.positions = &batch.positions()[self.pieces.clone()];
        let first = self.pieces.start;
        let moved = |range: &Range<usize>| range.start - first..range.end - first;
        let asides = sequence.asides.iter().map(moved).collect();
        self.sequences.push(Extent { text: moved(&sequence.text), asides });
    }
}

#[cfg(test)]
mod tests {
    use newstance_model::PackedPieces;

    use super::groups;

    #[test]
    fn sequences_are_grouped_with_their_asides() {
        let mut batch = PackedPieces::default();
        for (n_text, n_aside) in [(3, 2), (4, 0), (1, 1), (20, 0), (0, 0)] {
            batch.push_text(&vec![1; n_text], &vec![0; n_text]);
            if n_aside > 0 {
                batch.push_aside(&vec![2; n_aside], &vec![0; n_aside]);
            }
        }
        let groups = groups(&batch, 10);
        let pieces: Vec<_> = groups.iter().map(|group| group.pieces.clone()).collect();
        assert_eq!(pieces, [0..9, 9..11, 11..31, 31..31]);
        assert_eq!(groups[1].ids, [1, 2]);
        let second = &groups[1].sequences[0];
        assert_eq!((second.text.clone(), second.all()), (0..1, 0..2));
        assert_eq!(groups[0].sequences[1].all(), 5..9);
    }
}
