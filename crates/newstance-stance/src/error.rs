//! What can go wrong here.

use std::path::PathBuf;

use newstance_model::ModelError;

/// Why statements or stances could not be found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StanceError {
    /// The model fails, or lacks a label that is needed.
    #[error(transparent)]
    Model(#[from] ModelError),

    /// The lexicon of cues cannot be read.
    #[error("cannot read the cues in `{}`", path.display())]
    Lexicon {
        /// The file.
        path: PathBuf,
        /// Why.
        source: csv::Error,
    },

    /// A cue of the lexicon has a force that there is none of.
    #[error(
        "`{}` gives the cue `{cue}` the force `{force}`\n\
         hint: forces are affirms, denies, questions, demands, promises, predicts",
        path.display()
    )]
    UnknownForce {
        /// The file.
        path: PathBuf,
        /// The cue.
        cue: String,
        /// What stands beside it.
        force: String,
    },
}
