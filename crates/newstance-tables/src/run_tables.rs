//! The tables of a run folder, a few articles at a time.

use std::path::Path;

use newstance_doc::rows::{
    ArchiveTables, ArticleRow, ArticleTables, MentionRow, SentenceRow, StanceRow, StatementRow,
};
use serde::Serialize;

use crate::folder::write_table;
use crate::{Format, Table, TableWriter, TablesError};

/// Writes the tables of articles into a folder, however many there are.
///
/// The files get their names when they are complete.
#[derive(Debug)]
pub struct ArticleTablesWriter {
    articles: TableWriter<ArticleRow>,
    sentences: TableWriter<SentenceRow>,
    mentions: TableWriter<MentionRow>,
    statements: TableWriter<StatementRow>,
    stances: TableWriter<StanceRow>,
}

impl ArticleTablesWriter {
    /// Begins the tables in `folder`, which must be there.
    ///
    /// # Errors
    ///
    /// [`TablesError`] naming the file that cannot be made.
    pub fn create(folder: &Path, format: Format) -> Result<Self, TablesError> {
        Ok(Self {
            articles: TableWriter::create(folder, format)?,
            sentences: TableWriter::create(folder, format)?,
            mentions: TableWriter::create(folder, format)?,
            statements: TableWriter::create(folder, format)?,
            stances: TableWriter::create(folder, format)?,
        })
    }

    /// Adds rows; those of a table must come in the order of its id columns.
    ///
    /// # Errors
    ///
    /// [`TablesError`] naming the file.
    pub fn push(&mut self, rows: &ArticleTables) -> Result<(), TablesError> {
        push_all(&mut self.articles, &rows.articles)?;
        push_all(&mut self.sentences, &rows.sentences)?;
        push_all(&mut self.mentions, &rows.mentions)?;
        push_all(&mut self.statements, &rows.statements)?;
        push_all(&mut self.stances, &rows.stances)
    }

    /// Completes the tables; gives the number of rows of each by its name.
    ///
    /// # Errors
    ///
    /// [`TablesError`] naming the file that cannot be written.
    pub fn finish(self) -> Result<[(&'static str, u64); 5], TablesError> {
        Ok([
            (ArticleRow::NAME, self.articles.finish()?),
            (SentenceRow::NAME, self.sentences.finish()?),
            (MentionRow::NAME, self.mentions.finish()?),
            (StatementRow::NAME, self.statements.finish()?),
            (StanceRow::NAME, self.stances.finish()?),
        ])
    }
}

fn push_all<T: Table + Serialize>(
    writer: &mut TableWriter<T>,
    rows: &[T],
) -> Result<(), TablesError> {
    rows.iter().try_for_each(|row| writer.push(row))
}

/// Writes the tables of an archive into `folder`, which must be there; gives
/// the number of rows of each by its name.
///
/// # Errors
///
/// [`TablesError`] naming the file that cannot be written.
pub fn write_archive_tables(
    folder: &Path,
    tables: &ArchiveTables,
    format: Format,
) -> Result<Vec<(&'static str, u64)>, TablesError> {
    Ok(vec![
        write_table(folder, &tables.actors, format)?,
        write_table(folder, &tables.affiliations, format)?,
        write_table(folder, &tables.claims, format)?,
        write_table(folder, &tables.positions, format)?,
        write_table(folder, &tables.changes, format)?,
        write_table(folder, &tables.turns, format)?,
        write_table(folder, &tables.omissions, format)?,
        write_table(folder, &tables.problems, format)?,
    ])
}
