//! Compares the engine with a table of reference states:
//! `cargo run --release -p newstance-encoder --example parity -- CHECKPOINT TABLE.json`.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use std::path::Path;

use newstance_encoder::EncoderBackend;
use newstance_model::conformance::{check_promises, check_reference, read_reference};
use newstance_model::{EncoderLoader as _, ModelError, Precision};

fn main() -> Result<(), ModelError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [checkpoint, table] = arguments.as_slice() else {
        println!("usage: parity CHECKPOINT TABLE.json");
        return Ok(());
    };
    let encoder = EncoderBackend::default().load(Path::new(checkpoint), Precision::F32)?;
    let cases = read_reference(Path::new(table))?;
    for tolerance in [1e-3, 1e-4, 1e-5] {
        check_reference(encoder.as_ref(), &cases, tolerance);
        println!("within {tolerance:e}");
    }
    check_promises(encoder.as_ref(), 1000, 0.0);
    println!("every state as if alone, bit for bit");
    Ok(())
}
