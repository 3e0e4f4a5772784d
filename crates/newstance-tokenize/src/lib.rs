//! Text to sentences, words and pieces, all as spans into the untouched original.
//!
//! [`words()`] and [`PieceTokenizer`] are one half of the contract with the
//! models: recipes that train them cut text in the same way.

mod error;
mod piece_cache;
mod pieces;
mod words;

pub use error::TokenizeError;
pub use pieces::PieceTokenizer;
pub use words::words;
