//! `report`: the page of a run.

use std::io::Write;

use newstance_tables::{MarkedPairs, REPORT_FILE, ReportLimits, write_report};

use crate::Outcome;
use crate::args::ReportArgs;
use crate::run_record::RunCounts;

/// Runs the verb.
pub(crate) fn run(args: &ReportArgs) -> anyhow::Result<Outcome> {
    let folder = args.folder.as_path();
    let counts = RunCounts::read(folder)?;
    let path = args.output.clone().unwrap_or_else(|| folder.join(REPORT_FILE));
    let limits = ReportLimits { stances: args.max_stances, ..ReportLimits::default() };
    let marked = MarkedPairs::of(folder, limits)?;
    write_report(&path, folder, marked, &counts.left_out(), limits)?;
    writeln!(anstream::stdout(), "{} -> {}", folder.display(), path.display())?;
    Ok(Outcome::Done)
}
