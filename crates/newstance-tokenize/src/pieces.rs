//! Words and texts to the pieces of a model's vocabulary.

use std::fmt;
use std::path::Path;

use newstance_doc::Span;
use tokenizers::processors::PostProcessorWrapper;
use tokenizers::{ModelWrapper, PreTokenizerWrapper, Tokenizer};

use crate::TokenizeError;
use crate::pair_layout::PairLayout;
use crate::piece_cache::PieceCache;

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextPiece {
    /// Its id in the vocabulary.
    pub id: u32,
    /// What it stands for, in bytes of the text, without white space before it;
    /// empty for a piece that stands for white space alone.
    pub span: Span,
}

/// A model's `tokenizer.json`, read for two uses: each word alone to its
/// pieces, or a whole text to its pieces and where they stand.
///
/// The same word or text always gives the same pieces: no result depends on
/// threads, on earlier words, or on the padding and truncation that the file may
/// ask for (both are switched off). Where the vocabulary tells the beginning of
/// a word from its middle (byte-level BPE, `SentencePiece`), every word alone is
/// read as one that follows a space; the first word of a text is not.
pub struct PieceTokenizer {
    tokenizer: Tokenizer,
    /// What stands before a word when it is encoded: nothing or a space.
    space_before: bool,
    first: u32,
    separator: u32,
    unknown: u32,
    pair: PairLayout,
    cache: PieceCache,
}

impl PieceTokenizer {
    /// Reads a `tokenizer.json`.
    ///
    /// # Errors
    ///
    /// [`TokenizeError::Load`] if the file cannot be read or is no tokenizer,
    /// [`TokenizeError::MissingPiece`] if it lacks a first, a separating or an
    /// unknown piece.
    pub fn load(path: &Path) -> Result<Self, TokenizeError> {
        let load_error = |error: tokenizers::Error| TokenizeError::Load {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let mut tokenizer = Tokenizer::from_file(path).map_err(load_error)?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(load_error)?;
        tokenizer.set_encode_special_tokens(true);

        let missing =
            |piece: &'static str| TokenizeError::MissingPiece { path: path.to_owned(), piece };
        let (first, separator) = ends(&tokenizer);
        let first = first.ok_or_else(|| missing("first"))?;
        let separator = separator.ok_or_else(|| missing("separating"))?;
        Ok(Self {
            space_before: tokenizer.get_pre_tokenizer().is_some_and(wants_space_before),
            first,
            separator,
            pair: PairLayout::of(&tokenizer)
                .unwrap_or_else(|| PairLayout::with_separators(first, separator)),
            unknown: unknown(&tokenizer).ok_or_else(|| missing("unknown"))?,
            tokenizer,
            cache: PieceCache::default(),
        })
    }

    /// The ids of a word's pieces, at least one, without special pieces; the
    /// unknown piece where the vocabulary has nothing for the word.
    ///
    /// # Errors
    ///
    /// [`TokenizeError::Encode`] if the tokenizer fails on the word.
    pub fn word_pieces(&self, word: &str) -> Result<Vec<u32>, TokenizeError> {
        let mut pieces = Vec::new();
        self.append_word_pieces(word, &mut pieces)?;
        Ok(pieces)
    }

    /// Appends what [`Self::word_pieces`] gives to `pieces`; returns how many.
    ///
    /// # Errors
    ///
    /// [`TokenizeError::Encode`] if the tokenizer fails on the word; `pieces`
    /// is then as it was.
    pub fn append_word_pieces(
        &self,
        word: &str,
        pieces: &mut Vec<u32>,
    ) -> Result<usize, TokenizeError> {
        if let Some(n_pieces) = self.cache.append(word, pieces) {
            return Ok(n_pieces);
        }
        let encoded = if self.space_before {
            self.tokenizer.encode_fast(format!(" {word}"), false)
        } else {
            self.tokenizer.encode_fast(word, false)
        };
        let encoding = encoded.map_err(|error| TokenizeError::Encode {
            word: word.to_owned(),
            reason: error.to_string(),
        })?;
        let unknown = [self.unknown];
        let ids = if encoding.get_ids().is_empty() { &unknown[..] } else { encoding.get_ids() };
        self.cache.insert(word, ids);
        pieces.extend_from_slice(ids);
        Ok(ids.len())
    }

    /// The pieces of a whole text, without special pieces: those that the model
    /// saw in training where it was trained on running text. In order; none for
    /// a text without anything that the vocabulary could stand for.
    ///
    /// # Errors
    ///
    /// [`TokenizeError::Encode`] if the tokenizer fails on the text.
    pub fn text_pieces(&self, text: &str) -> Result<Vec<TextPiece>, TokenizeError> {
        let encoding = self.tokenizer.encode(text, false).map_err(|error| {
            TokenizeError::Encode { word: text.to_owned(), reason: error.to_string() }
        })?;
        let piece = |(&id, &(start, end)): (&u32, &(usize, usize))| {
            // A space that the tokenizer puts there may end within a character.
            let end = boundary(text, end);
            let start = boundary(text, start).min(end);
            // A byte-level piece holds the space before its word.
            let word = text.get(start..end).map_or(0, |piece| piece.trim_start().len());
            TextPiece { id, span: Span::new(end - word, end) }
        };
        Ok(encoding.get_ids().iter().zip(encoding.get_offsets()).map(piece).collect())
    }

    /// What the tokenizer puts around and between two texts.
    pub fn pair_layout(&self) -> &PairLayout {
        &self.pair
    }

    /// The id of a piece of the vocabulary, as the vocabulary writes it.
    pub fn id(&self, piece: &str) -> Option<u32> {
        self.tokenizer.token_to_id(piece)
    }

    /// The piece that every input begins with (`[CLS]`, `<s>`).
    pub fn first(&self) -> u32 {
        self.first
    }

    /// The piece that ends an input and parts paragraphs (`[SEP]`, `</s>`).
    pub fn separator(&self) -> u32 {
        self.separator
    }

    /// The piece that stands for what the vocabulary lacks (`[UNK]`, `<unk>`).
    pub fn unknown(&self) -> u32 {
        self.unknown
    }
}

impl fmt::Debug for PieceTokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PieceTokenizer")
            .field("space_before", &self.space_before)
            .field("first", &self.first)
            .field("separator", &self.separator)
            .field("unknown", &self.unknown)
            .finish_non_exhaustive()
    }
}

/// The boundary between characters at `at`, or the one before.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// True where the pre-tokenizer marks the beginning of a word by a space that
/// it does not put there itself.
fn wants_space_before(pre_tokenizer: &PreTokenizerWrapper) -> bool {
    use tokenizers::pre_tokenizers::metaspace::PrependScheme;

    match pre_tokenizer {
        PreTokenizerWrapper::ByteLevel(byte_level) => !byte_level.add_prefix_space,
        PreTokenizerWrapper::Metaspace(metaspace) => {
            metaspace.prepend_scheme == PrependScheme::Never
        }
        PreTokenizerWrapper::Sequence(sequence) => sequence.as_ref().iter().any(wants_space_before),
        _ => false,
    }
}

/// What the tokenizer puts around an input: by its post-processor, else by name.
fn ends(tokenizer: &Tokenizer) -> (Option<u32>, Option<u32>) {
    let named = |names: &[&str]| names.iter().find_map(|name| tokenizer.token_to_id(name));
    match tokenizer.get_post_processor() {
        Some(PostProcessorWrapper::Bert(bert)) => {
            return (Some(bert.cls.1), Some(bert.sep.1));
        }
        Some(PostProcessorWrapper::Roberta(roberta)) => {
            return (Some(roberta.cls.1), Some(roberta.sep.1));
        }
        Some(_) => {
            if let Some((first, separator)) = ends_of_empty_input(tokenizer) {
                return (Some(first), Some(separator));
            }
        }
        None => {}
    }
    (named(&["[CLS]", "<s>", "<cls>"]), named(&["[SEP]", "</s>", "<sep>"]))
}

/// The two special pieces of an input without words, where there are just two.
fn ends_of_empty_input(tokenizer: &Tokenizer) -> Option<(u32, u32)> {
    let encoding = tokenizer.encode("", true).ok()?;
    let special: Vec<u32> = encoding
        .get_ids()
        .iter()
        .zip(encoding.get_special_tokens_mask())
        .filter_map(|(&id, &special)| (special == 1).then_some(id))
        .collect();
    let [first, separator] = special[..] else { return None };
    Some((first, separator))
}

fn unknown(tokenizer: &Tokenizer) -> Option<u32> {
    let of_model = match tokenizer.get_model() {
        ModelWrapper::WordPiece(model) => tokenizer.token_to_id(&model.unk_token),
        ModelWrapper::WordLevel(model) => tokenizer.token_to_id(&model.unk_token),
        ModelWrapper::BPE(model) => {
            model.unk_token.as_ref().and_then(|name| tokenizer.token_to_id(name))
        }
        ModelWrapper::Unigram(_) => None,
    };
    of_model
        .or_else(|| ["[UNK]", "<unk>", "<UNK>"].iter().find_map(|name| tokenizer.token_to_id(name)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::PieceTokenizer;
    use crate::TokenizeError;

    fn load(json: &str) -> Result<PieceTokenizer, TokenizeError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokenizer.json");
        fs::write(&path, json).unwrap();
        PieceTokenizer::load(&path)
    }

    /// A BERT tokenizer that asks for padding and truncation.
    const BERT: &str = r###"{
        "version": "1.0",
        "truncation": {"direction": "Right", "max_length": 3, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 8}, "direction": "Right", "pad_to_multiple_of": null,
                    "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
        "added_tokens": [
            {"id": 2, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false,
             "normalized": false, "special": true},
            {"id": 3, "content": "[SEP]", "single_word": false, "lstrip": false, "rstrip": false,
             "normalized": false, "special": true}],
        "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                       "strip_accents": null, "lowercase": true},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                       {"Sequence": {"id": "A", "type_id": 0}},
                       {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                               "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
        "decoder": null,
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100,
                  "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4, "##a": 5,
                            "mos": 6, "##cow": 7, ".": 8, "[unused1]": 9}}
    }"###;

    /// A byte-level tokenizer that puts no space before the first word itself.
    fn byte_level(add_prefix_space: bool) -> String {
        r#"{
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": null,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": PREFIX, "trim_offsets": true,
                          "use_regex": true},
        "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0],
                           "trim_offsets": true, "add_prefix_space": false},
        "decoder": null,
        "model": {"type": "BPE", "dropout": null, "unk_token": null,
                  "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": false,
                  "byte_fallback": false,
                  "vocab": {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4, "Ġ": 5, "Ġa": 6},
                  "merges": [["Ġ", "a"]]}
        }"#
        .replace("PREFIX", if add_prefix_space { "true" } else { "false" })
    }

    #[track_caller]
    fn check(tokenizer: &PieceTokenizer, word: &str, expected: &[u32]) {
        // The second answer comes from the cache.
        for _ in 0..2 {
            assert_eq!(tokenizer.word_pieces(word).unwrap(), expected, "pieces of {word:?}");
        }
    }

    #[test]
    fn a_word_is_split_alone_without_special_pieces() {
        let bert = load(BERT).unwrap();
        check(&bert, "Moscow", &[6, 7]);
        check(&bert, "MOSCOW", &[6, 7]);
        check(&bert, "á", &[4]);
        check(&bert, ".", &[8]);
        assert_eq!((bert.first(), bert.separator(), bert.unknown()), (2, 3, 1));
        assert_eq!((bert.id("[unused1]"), bert.id("nothing")), (Some(9), None));
    }

    #[test]
    fn what_the_vocabulary_lacks_is_unknown() {
        let bert = load(BERT).unwrap();
        check(&bert, "xyz", &[1]);
        check(&bert, "\u{200b}", &[1]);
        check(&bert, "\0", &[1]);
        check(&bert, "", &[1]);
    }

    #[test]
    fn padding_and_truncation_are_switched_off() {
        let bert = load(BERT).unwrap();
        check(&bert, "aaaaaaaaaaaa", &[4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]);
    }

    #[test]
    fn pieces_are_appended_and_counted() {
        let bert = load(BERT).unwrap();
        let mut pieces = vec![2];
        assert_eq!(bert.append_word_pieces("Moscow", &mut pieces).unwrap(), 2);
        assert_eq!(bert.append_word_pieces(".", &mut pieces).unwrap(), 1);
        assert_eq!(pieces, [2, 6, 7, 8]);
    }

    #[test]
    fn a_byte_level_word_follows_a_space() {
        for add_prefix_space in [false, true] {
            let roberta = load(&byte_level(add_prefix_space)).unwrap();
            check(&roberta, "a", &[6]);
            check(&roberta, "aa", &[6, 4]);
            assert_eq!((roberta.first(), roberta.separator(), roberta.unknown()), (0, 2, 3));
        }
    }

    #[test]
    fn a_file_that_is_no_tokenizer_is_an_error() {
        assert!(matches!(load("{}"), Err(TokenizeError::Load { .. })));
        let without = BERT.replace(r#""[UNK]": 1, "#, "");
        assert!(matches!(
            load(&without),
            Err(TokenizeError::MissingPiece { piece: "unknown", .. })
        ));
    }

    #[test]
    fn threads_share_a_tokenizer() {
        let bert = load(BERT).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for word in ["Moscow", "a", "xyz", "aa"].iter().cycle().take(400) {
                        assert!(!bert.word_pieces(word).unwrap().is_empty());
                    }
                });
            }
        });
        check(&bert, "aa", &[4, 5]);
    }
}
