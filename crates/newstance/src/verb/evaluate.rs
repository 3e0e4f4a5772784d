//! `evaluate`: models against labelled data, and against their floors.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use clap::ValueEnum;
use newstance_eval::{Floors, Report};

use crate::Outcome;
use crate::args::{EvaluateArgs, Task};
use crate::evaluation::{Prediction, evaluate, require_gold};
use crate::session::Session;

/// Runs the verb.
pub(crate) fn run(args: &EvaluateArgs) -> anyhow::Result<Outcome> {
    let mut out = anstream::stdout().lock();
    if let Some(floors) = &args.floors {
        let floors = (floors.as_path(), read_floors(floors)?);
        return run_floors(&Session::open(&args.settings)?, floors, &args.labelled, &mut out);
    }
    let (Some(task), Some(gold)) = (args.task, &args.gold) else {
        bail!("`evaluate` needs a task and gold data\nhint: add `--task ner --gold PATH`");
    };
    require_gold(gold)?;
    let session = Session::open(&args.settings)?;
    let evaluation = evaluate(&session, task, gold)?;
    if let Some(path) = &args.predictions {
        write_predictions(path, &evaluation.predictions)?;
    }
    print(&evaluation.tally.report(), args.json, &mut out)?;
    Ok(Outcome::Done)
}

/// A line of JSON for each example, in the order of the gold data.
fn write_predictions(path: &Path, predictions: &[Prediction]) -> anyhow::Result<()> {
    let mut text = String::new();
    for prediction in predictions {
        text.push_str(&serde_json::to_string(prediction)?);
        text.push('\n');
    }
    std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}

fn print(report: &Report, as_json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if as_json {
        writeln!(out, "{}", serde_json::to_string_pretty(report)?)?;
    } else {
        write!(out, "{report}")?;
    }
    Ok(())
}

fn read_floors(path: &Path) -> anyhow::Result<Floors> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read floors `{}`", path.display()))?;
    let floors: Floors = toml::from_str(&text)
        .with_context(|| format!("cannot understand floors `{}`", path.display()))?;
    if floors.floor.is_empty() {
        bail!("`{}` names no floor", path.display());
    }
    Ok(floors)
}

fn run_floors(
    session: &Session,
    (path, floors): (&Path, Floors),
    labelled: &Path,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let mut reports: BTreeMap<(&str, &str), Report> = BTreeMap::new();
    let mut outcome = Outcome::Done;
    for floor in &floors.floor {
        let key = (floor.task.as_str(), floor.gold.as_str());
        let report = match reports.entry(key) {
            Entry::Occupied(scored) => scored.into_mut(),
            Entry::Vacant(place) => {
                let task = Task::from_str(&floor.task, false).map_err(|_| {
                    anyhow::anyhow!("`{}`: no task `{}`", path.display(), floor.task)
                })?;
                let gold = labelled.join(&floor.gold);
                let report = evaluate(session, task, &gold)?.tally.report();
                write!(out, "{}: {report}", floor.gold)?;
                place.insert(report)
            }
        };
        let check = floor.check(report);
        let value = check.value.map_or("no such score".to_owned(), |value| format!("{value:.1}"));
        let verdict = if check.is_reached { "reached" } else { "MISSED" };
        writeln!(
            out,
            "  floor {verdict}: {} {value}, at least {:.1}",
            floor.score, floor.at_least
        )?;
        if !check.is_reached {
            outcome = Outcome::Missed;
        }
    }
    Ok(outcome)
}
