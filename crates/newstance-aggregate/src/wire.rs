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

use newstance_doc::Annotated;

use crate::shelf::Shelf;
use crate::{AggregateError, AggregateSettings};

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
    if !are_comparable((short.len(), long.len()), settings) {
        return false;
    }
    let shared = short.iter().filter(|hash| long.binary_search(hash).is_ok()).count();
    shared as f64 >= settings.wire_containment * short.len() as f64
}

#[expect(clippy::cast_precision_loss, reason = "texts have far fewer than 2^52 words")]
fn are_comparable((short, long): (usize, usize), settings: &AggregateSettings) -> bool {
    short as f64 >= settings.wire_length_ratio * long as f64
}

/// For each article the index of its group's original: the earliest by date,
/// then id; articles without a date come last.
///
/// # Errors
///
/// [`AggregateError::Scratch`].
pub(crate) fn wire_originals(
    shelf: &Shelf,
    settings: &AggregateSettings,
) -> Result<Vec<usize>, AggregateError> {
    let mut groups = Groups::new(shelf.entries.len());
    let mut by_text: BTreeMap<[u8; 32], usize> = BTreeMap::new();
    let mut outlines: Vec<Outline> = Vec::new();
    let outline = |_, annotated: &Annotated| Outline::new(&annotated.article.text, settings);
    shelf.each(outline, |idx, (key, outline)| {
        if let Some(&first) = by_text.get(&key) {
            groups.join(first, idx);
        } else {
            by_text.insert(key, idx);
            outlines.push(Outline { idx, ..outline });
        }
        Ok::<(), AggregateError>(())
    })?;
    drop(by_text);
    join_copies(shelf, &outlines, &mut groups, settings)?;
    Ok(originals(shelf, &mut groups))
}

/// What is kept of a text until its copies are found.
struct Outline {
    /// Index of the article.
    idx: usize,
    n_shingles: usize,
    /// As [`WireText::probes`] gives them, sorted.
    probes: Vec<u64>,
}

impl Outline {
    fn new(text: &str, settings: &AggregateSettings) -> ([u8; 32], Self) {
        let text = WireText::new(text);
        let (n_shingles, probes) = (text.shingles.len(), text.probes(settings));
        (text.key, Self { idx: 0, n_shingles, probes })
    }
}

/// Joins the texts that share a probe and are copies. Of each only the probes
/// are in memory; two texts are read again where these leave it open.
fn join_copies(
    shelf: &Shelf,
    outlines: &[Outline],
    groups: &mut Groups,
    settings: &AggregateSettings,
) -> Result<(), AggregateError> {
    let shingles = |outline: &Outline| -> Result<Vec<u64>, AggregateError> {
        Ok(shingles(&shelf.read(outline.idx)?.article.text))
    };
    for of_one in candidates(outlines).chunk_by(|a, b| a.0 == b.0) {
        let [(first, _), ..] = of_one else { continue };
        let mut of_first = None;
        for (_, second) in of_one {
            let (a, b) = (&outlines[*first], &outlines[*second]);
            let is_joined = groups.root(a.idx) == groups.root(b.idx);
            let lengths = (a.n_shingles.min(b.n_shingles), a.n_shingles.max(b.n_shingles));
            if is_joined || !are_comparable(lengths, settings) {
                continue;
            }
            if of_first.is_none() {
                of_first = Some(shingles(a)?);
            }
            let of_first = of_first.as_deref().unwrap_or_default();
            if are_copies(of_first, &shingles(b)?, settings) {
                groups.join(a.idx, b.idx);
            }
        }
    }
    Ok(())
}

fn originals(shelf: &Shelf, groups: &mut Groups) -> Vec<usize> {
    let roots: Vec<usize> = (0..shelf.entries.len()).map(|idx| groups.root(idx)).collect();
    let mut first: BTreeMap<usize, usize> = BTreeMap::new();
    for idx in shelf.by_age() {
        first.entry(roots[idx]).or_insert(idx);
    }
    roots.iter().map(|root| first[root]).collect()
}

/// Pairs of texts that share a probe, sorted, each once.
fn candidates(outlines: &[Outline]) -> Vec<(usize, usize)> {
    let mut sharing: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (idx, outline) in outlines.iter().enumerate() {
        for hash in &outline.probes {
            sharing.entry(*hash).or_default().push(idx);
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
    use crate::shelf::ShelfBuilder;
    use crate::testing::Draft;

    fn report(seed: usize, n_words: usize) -> String {
        let words: Vec<String> =
            (0..n_words).map(|i| format!("w{}", (i * i + seed * 7919) % 9973)).collect();
        words.join(" ")
    }

    #[track_caller]
    fn check(texts: &[(&str, i8, String)], expected: &[&str]) {
        let mut shelf = ShelfBuilder::new(None);
        for (id, day, text) in texts {
            shelf.push(&Draft::new(id, text).date(date(2020, 1, *day)).done()).unwrap();
        }
        let shelf = shelf.sorted().unwrap();
        let originals = wire_originals(&shelf, &AggregateSettings::default()).unwrap();
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
