//! Words to pieces with their types.

use std::path::Path;

use newstance_doc::Span;
use newstance_tokenize::{PairLayout, PieceTokenizer};

use crate::case::case_type;
use crate::pair_cut::Kept;
use crate::spacing::{RunningText, joined};
use crate::{CheckpointConfig, ModelError, TextForm};

/// Turns words into the pieces of a checkpoint.
#[derive(Debug)]
pub(crate) struct Pieces {
    tokenizer: PieceTokenizer,
    case_types: bool,
    form: TextForm,
    /// As the tokenizer has it, without token types that the model does not have.
    pair: PairLayout,
}

/// The pieces of a list of words, one after another.
#[derive(Clone, Debug, Default)]
pub(crate) struct WordPieces {
    ids: Vec<u32>,
    /// The case of each word.
    types: Vec<u32>,
    /// Where the pieces of each word begin, and last their number. In running
    /// text a word may share the piece of a word before it and have none itself.
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
    pub(crate) fn load(
        folder: &Path,
        case_types: bool,
        form: TextForm,
        config: &CheckpointConfig,
    ) -> Result<Self, ModelError> {
        let tokenizer = PieceTokenizer::load(&folder.join("tokenizer.json"))?;
        let pair = bounded(tokenizer.pair_layout().clone(), config.n_types);
        Ok(Self { tokenizer, case_types, form, pair })
    }

    /// The pieces of each word; never more than `most` of one word. `joined`
    /// says which words follow the one before without white space.
    pub(crate) fn of(
        &self,
        words: &[&str],
        joined: &[bool],
        most: usize,
    ) -> Result<WordPieces, ModelError> {
        let mut pieces = match self.form {
            TextForm::Words => self.of_words(words, most)?,
            TextForm::Raw => self.of_text(&RunningText::of(words, joined), most)?,
        };
        let case = |word: &&str| if self.case_types { case_type(word) } else { 0 };
        pieces.types = words.iter().map(case).collect();
        Ok(pieces)
    }

    fn of_words(&self, words: &[&str], most: usize) -> Result<WordPieces, ModelError> {
        let mut pieces = WordPieces { starts: vec![0], ..WordPieces::default() };
        for word in words {
            let start = pieces.ids.len();
            self.tokenizer.append_word_pieces(word, &mut pieces.ids)?;
            // A word longer than a window is known by its beginning.
            pieces.ids.truncate(start + most);
            pieces.starts.push(pieces.ids.len());
        }
        Ok(pieces)
    }

    /// The pieces of running text, each with the word that it begins in.
    fn of_text(&self, running: &RunningText, most: usize) -> Result<WordPieces, ModelError> {
        let n_words = running.starts.len();
        let mut of_word: Vec<Vec<u32>> = vec![Vec::new(); n_words];
        // Pieces are in order, but one of nothing may be said to stand before.
        let mut word = 0;
        for piece in self.tokenizer.text_pieces(&running.text)? {
            word = running.word_at(piece.span.start).max(word);
            if let Some(ids) = of_word.get_mut(word).filter(|ids| ids.len() < most) {
                ids.push(piece.id);
            }
        }
        let mut pieces = WordPieces { starts: vec![0], ..WordPieces::default() };
        for ids in of_word {
            pieces.ids.extend(ids);
            pieces.starts.push(pieces.ids.len());
        }
        Ok(pieces)
    }

    /// The pieces of a text that comes with its own spaces.
    pub(crate) fn of_string(&self, text: &str, most: usize) -> Result<WordPieces, ModelError> {
        let spans = newstance_tokenize::words(text, Span::new(0, text.len()));
        let words: Vec<&str> = spans.iter().map(|span| span.of(text)).collect();
        self.of(&words, &joined(&spans), most)
    }

    /// Two texts in one sequence, as the model's own library puts them together.
    pub(crate) fn pair(&self, texts: [(&WordPieces, &[Kept]); 2]) -> Sequence {
        let PairLayout { before, between, after, types } = &self.pair;
        let mut sequence = Sequence::default();
        let push = |sequence: &mut Sequence, special: &[(u32, u32)]| {
            for (id, kind) in special {
                sequence.ids.push(*id);
                // Where types tell the case, special pieces have none.
                sequence.types.push(if self.case_types { 0 } else { *kind });
            }
        };
        push(&mut sequence, before);
        for ((pieces, kept), (kind, behind)) in
            texts.into_iter().zip([(types[0], between), (types[1], after)])
        {
            let start = sequence.ids.len();
            for Kept { word, n_pieces } in kept {
                pieces.append_to(&mut sequence, *word, *n_pieces);
            }
            if !self.case_types {
                sequence.types.truncate(start);
                sequence.types.resize(sequence.ids.len(), kind);
            }
            push(&mut sequence, behind);
        }
        sequence
    }

    /// Number of pieces that [`Self::pair`] adds to two texts.
    pub(crate) fn n_special_of_pair(&self) -> usize {
        self.pair.n_special()
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

/// A layout with types that a model of `n_types` has.
fn bounded(mut layout: PairLayout, n_types: usize) -> PairLayout {
    let is_known = |kind: u32| (kind as usize) < n_types.max(1);
    let PairLayout { before, between, after, types } = &mut layout;
    let special = before.iter_mut().chain(between).chain(after).map(|(_, kind)| kind);
    for kind in special.chain(types) {
        if !is_known(*kind) {
            *kind = 0;
        }
    }
    layout
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
    use std::path::Path;

    use serde_json::Value;

    use super::{Kept, Pieces, Sequence};
    use crate::{CheckpointConfig, TextForm};

    fn load(folder: &str, form: TextForm, case_types: bool) -> Pieces {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(folder);
        let config = CheckpointConfig { n_types: 2, ..CheckpointConfig::default() };
        Pieces::load(&folder, case_types, form, &config).unwrap()
    }

    const KINDS: [&str; 5] =
        ["wordpiece", "wordpiece-cased", "byte-level", "byte-level-prefix", "unigram"];

    fn rows(kind: &str, list: &str) -> Vec<Value> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/tokenizers");
        let text = std::fs::read_to_string(folder.join(kind).join("reference.json")).unwrap();
        let mut reference: Value = serde_json::from_str(&text).unwrap();
        serde_json::from_value(reference[list].take()).unwrap()
    }

    /// All pieces of a text that comes with its own spaces.
    fn whole(pieces: &Pieces, text: &str) -> (super::WordPieces, Vec<Kept>) {
        let words = pieces.of_string(text, 99).unwrap();
        let kept = words.sizes().into_iter().enumerate();
        let kept = kept.map(|(word, n_pieces)| Kept { word, n_pieces }).collect();
        (words, kept)
    }

    #[test]
    fn words_of_running_text_have_the_pieces_of_the_whole_text() {
        for kind in KINDS {
            let pieces = load(&format!("tokenizers/{kind}"), TextForm::Raw, false);
            let mut n_compared = 0;
            for row in rows(kind, "texts") {
                let text = row["text"].as_str().unwrap();
                // Words know whether there is a space between them, not which and how many.
                if text.split(' ').any(|word| word.is_empty() || word.contains(char::is_whitespace))
                {
                    continue;
                }
                let (words, _) = whole(&pieces, text);
                let expected: Vec<u32> = serde_json::from_value(row["ids"].clone()).unwrap();
                assert_eq!(words.ids, expected, "{kind}: {text:?}");
                n_compared += 1;
            }
            assert!(n_compared > 8, "{kind}");
        }
    }

    #[test]
    fn two_texts_are_put_together_as_the_library_does() {
        for kind in KINDS {
            let pieces = load(&format!("tokenizers/{kind}"), TextForm::Raw, false);
            for row in rows(kind, "pairs") {
                let texts =
                    ["first", "second"].map(|key| whole(&pieces, row[key].as_str().unwrap()));
                let [first, second] = &texts;
                let sequence = pieces.pair([(&first.0, &first.1), (&second.0, &second.1)]);
                let expected =
                    |key: &str| -> Vec<u32> { serde_json::from_value(row[key].clone()).unwrap() };
                assert_eq!((sequence.ids, sequence.types), (expected("ids"), expected("types")));
            }
        }
    }

    #[test]
    fn a_word_that_shares_a_piece_has_none_of_its_own() {
        // `,"` is one piece of this vocabulary.
        let pieces = load("tokenizers/byte-level", TextForm::Raw, false);
        let (words, _) = whole(&pieces, "\"no,\" said");
        let sizes = words.sizes();
        assert_eq!((sizes[2], sizes[3], sizes.len()), (1, 0, 5));
        let apart = load("tokenizers/byte-level", TextForm::Words, false);
        assert!(!whole(&apart, "\"no,\" said").0.sizes().contains(&0));
    }

    #[test]
    fn a_byte_level_tokenizer_reads_words_as_if_after_a_space() {
        let pieces = load("encoder/roberta", TextForm::Words, true);
        let words = pieces.of(&["the", "Chinà"], &[], 99).unwrap();
        // `Ġthe` is one piece of this vocabulary.
        assert_eq!(words.sizes()[0], 1);
        assert!(words.sizes()[1] > 1);
        assert_eq!((pieces.begin().ids, pieces.separator()), (vec![0], 2));
    }

    #[test]
    fn no_word_gives_more_pieces_than_asked_for() {
        let pieces = load("encoder/bert", TextForm::Words, false);
        let words = pieces.of(&["Abcdef", "war"], &[], 3).unwrap();
        assert_eq!(words.sizes(), [3, 1]);
        let mut sequence = Sequence::default();
        words.append_to(&mut sequence, 0, 2);
        assert_eq!((sequence.ids, sequence.types), (vec![11, 42], vec![0, 0]));
    }
}
