//! How layers and tables are kept in a run folder.
//!
//! [`write_tables`] writes one file a table, in the columns and the order of
//! the contract ([`Table::COLUMNS`]); [`read_table`] and [`read_tables`] read
//! them back, whatever their [`Format`]. [`LayerWriter`] and [`LayerReader`]
//! keep what `annotate` makes of each article, in corpus order, part by part; a
//! part that is whole is a checkpoint ([`PartRecord`]). [`FolderLock`] lets one
//! run at a time write to a folder.
//!
//! Bytes depend on the rows only: not on the clock, not on how many rows are
//! given at once. Offsets in tables count characters; those in layers count
//! bytes, and layers are for newstance alone to read.

mod annotated_rows;
mod batch;
mod decode;
mod encode;
mod error;
mod folder;
mod format;
mod layers;
mod lock;
mod parquet_file;
mod parts;
mod report;
#[cfg(test)]
mod report_tests;
mod run_tables;
mod schema;
mod source;
mod table_writer;
mod tables;
mod text_file;

pub use annotated_rows::{AnnotatedRow, annotated_batch, annotated_rows, annotated_schema};
pub use batch::{TableColumns, rows_of_batches};
pub use error::{BatchError, CellError, TablesError};
pub use folder::{find_table, read_table, read_tables, table_rows, write_tables};
pub use format::Format;
pub use layers::{LayerReader, LayerWriter};
pub use lock::FolderLock;
pub use parts::{
    LAYERS_FOLDER, LayersState, PartRecord, begin_layers, finish_layers, layers_state, read_parts,
    read_plan, read_problems,
};
pub use report::{MarkedPairs, REPORT_FILE, ReportLimits, write_report};
pub use run_tables::{ArticleTablesWriter, write_archive_tables};
pub use schema::{Column, ColumnType, Table};
pub use source::TableSource;
pub use table_writer::TableWriter;
pub use tables::{table_batches, tables_of_batches};
