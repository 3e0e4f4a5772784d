//! An optional backend: rust-bert's models on libtorch, on the processor or on
//! CUDA.
//!
//! Model structs of rust-bert are used, its pipelines are not: pieces, masks,
//! batches, heads and labels are those of `newstance-model`. Checkpoints are
//! read in the Hugging Face layout. A batch is padded; what a state is depends
//! on its company by rounding only, within 1e-4 in f32. A model belongs to one
//! thread, which takes requests from all others in turn.

mod backend;
mod config;
mod device;
mod encoder;
mod error;
mod network;
mod owner;
mod padded;
mod threads;
mod variables;

pub use backend::{LIBTORCH, TOLERANCE, TorchBackend};
pub use device::TorchDevice;
pub use error::TorchError;
pub use threads::set_threads;
