//! How well copies are told, on pairs of articles that were judged by hand.
//!
//! `cargo run --release -p newstance-pipeline --example wire_pairs -- ../shared/corpora`
//!
//! Reads `data/wire/pairs.csv` and the archives that it names (`ARCHIVE*.jsonl*`
//! in that folder). Prints precision and recall of the rule, each pair weighted
//! by how many it stands for, with 95 % intervals by a bootstrap within strata.

#![expect(clippy::print_stdout, reason = "it prints its results")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use newstance_aggregate::{AggregateSettings, WireText, are_copies};
use newstance_corpus::{ArticleReader, CorpusSettings};

const RESAMPLES: usize = 2_000;
const SEED: u64 = 20_130;

/// A judged pair, and what the rule says of it.
struct Judged {
    ids: String,
    stratum: String,
    weight: f64,
    label: String,
    is_long: bool,
    is_called: bool,
}

fn main() -> anyhow::Result<()> {
    let folder = std::env::args().nth(1).context("say where the archives are")?;
    let rows = rows(Path::new("data/wire/pairs.csv"))?;
    let texts = texts(Path::new(&folder), &rows)?;
    let settings = AggregateSettings::default();
    let (mut drawn, mut validation) = (Vec::new(), Vec::new());
    for row in &rows {
        let text = |id: &str| texts.get(id).ok_or_else(|| anyhow!("there is no article `{id}`"));
        let (a, b) = (text(&row["a"])?, text(&row["b"])?);
        let judged = Judged {
            ids: format!("{} {}", row["a"], row["b"]),
            stratum: row["stratum"].clone(),
            weight: row["weight"].parse()?,
            label: row["label"].clone(),
            is_long: a.n_shingles().min(b.n_shingles()) >= settings.wire_min_shingles,
            is_called: are_copies(a, b, &settings),
        };
        if row["drawn"] == "validation" { &mut validation } else { &mut drawn }.push(judged);
    }
    println!("{} pairs of unequal texts, {} of them called copies", drawn.len(), n_called(&drawn));
    show("precision, copy", &drawn, |pair| pair.is_called, |pair| pair.label == "copy");
    let is_one_story = |pair: &Judged| pair.label == "copy" || pair.label == "update";
    show("precision, copy or update", &drawn, |pair| pair.is_called, is_one_story);
    show("recall of copies", &drawn, |pair| pair.label == "copy", |pair| pair.is_called);
    let is_long_copy = |pair: &Judged| pair.label == "copy" && pair.is_long;
    show("recall of copies of 30 5-grams or more", &drawn, is_long_copy, |pair| pair.is_called);
    let right = validation.iter().filter(|pair| pair.is_called && pair.label == "copy").count();
    println!("validation: {right} of {} called are copies", n_called(&validation));
    let is_wrong = |pair: &&Judged| pair.is_called && pair.label != "copy";
    for pair in drawn.iter().chain(&validation).filter(is_wrong) {
        println!("called a copy, judged {}: {} (stands for {})", pair.label, pair.ids, pair.weight);
    }
    Ok(())
}

fn n_called(pairs: &[Judged]) -> usize {
    pairs.iter().filter(|pair| pair.is_called).count()
}

/// Prints the share of those that count, by weight, that are right.
fn show(
    what: &str,
    pairs: &[Judged],
    counts: impl Fn(&Judged) -> bool,
    is_right: impl Fn(&Judged) -> bool,
) {
    let share = |pairs: &mut dyn Iterator<Item = &Judged>| {
        let counted = pairs.filter(|pair| counts(pair));
        let sums = counted.fold((0.0, 0.0), |(right, all), pair| {
            (right + if is_right(pair) { pair.weight } else { 0.0 }, all + pair.weight)
        });
        sums.0 / sums.1
    };
    let mut strata: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for pair in pairs {
        strata.entry(&pair.stratum).or_default().push(pair);
    }
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut drawn: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let mut again = Vec::with_capacity(pairs.len());
            for of_stratum in strata.values() {
                let n = of_stratum.len();
                again.extend((0..n).map(|_| of_stratum[random.usize(..n)]));
            }
            share(&mut again.into_iter())
        })
        .filter(|share| share.is_finite())
        .collect();
    drawn.sort_by(f64::total_cmp);
    let (low, high) = (drawn[drawn.len() / 40], drawn[drawn.len() - 1 - drawn.len() / 40]);
    println!("{what}: {:.3} [{low:.3}, {high:.3}]", share(&mut pairs.iter()));
}

/// The rows of a CSV file, by column.
fn rows(path: &Path) -> anyhow::Result<Vec<BTreeMap<String, String>>> {
    let file = csv::Reader::from_path(path);
    let mut file = file.with_context(|| format!("cannot read `{}`", path.display()))?;
    file.deserialize().map(|row| Ok(row?)).collect()
}

/// What is compared of the articles that `rows` name, by id.
fn texts(
    folder: &Path,
    rows: &[BTreeMap<String, String>],
) -> anyhow::Result<BTreeMap<String, WireText>> {
    let wanted: BTreeSet<&str> =
        rows.iter().flat_map(|row| [row["a"].as_str(), row["b"].as_str()]).collect();
    let archives: BTreeSet<&str> = rows.iter().map(|row| row["archive"].as_str()).collect();
    let is_named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        archives.iter().any(|archive| name.starts_with(archive))
    };
    let files = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let files: Vec<PathBuf> = files.collect::<std::io::Result<_>>()?;
    let files: Vec<PathBuf> = files.into_iter().filter(is_named).collect();
    let mut texts = BTreeMap::new();
    for article in ArticleReader::open(&files, &CorpusSettings::default())?.flatten() {
        if wanted.contains(article.id.as_str()) {
            texts.insert(article.id.clone(), WireText::new(&article));
        }
    }
    Ok(texts)
}
