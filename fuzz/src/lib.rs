//! Fuzz targets: `targets/` says what must hold, `memory` that no more than
//! 1 GiB is used for it. `tests/seeds.rs` of the project holds the same on
//! every seed.

mod memory;
mod targets;

pub use targets::{
    bzip2, csv, gzip, html, json_documents, json_lines, layers, manifest, parquet, query, text,
    tokenizer, warc, xz, zstd,
};
