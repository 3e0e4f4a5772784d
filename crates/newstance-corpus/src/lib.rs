//! Archives to articles, and the readers of labelled data.
//!
//! [`ArticleReader`] reads files, folders and standard input one record at a
//! time. Whatever cannot be read is a [`newstance_doc::Problem`] between the
//! articles: a broken record costs that record, a broken file costs what comes
//! after the break.

mod batch_rows;
mod compression;
mod csv_rows;
mod date;
mod error;
mod filter;
mod format;
pub mod gold;
mod http;
mod ids;
mod input;
mod json_documents;
mod json_lines;
mod language;
mod lines;
mod lookahead;
mod page;
mod page_blocks;
mod page_date;
mod page_shape;
mod parquet_pages;
mod parquet_rows;
mod parquet_schema;
mod parquet_source;
mod query;
mod reader;
mod record;
mod records;
mod settings;
mod store_options;
#[cfg_attr(not(feature = "object-store"), path = "no_stores.rs")]
mod stores;
mod text_file;
mod warc;

pub use batch_rows::{Row, RowReader};
pub use date::parse_date;
pub use error::CorpusError;
pub use filter::{ArticleFilter, FilterSettings, LeftOut};
pub use ids::{IdRegistry, Identified};
pub use language::language_of;
pub use reader::ArticleReader;
pub use settings::CorpusSettings;
pub use store_options::StoreOptions;
