//! Prints how many pieces a second the engine reads on one thread:
//! `cargo run --release -p newstance-encoder --example throughput -- CHECKPOINT PIECES f32|int8 [SET]`,
//! where `SET` is an instruction set of this processor.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use std::path::Path;
use std::time::{Duration, Instant};

use newstance_encoder::{EncoderBackend, InstructionSet};
use newstance_model::{EncoderLoader as _, PackedPieces, Precision};

const PIECES_PER_BATCH: usize = 2048;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, length, precision, sets @ ..] = arguments.as_slice() else {
        return Err("usage: throughput CHECKPOINT PIECES f32|int8 [SET]".into());
    };
    let precision = match precision.as_str() {
        "f32" => Precision::F32,
        "int8" => Precision::Int8,
        other => return Err(format!("precision is f32 or int8, not `{other}`").into()),
    };
    let length = length.parse::<usize>()?.max(1);
    let instruction_set = match sets.first() {
        Some(name) => name.parse()?,
        None => InstructionSet::detect(),
    };

    let start = Instant::now();
    let encoder = EncoderBackend { instruction_set }.load(Path::new(folder), precision)?;
    println!("{precision} on {instruction_set}, loaded in {:.2?}", start.elapsed());

    let length = length.min(encoder.max_pieces());
    let n_sequences = (PIECES_PER_BATCH / length).max(1);
    let n_pieces = n_sequences * length;
    let batch = PackedPieces {
        ids: (5..90).cycle().take(n_pieces).collect(),
        types: vec![0; n_pieces],
        starts: (0..=n_sequences).map(|idx| idx * length).collect(),
    };
    encoder.encode(&batch)?;
    let start = Instant::now();
    let mut n_read = 0_u32;
    while start.elapsed() < Duration::from_secs(5) {
        encoder.encode(&batch)?;
        n_read += u32::try_from(n_pieces).unwrap_or(u32::MAX);
    }
    let rate = f64::from(n_read) / start.elapsed().as_secs_f64();
    println!("{rate:.0} pieces/s in sequences of {length}, on one thread");
    Ok(())
}
