//! `run`: annotate, aggregate, tell the most marked findings.

use std::io::Write;
use std::time::Instant;

use newstance_tables::{REPORT_FILE, ReportLimits};

use crate::Outcome;
use crate::args::RunArgs;
use crate::run_record::RunRecord;
use crate::session::Session;
use crate::summary;
use crate::verb::aggregate::aggregate_into;
use crate::verb::annotate::{annotate_into, tell_problems};
use crate::verb::report::write_page;

/// Runs the verb.
pub(crate) fn run(args: &RunArgs) -> anyhow::Result<Outcome> {
    let session = Session::open(&args.settings)?;
    let mut record = RunRecord::new(&session.settings, &args.settings.set, &session.bundle);

    let start = Instant::now();
    let counts = annotate_into(&session, &args.input, &args.output)?;
    record.annotated(counts, start.elapsed());

    let start = Instant::now();
    let folders = std::slice::from_ref(&args.output);
    let tables = aggregate_into(&session, folders, &args.output, args.format)?;
    record.aggregated(&tables.n_rows(), start.elapsed());
    record.problems(&tables.problems);
    record.write(&args.output)?;
    write_page(&args.output.join(REPORT_FILE), &tables, &record, ReportLimits::default())?;

    let mut out = anstream::stdout().lock();
    writeln!(
        out,
        "{} articles, {} statements, {} judged pairs -> {}",
        counts.articles,
        tables.statements.len(),
        tables.stances.len(),
        args.output.display()
    )?;
    summary::print(&tables, &mut out)?;
    Ok(tell_problems(&tables.problems, args.max_problems))
}
