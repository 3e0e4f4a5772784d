//! Predictions against gold: scores, their intervals, and gates.
//!
//! This crate knows no model and no stage: it is given what was found and what
//! should have been found, document by document, and counts it in a [`Tally`].
//! A tally gives a [`Report`]; two tallies of the same gold data are compared
//! by [`compare`]; a [`Baseline`] keeps tallies for the next time. Every score
//! comes with a 95 % interval by bootstrap over documents, since the examples
//! of one document are not independent.

mod attribution;
mod baseline;
mod bootstrap;
mod calibration;
mod check;
mod classes;
mod comparison;
mod counts;
mod entities;
mod error;
mod exchange;
mod floors;
mod junit;
mod markdown;
mod measure;
mod overlap;
mod report;
mod slices;
mod tally;

pub use attribution::{
    AttributionDocument, AttributionExample, AttributionSpans, contents_matched_at,
    matched_contents, tally_attributions,
};
pub use baseline::{Baseline, CaseOutcome, GoldTally};
pub use bootstrap::{N_RESAMPLES, SEED};
pub use calibration::{N_BINS, ReliabilityBin, count_probability};
pub use check::{CheckReport, CheckedCase, CheckedScore, CheckedTask, Verdict, check_task};
pub use classes::{ClassifiedExample, tally_classes, tally_found_classes};
pub use comparison::{Difference, compare, compare_slices};
pub use counts::Counts;
pub use entities::{Entity, EntityExample, FoundEntity, entities_of_tags, tally_entities};
pub use error::EvalError;
pub use exchange::{Exchange, exchanged_labels};
pub use floors::{Floor, FloorCheck, Floors};
pub use junit::JunitXml;
pub use markdown::Markdown;
pub use measure::{Block, Measure};
pub use report::{ClassScore, Confusion, Report, Score, SliceScore};
pub use tally::{Columns, Slice, Tally, Unit};
