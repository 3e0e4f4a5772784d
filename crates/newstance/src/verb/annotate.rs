//! `annotate`: articles to layers.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Instant;

use newstance_corpus::ArticleReader;
use newstance_doc::Problem;
use newstance_pipeline::{Counts, RunOptions, annotate_corpus};

use crate::Outcome;
use crate::archive::open_archive;
use crate::args::{AnnotateArgs, InputArgs, OutputArgs};
use crate::output::OutputFolder;
use crate::plan::plan;
use crate::progress::{ProgressDisplay, say};
use crate::run_record::{ANNOTATE, RunRecord};
use crate::session::{Session, read_settings};

const PROBLEMS_TOLD: usize = 5;

/// Runs the verb.
pub(crate) fn run(args: &AnnotateArgs) -> anyhow::Result<Outcome> {
    let settings = read_settings(&args.settings)?;
    // Input that is not there loads no models and leaves no folder behind.
    let mut reader = open_archive(&args.input.inputs, &settings.corpus)?;
    let session = Session::with(settings, &args.settings)?;
    let folder = &args.output.output;
    let opened = OutputFolder::open(&args.output, &plan(&session, &args.input)?, ANNOTATE)?;
    if opened.is_done {
        return nothing_to_do(&args.output);
    }
    let mut record = RunRecord::new(&session, args.settings.overrides());
    let start = Instant::now();
    let counts = annotate_into(&session, &mut reader, &args.input, &args.output)?;
    record.annotated(args.input.shard, counts, start.elapsed());
    let problems = newstance_tables::read_problems(folder)?;
    record.problems(&problems);
    record.write(folder)?;
    writeln!(anstream::stdout(), "{} articles -> {}", counts.articles, folder.display())?;
    Ok(tell_problems(&problems, args.output.max_problems))
}

/// Annotates the input into the run folder, showing progress.
pub(crate) fn annotate_into(
    session: &Session,
    reader: &mut ArticleReader,
    input: &InputArgs,
    output: &OutputArgs,
) -> anyhow::Result<Counts> {
    let options = RunOptions {
        chunk_articles: input.chunk,
        part_articles: output.checkpoint,
        limit: input.limit,
        shard: input.shard,
    };
    let mut display = ProgressDisplay::new(output.progress);
    let observe = &mut |progress| display.update(progress);
    let counts = annotate_corpus(&session.annotator, reader, &output.output, options, observe);
    display.finish();
    let counts = counts?;
    tell_left_out(counts);
    Ok(counts)
}

/// Says on stderr how many articles the filter left out, and why.
fn tell_left_out(counts: Counts) {
    if counts.left_out() == 0 {
        return;
    }
    let named = counts.named();
    let reasons: Vec<String> = named
        .iter()
        .filter(|(_, n)| **n > 0)
        .filter_map(|(name, n)| {
            let reason = name.strip_prefix("articles_by_")?.strip_suffix("_left_out")?;
            Some(format!("{n} by {reason}"))
        })
        .collect();
    say(&format!("{} articles are left out: {}", counts.left_out(), reasons.join(", ")));
}

/// Ends a run whose folder was finished before.
pub(crate) fn nothing_to_do(output: &OutputArgs) -> anyhow::Result<Outcome> {
    let folder = output.output.display();
    say(&format!("the run in `{folder}` is finished: there is nothing to do"));
    let problems = newstance_tables::read_problems(&output.output)?;
    Ok(tell_problems(&problems, output.max_problems))
}

/// Says on stderr how many problems there were, and the first few.
pub(crate) fn tell_problems(problems: &[Problem], max_problems: Option<u64>) -> Outcome {
    if problems.is_empty() {
        return Outcome::Done;
    }
    let mut by_kind: BTreeMap<&str, usize> = BTreeMap::new();
    for problem in problems {
        *by_kind.entry(problem.kind.as_str()).or_default() += 1;
    }
    let kinds: Vec<String> = by_kind.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
    say(&format!("{} problems: {}", problems.len(), kinds.join(", ")));
    for problem in problems.iter().take(PROBLEMS_TOLD) {
        let file = problem.file.as_deref().unwrap_or("-");
        let line = problem.line.map_or(String::new(), |line| format!(":{line}"));
        say(&format!("  {file}{line}: {}", problem.message));
    }
    if problems.len() > PROBLEMS_TOLD {
        say("  the others are in the table `problems`");
    }
    match max_problems {
        Some(max) if problems.len() as u64 > max => Outcome::Missed,
        _ => Outcome::Done,
    }
}
