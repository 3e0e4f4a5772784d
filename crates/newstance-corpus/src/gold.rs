//! Readers of labelled data.
//!
//! Reading is strict: a malformed file is an error with its line, never a
//! lower score.

mod brat;
mod columns;
mod error;
mod pairs;
mod text_file;

pub use brat::{GoldAttribution, GoldAttributions, read_attributions};
pub use columns::{GoldEntities, GoldToken, read_entities};
pub use error::GoldError;
pub use pairs::{GoldPair, read_directed_pairs, read_target_pairs};
