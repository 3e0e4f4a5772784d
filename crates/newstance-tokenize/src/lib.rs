//! Text to sentences, words and pieces.

mod error;

pub use error::TokenizeError;
