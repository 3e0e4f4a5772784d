//! `aggregate`: layers to tables.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::bail;
use newstance_aggregate::{Aggregated, ClaimModels};
use newstance_doc::rows::Tables;
use newstance_pipeline::{Counts, aggregate_layers, write_counts};
use newstance_tables::{
    FolderLock, Format, LayerReader, MarkedPairs, ReportLimits, read_parts, read_plan, write_tables,
};

use crate::Outcome;
use crate::args::{AggregateArgs, TableFormat};
use crate::plan::check_together;
use crate::run_record::{self, RunRecord};
use crate::session::Session;
use crate::summary::{self, Overall};

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
    let found = aggregate_into(&session, &args.folders, output, args.format)?;
    record.aggregated(&found.n_rows, start.elapsed());
    record.problems(&found.tables.problems);
    record.write(output)?;
    let mut out = anstream::stdout().lock();
    writeln!(out, "{} articles -> {}", found.tables.articles.len(), output.display())?;
    summary::print(&found.tables, &found.overall, &mut out)?;
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

/// What aggregating found: the tables that are held, and of the others what is
/// shown.
pub(crate) struct Found {
    pub(crate) tables: Tables,
    /// The number of rows of every table, by its name.
    pub(crate) n_rows: Vec<(&'static str, u64)>,
    /// For the page.
    pub(crate) marked: MarkedPairs,
    /// For the terminal.
    pub(crate) overall: Overall,
}

/// Reads the layers of `folders` and writes the tables to `output`.
pub(crate) fn aggregate_into(
    session: &Session,
    folders: &[PathBuf],
    output: &Path,
    format: TableFormat,
) -> anyhow::Result<Found> {
    let (embedding, claim) = (session.models.embedding()?, session.models.claim());
    let models = ClaimModels { embedder: Some(embedding.as_ref()), relations: claim.as_deref() };
    let settings = &session.settings.aggregate;
    let Aggregated { tables, ledger } = aggregate_layers(folders, settings.clone(), models)?;
    write_tables(output, &tables, format.into())?;
    let mut marked = MarkedPairs::new(&tables, ReportLimits::default());
    let mut overall = Overall::default();
    let counts = write_counts(output, &ledger, settings, format.into(), |row| {
        overall.see(row);
        if marked.shows(row.period_unit, row.wire) {
            marked.push((*row).into());
        }
    })?;
    let n_rows = tables.n_rows().into_iter().map(|(table, n)| (table, n as u64)).chain(counts);
    Ok(Found { n_rows: n_rows.collect(), tables, marked, overall })
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
