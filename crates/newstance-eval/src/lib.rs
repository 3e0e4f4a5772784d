//! Predictions against gold: scores and their intervals.
//!
//! This crate knows no model and no stage: it is given what was found and what
//! should have been found, document by document, and gives a [`Report`]. Every
//! score comes with a 95 % interval by bootstrap over documents, since the
//! examples of one document are not independent.

mod attribution;
mod bootstrap;
mod classes;
mod counts;
mod entities;
mod floors;
mod report;

pub use attribution::{AttributionDocument, AttributionSpans, score_attribution};
pub use bootstrap::{N_RESAMPLES, SEED};
pub use classes::{ClassifiedDocument, score_classes};
pub use counts::Counts;
pub use entities::{Entity, EntityDocument, entities_of_tags, score_entities};
pub use floors::{Floor, FloorCheck, Floors};
pub use report::{ClassScore, Confusion, Report, Score};
