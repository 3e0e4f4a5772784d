//! What is wrong with labelled data.

use std::path::PathBuf;

/// Why labelled data could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GoldError {
    /// A file or folder cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// A line does not say what it should.
    #[error("`{}` line {line}: {reason}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },

    /// There is nothing to read.
    #[error("`{}` holds no labelled data of this form", path.display())]
    Empty {
        /// The file or folder.
        path: PathBuf,
    },
}
