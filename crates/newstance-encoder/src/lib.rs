//! The default backend: a CPU engine for encoders of the BERT family (BERT,
//! `DistilBERT`, `RoBERTa`, `XLM-RoBERTa`, `CamemBERT`, ELECTRA, `MPNet`).
//!
//! It reads checkpoints in the Hugging Face layout. Sequences are packed end to
//! end, there is no padding in the arithmetic, and every state is computed bit
//! for bit as if its sequence were alone: sums run in an order that depends on
//! the model only. It starts no threads; whoever calls it may, from several.

mod aligned;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod amx;
mod attention;
mod backend;
mod bytes;
mod config;
mod embeddings;
mod engine;
mod floats;
mod group;
mod instruction_set;
#[cfg(feature = "kernels")]
pub mod kernels;
mod lanes;
mod layer;
mod linear;
mod names;
mod peak;
mod relative;
#[cfg(test)]
mod testing;
mod tile;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use backend::EncoderBackend;
pub use instruction_set::{InstructionSet, InstructionSetMissing};
