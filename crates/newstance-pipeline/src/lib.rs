//! The chain over a corpus.
//!
//! [`Annotator`] takes one article through every stage. [`annotate_corpus`]
//! does so for an archive, or a [`Shard`] of it, in chunks over rayon's
//! threads, and writes the layers in corpus order, part by part; whoever is
//! interrupted goes on after the last whole part. [`aggregate_layers`] reads
//! them back into tables, [`write_counts`] writes those of counts. What comes out is a function of articles, settings
//! and model files: threads, chunks, shards and interruptions change when
//! something is done, never what.

mod aggregate;
mod annotator;
mod corpus;
mod counts;
mod error;
mod shard;
mod source;
mod word_text;

pub use aggregate::{aggregate_layers, write_articles, write_counts};
pub use annotator::{Annotation, Annotator, AnnotatorSettings, TaggedWords};
pub use corpus::{Progress, RunOptions, annotate_corpus, annotate_rows};
pub use counts::Counts;
pub use error::PipelineError;
pub use shard::Shard;
