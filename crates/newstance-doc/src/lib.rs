//! The types that all of newstance shares.
//!
//! An [`Article`] is read once and never changed. Everything found in it is a
//! layer of its own ([`Sentence`], [`Mention`], [`Actor`], [`Statement`],
//! [`Stance`]), gathered in [`Annotated`], and points into the article with
//! [`Span`]s in bytes. [`rows`] holds the tables of a run folder, where offsets
//! count characters and ids are global.

mod actor;
mod article;
mod chars;
mod layers;
mod mention;
mod problem;
mod relation;
pub mod rows;
mod sentence;
mod span;
mod stance;
mod statement;

pub use actor::{Actor, ActorKind};
pub use article::{Article, Field};
pub use chars::CharOffsets;
pub use layers::Annotated;
pub use mention::{Mention, MentionForm, MentionLabel};
pub use problem::{Problem, ProblemKind};
pub use relation::Relation;
pub use sentence::Sentence;
pub use span::Span;
pub use stance::{Basis, Holder, Position, PositionProbabilities, Stance};
pub use statement::{Force, SpeakerKind, Statement, StatementForm};
