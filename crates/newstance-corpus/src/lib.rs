//! Archives to articles, and the readers of labelled data.
//!
//! [`ArticleReader`] reads files, folders and standard input one record at a
//! time. Whatever cannot be read is a [`newstance_doc::Problem`] between the
//! articles: a broken record costs that record, a broken file costs what comes
//! after the break.

mod compression;
mod date;
mod error;
pub mod gold;
mod ids;
mod input;
mod lines;
mod reader;
mod record;
mod settings;
mod text_file;

pub use date::parse_date;
pub use error::CorpusError;
pub use ids::{IdRegistry, Identified};
pub use reader::ArticleReader;
pub use settings::CorpusSettings;
