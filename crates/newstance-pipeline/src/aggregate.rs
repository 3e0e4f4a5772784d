//! Layers back into tables.

use std::path::PathBuf;

use newstance_aggregate::{AggregateSettings, Aggregator, ClaimModels};
use newstance_doc::rows::Tables;
use newstance_tables::{LayerReader, read_problems};

use crate::PipelineError;

/// Reads the layers of run folders, in any order, and makes the tables.
///
/// # Errors
///
/// [`PipelineError::Tables`] where a folder cannot be read,
/// [`PipelineError::Aggregate`] where two folders hold the same article.
pub fn aggregate_layers(
    folders: &[PathBuf],
    settings: AggregateSettings,
    models: ClaimModels<'_>,
) -> Result<Tables, PipelineError> {
    let mut aggregator = Aggregator::new(settings);
    let mut problems = Vec::new();
    for folder in folders {
        for annotated in LayerReader::open(folder)? {
            aggregator.push(annotated?);
        }
        problems.extend(read_problems(folder)?);
    }
    Ok(aggregator.finish(models, problems)?)
}
