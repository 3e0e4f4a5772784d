//! `check`: the models against a baseline.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use clap::ValueEnum;
use newstance_eval::{
    Baseline, CaseOutcome, CheckReport, CheckedCase, GoldTally, JunitXml, Markdown, check_task,
};
use toml::{Table, Value};

use crate::Outcome;
use crate::args::{CheckArgs, Task};
use crate::behaviour;
use crate::evaluation::evaluate;
use crate::progress::say;
use crate::session::Session;

/// Runs the verb.
pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<Outcome> {
    let session = Session::open(&args.settings)?;
    let facts = facts(&session, &args.settings.set)?;
    if args.update {
        return update(args, &session, facts);
    }
    let baseline = read(&args.baseline)?;
    let report = check(args, &session, &baseline, &facts)?;
    if let Some(folder) = &args.output {
        write_files(folder, &report)?;
    }
    write!(anstream::stdout().lock(), "{}", Markdown(&report))?;
    Ok(if report.is_worse() { Outcome::Missed } else { Outcome::Done })
}

fn read(path: &Path) -> anyhow::Result<Baseline> {
    let text = std::fs::read_to_string(path).with_context(|| {
        let path = path.display();
        format!("cannot read the baseline `{path}`\nhint: `--update --gold TASK=PATH` writes one")
    })?;
    Baseline::from_text(&text).with_context(|| format!("in `{}`", path.display()))
}

fn check(
    args: &CheckArgs,
    session: &Session,
    baseline: &Baseline,
    facts: &BTreeMap<String, String>,
) -> anyhow::Result<CheckReport> {
    let mut report = CheckReport {
        max_drop: args.max_drop,
        changed_facts: baseline.changed_facts(facts),
        ..CheckReport::default()
    };
    for before in &baseline.tallies {
        if !Path::new(&before.gold).exists() {
            report.not_here.push(before.gold.clone());
            continue;
        }
        let after = count(session, before.tally.task(), &before.gold)?;
        let checked = check_task(before, &after, args.max_drop).with_context(|| {
            let path = args.baseline.display();
            format!("cannot compare `{}` with `{path}`\nhint: `--update` counts anew", before.gold)
        })?;
        report.tasks.push(checked);
    }
    let before: BTreeMap<&str, bool> =
        baseline.cases.iter().map(|case| (case.id.as_str(), case.passes)).collect();
    for suite in &baseline.suites {
        let cases = behaviour::run(&session.annotator, Path::new(suite))?;
        report.cases.extend(cases.into_iter().map(|case| CheckedCase {
            passed_before: before.get(case.id.as_str()).copied(),
            ..case
        }));
    }
    Ok(report)
}

fn count(session: &Session, task: &str, gold: &str) -> anyhow::Result<GoldTally> {
    let task = Task::from_str(task, false).map_err(|_| anyhow::anyhow!("no task `{task}`"))?;
    say(&format!("{}: {gold}", task_name(task)));
    let tally = evaluate(session, task, Path::new(gold))?.tally;
    Ok(GoldTally { gold: gold.to_owned(), tally })
}

/// The task's name on the command line.
fn task_name(task: Task) -> String {
    task.to_possible_value().map_or(String::new(), |value| value.get_name().to_owned())
}

/// Counts what the old baseline holds and what `--gold` and `--behaviour` add.
/// Gold data that are not here keep their old counts.
fn update(
    args: &CheckArgs,
    session: &Session,
    facts: BTreeMap<String, String>,
) -> anyhow::Result<Outcome> {
    let old = if args.baseline.exists() { read(&args.baseline)? } else { Baseline::default() };
    let mut wanted: Vec<(String, String)> = old
        .tallies
        .iter()
        .map(|known| (known.tally.task().to_owned(), known.gold.clone()))
        .collect();
    for gold in &args.gold {
        let Some((task, path)) = gold.split_once('=') else {
            bail!("`--gold {gold}` has no `=`\nhint: write `--gold ner=PATH`");
        };
        if !Path::new(path).exists() {
            bail!("there is no `{path}`");
        }
        wanted.push((task.to_owned(), path.to_owned()));
    }
    wanted.sort();
    wanted.dedup();
    let mut new = Baseline { facts, suites: old.suites.clone(), ..Baseline::default() };
    for (task, gold) in wanted {
        let known = old.tally(&task, &gold).filter(|_| !Path::new(&gold).exists());
        new.tallies.push(match known {
            Some(known) => known.clone(),
            None => count(session, &task, &gold)?,
        });
    }
    new.suites.extend(args.behaviour.iter().map(|path| path.display().to_string()));
    new.suites.sort();
    new.suites.dedup();
    for suite in &new.suites {
        let cases = behaviour::run(&session.annotator, Path::new(suite))?;
        new.cases
            .extend(cases.into_iter().map(|case| CaseOutcome { id: case.id, passes: case.passes }));
    }
    if new.tallies.is_empty() && new.suites.is_empty() {
        bail!("a baseline needs gold data\nhint: add `--gold TASK=PATH`");
    }
    std::fs::write(&args.baseline, new.to_text())
        .with_context(|| format!("cannot write `{}`", args.baseline.display()))?;
    writeln!(anstream::stdout().lock(), "{}", summary(&new, &args.baseline))?;
    Ok(Outcome::Done)
}

fn summary(baseline: &Baseline, path: &Path) -> String {
    let n_passed = baseline.cases.iter().filter(|case| case.passes).count();
    format!(
        "{} sets of gold data, {n_passed} of {} behaviour cases pass -> {}",
        baseline.tallies.len(),
        baseline.cases.len(),
        path.display()
    )
}

fn write_files(folder: &Path, report: &CheckReport) -> anyhow::Result<()> {
    let write = |name: &str, content: String| {
        let path = folder.join(name);
        std::fs::write(&path, content).with_context(|| format!("cannot write `{}`", path.display()))
    };
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    write("check.md", Markdown(report).to_string())?;
    write("check.xml", JunitXml(report).to_string())?;
    write("check.json", format!("{}\n", serde_json::to_string_pretty(report)?))
}

/// What the manifest says, key by key, and what flags override: the first thing
/// to look at where a score fell.
fn facts(session: &Session, overrides: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    let path = session.bundle.folder().join("bundle.toml");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    let manifest: Table =
        text.parse().with_context(|| format!("cannot understand `{}`", path.display()))?;
    let mut facts = BTreeMap::new();
    flatten("", &Value::Table(manifest), &mut facts);
    // Where a checkpoint lies changes nothing.
    facts.retain(|key, _| !(key.starts_with("checkpoints.") && key.ends_with(".folder")));
    let set = overrides.iter().filter_map(|set| set.split_once('='));
    facts.extend(set.map(|(key, value)| (format!("--set {}", key.trim()), value.to_owned())));
    Ok(facts)
}

fn flatten(key: &str, value: &Value, facts: &mut BTreeMap<String, String>) {
    match value {
        Value::Table(table) => {
            for (name, value) in table {
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                flatten(&key, value, facts);
            }
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(plain).collect();
            facts.insert(key.to_owned(), items.join(", "));
        }
        _ => {
            facts.insert(key.to_owned(), plain(value));
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use toml::{Table, Value};

    use super::flatten;

    #[test]
    fn a_manifest_is_told_key_by_key() {
        let text = "name = \"x\"\n[roles.ner]\nlabels = [\"O\", \"B-PER\"]\ntemperature = 1.5\n";
        let mut facts = BTreeMap::new();
        flatten("", &Value::Table(text.parse::<Table>().unwrap()), &mut facts);
        let expected =
            [("name", "x"), ("roles.ner.labels", "O, B-PER"), ("roles.ner.temperature", "1.5")];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(facts, BTreeMap::from(expected));
    }
}
