//! Words to pieces with their types.

use std::path::Path;

use newstance_tokenize::PieceTokenizer;

use crate::ModelError;
use crate::case::case_type;

/// Turns words into the pieces of a checkpoint.
#[derive(Debug)]
pub(crate) struct Pieces {
    tokenizer: PieceTokenizer,
    case_types: bool,
}

/// The pieces of a list of words, one after another.
#[derive(Clone, Debug, Default)]
pub(crate) struct WordPieces {
    ids: Vec<u32>,
    /// The case of each word.
    types: Vec<u32>,
    /// Where the pieces of each word begin, and last their number.
    starts: Vec<usize>,
}

/// One input of an encoder in the making.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Sequence {
    pub(crate) ids: Vec<u32>,
    pub(crate) types: Vec<u32>,
    /// What reads the text without being read by it ([`crate::PackedPieces`]).
    pub(crate) asides: Vec<Aside>,
}

/// Pieces that stand beside a text, each as if at one of its positions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Aside {
    pub(crate) ids: Vec<u32>,
    pub(crate) positions: Vec<u32>,
}

impl Pieces {
    /// Reads `tokenizer.json` of a checkpoint folder.
    pub(crate) fn load(folder: &Path, case_types: bool) -> Result<Self, ModelError> {
        let tokenizer = PieceTokenizer::load(&folder.join("tokenizer.json"))?;
        Ok(Self { tokenizer, case_types })
    }

    /// The pieces of each word; never more than `most` of one word.
    pub(crate) fn of(&self, words: &[&str], most: usize) -> Result<WordPieces, ModelError> {
        let mut pieces = WordPieces { starts: vec![0], ..WordPieces::default() };
        for word in words {
            let start = pieces.ids.len();
            self.tokenizer.append_word_pieces(word, &mut pieces.ids)?;
            // A word longer than a window is known by its beginning.
            pieces.ids.truncate(start + most);
            pieces.types.push(if self.case_types { case_type(word) } else { 0 });
            pieces.starts.push(pieces.ids.len());
        }
        Ok(pieces)
    }

    /// A sequence with the first piece only.
    pub(crate) fn begin(&self) -> Sequence {
        Sequence { ids: vec![self.tokenizer.first()], types: vec![0], asides: Vec::new() }
    }

    /// The piece that parts paragraphs and ends sequences.
    pub(crate) fn separator(&self) -> u32 {
        self.tokenizer.separator()
    }

    /// The id of a piece of the vocabulary.
    pub(crate) fn id(&self, piece: &str) -> Option<u32> {
        self.tokenizer.id(piece)
    }
}

impl WordPieces {
    /// Number of pieces of each word.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        self.starts.windows(2).map(|ends| ends[1] - ends[0]).collect()
    }

    /// Number of pieces of all words.
    pub(crate) fn n_pieces(&self) -> usize {
        self.ids.len()
    }

    /// Appends the first `most` pieces of the whole list to `sequence`.
    pub(crate) fn append_all_to(&self, sequence: &mut Sequence, most: usize) {
        let mut left = most;
        for (word, size) in self.sizes().into_iter().enumerate() {
            self.append_to(sequence, word, left);
            left = left.saturating_sub(size);
        }
    }

    /// Appends the first `most` pieces of word `word` to `sequence`.
    pub(crate) fn append_to(&self, sequence: &mut Sequence, word: usize, most: usize) {
        let (start, end) = (self.starts[word], self.starts[word + 1]);
        let ids = &self.ids[start..end.min(start + most)];
        sequence.ids.extend_from_slice(ids);
        sequence.types.resize(sequence.ids.len(), self.types[word]);
    }
}

impl Sequence {
    /// Number of pieces, those of asides too.
    pub(crate) fn n_pieces(&self) -> usize {
        self.ids.len() + self.asides.iter().map(|aside| aside.ids.len()).sum::<usize>()
    }

    /// Appends a special piece and says where it stands.
    pub(crate) fn push_special(&mut self, id: u32) -> usize {
        self.ids.push(id);
        self.types.push(0);
        self.ids.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::{Pieces, Sequence};
    use crate::fake::reference_folder;

    #[test]
    fn a_byte_level_tokenizer_reads_words_as_if_after_a_space() {
        let pieces = Pieces::load(&reference_folder().with_file_name("roberta"), true).unwrap();
        let words = pieces.of(&["the", "Chinà"], 99).unwrap();
        // `Ġthe` is one piece of this vocabulary.
        assert_eq!(words.sizes()[0], 1);
        assert!(words.sizes()[1] > 1);
        assert_eq!((pieces.begin().ids, pieces.separator()), (vec![0], 2));
    }

    #[test]
    fn no_word_gives_more_pieces_than_asked_for() {
        let pieces = Pieces::load(&reference_folder(), false).unwrap();
        let words = pieces.of(&["Abcdef", "war"], 3).unwrap();
        assert_eq!(words.sizes(), [3, 1]);
        let mut sequence = Sequence::default();
        words.append_to(&mut sequence, 0, 2);
        assert_eq!((sequence.ids, sequence.types), (vec![11, 42], vec![0, 0]));
    }
}
