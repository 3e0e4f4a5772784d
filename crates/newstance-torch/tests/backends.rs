//! The default bundle through the whole chain, words to probabilities, on both
//! backends: what is true of one input must not depend on its company, and both
//! must say the same.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use newstance_doc::Field;
use newstance_encoder::EncoderBackend;
use newstance_model::{
    Bundle, EncoderLoader, HolderMark, Models, PairInput, Precision, Scores, WordText,
};
use newstance_tokenize::sentences;
use newstance_torch::{TOLERANCE, TorchBackend, set_threads};
use ruzstd::decoding::StreamingDecoder;
use serde_json::Value;

/// A backend with what company may change of a probability on it.
struct Backend {
    loader: Box<dyn EncoderLoader>,
    tolerance: f32,
}

fn encoder() -> Backend {
    Backend { loader: Box::new(EncoderBackend::default()), tolerance: 0.0 }
}

fn torch() -> Backend {
    // Tests run side by side as it is.
    set_threads(1);
    Backend { loader: Box::new(TorchBackend::default()), tolerance: TOLERANCE }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The default bundle in f32.
fn models(backend: &Backend) -> Models {
    let bundle = Bundle::open(&root().join("models/default")).unwrap();
    let bundle = bundle.with_precision(Precision::F32).with_backend(backend.loader.name());
    Models::load(&bundle, &[backend.loader.as_ref()]).unwrap()
}

fn word_text<'t>(words: &[&'t str]) -> WordText<'t> {
    let starts = if words.is_empty() { vec![] } else { vec![0] };
    WordText {
        words: words.to_vec(),
        joined: Vec::new(),
        sentence_starts: starts.clone(),
        paragraph_starts: starts,
    }
}

/// The probabilities of both token heads, one after another, for each text.
fn tag(models: &Models, texts: &[WordText<'_>]) -> Vec<Vec<f32>> {
    let taggers = models.token_classifiers_for(&["ner", "attribution"]).unwrap();
    let mut rows = vec![Vec::new(); texts.len()];
    for tagger in taggers {
        for (row, heads) in rows.iter_mut().zip(tagger.score_words(texts).unwrap()) {
            row.extend(heads.iter().flat_map(Scores::rows).flatten());
        }
    }
    rows
}

/// The probabilities of each pair.
fn judge(models: &Models, pairs: &[PairInput<'_>]) -> Vec<Vec<f32>> {
    let scores = models.stance().unwrap().score_pairs(pairs).unwrap();
    (0..pairs.len()).map(|idx| scores.row(idx).to_vec()).collect()
}

fn embed(models: &Models, texts: &[Vec<&str>]) -> Vec<Vec<f32>> {
    models.embedding().unwrap().embed(texts).unwrap()
}

/// The largest difference; all must be of the same lengths.
#[track_caller]
fn distance(left: &[Vec<f32>], right: &[Vec<f32>]) -> f32 {
    assert_eq!(left.len(), right.len(), "number of results");
    let mut largest = 0.0_f32;
    for (idx, (left, right)) in left.iter().zip(right).enumerate() {
        assert_eq!(left.len(), right.len(), "number of values of result {idx}");
        for (left, right) in left.iter().zip(right) {
            assert!(left.is_finite() && right.is_finite(), "result {idx} is no number");
            largest = largest.max((left - right).abs());
        }
    }
    largest
}

/// Sentences of different lengths and contents, more than any pipeline's batch.
fn made_up() -> Vec<Vec<String>> {
    let names = ["Peskov", "Kazakhstan", "the union", "Psaki", "Zambia", "Merkel", "BP"];
    let verbs = ["denied", "praised", "accused", "has met", "says it opposes"];
    let tails = ["", "on Tuesday", "over the dam , after weeks of talks in Geneva", "again"];
    let sentence = |idx: usize| {
        let (holder, target) = (names[idx % 7], names[(idx * 3 + 1) % 7]);
        let text = format!("{holder} {} {target} {} .", verbs[idx % 5], tails[idx % 4]);
        // The number makes each a sentence of its own.
        let text = format!("{text} Report {idx} says so .");
        text.split_whitespace().map(str::to_owned).collect()
    };
    (0..100).map(sentence).collect()
}

fn borrowed(sentences: &[Vec<String>]) -> Vec<Vec<&str>> {
    sentences.iter().map(|words| words.iter().map(String::as_str).collect()).collect()
}

/// The first and the last capitalised words as holder and target of each other,
/// and the last as target of the author and of anyone.
fn pairs<'t>(words: &[&'t str]) -> Vec<PairInput<'t>> {
    let is_name = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    let first = words.iter().position(is_name).unwrap_or(0);
    let last = words.iter().rposition(is_name).unwrap_or(0);
    if first == last {
        return Vec::new();
    }
    let (first, last) = (first..first + 1, last..last + 1);
    let pair =
        |holder, target| PairInput { words: words.to_vec(), joined: Vec::new(), holder, target };
    vec![
        pair(HolderMark::Words(first.clone()), last.clone()),
        pair(HolderMark::Words(last.clone()), first),
        pair(HolderMark::Outlet, last.clone()),
        pair(HolderMark::Any, last),
    ]
}

#[test]
fn neither_company_nor_order_changes_a_probability() {
    let sentences = made_up();
    let sentences = borrowed(&sentences);
    let texts: Vec<_> = sentences.iter().map(|words| word_text(words)).collect();
    let pairs: Vec<_> = sentences.iter().flat_map(|words| pairs(words)).collect();
    assert!(pairs.len() > 130, "{} pairs", pairs.len());
    let pairs = &pairs[..130];
    for backend in [encoder(), torch()] {
        let models = models(&backend);
        let (tagged, judged) = (tag(&models, &texts), judge(&models, pairs));
        let embedded = embed(&models, &sentences);
        let alone = |idx: usize| tag(&models, &texts[idx..=idx]).remove(0);
        let alone: Vec<_> = (0..texts.len()).map(alone).collect();
        assert!(distance(&tagged, &alone) <= backend.tolerance, "tagged alone");
        let alone = |idx: usize| judge(&models, &pairs[idx..=idx]).remove(0);
        let alone: Vec<_> = (0..pairs.len()).map(alone).collect();
        assert!(distance(&judged, &alone) <= backend.tolerance, "judged alone");

        let reversed = |mut rows: Vec<Vec<f32>>| {
            rows.reverse();
            rows
        };
        let texts: Vec<_> = texts.iter().rev().cloned().collect();
        assert!(distance(&tagged, &reversed(tag(&models, &texts))) <= backend.tolerance);
        let pairs: Vec<_> = pairs.iter().rev().cloned().collect();
        assert!(distance(&judged, &reversed(judge(&models, &pairs))) <= backend.tolerance);
        let sentences: Vec<_> = sentences.iter().rev().cloned().collect();
        assert!(distance(&embedded, &reversed(embed(&models, &sentences))) <= backend.tolerance);
    }
}

#[test]
fn no_input_is_too_short_or_too_long() {
    let long: Vec<&str> = ["Zambia", "denied", "it", ",", "Peskov", "said", "."]
        .into_iter()
        .cycle()
        .take(10_000)
        .collect();
    for backend in [encoder(), torch()] {
        let models = models(&backend);
        assert!(tag(&models, &[]).is_empty());
        assert!(judge(&models, &[]).is_empty());
        let tagged = tag(&models, &[word_text(&[]), word_text(&long), word_text(&["Zambia"])]);
        let n_columns = tagged[2].len();
        assert!(n_columns > 10, "{n_columns} labels");
        assert_eq!((tagged[0].len(), tagged[1].len()), (0, 10_000 * n_columns));
        let far = PairInput {
            words: long.clone(),
            joined: Vec::new(),
            holder: HolderMark::Words(0..1),
            target: 9_993..9_994,
        };
        assert_eq!(judge(&models, &[far])[0].len(), 3);
        let vectors = embed(&models, &[vec![], long.clone()]);
        for vector in vectors {
            let squares: f32 = vector.iter().map(|value| value * value).sum();
            assert!((squares - 1.0).abs() < 1e-3, "a vector of length {squares}");
        }
    }
}

/// Real sentences: of the large corpus where it lies beside the checkout, of the
/// sample articles otherwise.
fn real_sentences(most: usize) -> Vec<Vec<String>> {
    let corpus = root().join("../shared/corpora/allsides.jsonl.zst");
    let lines: Box<dyn BufRead> = if corpus.exists() {
        let file = File::open(corpus).unwrap();
        Box::new(BufReader::new(StreamingDecoder::new(file).unwrap()))
    } else {
        Box::new(BufReader::new(File::open(root().join("data/sample/articles.jsonl")).unwrap()))
    };
    let mut found = Vec::new();
    for line in lines.lines() {
        let article: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = article["text"].as_str().or(article["body"].as_str()).unwrap_or_default();
        for sentence in sentences(text, Field::Text) {
            found.push(sentence.words.iter().map(|word| word.of(text).to_owned()).collect());
            if found.len() == most {
                return found;
            }
        }
    }
    found
}

#[test]
fn both_backends_give_the_same_probabilities_on_real_sentences() {
    let sentences = real_sentences(1000);
    assert!(sentences.len() > 500, "{} sentences", sentences.len());
    let sentences = borrowed(&sentences);
    let texts: Vec<_> = sentences.iter().map(|words| word_text(words)).collect();
    let pairs: Vec<_> = sentences.iter().flat_map(|words| pairs(words)).collect();
    let (ours, torch) = (models(&encoder()), models(&torch()));
    let tagging = distance(&tag(&ours, &texts), &tag(&torch, &texts));
    let judging = distance(&judge(&ours, &pairs), &judge(&torch, &pairs));
    let (n_texts, n_pairs) = (texts.len(), pairs.len());
    assert!(n_pairs > n_texts, "{n_pairs} pairs in {n_texts} sentences");
    let message = format!("{n_texts} texts {tagging:e}, {n_pairs} pairs {judging:e}");
    println!("largest differences: {message}");
    assert!(tagging < 1e-3 && judging < 1e-3, "{message}");
}
