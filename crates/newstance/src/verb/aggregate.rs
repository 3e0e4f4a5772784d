//! `aggregate`: layers to tables.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::bail;
use newstance_aggregate::{ClaimModels, Scratch};
use newstance_doc::rows::ArchiveTables;
use newstance_pipeline::{Counts, aggregate_layers, write_articles, write_counts};
use newstance_tables::{
    FolderLock, Format, LayerReader, MarkedPairs, ReportLimits, read_parts, read_plan,
    write_archive_tables,
};

use crate::Outcome;
use crate::args::{AggregateArgs, TableFormat, TablesArgs};
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
    let found = aggregate_into(&session, &args.folders, output, &args.tables)?;
    record.aggregated(&found.n_rows, start.elapsed());
    record.problems(&found.tables.problems);
    record.write(output)?;
    let mut out = anstream::stdout().lock();
    writeln!(out, "{} articles -> {}", found.n_rows["articles"], output.display())?;
    summary::print(output, &found.tables, &found.overall, &mut out)?;
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

/// What aggregating found, beside the tables that it wrote.
pub(crate) struct Found {
    /// The tables that only a whole archive can tell.
    pub(crate) tables: ArchiveTables,
    /// The number of rows of every table, by its name.
    pub(crate) n_rows: BTreeMap<&'static str, u64>,
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
    args: &TablesArgs,
) -> anyhow::Result<Found> {
    let (embedding, claim) = (session.models.embedding()?, session.models.claim());
    let models = ClaimModels { embedder: Some(embedding.as_ref()), relations: claim.as_deref() };
    let (settings, format) = (&session.settings.aggregate, args.format.into());
    let max_bytes = args.memory.saturating_mul(1 << 20);
    let scratch = Scratch { folder: output.to_owned(), max_bytes };
    let aggregated = aggregate_layers(folders, settings.clone(), models, scratch)?;
    let of_articles = write_articles(output, &aggregated, format)?;
    let of_archive = write_archive_tables(output, &aggregated.tables, format)?;
    let mut marked = MarkedPairs::new(aggregated.dates(), ReportLimits::default());
    let mut overall = Overall::default();
    let counts = write_counts(output, &aggregated.ledger, settings, format, |row| {
        overall.see(row);
        if marked.shows(row.period_unit, row.wire) {
            marked.push((*row).into());
        }
    })?;
    let n_rows = of_articles.into_iter().chain(of_archive).chain(counts).collect();
    Ok(Found { tables: aggregated.tables, n_rows, marked, overall })
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
