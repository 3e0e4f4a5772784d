//! `report`: the page of a run.

use std::io::Write;

use newstance_tables::{
    MarkedPairs, REPORT_FILE, ReportLimits, read_tables, table_rows, write_report,
};

use crate::Outcome;
use crate::args::ReportArgs;
use crate::run_record::RunCounts;

/// Runs the verb.
pub(crate) fn run(args: &ReportArgs) -> anyhow::Result<Outcome> {
    let tables = read_tables(&args.folder)?;
    let counts = RunCounts::read(&args.folder)?;
    let path = args.output.clone().unwrap_or_else(|| args.folder.join(REPORT_FILE));
    let limits = ReportLimits { stances: args.max_stances, ..ReportLimits::default() };
    let mut marked = MarkedPairs::new(&tables, limits);
    for row in table_rows(&args.folder)? {
        marked.push(row?);
    }
    write_report(&path, &tables, marked, &counts.left_out(), limits)?;
    writeln!(anstream::stdout(), "{} articles -> {}", tables.articles.len(), path.display())?;
    Ok(Outcome::Done)
}
