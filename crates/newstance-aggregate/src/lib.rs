//! Layers to tables: the one place that sees the whole archive.
//!
//! An [`Aggregator`] takes what `annotate` made of each article, in any order,
//! and gives the [`Tables`](newstance_doc::rows::Tables) of a run folder:
//! actors of the archive, wire groups, claims with the positions taken on
//! them, and counts over time with their intervals. The tables depend on which
//! articles were pushed, never on the order. What is counted is kept in a
//! [`Ledger`]; ledgers of different articles can be put together.

mod actor_rows;
mod actors;
mod agency;
#[cfg(test)]
mod aggregation_tests;
mod aggregator;
mod archive;
mod bootstrap;
mod calendar;
mod cells;
mod changes;
mod check;
#[cfg(test)]
mod claim_model_tests;
mod claim_models;
mod claim_rows;
mod claims;
mod clauses;
mod correction;
mod denial;
mod directions;
mod entries;
mod error;
mod grouping;
mod ledger;
mod levels;
mod names;
mod namesakes;
mod negation;
mod omissions;
mod pair_rows;
mod pairs;
mod propositions;
mod referents;
mod relations;
mod roles;
mod rows;
mod seeds;
mod settings;
mod shelf;
mod similarity;
mod slug;
mod speakers;
mod stems;
mod store;
mod surnames;
mod tally;
#[cfg(test)]
mod testing;
mod turns;
mod wire;
mod wire_text;
mod word_list;

pub use aggregator::{Aggregated, Aggregator};
pub use claim_models::ClaimModels;
pub use correction::{Correction, LabelledStance};
pub use error::AggregateError;
pub use ledger::{Dateline, Ledger, Party, PartyRef, PlaceRef};
pub use pairs::PairCount;
pub use settings::{AggregateSettings, PeriodUnit};
pub use store::Scratch;
pub use wire_text::{WireText, are_copies};
