//! Prints how many pieces a second the engine reads on one thread, and what
//! share of the processor's arithmetic that is:
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
    let ids: Vec<u32> = (5..90).cycle().take(n_pieces).collect();
    let mut batch = PackedPieces::default();
    for ids in ids.chunks(length) {
        batch.push_text(ids, &vec![0; length]);
    }
    encoder.encode(&batch)?;
    let start = Instant::now();
    let mut times = Vec::new();
    while start.elapsed() < Duration::from_secs(5) {
        let start = Instant::now();
        encoder.encode(&batch)?;
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_unstable_by(f64::total_cmp);
    let n_pieces = f64::from(u32::try_from(n_pieces)?);
    let (rate, best) = (n_pieces / times[times.len() / 2], n_pieces / times[0]);
    let peak = match precision {
        Precision::Int8 => instruction_set.peak_of_bytes(),
        _ => instruction_set.peak_of_floats(),
    };
    let products = rate * products_per_piece(Path::new(folder))?;
    println!(
        "{rate:.0} pieces/s in the median batch of sequences of {length} ({best:.0} in the best): {:.0} of {:.0} thousand million products/s, {:.0} %",
        products / 1e9,
        peak / 1e9,
        100.0 * products / peak
    );
    Ok(())
}

/// Products of a weight and an input that a piece takes in the layers, without
/// those of attention.
fn products_per_piece(folder: &Path) -> Result<f64, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(folder.join("config.json"))?;
    let config: serde_json::Value = serde_json::from_str(&text)?;
    let size = |names: [&str; 2]| {
        names.iter().find_map(|name| config[*name].as_f64()).ok_or("sizes are missing")
    };
    let hidden = size(["hidden_size", "dim"])?;
    let between = size(["intermediate_size", "hidden_dim"])?;
    let n_layers = size(["num_hidden_layers", "n_layers"])?;
    Ok(n_layers * (4.0 * hidden * hidden + 2.0 * hidden * between))
}
