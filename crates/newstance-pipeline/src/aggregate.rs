//! Layers back into tables.

use std::path::{Path, PathBuf};

use newstance_aggregate::{
    AggregateSettings, Aggregated, Aggregator, ClaimModels, Ledger, PairCount, Scratch,
};
use newstance_doc::rows::{PairRow, SpeakerRow};
use newstance_tables::{
    ArticleTablesWriter, Format, LayerReader, Table, TableWriter, read_problems,
};

use crate::PipelineError;

/// Reads the layers of run folders, in any order, and makes what is in the tables.
///
/// What `scratch` does not leave in memory of them lies in its folder until
/// the [`Aggregated`] is dropped.
///
/// # Errors
///
/// [`PipelineError::Tables`] where a folder cannot be read,
/// [`PipelineError::Aggregate`] where two folders hold the same article.
pub fn aggregate_layers(
    folders: &[PathBuf],
    settings: AggregateSettings,
    models: ClaimModels<'_>,
    scratch: Scratch,
) -> Result<Aggregated, PipelineError> {
    let mut aggregator = Aggregator::with_scratch(settings, scratch);
    let mut problems = Vec::new();
    for folder in folders {
        for annotated in LayerReader::open(folder)? {
            aggregator.push(&annotated?)?;
        }
        problems.extend(read_problems(folder)?);
    }
    Ok(aggregator.finish(models, problems)?)
}

/// Writes the tables of articles into `folder`, which must be there; gives the
/// number of rows of each by its name. A few articles are in memory at a time.
///
/// # Errors
///
/// [`PipelineError::Tables`] naming the file that cannot be written,
/// [`PipelineError::Aggregate`] where the layers cannot be read again.
pub fn write_articles(
    folder: &Path,
    aggregated: &Aggregated,
    format: Format,
) -> Result<[(&'static str, u64); 5], PipelineError> {
    let mut writer = ArticleTablesWriter::create(folder, format)?;
    aggregated.article_tables(|rows| Ok::<(), PipelineError>(writer.push(&rows)?))?;
    Ok(writer.finish()?)
}

/// Writes the tables `pairs` and `speakers` of `ledger` into `folder`; gives the
/// number of rows of each by its name.
///
/// `folder` must be there. `see` is shown every row of `pairs` in its order. Some
/// hundred thousand rows are in memory at a time.
///
/// # Errors
///
/// [`PipelineError::Tables`] naming the file that cannot be written.
pub fn write_counts(
    folder: &Path,
    ledger: &Ledger,
    settings: &AggregateSettings,
    format: Format,
    mut see: impl FnMut(&PairCount<'_>) + Send,
) -> Result<[(&'static str, u64); 2], PipelineError> {
    let mut pairs = TableWriter::<PairRow>::create(folder, format)?;
    let mut written = Ok(());
    ledger.pair_counts(settings, |rows| {
        if written.is_ok() {
            written = rows.iter().try_for_each(|row| {
                see(row);
                pairs.push(row)
            });
        }
    });
    written?;
    let mut speakers = TableWriter::<SpeakerRow>::create(folder, format)?;
    let mut written = Ok(());
    ledger.speaker_rows(settings, |row| {
        if written.is_ok() {
            written = speakers.push(&row);
        }
    });
    written?;
    Ok([(PairRow::NAME, pairs.finish()?), (SpeakerRow::NAME, speakers.finish()?)])
}
