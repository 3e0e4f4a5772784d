//! The backend against states of the reference implementation.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use newstance_model::conformance::{check_promises, check_reference, read_reference};
use newstance_model::{Encoder, EncoderLoader, Precision};
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
    let cases = read_reference(&folder(name).join("reference.json")).unwrap();
    let encoder = load(name);
    check_reference(encoder.as_ref(), &cases, 1e-3);
    check_promises(encoder.as_ref(), N_IDS, TOLERANCE);
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
    check("mobilebert");
}

#[test]
fn longformer_gives_the_reference_states() {
    check("longformer");
}
