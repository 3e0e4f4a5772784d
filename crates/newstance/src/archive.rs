//! Inputs, with what the environment says of object stores.

use std::path::PathBuf;

use newstance_corpus::{ArticleReader, CorpusError, CorpusSettings, StoreOptions};

/// Looks for the inputs: files, folders, patterns, `-`, and addresses of object
/// stores. Credentials, endpoints and regions of stores come from environment
/// variables that begin with `AWS_` or `GOOGLE_`.
pub(crate) fn open_archive(
    inputs: &[PathBuf],
    settings: &CorpusSettings,
) -> Result<ArticleReader, CorpusError> {
    // A variable that is not Unicode is none of these.
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    ArticleReader::open_with(inputs, settings, &StoreOptions::of_variables(variables))
}
