//! What keeps an archive from being opened at all.

use std::path::PathBuf;

/// Why reading could not begin. What goes wrong later is a problem of the
/// file or article that it concerns.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CorpusError {
    /// No input was named.
    #[error("no input is given")]
    NoInput,

    /// An input does not exist or cannot be looked at.
    #[error("cannot find input `{}`", path.display())]
    Find {
        /// As it was given.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// A pattern cannot be read as one.
    #[error("cannot understand the pattern `{pattern}`")]
    Pattern {
        /// As it was given.
        pattern: String,
        /// Why.
        source: glob::PatternError,
    },

    /// A pattern fits nothing.
    #[error("no file fits `{pattern}`")]
    NoMatch {
        /// As it was given.
        pattern: String,
    },

    /// A folder cannot be listed.
    #[error("cannot list folder `{}`", path.display())]
    List {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// An address of an object store cannot be listed.
    #[error("cannot read `{address}`")]
    Address {
        /// As it was given.
        address: String,
        /// What the store, or what is between, says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// Rows cannot be read as articles.
    #[error("cannot read the rows as articles")]
    Rows {
        /// What the arrow crate says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
