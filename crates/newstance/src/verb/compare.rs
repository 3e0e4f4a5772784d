//! `compare`: two bundles on the same gold data.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use newstance_eval::{Difference, compare, compare_slices};
use newstance_settings::{ROLES, Settings, backends};
use serde::Serialize;

use crate::Outcome;
use crate::args::CompareArgs;
use crate::evaluation::{Evaluation, Prediction, evaluate, require_gold};
use crate::progress::say;
use crate::session::{Session, read_settings, set_threads};

/// One-sided p-value up to which a difference is beyond chance: 95 % on both sides.
const BEYOND_CHANCE: f64 = 0.025;
/// How many slices are shown.
const N_SLICES_SHOWN: usize = 8;

/// Runs the verb.
pub(crate) fn run(args: &CompareArgs) -> anyhow::Result<Outcome> {
    set_threads(args.settings.threads)?;
    let settings = read_settings(&args.settings)?;
    require_gold(&args.gold)?;
    let before = evaluate_bundle(&settings, &args.before, args)?;
    let after = evaluate_bundle(&settings, &args.after, args)?;
    let comparison = Comparison::new(&before, &after, args.examples)?;
    let mut out = anstream::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&comparison)?)?;
    } else {
        comparison.print(args, &mut out)?;
    }
    Ok(Outcome::Done)
}

fn evaluate_bundle(
    settings: &Settings,
    bundle: &Path,
    args: &CompareArgs,
) -> anyhow::Result<Evaluation> {
    say(&format!("reading with {}", bundle.display()));
    let mut settings = settings.clone();
    match bundle.to_str().and_then(|text| text.split_once('=')) {
        Some((role, name)) if ROLES.contains(&role) => {
            settings.models.roles.insert(role.to_owned(), name.to_owned());
        }
        _ => settings.models.bundle = Some(bundle.to_owned()),
    }
    let backends = backends(&settings)?;
    let backends: Vec<_> = backends.iter().map(AsRef::as_ref).collect();
    let session = Session::load(settings, &backends)?;
    evaluate(&session, args.task, &args.gold)
        .with_context(|| format!("cannot score `{}`", bundle.display()))
}

/// What changed from one bundle to the other.
#[derive(Debug, Serialize)]
struct Comparison {
    task: String,
    verdict: Verdict,
    scores: Vec<Difference>,
    /// The surest differences first.
    slices: Vec<Difference>,
    n_mended: usize,
    n_broken: usize,
    mended: Vec<Change>,
    broken: Vec<Change>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    BIsBetter,
    AIsBetter,
    NoDifferenceBeyondChance,
}

/// An example that is right with one bundle only.
#[derive(Clone, Debug, Serialize)]
struct Change {
    key: String,
    text: String,
    gold: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

impl Comparison {
    fn new(before: &Evaluation, after: &Evaluation, n_examples: usize) -> anyhow::Result<Self> {
        let scores = compare(&before.tally, &after.tally)?;
        let mut slices = compare_slices(&before.tally, &after.tally)?;
        let surest = |d: &Difference| d.p_worse.min(d.p_better);
        slices.sort_by(|a, b| surest(a).total_cmp(&surest(b)).then(a.slice.cmp(&b.slice)));
        let first = scores.first().context("a task has a score")?;
        let verdict = if first.p_better <= BEYOND_CHANCE {
            Verdict::BIsBetter
        } else if first.p_worse <= BEYOND_CHANCE {
            Verdict::AIsBetter
        } else {
            Verdict::NoDifferenceBeyondChance
        };
        let changes = changes(&before.predictions, &after.predictions);
        let (mut mended, mut broken): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|(is_right, _)| *is_right);
        let (n_mended, n_broken) = (mended.len(), broken.len());
        mended.truncate(n_examples);
        broken.truncate(n_examples);
        let only = |changes: Vec<(bool, Change)>| changes.into_iter().map(|c| c.1).collect();
        let task = before.tally.task().to_owned();
        let (mended, broken) = (only(mended), only(broken));
        Ok(Self { task, verdict, scores, slices, n_mended, n_broken, mended, broken })
    }

    fn print(&self, args: &CompareArgs, out: &mut dyn Write) -> anyhow::Result<()> {
        let (a, b) = (args.before.display(), args.after.display());
        let first = self.scores.first().context("a task has a score")?;
        writeln!(out, "{} on {}", self.task, args.gold.display())?;
        writeln!(out, "  A  {a}\n  B  {b}")?;
        let verdict = match self.verdict {
            Verdict::BIsBetter => "B is better",
            Verdict::AIsBetter => "A is better",
            Verdict::NoDifferenceBeyondChance => "no difference beyond chance",
        };
        writeln!(
            out,
            "\n{verdict}: {} {:.1} -> {:.1} ({:+.1} [{:+.1}, {:+.1}]), {} examples in {} documents\n",
            first.score,
            first.before,
            first.after,
            first.gain,
            first.low,
            first.high,
            first.n_examples,
            first.n_documents
        )?;
        let name = |d: &Difference| d.slice.as_ref().map_or(d.score.clone(), ToString::to_string);
        let mut table = |title: &str, rows: &[Difference]| {
            writeln!(out, "  {title:<28} {:>6} {:>6} {:>6}", "A", "B", "gain")?;
            for d in rows {
                let (before, after, gain, low, high) = (d.before, d.after, d.gain, d.low, d.high);
                let sure = if d.p_better.min(d.p_worse) <= BEYOND_CHANCE { " *" } else { "" };
                writeln!(
                    out,
                    "  {:<28} {before:>6.1} {after:>6.1} {gain:>+6.1} [{low:+.1}, {high:+.1}]{sure}",
                    name(d)
                )?;
            }
            Ok::<(), std::io::Error>(())
        };
        table("score", &self.scores)?;
        if !self.slices.is_empty() {
            let n_shown = self.slices.len().min(N_SLICES_SHOWN);
            table(&format!("{} of slices", first.score), &self.slices[..n_shown])?;
        }
        writeln!(out, "  (*: beyond chance, taken by itself)")?;
        print_changes(&format!("{} right with B only", self.n_mended), &self.mended, out)?;
        print_changes(&format!("{} right with A only", self.n_broken), &self.broken, out)
    }
}

fn print_changes(title: &str, changes: &[Change], out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "\n{title}")?;
    for change in changes {
        let shown = |label: &Option<String>| label.clone().unwrap_or_else(|| "-".to_owned());
        writeln!(out, "  {}", change.text.replace('\n', " "))?;
        writeln!(
            out,
            "      gold {}; A {}; B {}",
            shown(&change.gold),
            shown(&change.before),
            shown(&change.after)
        )?;
    }
    Ok(())
}

/// Examples that are right on one side only, in the order of the gold data;
/// true where it is the second. What was found beside the gold data is right
/// where it was not found.
fn changes(before: &[Prediction], after: &[Prediction]) -> Vec<(bool, Change)> {
    let by_key = |lines: &[Prediction]| -> BTreeMap<(String, String), Prediction> {
        let key = |line: &Prediction| (line.document.clone(), line.key.clone());
        lines.iter().map(|line| (key(line), line.clone())).collect()
    };
    let (old, new) = (by_key(before), by_key(after));
    let mut changes = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for line in before.iter().chain(after) {
        let key = (line.document.clone(), line.key.clone());
        if !seen.insert(key.clone()) {
            continue;
        }
        let (one, other) = (old.get(&key), new.get(&key));
        let is_right = |line: Option<&Prediction>| line.is_none_or(|line| line.is_right);
        if is_right(one) != is_right(other) {
            let answer = |line: Option<&Prediction>| line.and_then(|line| line.predicted.clone());
            let change = Change {
                key: line.key.clone(),
                text: line.text.clone(),
                gold: line.gold.clone(),
                before: answer(one),
                after: answer(other),
            };
            changes.push((is_right(other), change));
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use newstance_eval::Columns;

    use super::changes;
    use crate::evaluation::Prediction;

    fn line(key: &str, gold: Option<&str>, predicted: Option<&str>) -> Prediction {
        Prediction {
            document: "d".to_owned(),
            key: key.to_owned(),
            text: key.to_owned(),
            columns: Columns::new(),
            gold: gold.map(str::to_owned),
            predicted: predicted.map(str::to_owned),
            probability: None,
            is_right: gold.is_some() && gold == predicted,
        }
    }

    #[test]
    fn what_is_right_on_one_side_only_changed() {
        let before = [
            line("both", Some("a"), Some("a")),
            line("mended", Some("a"), Some("b")),
            line("no longer found", None, Some("a")),
        ];
        let after = [
            line("both", Some("a"), Some("a")),
            line("mended", Some("a"), Some("a")),
            line("found now", None, Some("a")),
        ];
        let found: Vec<(bool, String)> =
            changes(&before, &after).into_iter().map(|(is, change)| (is, change.key)).collect();
        let expected = [(true, "mended"), (true, "no longer found"), (false, "found now")];
        assert_eq!(found, expected.map(|(is, key)| (is, key.to_owned())));
    }
}
