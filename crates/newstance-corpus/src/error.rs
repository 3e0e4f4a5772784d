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

    /// A folder cannot be listed.
    #[error("cannot list folder `{}`", path.display())]
    List {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
