//! Prints how many pieces a second the engine reads on one thread:
//! `cargo run --release -p newstance-encoder --example throughput -- CHECKPOINT [PIECES] [int8]`.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use newstance_encoder::EncoderBackend;
use newstance_model::{EncoderLoader as _, ModelError, PackedPieces, Precision};

const PIECES_PER_BATCH: usize = 2048;

fn main() -> Result<(), ModelError> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "models/default/tagger".into()));
    let length = arguments.next().and_then(|length| length.parse().ok()).unwrap_or(64_usize).max(1);
    let is_int8 = arguments.next().is_some_and(|precision| precision == "int8");
    let precision = if is_int8 { Precision::Int8 } else { Precision::F32 };

    let start = Instant::now();
    let encoder = EncoderBackend.load(&folder, precision)?;
    println!(
        "{precision} on {}, loaded in {:.2?}",
        newstance_encoder::instruction_set(),
        start.elapsed()
    );

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
