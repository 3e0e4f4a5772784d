//! The engine against states of the reference implementation.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use newstance_encoder::{EncoderBackend, InstructionSet};
use newstance_model::conformance::{check_promises, check_reference, read_reference};
use newstance_model::{Encoder, EncoderLoader, PackedPieces, Precision};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/encoder").join(name)
}

fn load(name: &str) -> Arc<dyn Encoder> {
    load_as(name, Precision::F32)
}

fn load_as(name: &str, precision: Precision) -> Arc<dyn Encoder> {
    load_for(name, precision, InstructionSet::detect())
}

fn load_for(name: &str, precision: Precision, instruction_set: InstructionSet) -> Arc<dyn Encoder> {
    EncoderBackend { instruction_set }.load(&folder(name), precision).unwrap()
}

/// Vocabulary of the smallest fixture.
const N_IDS: u32 = 99;

#[track_caller]
fn check(name: &str) {
    let cases = read_reference(&folder(name).join("reference.json")).unwrap();
    for set in InstructionSet::available() {
        let encoder = load_for(name, Precision::F32, set);
        check_reference(encoder.as_ref(), &cases, 1e-3);
        check_promises(encoder.as_ref(), N_IDS, 0.0);
    }
}

#[test]
fn bert_gives_the_reference_states() {
    check("bert");
}

#[test]
fn bert_in_bf16_gives_the_reference_states() {
    check("bert-bf16");
}

#[test]
fn bert_in_f16_gives_the_reference_states() {
    check("bert-f16");
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
fn mpnet_gives_the_reference_states() {
    check("mpnet");
}

#[test]
fn every_thread_gives_the_same_states() {
    let encoder = load("bert");
    let batch =
        PackedPieces { ids: (0..60).collect(), types: vec![0; 60], starts: vec![0, 7, 7, 40, 60] };
    let expected = encoder.encode(&batch).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(encoder.encode(&batch).unwrap(), expected));
        }
    });
}

#[test]
fn instruction_sets_give_the_same_states() {
    let batch =
        PackedPieces { ids: (0..90).collect(), types: vec![0; 90], starts: vec![0, 1, 38, 90] };
    for precision in [Precision::F32, Precision::Int8] {
        let states = |set| load_for("bert", precision, set).encode(&batch).unwrap();
        let highest = states(InstructionSet::detect());
        for set in InstructionSet::available() {
            assert_eq!(states(set), highest, "{precision} on {set}");
        }
    }
}

#[test]
fn in_bytes_promises_hold_bit_for_bit() {
    for name in ["bert", "distilbert", "roberta", "mpnet"] {
        for set in InstructionSet::available() {
            check_promises(load_for(name, Precision::Int8, set).as_ref(), N_IDS, 0.0);
        }
    }
}

/// The states of small random models are spread by about 1, and a byte has 256
/// steps: single values may be off by a quarter, their mean square may not.
#[test]
fn in_bytes_states_are_near_the_reference() {
    for name in ["bert", "distilbert", "roberta", "mpnet"] {
        let encoder = load_as(name, Precision::Int8);
        let (mut squares, mut n) = (0.0, 0.0);
        for case in read_reference(&folder(name).join("reference.json")).unwrap() {
            let mut types = case.types.clone();
            types.resize(case.ids.len(), 0);
            let starts = vec![0, case.ids.len()];
            let hidden = encoder.encode(&PackedPieces { ids: case.ids, types, starts }).unwrap();
            for (got, expected) in hidden.values().iter().zip(case.hidden.iter().flatten()) {
                squares += f64::from(got - expected).powi(2);
                n += 1.0;
            }
        }
        let error = (squares / n).sqrt();
        assert!(error < 0.1, "{name}: off by {error} in the root of the mean square");
        assert!(error > 1e-6, "{name}: this was not computed in bytes");
    }
}

#[track_caller]
fn check_refused(ids: Vec<u32>, types: Vec<u32>, starts: Vec<usize>, expected: &str) {
    let error = load("bert").encode(&PackedPieces { ids, types, starts }).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn what_is_in_no_table_is_an_error() {
    check_refused(vec![104], vec![0], vec![0, 1], "a piece 104 in a vocabulary of 104");
    check_refused(vec![1], vec![4], vec![0, 1], "type 4, the model has 4");
    check_refused(vec![1; 65], vec![0; 65], vec![0, 65], "65 pieces, the model reads 64");
    check_refused(vec![1; 3], vec![0; 3], vec![0, 2], "do not fit together");
    check_refused(vec![], vec![], vec![0, 2], "do not fit together");
}
