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

/// Texts of so many pieces each, with ids that count up.
fn counting(lengths: &[u32]) -> PackedPieces {
    let mut packed = PackedPieces::default();
    let mut next = 0;
    for length in lengths {
        let ids: Vec<u32> = (next..next + length).collect();
        packed.push_text(&ids, &vec![0; ids.len()]);
        next += length;
    }
    packed
}

#[test]
fn every_thread_gives_the_same_states() {
    let encoder = load("bert");
    let batch = counting(&[7, 0, 33, 20]);
    let expected = encoder.encode(&batch).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(encoder.encode(&batch).unwrap(), expected));
        }
    });
}

#[test]
fn instruction_sets_give_the_same_states() {
    let mut batch = counting(&[1, 37, 52]);
    batch.push_aside(&[1, 2, 3], &[0, 51, 7]);
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
            let mut packed = PackedPieces::default();
            packed.push_text(&case.ids, &types);
            for aside in &case.asides {
                packed.push_aside(&aside.ids, &aside.positions);
            }
            let hidden = encoder.encode(&packed).unwrap();
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
fn check_refused(ids: &[u32], types: &[u32], expected: &str) {
    let mut packed = PackedPieces::default();
    packed.push_text(ids, types);
    let error = load("bert").encode(&packed).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn what_is_in_no_table_is_an_error() {
    check_refused(&[104], &[0], "a piece 104 in a vocabulary of 104");
    check_refused(&[1], &[4], "type 4, the model has 4");
    check_refused(&[1; 65], &[0; 65], "65 pieces, the model reads 64");
}
