//! Word scores to mentions, and mentions to the actors of one article.
//!
//! [`find_mentions`] decodes what the tagger says and adds what the
//! [`Gazetteer`] knows. [`annotate_actors`] goes on from there: common nouns and
//! pronouns that stand for someone, who is the same as whom, offices,
//! affiliations and countries. Rules are general: no name of any article is in
//! this crate; what it knows of the world is in `data/gazetteer`.

mod annotate;
mod belonging;
mod cast;
mod decode;
mod error;
#[cfg(test)]
mod fixture;
mod fold;
mod gazetteer;
mod grammar;
mod lexicon;
mod lookup;
mod mentions;
mod metonyms;
mod nominals;
mod passed_over;
mod persons;
mod phrases;
mod places;
mod pronouns;
mod quotes;
mod reading;
mod roles;
mod similarity;
mod sources;

pub use annotate::{ActorSettings, Named, Tagged, annotate_actors};
pub use error::NerError;
pub use gazetteer::{Gazetteer, GazetteerTables};
pub use mentions::{NameScores, find_mentions};
