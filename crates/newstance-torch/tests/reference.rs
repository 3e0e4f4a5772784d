//! The backend against states of the reference implementation.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use newstance_model::conformance::{check_promises, check_reference, read_reference};
use newstance_model::{Encoder, EncoderLoader, PackedPieces, Precision};
use newstance_torch::{TOLERANCE, TorchBackend, set_threads};

/// A checkpoint of this crate, or one that both backends are tested on.
fn folder(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = root.join("tests/fixtures").join(name);
    if own.exists() { own } else { root.join("../../tests/fixtures/encoder").join(name) }
}

fn load(name: &str) -> Arc<dyn Encoder> {
    // Tests run side by side as it is.
    set_threads(1);
    TorchBackend::default().load(&folder(name), Precision::F32).unwrap()
}

/// Vocabulary of the smallest fixture.
const N_IDS: u32 = 99;

#[track_caller]
fn check(name: &str) {
    check_within(name, TOLERANCE);
}

/// `tolerance` is what company may change.
#[track_caller]
fn check_within(name: &str, tolerance: f32) {
    let cases = read_reference(&folder(name).join("reference.json")).unwrap();
    let encoder = load(name);
    check_reference(encoder.as_ref(), &cases, 1e-3);
    check_promises(encoder.as_ref(), N_IDS, tolerance);
}

#[test]
fn bert_gives_the_reference_states() {
    check("bert");
}

#[test]
fn distilbert_gives_the_reference_states() {
    check("distilbert");
}

#[test]
fn roberta_gives_the_reference_states() {
    check("roberta");
}

#[test]
fn electra_gives_the_reference_states() {
    check("electra");
}

#[test]
fn albert_gives_the_reference_states() {
    check("albert");
}

#[test]
fn mobilebert_gives_the_reference_states() {
    // Its states are not normalised: they are up to 100, and so is rounding.
    check_within("mobilebert", 100.0 * TOLERANCE);
}

#[test]
fn longformer_gives_the_reference_states() {
    check("longformer");
}

#[test]
fn deberta_gives_the_reference_states() {
    check("deberta");
}

#[test]
fn deberta_v2_gives_the_reference_states() {
    check("deberta-v2");
}

/// What libtorch gives in a precision, for the states of `bert`.
fn states_in(precision: Precision) -> Vec<f32> {
    set_threads(1);
    let encoder = TorchBackend::default().load(&folder("bert"), precision).unwrap();
    let mut batch = PackedPieces::default();
    batch.push_text(&[8, 20, 30, 9], &[0, 1, 2, 0]);
    batch.push_aside(&[1, 2], &[1, 2]);
    encoder.encode(&batch).unwrap().values().to_vec()
}

#[test]
fn sixteen_bits_are_near_and_not_the_same() {
    let full = states_in(Precision::F32);
    for (precision, most) in [(Precision::Bf16, 0.1), (Precision::Fp16, 0.02)] {
        let squares = full.iter().zip(states_in(precision)).map(|(a, b)| (a - b).powi(2));
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let error = (squares.sum::<f32>() / full.len() as f32).sqrt();
        assert!(error < most && error > 1e-6, "{precision}: off by {error}");
    }
}

#[track_caller]
fn check_not_loaded(name: &str, change: impl Fn(&Path), precision: Precision, expected: &str) {
    let copy = tempfile::tempdir().unwrap();
    for file in ["config.json", "model.safetensors"] {
        std::fs::copy(folder(name).join(file), copy.path().join(file)).unwrap();
    }
    change(copy.path());
    let error = TorchBackend::default().load(copy.path(), precision).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

/// Replaces some text of the configuration.
fn configured(old: &'static str, new: &'static str) -> impl Fn(&Path) {
    move |folder| {
        let path = folder.join("config.json");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{text}");
        std::fs::write(path, text.replace(old, new)).unwrap();
    }
}

#[test]
fn what_is_missing_or_cannot_be_run_is_named() {
    let f32 = Precision::F32;
    let as_is = |_: &Path| ();
    check_not_loaded(
        "bert",
        as_is,
        Precision::Int8,
        "no precision `int8` (it has f32, bf16, fp16)",
    );
    let other = configured("\"model_type\": \"bert\"", "\"model_type\": \"gpt2\"");
    check_not_loaded("bert", other, f32, "cannot run architecture `gpt2` (it runs bert, electra");
    let deeper = configured("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");
    let missing = "weight `encoder.layer.2.intermediate.dense.weight` is missing";
    check_not_loaded("bert", deeper, f32, missing);
    let wider = configured("\"vocab_size\": 99", "\"vocab_size\": 98");
    check_not_loaded("albert", wider, f32, "has shape [99, 8] where [98, 8] is needed");
    let grouped = configured("\"num_hidden_groups\": 1", "\"num_hidden_groups\": 2");
    check_not_loaded("albert", grouped, f32, "2 groups of 1 layers; rust-bert runs 1 of 1");
    let one_window =
        configured("\"vocab_size\": 99", "\"vocab_size\": 99, \"attention_window\": 7");
    check_not_loaded("longformer", one_window, f32, "attention_window");
}

#[test]
fn asides_that_cannot_be_read_are_an_error() {
    let mut batch = PackedPieces::default();
    batch.push_text(&[8, 9], &[0, 0]);
    batch.push_aside(&[1], &[1]);
    let error = load("albert").encode(&batch).unwrap_err().to_string();
    assert!(error.contains("architecture `albert` reads no asides"), "{error}");
}

#[test]
fn what_is_in_no_table_is_an_error() {
    let refused = |ids: &[u32], types: &[u32]| {
        let mut batch = PackedPieces::default();
        batch.push_text(ids, types);
        load("bert").encode(&batch).unwrap_err().to_string()
    };
    assert!(refused(&[104], &[0]).contains("a piece 104 in a vocabulary of 104"));
    assert!(refused(&[1], &[4]).contains("type 4, the model has 4"));
    assert!(refused(&[1; 65], &[0; 65]).contains("65 pieces, the model reads 64"));
}
