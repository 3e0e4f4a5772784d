//! `report`: the page of a run.

use std::io::Write;
use std::path::Path;

use newstance_doc::rows::Tables;
use newstance_tables::{REPORT_FILE, ReportLimits, read_tables, write_report};

use crate::Outcome;
use crate::args::ReportArgs;
use crate::run_record::{RunCounts, RunRecord};

/// Runs the verb.
pub(crate) fn run(args: &ReportArgs) -> anyhow::Result<Outcome> {
    let tables = read_tables(&args.folder)?;
    let counts = RunCounts::read(&args.folder)?;
    let path = args.output.clone().unwrap_or_else(|| args.folder.join(REPORT_FILE));
    let limits = ReportLimits { stances: args.max_stances, ..ReportLimits::default() };
    write_report(&path, &tables, &counts.left_out(), limits)?;
    writeln!(anstream::stdout(), "{} articles -> {}", tables.articles.len(), path.display())?;
    Ok(Outcome::Done)
}

/// Writes the page of a run that has just ended.
pub(crate) fn write_page(
    path: &Path,
    tables: &Tables,
    record: &RunRecord<'_>,
    limits: ReportLimits,
) -> anyhow::Result<()> {
    Ok(write_report(path, tables, &record.counts().left_out(), limits)?)
}
