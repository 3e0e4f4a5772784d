//! Which copies the search for candidates misses.
//!
//! `cargo run --release -p newstance-pipeline --example wire_recall -- 5000 ARCHIVE...`
//!
//! Reads that many articles of each archive, compares every two that share a
//! 5-gram (brute force), and says how many of the copies are in one wire group
//! of the table `articles`, where candidates come of a sample of the 5-grams.

#![expect(clippy::print_stdout, reason = "it prints its results")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::Context;
use newstance_aggregate::{AggregateSettings, Aggregator, ClaimModels, WireText, are_copies};
use newstance_corpus::{ArticleReader, CorpusSettings};
use newstance_doc::{Annotated, Article};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let limit: usize = arguments.next().context("say how many articles")?.parse()?;
    let mut articles: BTreeMap<String, Article> = BTreeMap::new();
    for archive in arguments.map(PathBuf::from) {
        let reader = ArticleReader::open(&[archive], &CorpusSettings::default())?;
        articles.extend(reader.flatten().take(limit).map(|article| (article.id.clone(), article)));
    }
    let settings = AggregateSettings::default();
    let copies = copies(&articles, &settings);
    let groups = groups(&articles, settings)?;
    let found = copies.iter().filter(|(a, b)| groups[*a] == groups[*b]).count();
    println!("{} articles: {} pairs of copies, {found} in one group", articles.len(), copies.len());
    for (a, b) in copies.iter().filter(|(a, b)| groups[*a] != groups[*b]) {
        println!("missed: {a} {b}");
    }
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for group in groups.values() {
        *sizes.entry(group).or_default() += 1;
    }
    let mut sizes: Vec<usize> = sizes.into_values().filter(|n| *n > 1).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    println!("{} groups of several; the largest: {:?}", sizes.len(), &sizes[..sizes.len().min(10)]);
    Ok(())
}

/// All pairs of copies.
fn copies<'a>(
    articles: &'a BTreeMap<String, Article>,
    settings: &AggregateSettings,
) -> Vec<(&'a str, &'a str)> {
    let texts: Vec<(&str, WireText)> =
        articles.iter().map(|(id, article)| (id.as_str(), WireText::new(article))).collect();
    let mut sharing: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (idx, (_, text)) in texts.iter().enumerate() {
        for shingle in text.shingles() {
            sharing.entry(*shingle).or_default().push(idx);
        }
    }
    let mut compared: BTreeSet<(usize, usize)> = BTreeSet::new();
    for texts in sharing.values() {
        for (n, a) in texts.iter().enumerate() {
            compared.extend(texts.iter().skip(n + 1).map(|b| (*a, *b)));
        }
    }
    drop(sharing);
    let pairs = compared.into_iter();
    let copies = pairs.filter(|(a, b)| are_copies(&texts[*a].1, &texts[*b].1, settings));
    copies.map(|(a, b)| (texts[a].0, texts[b].0)).collect()
}

/// The wire group of each article.
fn groups(
    articles: &BTreeMap<String, Article>,
    settings: AggregateSettings,
) -> anyhow::Result<BTreeMap<String, String>> {
    let mut aggregator = Aggregator::new(settings);
    for article in articles.values() {
        let bare = Annotated {
            article: article.clone(),
            sentences: vec![],
            mentions: vec![],
            actors: vec![],
            statements: vec![],
            stances: vec![],
        };
        aggregator.push(&bare)?;
    }
    let tables = aggregator.finish(ClaimModels::default(), vec![])?.all_tables()?;
    Ok(tables.articles.into_iter().map(|row| (row.article_id, row.wire_group)).collect())
}
