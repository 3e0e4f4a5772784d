//! Who stands how to whom, over time: the table `pairs`.
//!
//! Counts are expected ones: sums of the stances' calibrated probabilities.
//! Pairs that are one party after rolling up (two Russians in the country
//! view) are left out. The outlet's own voice holds stances at the level of
//! actors only.

use newstance_doc::rows::PairRow;
use rayon::prelude::*;

use crate::AggregateSettings;
use crate::bootstrap::{Bootstrap, Part};
use crate::cells::{Cell, Cut};
use crate::ledger::{Ledger, Place, number};
use crate::levels::Level;

/// Bounds of `net`.
pub(crate) const NET_BOUNDS: (f64, f64) = (-1.0, 1.0);
/// Stances worked on together; changes no result.
const CHUNK_STANCES: usize = 1 << 16;

/// Expected counts of one article.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArticleCounts {
    /// The article.
    pub(crate) place: Place,
    supports: f64,
    neutral: f64,
    opposes: f64,
}

impl ArticleCounts {
    /// What the article adds to `net`.
    pub(crate) fn part(&self) -> Part {
        Part {
            group: self.place.group,
            top: self.supports - self.opposes,
            bottom: self.supports + self.neutral + self.opposes,
        }
    }
}

/// All that an archive says of one pair.
#[derive(Debug)]
pub(crate) struct Pair<'a> {
    pub(crate) level: Level,
    pub(crate) holder_id: &'a str,
    pub(crate) target_id: &'a str,
    /// By wire group, then article.
    pub(crate) articles: Vec<ArticleCounts>,
}

/// A stance by what it is sorted by: pair, article, order in the article.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    holder: u32,
    target: u32,
    place: u32,
    entry: u32,
}

impl Ledger {
    /// Gives `take` the rows of the table `pairs`, sorted, a batch at a time.
    pub fn pair_rows(&self, settings: &AggregateSettings, mut take: impl FnMut(Vec<PairRow>)) {
        let cut = Cut::new(settings, self.outlets.values());
        let bootstrap = settings.bootstrap();
        self.each_pair(|pair| rows(pair, &cut, &bootstrap), &mut take);
    }

    /// Makes something of every pair at every level, in the order of tables.
    pub(crate) fn each_pair<T: Send>(
        &self,
        make: impl Fn(&Pair<'_>) -> Vec<T> + Sync,
        take: &mut dyn FnMut(Vec<T>),
    ) {
        let place_ranks = self.place_ranks();
        for level in Level::ALL {
            let (parties, ids) = self.ids_at(level as usize);
            let keys = self.sorted_keys(&parties, &place_ranks);
            let mut rest = keys.as_slice();
            while !rest.is_empty() {
                let (runs, after) = cut_runs(rest);
                rest = after;
                let made: Vec<Vec<T>> = runs
                    .into_par_iter()
                    .map(|run| {
                        let [first, ..] = run else { return Vec::new() };
                        make(&Pair {
                            level,
                            holder_id: ids[first.holder as usize],
                            target_id: ids[first.target as usize],
                            articles: self.article_counts(run),
                        })
                    })
                    .collect();
                made.into_iter().for_each(&mut *take);
            }
        }
    }

    fn sorted_keys(&self, parties: &[Option<u32>], place_ranks: &[u32]) -> Vec<Key> {
        let key = |(idx, entry): (usize, &crate::ledger::StanceEntry)| {
            let holder = parties[entry.holder as usize]?;
            let target = parties[entry.target as usize]?;
            let place = place_ranks[entry.place as usize];
            (holder != target).then(|| Key { holder, target, place, entry: number(idx) })
        };
        let mut keys: Vec<Key> = self.stances.iter().enumerate().filter_map(key).collect();
        keys.par_sort_unstable();
        keys
    }

    fn article_counts(&self, run: &[Key]) -> Vec<ArticleCounts> {
        let same_article = |a: &Key, b: &Key| a.place == b.place;
        let of_article = |keys: &[Key]| {
            let entries = || keys.iter().map(|key| &self.stances[key.entry as usize]);
            let place = self.places[entries().next()?.place as usize];
            Some(ArticleCounts {
                place,
                supports: entries().map(|e| f64::from(e.probabilities.supports)).sum(),
                neutral: entries().map(|e| f64::from(e.probabilities.neutral)).sum(),
                opposes: entries().map(|e| f64::from(e.probabilities.opposes)).sum(),
            })
        };
        run.chunk_by(same_article).filter_map(of_article).collect()
    }
}

/// Whole runs of one pair each, about as many stances as are worked on
/// together, and what is left.
fn cut_runs(keys: &[Key]) -> (Vec<&[Key]>, &[Key]) {
    let mut runs = Vec::new();
    let mut n = 0;
    for run in keys.chunk_by(|a, b| (a.holder, a.target) == (b.holder, b.target)) {
        runs.push(run);
        n += run.len();
        if n >= CHUNK_STANCES {
            break;
        }
    }
    (runs, keys.get(n..).unwrap_or_default())
}

fn rows(pair: &Pair<'_>, cut: &Cut<'_>, bootstrap: &Bootstrap) -> Vec<PairRow> {
    let mut cells: Vec<(Cell, u32)> = Vec::new();
    for (idx, counts) in pair.articles.iter().enumerate() {
        cut.push_cells(&counts.place, |cell| cells.push((cell, number(idx))));
    }
    cells.sort_unstable();
    let mut rows = Vec::new();
    for of_cell in cells.chunk_by(|a, b| a.0 == b.0) {
        let [(cell, _), ..] = of_cell else { continue };
        let every: Vec<&ArticleCounts> =
            of_cell.iter().map(|(_, idx)| &pair.articles[*idx as usize]).collect();
        let once: Vec<&ArticleCounts> =
            every.iter().filter(|counts| !counts.place.is_copy).copied().collect();
        let mut row = row(pair, &every, bootstrap);
        (row.period_unit, row.period_start) = (cell.unit.to_owned(), cell.start);
        row.outlet = cut.outlet(cell);
        if once.len() == every.len() {
            rows.push(PairRow { wire: "every".to_owned(), ..row.clone() });
            rows.push(row);
        } else {
            let (unit, outlet) = (row.period_unit.clone(), row.outlet.clone());
            rows.push(PairRow { wire: "every".to_owned(), ..row });
            if !once.is_empty() {
                let row = self::row(pair, &once, bootstrap);
                rows.push(PairRow { period_unit: unit, period_start: cell.start, outlet, ..row });
            }
        }
    }
    rows
}

/// The row of some articles, said of copies `once` in the whole archive.
fn row(pair: &Pair<'_>, articles: &[&ArticleCounts], bootstrap: &Bootstrap) -> PairRow {
    let sum = |of: fn(&ArticleCounts) -> f64| articles.iter().map(|counts| of(counts)).sum::<f64>();
    let (supports, neutral, opposes) =
        (sum(|c| c.supports), sum(|c| c.neutral), sum(|c| c.opposes));
    let total = supports + neutral + opposes;
    let interval = bootstrap.ratio(&group_parts(articles.iter().copied()), NET_BOUNDS);
    PairRow {
        level: pair.level.as_str().to_owned(),
        holder_id: pair.holder_id.to_owned(),
        target_id: pair.target_id.to_owned(),
        period_unit: String::new(),
        period_start: None,
        outlet: None,
        wire: "once".to_owned(),
        n_supports: supports,
        n_neutral: neutral,
        n_opposes: opposes,
        n_articles: articles.len() as u64,
        net: if total > 0.0 { (supports - opposes) / total } else { 0.0 },
        net_low: interval.map(|(low, _)| low),
        net_high: interval.map(|(_, high)| high),
    }
}

/// One part a wire group, of articles that come by wire group.
fn group_parts<'a>(articles: impl Iterator<Item = &'a ArticleCounts>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for part in articles.map(ArticleCounts::part) {
        match parts.last_mut() {
            Some(last) if last.group == part.group => {
                last.top += part.top;
                last.bottom += part.bottom;
            }
            _ => parts.push(part),
        }
    }
    parts
}
