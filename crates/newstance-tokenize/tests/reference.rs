//! Pieces of words, texts and pairs of texts against those that the Python
//! library gives, for each kind of tokenizer (`models/train/reference_tokenizers.py`).
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use newstance_tokenize::{PairLayout, PieceTokenizer};
use proptest::prelude::{any, prop_assert, proptest};
use serde_json::Value;

const KINDS: [&str; 5] =
    ["wordpiece", "wordpiece-cased", "byte-level", "byte-level-prefix", "unigram"];

fn folder(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/tokenizers").join(kind)
}

/// Each tokenizer, loaded once.
fn tokenizers() -> impl Iterator<Item = (&'static str, &'static PieceTokenizer)> {
    static LOADED: OnceLock<Vec<PieceTokenizer>> = OnceLock::new();
    let load = |kind| PieceTokenizer::load(&folder(kind).join("tokenizer.json")).unwrap();
    KINDS.into_iter().zip(LOADED.get_or_init(|| KINDS.map(load).into_iter().collect()))
}

/// The rows of a list of the reference; there is at least one.
fn rows(kind: &str, list: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder(kind).join("reference.json")).unwrap();
    let mut reference: Value = serde_json::from_str(&text).unwrap();
    let Value::Array(rows) = reference[list].take() else { panic!("{kind} has no {list}") };
    assert!(!rows.is_empty());
    rows
}

fn numbers(value: &Value) -> Vec<u32> {
    serde_json::from_value(value.clone()).unwrap()
}

#[test]
fn a_text_has_the_pieces_and_spans_of_the_reference() {
    for (kind, tokenizer) in tokenizers() {
        for row in rows(kind, "texts") {
            let text = row["text"].as_str().unwrap();
            let pieces = tokenizer.text_pieces(text).unwrap();
            let ids: Vec<u32> = pieces.iter().map(|piece| piece.id).collect();
            assert_eq!(ids, numbers(&row["ids"]), "{kind}: ids of {text:?}");
            let spans: Vec<Value> = pieces
                .iter()
                .map(|piece| Value::from(vec![piece.span.start, piece.span.end]))
                .collect();
            assert_eq!(Value::from(spans), row["spans"], "{kind}: spans of {text:?}");
        }
    }
}

#[test]
fn a_word_alone_has_the_pieces_of_one_after_a_space() {
    for (kind, tokenizer) in tokenizers() {
        for row in rows(kind, "words") {
            let word = row["word"].as_str().unwrap();
            let expected = numbers(&row["ids"]);
            assert_eq!(tokenizer.word_pieces(word).unwrap(), expected, "{kind}: {word}");
        }
    }
}

/// Two texts in the pieces of one input, with the type of each.
fn together(tokenizer: &PieceTokenizer, texts: [&str; 2]) -> Vec<(u32, u32)> {
    let PairLayout { before, between, after, types } = tokenizer.pair_layout();
    let pieces = |idx: usize| -> Vec<(u32, u32)> {
        let pieces = tokenizer.text_pieces(texts[idx]).unwrap();
        pieces.into_iter().map(|piece| (piece.id, types[idx])).collect()
    };
    [before.as_slice(), &pieces(0), between, &pieces(1), after].concat()
}

#[test]
fn two_texts_are_put_together_as_the_reference_does() {
    for (kind, tokenizer) in tokenizers() {
        for row in rows(kind, "pairs") {
            let texts = [row["first"].as_str().unwrap(), row["second"].as_str().unwrap()];
            let (ids, types): (Vec<u32>, Vec<u32>) = together(tokenizer, texts).into_iter().unzip();
            assert_eq!((ids, types), (numbers(&row["ids"]), numbers(&row["types"])), "{kind}");
        }
    }
}

proptest! {
    #[test]
    fn pieces_lie_in_their_text_in_order(text in any::<String>()) {
        for (kind, tokenizer) in tokenizers() {
            let mut start = 0;
            for piece in tokenizer.text_pieces(&text).unwrap() {
                let span = piece.span;
                prop_assert!(span.start >= start && span.start <= span.end, "{kind}: {span:?}");
                prop_assert!(text.get(span.start..span.end).is_some(), "{kind}: {span:?}");
                start = span.start;
            }
        }
    }
}
