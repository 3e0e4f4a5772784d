//! Pages of publishers against the parse that should come out of them: they lie
//! in `../shared/html` beside the checkout. Where they are absent the tests are
//! skipped, and say so; with `NEWSTANCE_SHARED=required` a skip is a failure.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a test runner says what it skips")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use newstance_corpus::{ArticleReader, CorpusSettings};
use newstance_doc::Article;
use serde_json::Value;

/// Floors: what was measured (docs/html.md).
const MIN_BODY: f64 = 0.97;
const MIN_DATES: f64 = 1.0;
const MIN_TITLES: f64 = 0.78;

fn shared() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/html")
}

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let is_here = shared().is_dir();
    if !is_here && std::env::var("NEWSTANCE_SHARED").is_ok_and(|value| value == "required") {
        eprintln!("`{}` is required and is not there", shared().display());
        return ExitCode::FAILURE;
    }
    if !is_here {
        println!("skipped: `{}` is not there", shared().display());
    }
    let trial = Trial::test("pages_are_read_as_their_publishers_parse_them", pages);
    libtest_mimic::run(&args, vec![trial.with_ignored_flag(!is_here)]).exit_code()
}

/// A page and what should come out of it.
struct Page {
    path: PathBuf,
    expected: Value,
}

/// The pages of every publisher, each with its parse: both are in order of time.
fn all_pages() -> Vec<Page> {
    let mut pages = Vec::new();
    for folder in list(&shared()).into_iter().filter(|path| path.is_dir()) {
        let files = list(&folder);
        for parses in files.iter().filter(|file| file.extension().is_some_and(|e| e == "json")) {
            let publisher = parses.file_stem().unwrap().to_str().unwrap().to_owned() + "_";
            let own = |path: &&PathBuf| {
                path.file_name().unwrap().to_str().unwrap().starts_with(&publisher)
            };
            let parses: BTreeMap<String, Value> =
                serde_json::from_str(&std::fs::read_to_string(parses).unwrap()).unwrap();
            for (path, expected) in files.iter().filter(own).zip(parses.into_values()) {
                pages.push(Page { path: path.clone(), expected });
            }
        }
    }
    pages
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> Option<Article> {
    let mut reader = ArticleReader::open(&[path.to_owned()], &CorpusSettings::default()).unwrap();
    reader.find_map(Result::ok)
}

fn pages() -> Result<(), Failed> {
    let pages = all_pages();
    let (mut bodies, mut dates, mut titles) = (Vec::new(), Vec::new(), Vec::new());
    for page in &pages {
        let article = read(&page.path);
        let (body, date, title) =
            article.as_ref().map_or((0.0, false, false), |found| score(found, &page.expected));
        let name = page.path.file_name().unwrap().to_string_lossy();
        println!("{name:<40} body {body:.3}  date {date:<5}  title {title}");
        bodies.push(body);
        dates.push(f64::from(u8::from(date)));
        titles.push(f64::from(u8::from(title)));
    }
    let (body, date, title) = (mean(&bodies), mean(&dates), mean(&titles));
    println!("{} pages: body {body:.4}, dates {date:.3}, titles {title:.3}", pages.len());
    for (what, found, floor) in
        [("body", body, MIN_BODY), ("dates", date, MIN_DATES), ("titles", title, MIN_TITLES)]
    {
        if found < floor {
            return Err(format!("{what}: {found:.4} is under {floor}").into());
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^52 pages")]
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// ROUGE-LSum F1 of the body, and whether the date and the title are right.
fn score(found: &Article, expected: &Value) -> (f64, bool, bool) {
    let strings = |value: &Value| -> Vec<String> {
        let list = value.as_array().into_iter().flatten();
        list.filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let mut body = strings(&expected["body"]["summary"]);
    for section in expected["body"]["sections"].as_array().into_iter().flatten() {
        body.extend(strings(&section["headline"]));
        body.extend(strings(&section["paragraphs"]));
    }
    let day: String = expected["publishing_date"].as_str().unwrap_or("").chars().take(10).collect();
    let is_day = found.date.is_some_and(|date| date.to_string() == day);
    let title = expected["title"].as_str().unwrap_or("");
    (rouge_l_sum(&body.join("\n"), &found.text), is_day, words(title) == words(&found.title))
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// ROUGE-LSum F1 (Lin 2004): of each line of the reference, the words that are
/// in a longest common subsequence with any line of the other text.
#[expect(clippy::cast_precision_loss, reason = "pages have fewer than 2^52 words")]
fn rouge_l_sum(reference: &str, found: &str) -> f64 {
    let lines = |text: &str| -> Vec<Vec<String>> {
        text.lines().map(words).filter(|line| !line.is_empty()).collect()
    };
    let (reference, found) = (lines(reference), lines(found));
    let counts = |lines: &[Vec<String>]| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for word in lines.iter().flatten() {
            *counts.entry(word.clone()).or_default() += 1;
        }
        counts
    };
    let (mut left, mut left_found) = (counts(&reference), counts(&found));
    let n_reference: usize = left.values().sum();
    let n_found: usize = left_found.values().sum();
    let mut hits = 0;
    for line in &reference {
        let common: BTreeSet<usize> =
            found.iter().flat_map(|other| common_subsequence(line, other)).collect();
        for idx in common {
            let word = &line[idx];
            let (Some(a), Some(b)) = (left.get_mut(word), left_found.get_mut(word)) else {
                continue;
            };
            if *a > 0 && *b > 0 {
                *a -= 1;
                *b -= 1;
                hits += 1;
            }
        }
    }
    2.0 * f64::from(hits) / ((n_reference + n_found).max(1) as f64)
}

/// Places in `a` of a longest common subsequence with `b`.
fn common_subsequence(a: &[String], b: &[String]) -> Vec<usize> {
    let mut table = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
    for i in 0..a.len() {
        for j in 0..b.len() {
            table[i + 1][j + 1] =
                if a[i] == b[j] { table[i][j] + 1 } else { table[i][j + 1].max(table[i + 1][j]) };
        }
    }
    let (mut i, mut j, mut places) = (a.len(), b.len(), Vec::new());
    while i > 0 && j > 0 {
        if a[i - 1] == b[j - 1] {
            (i, j) = (i - 1, j - 1);
            places.push(i);
        } else if table[i - 1][j] >= table[i][j - 1] {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    places
}
