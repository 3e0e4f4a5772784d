//! What must hold of newstance, whatever bytes it is given: a function a
//! target, which panics where something does not hold.

mod archive;
mod formats;
mod layers;
mod manifest;
mod packed;
mod query;
mod tokens;

pub use formats::{csv, html, json_documents, json_lines, parquet, text, warc};
pub use layers::layers;
pub use manifest::manifest;
pub use packed::{bzip2, gzip, xz, zstd};
pub use query::query;
pub use tokens::tokenizer;
