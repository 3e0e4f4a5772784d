//! A pair as an encoder reads it: pieces of words, and pieces that mark holder and target.

use std::ops::Range;

use crate::checkpoint::Checkpoint;
use crate::pair_cut::{Cut, Kept, cut};
use crate::pieces::{Aside, Sequence, WordPieces};
use crate::{HolderMark, ModelError, PairInput, Placement};

/// The ids of the pieces that mark a pair, and where they stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MarkerIds {
    pub(crate) holder: [u32; 2],
    pub(crate) target: [u32; 2],
    pub(crate) any: u32,
    pub(crate) outlet: u32,
    pub(crate) placement: Placement,
}

/// Where a sequence has what a pooled head reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    /// The piece that opens the holder, or stands for one without words.
    pub(crate) holder: usize,
    /// The piece that opens the target.
    pub(crate) target: usize,
    /// The pieces of the holder's words; none for a holder without words.
    pub(crate) holder_words: Range<usize>,
    /// The pieces of the target's words.
    pub(crate) target_words: Range<usize>,
}

impl Places {
    /// The same, with so many pieces between the text and its markers.
    pub(crate) fn behind(self, n_pieces: usize) -> Self {
        Self { holder: self.holder + n_pieces, target: self.target + n_pieces, ..self }
    }
}

/// A pair in pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marked {
    /// The words, with the markers among them or not.
    pub(crate) text: Sequence,
    /// The markers, where they stand beside the text.
    pub(crate) aside: Option<Aside>,
    /// As if there were no other aside.
    pub(crate) places: Places,
}

impl MarkerIds {
    /// Puts a pair, whose spans are in its text and do not overlap, into pieces.
    pub(crate) fn mark(
        &self,
        checkpoint: &Checkpoint,
        input: &PairInput<'_>,
    ) -> Result<Marked, ModelError> {
        let holder = match &input.holder {
            HolderMark::Words(words) => Some(words),
            HolderMark::Any | HolderMark::Outlet => None,
        };
        let n_markers = match self.placement {
            Placement::Among => 2 + if holder.is_some() { 2 } else { 1 },
            Placement::Beside => 0,
        };
        // First and last piece, and the markers.
        let capacity = checkpoint.max_pieces.saturating_sub(2 + n_markers);
        let pieces = checkpoint.pieces.of(&input.words, &input.joined, capacity)?;
        let kept = cut(&pieces.sizes(), holder, &input.target, capacity);
        Ok(match self.placement {
            Placement::Among => self.among(checkpoint, &pieces, &kept, &input.holder),
            Placement::Beside => self.beside(checkpoint, &pieces, &kept, &input.holder),
        })
    }

    /// The piece that stands for a holder without words.
    fn wordless(&self, holder: &HolderMark) -> Option<u32> {
        match holder {
            HolderMark::Words(_) => None,
            HolderMark::Any => Some(self.any),
            HolderMark::Outlet => Some(self.outlet),
        }
    }

    fn among(
        &self,
        checkpoint: &Checkpoint,
        pieces: &WordPieces,
        kept: &Cut,
        holder: &HolderMark,
    ) -> Marked {
        let mut places = Places::default();
        let mut text = checkpoint.pieces.begin();
        if let Some(id) = self.wordless(holder) {
            places.holder = text.push_special(id);
        }
        // A marked word that is cut away takes no marker with it.
        for Kept { word, n_pieces } in kept.words.iter().copied() {
            if kept.holder.as_ref().is_some_and(|holder| holder.start == word) {
                places.holder = text.push_special(self.holder[0]);
                places.holder_words.start = places.holder + 1;
            }
            if kept.target.start == word {
                places.target = text.push_special(self.target[0]);
                places.target_words.start = places.target + 1;
            }
            pieces.append_to(&mut text, word, n_pieces);
            if kept.holder.as_ref().is_some_and(|holder| holder.end == word + 1) {
                places.holder_words.end = text.push_special(self.holder[1]);
            }
            if kept.target.end == word + 1 {
                places.target_words.end = text.push_special(self.target[1]);
            }
        }
        text.push_special(checkpoint.pieces.separator());
        Marked { text, aside: None, places }
    }

    fn beside(
        &self,
        checkpoint: &Checkpoint,
        pieces: &WordPieces,
        kept: &Cut,
        holder: &HolderMark,
    ) -> Marked {
        let mut text = checkpoint.pieces.begin();
        // Where the pieces of each kept word begin, and those of the next one.
        let mut begins = Vec::with_capacity(kept.words.len() + 1);
        for Kept { word, n_pieces } in kept.words.iter().copied() {
            begins.push(text.ids.len());
            pieces.append_to(&mut text, word, n_pieces);
        }
        begins.push(text.ids.len());
        text.push_special(checkpoint.pieces.separator());
        let pieces_of = |span: &Range<usize>| {
            let before = |word: usize| kept.words.partition_point(|kept| kept.word < word);
            begins[before(span.start)]..begins[before(span.end)]
        };
        let mut places = Places { holder: text.ids.len(), ..Places::default() };
        let mut aside = Aside::default();
        match (&kept.holder, self.wordless(holder)) {
            (Some(holder), _) => {
                places.holder_words = pieces_of(holder);
                aside.mark(self.holder, &places.holder_words);
            }
            (None, id) => aside.push(id.unwrap_or(self.any), 0),
        }
        places.target = text.ids.len() + aside.ids.len();
        places.target_words = pieces_of(&kept.target);
        aside.mark(self.target, &places.target_words);
        Marked { text, aside: Some(aside), places }
    }
}

impl Aside {
    /// Marks the first and the last of some pieces of the text.
    fn mark(&mut self, markers: [u32; 2], pieces: &Range<usize>) {
        self.push(markers[0], pieces.start);
        self.push(markers[1], pieces.end.saturating_sub(1));
    }

    fn push(&mut self, id: u32, position: usize) {
        self.ids.push(id);
        self.positions.push(u32::try_from(position).expect("a text has fewer than 2^32 pieces"));
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::{Marked, MarkerIds};
    use crate::fake::{checkpoint, pair_input as input};
    use crate::pieces::Aside;
    use crate::{HolderMark, PairInput, Placement};

    fn mark(placement: Placement, input: &PairInput<'_>) -> Marked {
        let ids = MarkerIds { holder: [1, 2], target: [3, 4], any: 5, outlet: 6, placement };
        ids.mark(&checkpoint(16, 64), input).unwrap()
    }

    /// `holder` and `target` run from the piece that opens them to the one that closes them.
    #[track_caller]
    fn check(input: &PairInput<'_>, ids: &[u32], holder: Range<usize>, target: Range<usize>) {
        let Marked { text, aside, places } = mark(Placement::Among, input);
        assert_eq!((text.ids.as_slice(), aside), (ids, None));
        assert_eq!(text.types.len(), ids.len());
        assert_eq!((places.holder, places.target), (holder.start, target.start));
        assert_eq!(places.target_words, target.start + 1..target.end);
        if matches!(input.holder, HolderMark::Words(_)) {
            assert_eq!(places.holder_words, holder.start + 1..holder.end);
        } else {
            assert!(places.holder_words.is_empty());
        }
    }

    #[track_caller]
    fn check_beside(input: &PairInput<'_>, ids: &[u32], aside: &[(u32, u32)]) {
        let marked = mark(Placement::Beside, input);
        let Aside { ids: marks, positions } = marked.aside.unwrap();
        let got: Vec<(u32, u32)> = marks.into_iter().zip(positions).collect();
        assert_eq!((marked.text.ids.as_slice(), got.as_slice()), (ids, aside));
    }

    #[test]
    fn markers_stand_around_holder_and_target() {
        // [CLS] <h> china </h> denied <t> the war </t> [SEP]
        let pair = input("china denied the war", HolderMark::Words(0..1), 2..4);
        check(&pair, &[8, 1, 83, 2, 74, 3, 67, 80, 4, 9], 1..3, 5..8);
    }

    #[test]
    fn a_target_may_stand_before_and_next_to_its_holder() {
        let pair = input("china russia said", HolderMark::Words(1..2), 0..1);
        check(&pair, &[8, 3, 83, 4, 1, 84, 2, 72, 9], 4..6, 1..3);
    }

    #[test]
    fn a_holder_without_words_stands_after_the_first_piece() {
        check(
            &input("war on china", HolderMark::Any, 2..3),
            &[8, 5, 80, 94, 3, 83, 4, 9],
            1..2,
            4..6,
        );
        check(&input("china", HolderMark::Outlet, 0..1), &[8, 6, 3, 83, 4, 9], 1..2, 2..4);
    }

    #[test]
    fn markers_beside_a_text_have_the_positions_of_what_they_mark() {
        check_beside(
            &input("china denied the war", HolderMark::Words(0..1), 2..4),
            &[8, 83, 74, 67, 80, 9],
            &[(1, 1), (2, 1), (3, 3), (4, 4)],
        );
        check_beside(
            &input("war on china", HolderMark::Outlet, 2..3),
            &[8, 80, 94, 83, 9],
            &[(6, 0), (3, 3), (4, 3)],
        );
    }

    #[test]
    fn what_is_marked_beside_a_text_is_told_apart_by_place() {
        let pair = input("china denied the war", HolderMark::Words(2..4), 0..1);
        let places = mark(Placement::Beside, &pair).places;
        assert_eq!((places.holder, places.target), (6, 8));
        assert_eq!((places.holder_words.clone(), places.target_words.clone()), (3..5, 1..2));
        let later = places.behind(7);
        assert_eq!((later.holder, later.target, later.holder_words), (13, 15, 3..5));
    }

    #[test]
    fn a_long_text_keeps_both_marked_spans_and_fits() {
        let words = "china the the the the the the the the the the the the russia the the";
        let pair = input(words, HolderMark::Words(0..1), 13..14);
        for placement in [Placement::Among, Placement::Beside] {
            let Marked { text, places, .. } = mark(placement, &pair);
            assert!(text.ids.len() <= 16, "{}", text.ids.len());
            let words = [places.holder_words, places.target_words].map(|words| text.ids[words][0]);
            assert_eq!(words, [83, 84]);
        }
    }
}
