//! Text to sentences, words and pieces, all as spans into the untouched original.
//!
//! [`sentences()`] cuts a field for news; [`words()`] and [`PieceTokenizer`] are one half of the contract with the
//! models: recipes that train them cut text in the same way.

mod abbreviation;
mod block;
mod error;
mod pair_layout;
mod piece_cache;
mod pieces;
mod sentences;
mod words;

pub use error::TokenizeError;
pub use pair_layout::PairLayout;
pub use pieces::{PieceTokenizer, TextPiece};
pub use sentences::sentences;
pub use words::words;
