//! Which articles repeat another's text.
//!
//! Two texts are copies where they are equal but for case, white space and
//! punctuation, or where most word 5-grams of the shorter one stand in the
//! longer one and the two are of comparable length. Copies of copies are in
//! one group. Candidates are found by the 5-grams whose hash is divisible by a
//! fixed number and by the least few hashes of each text, so that no pair is
//! looked at without a reason and a copy of at least the minimum length is
//! found almost surely (Broder 1997, "On the resemblance and containment of
//! documents").

use std::collections::BTreeMap;

use newstance_doc::{Annotated, Article};

use crate::AggregateSettings;

const SHINGLE_WORDS: usize = 5;
const SAMPLE_EVERY: u64 = 8;
const LEAST_HASHES: usize = 8;
/// A 5-gram that more texts than this share is boilerplate.
const MAX_SHARED: usize = 256;

/// What tells whether a text is a copy of another: the same for one text
/// wherever it is computed, so that groups can be found by a shuffle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireText {
    /// Hash of the text without case, white space and punctuation; texts of
    /// the same key are copies.
    pub key: [u8; 32],
    /// Hashes of the word 5-grams, sorted, each once.
    pub shingles: Vec<u64>,
}

impl WireText {
    /// A shingle that more texts than this probe is boilerplate and tells nothing.
    pub const MAX_SHARED: usize = MAX_SHARED;

    /// That of `text`.
    pub fn new(text: &str) -> Self {
        let key = *blake3::hash(words(text).join(" ").as_bytes()).as_bytes();
        Self { key, shingles: shingles(text) }
    }

    /// The shingles by which candidates are found; texts that share one are to
    /// be compared. None where the text is too short to be compared.
    pub fn probes(&self, settings: &AggregateSettings) -> Vec<u64> {
        if self.shingles.len() < settings.wire_min_shingles {
            return Vec::new();
        }
        let least = self.shingles.iter().take(LEAST_HASHES);
        let sampled = self.shingles.iter().skip(LEAST_HASHES).filter(|h| **h % SAMPLE_EVERY == 0);
        least.chain(sampled).copied().collect()
    }
}

/// True where two texts, given by the shingles of each, are copies.
#[expect(clippy::cast_precision_loss, reason = "texts have far fewer than 2^52 words")]
pub fn are_copies(a: &[u64], b: &[u64], settings: &AggregateSettings) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if (short.len() as f64) < settings.wire_length_ratio * long.len() as f64 {
        return false;
    }
    let shared = short.iter().filter(|hash| long.binary_search(hash).is_ok()).count();
    shared as f64 >= settings.wire_containment * short.len() as f64
}

/// For each article the index of its group's original: the earliest by date,
/// then id; articles without a date come last.
pub(crate) fn wire_originals(articles: &[Annotated], settings: &AggregateSettings) -> Vec<usize> {
    let texts: Vec<WireText> = articles.iter().map(|a| WireText::new(&a.article.text)).collect();
    let mut groups = Groups::new(articles.len());
    let mut by_text: BTreeMap<[u8; 32], usize> = BTreeMap::new();
    let mut distinct = Vec::new();
    for (idx, text) in texts.iter().enumerate() {
        if let Some(&first) = by_text.get(&text.key) {
            groups.join(first, idx);
        } else {
            by_text.insert(text.key, idx);
            distinct.push(idx);
        }
    }
    for (a, b) in candidates(&texts, &distinct, settings) {
        if are_copies(&texts[a].shingles, &texts[b].shingles, settings) {
            groups.join(a, b);
        }
    }
    originals(articles, &mut groups)
}

fn originals(articles: &[Annotated], groups: &mut Groups) -> Vec<usize> {
    let roots: Vec<usize> = (0..articles.len()).map(|idx| groups.root(idx)).collect();
    let mut first: BTreeMap<usize, usize> = BTreeMap::new();
    for (idx, root) in roots.iter().enumerate() {
        let best = first.entry(*root).or_insert(idx);
        if age(&articles[idx].article) < age(&articles[*best].article) {
            *best = idx;
        }
    }
    roots.iter().map(|root| first[root]).collect()
}

/// Orders articles from the earliest; those without a date come last.
fn age(article: &Article) -> (bool, Option<jiff::civil::Date>, &str) {
    (article.date.is_none(), article.date, &article.id)
}

fn candidates(
    texts: &[WireText],
    distinct: &[usize],
    settings: &AggregateSettings,
) -> Vec<(usize, usize)> {
    let mut sharing: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for &idx in distinct {
        for hash in texts[idx].probes(settings) {
            sharing.entry(hash).or_default().push(idx);
        }
    }
    let mut pairs: Vec<(usize, usize)> = sharing
        .values()
        .filter(|articles| articles.len() <= MAX_SHARED)
        .flat_map(|articles| {
            articles
                .iter()
                .enumerate()
                .flat_map(move |(n, a)| articles.iter().skip(n + 1).map(move |b| (*a, *b)))
        })
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Hashes of the word 5-grams of `text`, sorted, each once.
fn shingles(text: &str) -> Vec<u64> {
    let words = words(text);
    let mut hashes: Vec<u64> = words
        .windows(SHINGLE_WORDS)
        .map(|gram| {
            let hash = blake3::hash(gram.join(" ").as_bytes());
            hash.as_bytes().iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
        })
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// Sets that grow together (union-find).
struct Groups {
    parents: Vec<usize>,
}

impl Groups {
    fn new(n: usize) -> Self {
        Self { parents: (0..n).collect() }
    }

    fn root(&mut self, mut idx: usize) -> usize {
        while self.parents[idx] != idx {
            self.parents[idx] = self.parents[self.parents[idx]];
            idx = self.parents[idx];
        }
        idx
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::wire_originals;
    use crate::AggregateSettings;
    use crate::testing::Draft;

    fn report(seed: usize, n_words: usize) -> String {
        let words: Vec<String> =
            (0..n_words).map(|i| format!("w{}", (i * i + seed * 7919) % 9973)).collect();
        words.join(" ")
    }

    #[track_caller]
    fn check(texts: &[(&str, i8, String)], expected: &[&str]) {
        let articles: Vec<_> = texts
            .iter()
            .map(|(id, day, text)| Draft::new(id, text).date(date(2020, 1, *day)).done())
            .collect();
        let originals = wire_originals(&articles, &AggregateSettings::default());
        let names: Vec<&str> = originals.iter().map(|idx| texts[*idx].0).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn the_earliest_of_equal_texts_is_the_original() {
        let text = "Too short to have five-grams";
        check(
            &[("a", 3, text.into()), ("b", 2, text.to_uppercase()), ("c", 2, text.into())],
            &["b", "b", "b"],
        );
    }

    #[test]
    fn a_shortened_or_lightly_edited_copy_is_a_copy() {
        let full = report(1, 200);
        let short = report(1, 140);
        let edited = full.replacen("w9 ", "changed ", 1) + " Meridian";
        check(&[("a", 1, full), ("b", 2, short), ("c", 3, edited)], &["a", "a", "a"]);
    }

    #[test]
    fn another_report_and_a_quoted_note_are_no_copies() {
        let note = report(1, 60);
        let roundup = format!("{note} {}", report(2, 200));
        check(&[("a", 1, note), ("b", 2, roundup), ("c", 3, report(3, 60))], &["a", "b", "c"]);
    }
}
