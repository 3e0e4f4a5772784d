//! `run`: annotate, aggregate, tell the most marked findings.

use std::io::Write;
use std::time::Instant;

use newstance_tables::{REPORT_FILE, ReportLimits, write_report};

use crate::Outcome;
use crate::archive::open_archive;
use crate::args::RunArgs;
use crate::output::OutputFolder;
use crate::plan::plan;
use crate::run_record::{AGGREGATE, RunRecord};
use crate::session::{Session, read_settings};
use crate::summary;
use crate::verb::aggregate::{Found, aggregate_into};
use crate::verb::annotate::{annotate_into, nothing_to_do, tell_problems};

/// Runs the verb.
pub(crate) fn run(args: &RunArgs) -> anyhow::Result<Outcome> {
    let settings = read_settings(&args.settings)?;
    // Input that is not there loads no models and leaves no folder behind.
    let mut reader = open_archive(&args.input.inputs, &settings.corpus)?;
    let session = Session::with(settings, &args.settings)?;
    let folder = &args.output.output;
    let opened = OutputFolder::open(&args.output, &plan(&session, &args.input)?, AGGREGATE)?;
    if opened.is_done {
        return nothing_to_do(&args.output);
    }
    let mut record = RunRecord::new(&session, args.settings.overrides());

    let start = Instant::now();
    let counts = annotate_into(&session, &mut reader, &args.input, &args.output)?;
    record.annotated(args.input.shard, counts, start.elapsed());

    let start = Instant::now();
    let folders = std::slice::from_ref(folder);
    let found = aggregate_into(&session, folders, folder, &args.tables)?;
    let Found { tables, n_rows, marked, overall } = found;
    record.aggregated(&n_rows, start.elapsed());
    record.problems(&tables.problems);
    let left_out = record.counts().left_out();
    let page = folder.join(REPORT_FILE);
    write_report(&page, folder.as_path(), marked, &left_out, ReportLimits::default())?;
    record.write(folder)?;

    let mut out = anstream::stdout().lock();
    writeln!(
        out,
        "{} articles, {} statements, {} judged pairs -> {}",
        counts.articles,
        n_rows["statements"],
        n_rows["stances"],
        folder.display()
    )?;
    summary::print(folder, &tables, &overall, &mut out)?;
    Ok(tell_problems(&tables.problems, args.output.max_problems))
}
