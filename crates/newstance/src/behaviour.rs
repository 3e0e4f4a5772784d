//! Behaviour suites: sentences with what must come of them (Ribeiro et al.
//! 2020, "Beyond Accuracy: Behavioral Testing of NLP Models with
//! `CheckList`").
//! `docs/evaluation.md` tells how to write one.

mod actors;
mod outcome;
mod suite;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use newstance_doc::{Annotated, Article};
use newstance_eval::CheckedCase;
use newstance_pipeline::Annotator;
use rayon::prelude::*;

use outcome::{Outcome, direction, invariance, minimum};
use suite::{Case, Test};

/// Runs every case of a suite, or of every `.toml` file of a folder, in order.
/// `passed_before` is left open.
pub(crate) fn run(annotator: &Annotator, path: &Path) -> anyhow::Result<Vec<CheckedCase>> {
    let mut cases = Vec::new();
    for file in files(path)? {
        cases.extend(suite::read(&file)?);
    }
    cases.par_iter().map(|case| run_case(annotator, case)).collect()
}

fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path)
        .with_context(|| format!("cannot read the folder `{}`", path.display()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|file| file.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    if files.is_empty() {
        bail!("`{}` holds no behaviour suite (.toml)", path.display());
    }
    Ok(files)
}

fn run_case(annotator: &Annotator, case: &Case) -> anyhow::Result<CheckedCase> {
    let read = |text: &str| -> anyhow::Result<Annotated> {
        Ok(annotator.annotate(article(case, text))?.layers)
    };
    let first = read(&case.text)?;
    let outcomes: Vec<Outcome> = match &case.test {
        Test::Minimum => case.expect.iter().map(|e| minimum(&first, e)).collect(),
        Test::Invariance { changed } => {
            let second = read(changed)?;
            case.expect.iter().map(|e| invariance(&first, &second, e)).collect()
        }
        Test::Direction { changed } => {
            let second = read(changed)?;
            case.expect.iter().map(|e| direction(&first, &second, e)).collect()
        }
    };
    let failed = |outcome: &&Outcome| !outcome.passes;
    let told = |part: fn(&Outcome) -> &str| {
        let missed: Vec<&str> = outcomes.iter().filter(failed).map(part).collect();
        let all: Vec<&str> = outcomes.iter().map(part).collect();
        if missed.is_empty() { all.join("; ") } else { missed.join("; ") }
    };
    let sentence = match &case.test {
        Test::Minimum => case.text.clone(),
        Test::Invariance { changed } | Test::Direction { changed } => {
            format!("{} => {changed}", case.text)
        }
    };
    Ok(CheckedCase {
        id: case.id.clone(),
        sentence,
        expected: told(|outcome| &outcome.expected),
        came: told(|outcome| &outcome.came),
        passes: outcomes.iter().all(|outcome| outcome.passes),
        passed_before: None,
    })
}

fn article(case: &Case, text: &str) -> Article {
    Article { title: case.title.clone(), ..Article::plain(case.id.clone(), text) }
}
