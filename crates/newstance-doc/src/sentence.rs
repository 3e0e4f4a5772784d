//! Sentences and their words.

use serde::{Deserialize, Serialize};

use crate::{Field, Span};

/// A sentence of one field.
///
/// The sentences of an article are in reading order, the title's first; their
/// spans do not overlap, and every word of the field is in exactly one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// The field that the spans point into.
    pub field: Field,
    /// From the first to the last character, without white space around.
    pub span: Span,
    /// The paragraph of the field that it stands in, from 0.
    pub paragraph: usize,
    /// Its words, in order; at least one.
    pub words: Vec<Span>,
}
