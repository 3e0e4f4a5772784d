//! `aggregate`: layers to tables.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::bail;
use newstance_aggregate::ClaimModels;
use newstance_doc::rows::Tables;
use newstance_pipeline::{Counts, aggregate_layers};
use newstance_tables::{FolderLock, Format, LayerReader, read_parts, read_plan, write_tables};

use crate::Outcome;
use crate::args::{AggregateArgs, TableFormat};
use crate::plan::check_together;
use crate::run_record::{self, RunRecord};
use crate::session::Session;
use crate::summary;

/// Runs the verb.
pub(crate) fn run(args: &AggregateArgs) -> anyhow::Result<Outcome> {
    let output = match (&args.output, args.folders.as_slice()) {
        (Some(output), _) => output,
        (None, [only]) => only,
        _ => bail!("several run folders need a place for the tables\nhint: add `-o DIR`"),
    };
    let session = Session::open(&args.settings)?;
    let _lock = FolderLock::take(output)?;
    let counts = layers_together(&args.folders)?;
    run_record::remove(output)?;
    let mut record = RunRecord::new(&session, args.settings.overrides());
    record.counted(counts);
    let start = Instant::now();
    let tables = aggregate_into(&session, &args.folders, output, args.format)?;
    record.aggregated(&tables.n_rows(), start.elapsed());
    record.problems(&tables.problems);
    record.write(output)?;
    let mut out = anstream::stdout().lock();
    writeln!(out, "{} articles -> {}", tables.articles.len(), output.display())?;
    summary::print(&tables, &mut out)?;
    Ok(Outcome::Done)
}

/// What was counted when the layers of `folders` were made, which must be
/// finished and fit together.
fn layers_together(folders: &[PathBuf]) -> anyhow::Result<Counts> {
    let (mut counts, mut plans) = (Counts::default(), Vec::new());
    for folder in folders {
        LayerReader::open(folder)?;
        for part in read_parts(folder)? {
            counts += Counts::from_named(&part.counts);
        }
        plans.push((folder.display().to_string(), read_plan(folder)?));
    }
    check_together(&plans)?;
    Ok(counts)
}

/// Reads the layers of `folders` and writes the tables to `output`.
pub(crate) fn aggregate_into(
    session: &Session,
    folders: &[PathBuf],
    output: &Path,
    format: TableFormat,
) -> anyhow::Result<Tables> {
    let (embedding, claim) = (session.models.embedding()?, session.models.claim());
    let models = ClaimModels { embedder: Some(embedding.as_ref()), relations: claim.as_deref() };
    let settings = session.settings.aggregate.clone();
    let tables = aggregate_layers(folders, settings, models)?;
    write_tables(output, &tables, format.into())?;
    Ok(tables)
}

impl From<TableFormat> for Format {
    fn from(format: TableFormat) -> Self {
        match format {
            TableFormat::Parquet => Self::Parquet,
            TableFormat::Jsonl => Self::Jsonl,
            TableFormat::Csv => Self::Csv,
        }
    }
}
