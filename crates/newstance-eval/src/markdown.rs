//! A check as markdown, for a pull request.

use std::fmt;

use crate::check::{CheckReport, CheckedCase, CheckedScore, CheckedTask, Verdict};

/// Most failures of one sort that are written out.
const MOST_SHOWN: usize = 20;

/// A check as markdown: the verdict first, then what is worse, then every task in a
/// table.
#[derive(Clone, Copy, Debug)]
pub struct Markdown<'r>(pub &'r CheckReport);

impl fmt::Display for Markdown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self.0)
    }
}

fn write(text: &mut fmt::Formatter<'_>, report: &CheckReport) -> fmt::Result {
    let n_worse = report.worse().count();
    let broken: Vec<&CheckedCase> = report.cases.iter().filter(|c| c.is_broken()).collect();
    if report.is_worse() {
        let n_broken = broken.len();
        writeln!(text, "## Worse than the baseline: {n_worse} scores, {n_broken} cases\n")?;
    } else {
        writeln!(text, "## Not worse than the baseline\n")?;
    }
    write_worse(text, report)?;
    write_exchanges(text, report)?;
    write_facts(text, report)?;
    write_broken(text, &broken)?;
    for task in &report.tasks {
        write_task(text, task)?;
    }
    write_cases(text, report)?;
    for gold in &report.not_here {
        writeln!(text, "Not compared: `{gold}` of the baseline is not here.\n")?;
    }
    writeln!(
        text,
        "Worse: a drop of more than {} points that chance does not explain \
         (paired bootstrap over documents, 5 % a task after Holm).",
        report.max_drop
    )
}

fn write_worse(text: &mut fmt::Formatter<'_>, report: &CheckReport) -> fmt::Result {
    for (task, score) in report.worse().take(MOST_SHOWN) {
        let CheckedScore { difference, .. } = score;
        writeln!(
            text,
            "- **{}** on `{}`{}: {} {:.1} -> {:.1} ({:+.1} [{:+.1}, {:+.1}])",
            task.task,
            task.gold,
            part(score),
            difference.score,
            difference.before,
            difference.after,
            difference.gain,
            difference.low,
            difference.high,
        )?;
    }
    write_rest(text, report.worse().count())
}

fn part(score: &CheckedScore) -> String {
    score.difference.slice.as_ref().map_or(String::new(), |slice| format!(", `{slice}`"))
}

fn write_rest(text: &mut fmt::Formatter<'_>, n: usize) -> fmt::Result {
    if n > MOST_SHOWN {
        writeln!(text, "- and {} more", n - MOST_SHOWN)?;
    }
    if n > 0 { writeln!(text) } else { Ok(()) }
}

fn write_exchanges(text: &mut fmt::Formatter<'_>, report: &CheckReport) -> fmt::Result {
    for task in &report.tasks {
        let Some(exchange) = &task.exchange else { continue };
        writeln!(
            text,
            "**{}**: the labels `{}` and `{}` look exchanged; the other way round `{}` would \
             score {:.1}.\n",
            task.task, exchange.label, exchange.with, task.gold, exchange.restored
        )?;
    }
    Ok(())
}

fn write_facts(text: &mut fmt::Formatter<'_>, report: &CheckReport) -> fmt::Result {
    if report.changed_facts.is_empty() {
        return Ok(());
    }
    writeln!(text, "What the bundle says otherwise than the baseline's:\n")?;
    for (key, before, now) in &report.changed_facts {
        writeln!(text, "- `{key}`: `{before}` -> `{now}`")?;
    }
    writeln!(text)
}

fn write_broken(text: &mut fmt::Formatter<'_>, broken: &[&CheckedCase]) -> fmt::Result {
    for case in broken.iter().take(MOST_SHOWN) {
        let CheckedCase { id, sentence, expected, came, .. } = case;
        writeln!(text, "- **{id}**: {sentence}\n  - expected: {expected}\n  - came: {came}")?;
    }
    write_rest(text, broken.len())
}

fn write_task(text: &mut fmt::Formatter<'_>, task: &CheckedTask) -> fmt::Result {
    writeln!(text, "### {} on `{}`\n", task.task, task.gold)?;
    writeln!(text, "| score | part | before | now | difference | |")?;
    writeln!(text, "|---|---|---|---|---|---|")?;
    let is_told = |score: &&CheckedScore| {
        let is_whole = score.difference.slice.is_none();
        is_whole || matches!(score.verdict, Verdict::Better | Verdict::Worse)
    };
    for score in task.scores.iter().filter(is_told) {
        let d = &score.difference;
        let part = d.slice.as_ref().map_or("all".to_owned(), ToString::to_string);
        writeln!(
            text,
            "| {} | {part} | {:.1} | {:.1} | {:+.1} [{:+.1}, {:+.1}] | {} |",
            d.score,
            d.before,
            d.after,
            d.gain,
            d.low,
            d.high,
            score.verdict.as_str()
        )?;
    }
    let n_untold = task.scores.iter().filter(|score| !is_told(score)).count();
    if n_untold > 0 {
        writeln!(text, "\n{n_untold} slices are the same, or have too few examples to say.")?;
    }
    writeln!(text)
}

fn write_cases(text: &mut fmt::Formatter<'_>, report: &CheckReport) -> fmt::Result {
    if report.cases.is_empty() {
        return Ok(());
    }
    let n = |is: &dyn Fn(&CheckedCase) -> bool| report.cases.iter().filter(|c| is(c)).count();
    let mended = n(&|case| case.passes && case.passed_before == Some(false));
    let new = n(&|case| case.passed_before.is_none());
    writeln!(
        text,
        "### Behaviour: {} of {} cases pass, {mended} mended, {} broken, {new} new\n",
        n(&|case| case.passes),
        report.cases.len(),
        n(&CheckedCase::is_broken),
    )
}

#[cfg(test)]
mod tests {
    use super::Markdown;
    use crate::{CheckReport, CheckedCase};

    fn report(passes: bool) -> CheckReport {
        let case = CheckedCase {
            id: "denial/1".to_owned(),
            sentence: "Ana denied it.".to_owned(),
            expected: "denies".to_owned(),
            came: "affirms".to_owned(),
            passes,
            passed_before: Some(true),
        };
        CheckReport { max_drop: 0.5, cases: vec![case], ..CheckReport::default() }
    }

    #[test]
    fn a_broken_case_is_shown_with_what_came() {
        let text = Markdown(&report(false)).to_string();
        assert!(text.starts_with("## Worse than the baseline: 0 scores, 1 cases"), "{text}");
        assert!(text.contains("Ana denied it.") && text.contains("came: affirms"), "{text}");
    }

    #[test]
    fn a_case_that_passes_is_counted_only() {
        let text = Markdown(&report(true)).to_string();
        assert!(text.starts_with("## Not worse"), "{text}");
        assert!(text.contains("1 of 1 cases pass") && !text.contains("Ana"), "{text}");
    }
}
