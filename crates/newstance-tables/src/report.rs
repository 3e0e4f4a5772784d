//! The report page: what a run found, in one file that needs no network.
//!
//! The data lie in the page as JSON that is never executed. Scripts and the
//! style sheet are files of their own (`page/`), put into the page whole; its
//! content security policy names their hashes and nothing else, so that no
//! text of an article can run or load anything.

mod actors;
mod contents;
mod evidence;
mod excerpt;
mod most;
mod numbers;
mod page;
mod pairs;
mod passages;
mod selection;
mod stretch;

use std::path::Path;

pub use self::pairs::MarkedPairs;
use crate::{TableSource, TablesError, folder::replace};

/// Name of the page in a run folder.
pub const REPORT_FILE: &str = "report.html";

/// How much of a run a page may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportLimits {
    /// Stances, from the most marked.
    pub stances: usize,
    /// Rows of the table `pairs`, from those of the most marked pairs.
    pub pair_rows: usize,
    /// Claims, disputed ones first, then those of most statements.
    pub claims: usize,
    /// Actors: all that the page names, and others from the most mentioned.
    pub actors: usize,
    /// Turns, the surest.
    pub turns: usize,
    /// Omissions, those of most articles.
    pub omissions: usize,
    /// Bytes of text from articles.
    pub text_bytes: usize,
}

impl Default for ReportLimits {
    fn default() -> Self {
        Self {
            stances: 100_000,
            pair_rows: 40_000,
            claims: 10_000,
            actors: 10_000,
            turns: 2_000,
            omissions: 2_000,
            text_bytes: 4 << 20,
        }
    }
}

/// Writes the report page of `tables` and the most marked pairs to `path`.
///
/// `left_out` names what a run was told to leave out, and how much of it.
/// What does not fit into `limits` is left out of the page and counted on it.
/// The page depends on these alone. Of the tables of articles only what the
/// page may show is in memory.
///
/// # Errors
///
/// [`TablesError::Write`] naming the file, and those of the source.
pub fn write_report<S: TableSource + ?Sized>(
    path: &Path,
    tables: &S,
    mut pairs: MarkedPairs,
    left_out: &[(String, u64)],
    limits: ReportLimits,
) -> Result<(), S::Error> {
    let excerpt = excerpt::Excerpt::read(tables, limits)?;
    let contents = contents::contents(&excerpt, &mut pairs, left_out, limits);
    replace(path, |partial| {
        let failed = |source| TablesError::Write { path: path.to_owned(), source };
        let json = serde_json::to_string(&contents).map_err(|error| failed(error.into()))?;
        std::fs::write(partial, page::page(&json)).map_err(failed)
    })?;
    Ok(())
}
