//! Which articles repeat another's text; `wire_text` has the rule.
//!
//! Copies of copies are in one group. Candidates are found by the 5-grams whose
//! hash is divisible by a fixed number and by the least few hashes of each text,
//! so that no pair is looked at without a reason and a copy of at least the
//! minimum length is found almost surely.

use std::collections::{BTreeMap, HashSet};

use newstance_doc::Annotated;

use crate::shelf::Shelf;
use crate::wire_text::{are_near, is_sampled, least_containment, may_be_as_long};
use crate::{AggregateError, AggregateSettings, WireText, are_copies};

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
    let mut by_text: BTreeMap<[u8; 32], Vec<(Option<i32>, usize)>> = BTreeMap::new();
    let mut known = HashSet::new();
    let mut outlines: Vec<Outline> = Vec::new();
    let outline = |idx, annotated: &Annotated| Outline::new(idx, annotated, settings);
    shelf.each(outline, |idx, outline| {
        by_text.entry(outline.key).or_default().push((outline.day, idx));
        // Of equal texts of one outlet and day one is compared with others.
        if known.insert((outline.key, outline.outlet, outline.day)) && outline.n_shingles > 0 {
            outlines.push(outline);
        }
        Ok::<(), AggregateError>(())
    })?;
    drop(known);
    for equal in by_text.into_values() {
        join_equal(equal, &mut groups, settings);
    }
    join_copies(shelf, &outlines, &mut groups, settings)?;
    Ok(originals(shelf, &mut groups))
}

/// Joins equal texts that are near in time, given by day and index; those of
/// an unknown day go with the earliest.
fn join_equal(
    mut equal: Vec<(Option<i32>, usize)>,
    groups: &mut Groups,
    settings: &AggregateSettings,
) {
    equal.sort_by_key(|(day, idx)| (day.is_none(), *day, *idx));
    let Some((_, first)) = equal.first().copied() else { return };
    for pair in equal.windows(2) {
        let [(before, last), (day, idx)] = [pair[0], pair[1]];
        if day.is_none() {
            groups.join(first, idx);
        } else if are_near(before, day, settings) {
            groups.join(last, idx);
        }
    }
}

/// What is kept of a text until its copies are found.
struct Outline {
    /// Index of the article.
    idx: usize,
    key: [u8; 32],
    day: Option<i32>,
    outlet: Option<u64>,
    n_shingles: usize,
    /// As [`WireText::probes`] gives them, sorted.
    probes: Vec<u64>,
}

impl Outline {
    fn new(idx: usize, annotated: &Annotated, settings: &AggregateSettings) -> Self {
        let text = WireText::new(&annotated.article);
        let (n_shingles, probes) = (text.n_shingles(), text.probes(settings));
        let WireText { key, day, outlet, .. } = text;
        Self { idx, key, day, outlet, n_shingles, probes }
    }

    /// False where two texts are no copies: of too unlike lengths, too far
    /// apart, or with so few sampled 5-grams in common as copies hardly ever
    /// have, four standard deviations under the least.
    #[expect(clippy::cast_precision_loss, reason = "texts have far fewer than 2^52 words")]
    fn may_be_copy(&self, other: &Self, settings: &AggregateSettings) -> bool {
        let (short, long) =
            if self.n_shingles <= other.n_shingles { (self, other) } else { (other, self) };
        let is_near = are_near(short.day, long.day, settings);
        if !is_near || !may_be_as_long(short.n_shingles, long.n_shingles) {
            return false;
        }
        let sampled = short.probes.iter().filter(|hash| is_sampled(**hash));
        let (n, shared) = sampled.fold((0_usize, 0_usize), |(n, shared), hash| {
            (n + 1, shared + usize::from(long.probes.binary_search(hash).is_ok()))
        });
        let least = least_containment(short.outlet, long.outlet, settings);
        let (n, shared) = (n as f64, shared as f64);
        shared + 4.0 * (n * least * (1.0 - least)).sqrt() >= least * n
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
    let text = |outline: &Outline| -> Result<WireText, AggregateError> {
        Ok(WireText::new(&shelf.read(outline.idx)?.article))
    };
    for of_one in candidates(outlines).chunk_by(|a, b| a.0 == b.0) {
        let mut first: Option<WireText> = None;
        for (a, b) in of_one {
            let (a, b) = (&outlines[*a], &outlines[*b]);
            if groups.root(a.idx) == groups.root(b.idx) || !a.may_be_copy(b, settings) {
                continue;
            }
            let known = match first.take() {
                Some(known) => known,
                None => text(a)?,
            };
            if are_copies(&known, &text(b)?, settings) {
                groups.join(a.idx, b.idx);
            }
            first = Some(known);
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
        .filter(|articles| articles.len() <= WireText::MAX_SHARED)
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
    use proptest::prelude::*;

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
            let draft = Draft::new(id, text);
            let dated = if *day > 0 { draft.date(date(2020, 1, *day)) } else { draft };
            shelf.push(&dated.done()).unwrap();
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
    fn a_copy_of_a_copy_is_in_the_group_and_another_report_is_not() {
        let full = report(1, 200);
        let (edited, short) = (full.replacen("w9 ", "changed ", 1), report(1, 140));
        check(
            &[("a", 1, full), ("b", 4, short), ("c", 6, edited), ("d", 2, report(2, 200))],
            &["a", "a", "a", "d"],
        );
    }

    #[test]
    fn a_text_that_comes_back_later_begins_a_group_of_its_own() {
        let text = || "Rates are unchanged".to_owned();
        let texts = [("a", 1, text()), ("b", 3, text()), ("c", 20, text()), ("d", 0, text())];
        check(&texts, &["a", "a", "c", "a"]);
    }

    proptest! {
        #[test]
        fn groups_do_not_hang_on_ids(order in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle()) {
            let texts = [
                (1, report(1, 200)),
                (2, report(1, 150)),
                (3, report(1, 120)),
                (3, report(2, 90)),
                (4, report(2, 90)),
                (20, report(1, 200)),
            ];
            let mut shelf = ShelfBuilder::new(None);
            for (id, at) in order.iter().enumerate() {
                let (day, text) = &texts[*at];
                let draft = Draft::new(&format!("{id}"), text).date(date(2020, 1, *day));
                shelf.push(&draft.done()).unwrap();
            }
            let shelf = shelf.sorted().unwrap();
            let originals = wire_originals(&shelf, &AggregateSettings::default()).unwrap();
            let groups: Vec<usize> = (0..6)
                .map(|at| order[originals[order.iter().position(|of| *of == at).unwrap()]])
                .collect();
            prop_assert_eq!(groups, [0, 0, 0, 3, 3, 5]);
        }
    }
}
