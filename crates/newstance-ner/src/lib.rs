//! Word scores to mentions, and mentions to the actors of one article.
//!
//! [`find_mentions`] decodes what the tagger says and adds what the
//! [`Gazetteer`] knows. [`annotate_actors`] goes on from there: common nouns and
//! pronouns that stand for someone, who is the same as whom, offices,
//! affiliations and countries. Rules are general: no name of any article is in
//! this crate; what it knows of the world is in `data/gazetteer`.

mod decode;
mod error;
mod fold;
mod gazetteer;
mod lookup;
mod reading;

pub use error::NerError;
pub use gazetteer::{Gazetteer, GazetteerTables};
