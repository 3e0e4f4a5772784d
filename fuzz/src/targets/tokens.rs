//! Sentences, words and pieces.

use std::path::Path;
use std::sync::OnceLock;

use newstance_doc::{CharOffsets, Field, Span};
use newstance_tokenize::{PieceTokenizer, sentences, words};

/// The tokenizers that are tried: of the default bundle and of other kinds.
fn tokenizers() -> &'static [PieceTokenizer] {
    const FOLDERS: [&str; 4] = [
        "models/default/tagger",
        "tests/fixtures/tokenizers/byte-level",
        "tests/fixtures/tokenizers/unigram",
        "tests/fixtures/tokenizers/wordpiece-cased",
    ];
    static LOADED: OnceLock<Vec<PieceTokenizer>> = OnceLock::new();
    LOADED.get_or_init(|| {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.ancestors().find(|folder| folder.join("models/default").is_dir());
        let root = root.expect("it is a checkout");
        let load = |folder: &str| PieceTokenizer::load(&root.join(folder).join("tokenizer.json"));
        FOLDERS.iter().map(|folder| load(folder).expect("it is in the checkout")).collect()
    })
}

/// Spans lie in the text, in order; every word is in exactly one sentence.
pub fn tokenizer(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let all_words = words(&text, Span::new(0, text.len()));
    check_order(&text, &all_words);
    for field in Field::ALL {
        check_sentences(&text, field, &all_words);
    }
    let offsets = CharOffsets::new(&text);
    for (n_chars, (byte, _)) in text.char_indices().enumerate() {
        assert_eq!(offsets.char_at(byte), n_chars);
    }
    for tokenizer in tokenizers() {
        check_pieces(&text, &all_words, tokenizer);
    }
}

fn check_sentences(text: &str, field: Field, all_words: &[Span]) {
    let found = sentences(text, field);
    let spans: Vec<Span> = found.iter().map(|sentence| sentence.span).collect();
    check_order(text, &spans);
    for sentence in &found {
        let inside = sentence.span.of(text);
        assert_eq!(inside, inside.trim(), "white space stands around a sentence");
        assert!(!sentence.words.is_empty(), "a sentence has no words: {inside:?}");
        assert!(sentence.words.iter().all(|word| sentence.span.contains(*word)));
        assert_eq!(sentence.field, field);
    }
    assert!(found.is_sorted_by_key(|sentence| sentence.paragraph), "paragraphs are not in order");
    let of_sentences: Vec<Span> =
        found.iter().flat_map(|sentence| sentence.words.iter().copied()).collect();
    assert_eq!(of_sentences, all_words, "a word is in no sentence, or in two");
}

/// Spans are not empty, lie in the text, in order, and do not overlap.
fn check_order(text: &str, spans: &[Span]) {
    let mut end = 0;
    for span in spans {
        assert!(span.start >= end && !span.is_empty() && span.end <= text.len(), "{span:?}");
        assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{span:?}");
        end = span.end;
    }
}

fn check_pieces(text: &str, words: &[Span], tokenizer: &PieceTokenizer) {
    for word in words.iter().take(64).map(|word| word.of(text)) {
        let pieces = tokenizer.word_pieces(word).expect("every word has pieces");
        assert!(!pieces.is_empty(), "a word has no pieces: {word:?}");
        assert_eq!(pieces, tokenizer.word_pieces(word).expect("and again"), "{word:?}");
    }
    let pieces = tokenizer.text_pieces(text).expect("every text has pieces");
    let mut start = 0;
    for piece in &pieces {
        let span = piece.span;
        assert!(text.get(span.start..span.end).is_some(), "{span:?} is not in the text");
        assert!(span.start >= start, "pieces are not in order: {span:?} after {start}");
        start = span.start;
    }
    assert_eq!(pieces, tokenizer.text_pieces(text).expect("and again"));
}
