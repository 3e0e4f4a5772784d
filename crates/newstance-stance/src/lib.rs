//! Who said what, and who stands how to whom.
//!
//! [`find_statements`] turns the attribution head's scores into statements
//! (source, cue, content) with their form and force. [`nest_statements`] adds those
//! that lie in the content of others, [`resolve_speakers`] finds who speaks.
//! [`pairs_to_judge`] asks a pair model how holders stand to targets, and
//! [`decide_stances`] reads its answers, beside the actions that a text tells
//! ([`ActionLexicon`]). Rules are general: they know words of
//! English, and no actor.

mod actions;
mod answers;
mod between;
mod edges;
mod error;
mod force;
mod gaps;
mod judge;
mod layers;
mod lexicon;
mod nested;
mod offices;
mod pairs;
mod paragraph;
mod quotes;
mod screen;
mod settings;
mod source;
mod speaker;
mod statements;
#[cfg(test)]
mod testing;
mod window;

pub use actions::ActionLexicon;
pub use error::StanceError;
pub use judge::{Judged, decide_stances, judge_pairs};
pub use layers::Layers;
pub use lexicon::ForceLexicon;
pub use nested::nest_statements;
pub use pairs::{PairSelection, PairToJudge, pairs_to_judge};
pub use screen::Screen;
pub use settings::StanceSettings;
pub use speaker::resolve_speakers;
pub use statements::find_statements;
