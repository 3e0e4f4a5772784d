//! newstance: reads news archives and says who stands where.
//!
//! The program chooses the backend, reads the settings, shows progress and
//! gives exit codes; everything else lives in the libraries.

mod archive;
mod args;
mod behaviour;
mod bundle;
mod evaluation;
mod gold_files;
mod meter;
mod output;
mod paint;
mod plan;
mod progress;
mod run_record;
mod selector;
mod session;
mod sparkline;
mod stance_sample;
mod summary;
mod verb;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Verb};

/// How a verb ended that could run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Done.
    Done,
    /// Done, but a floor was missed or a limit was passed.
    Missed,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let outcome = match cli.verb {
        Verb::Run(args) => verb::run::run(&args),
        Verb::Annotate(args) => verb::annotate::run(&args),
        Verb::Aggregate(args) => verb::aggregate::run(&args),
        Verb::Report(args) => verb::report::run(&args),
        Verb::Top(args) => verb::top::run(&args),
        Verb::Corpus(args) => verb::corpus::run(&args),
        Verb::Explain(args) => verb::explain::run(&args),
        Verb::Models(args) => verb::models::run(&args),
        Verb::Evaluate(args) => verb::evaluate::run(&args),
        Verb::Check(args) => verb::check::run(&args),
        Verb::Compare(args) => verb::compare::run(&args),
        Verb::Gold(args) => verb::gold::run(&args),
        Verb::Bench(args) => verb::bench::run(&args),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Missed) => ExitCode::from(1),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            progress::say(&format!("error: {}", chain(&error)));
            ExitCode::from(2)
        }
    }
}

/// An error with its causes, each on a line; hints last.
fn chain(error: &anyhow::Error) -> String {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    causes.join("\n  because ")
}

/// True where whoever read our output has gone: that is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
