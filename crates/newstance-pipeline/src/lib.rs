//! The chain over a corpus.
//!
//! [`Annotator`] takes one article through every stage. [`annotate_corpus`]
//! does so for an archive, in chunks over rayon's threads, and writes the
//! layers in corpus order. [`aggregate_layers`] reads them back into tables.
//! What comes out is a function of articles, settings and model files: threads
//! and chunks change when something is done, never what.

mod aggregate;
mod annotator;
mod corpus;
mod error;
mod word_text;

pub use aggregate::aggregate_layers;
pub use annotator::{Annotation, Annotator, AnnotatorSettings, TaggedWords};
pub use corpus::{Counts, Progress, RunOptions, annotate_corpus};
pub use error::PipelineError;
