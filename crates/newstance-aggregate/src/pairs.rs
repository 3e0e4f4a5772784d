//! Who stands how to whom, over time: the table `pairs`.
//!
//! Counts are expected ones: sums of the stances' calibrated probabilities.
//! Pairs that are one party after rolling up (two Russians in the country
//! view) are left out. The outlet's own voice holds stances at the level of
//! actors only.

use jiff::civil::Date;
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
const CHUNK_STANCES: usize = 1 << 14;

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

/// A row of the table `pairs` that borrows its names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairCount<'a> {
    /// actor, affiliation, country.
    pub level: &'static str,
    /// Who stands.
    pub holder_id: &'a str,
    /// Toward whom.
    pub target_id: &'a str,
    /// all, year, month, week, day.
    pub period_unit: &'static str,
    /// First day of the period; none for `all`.
    pub period_start: Option<Date>,
    /// The outlet; none for all.
    pub outlet: Option<&'a str>,
    /// every, once.
    pub wire: &'static str,
    /// Expected number of stances that support.
    pub n_supports: f64,
    /// Expected number of neutral stances.
    pub n_neutral: f64,
    /// Expected number of stances that oppose.
    pub n_opposes: f64,
    /// Articles with such stances.
    pub n_articles: u64,
    /// (supports - opposes) / (supports + neutral + opposes).
    pub net: f64,
    /// Its 95 % interval; none where the wire groups are too few.
    pub interval: Option<(f64, f64)>,
}

impl From<PairCount<'_>> for PairRow {
    fn from(count: PairCount<'_>) -> Self {
        Self {
            level: count.level.to_owned(),
            holder_id: count.holder_id.to_owned(),
            target_id: count.target_id.to_owned(),
            period_unit: count.period_unit.to_owned(),
            period_start: count.period_start,
            outlet: count.outlet.map(str::to_owned),
            wire: count.wire.to_owned(),
            n_supports: count.n_supports,
            n_neutral: count.n_neutral,
            n_opposes: count.n_opposes,
            n_articles: count.n_articles,
            net: count.net,
            net_low: count.interval.map(|(low, _)| low),
            net_high: count.interval.map(|(_, high)| high),
        }
    }
}

impl Ledger {
    /// Gives `take` the rows of the table `pairs`, sorted, some at a time.
    pub fn pair_counts<'a>(
        &'a self,
        settings: &AggregateSettings,
        mut take: impl FnMut(Vec<PairCount<'a>>),
    ) {
        let cut = Cut::new(settings, self.outlets.values());
        let bootstrap = settings.bootstrap();
        self.each_pair(|pair| counts(pair, &cut, &bootstrap), &mut take);
    }

    /// Makes something of every pair at every level, in the order of tables.
    pub(crate) fn each_pair<'a, T: Send>(
        &'a self,
        make: impl Fn(&Pair<'a>) -> Vec<T> + Sync,
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
                let batches: Vec<Vec<T>> = runs
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
                batches.into_iter().for_each(&mut *take);
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

fn counts<'a>(pair: &Pair<'a>, cut: &Cut<'a>, bootstrap: &Bootstrap) -> Vec<PairCount<'a>> {
    let mut cells: Vec<(Cell, u32)> = Vec::new();
    for (idx, counts) in pair.articles.iter().enumerate() {
        cut.push_cells(&counts.place, |cell| cells.push((cell, number(idx))));
    }
    cells.sort_unstable();
    let mut counts = Vec::new();
    for of_cell in cells.chunk_by(|a, b| a.0 == b.0) {
        let [(cell, _), ..] = of_cell else { continue };
        let every = || of_cell.iter().map(|(_, idx)| &pair.articles[*idx as usize]);
        let once = || every().filter(|counts| !counts.place.is_copy);
        let place = (*cell, cell.outlet.map(|rank| cut.outlets[rank as usize].as_str()));
        let in_all = count(pair, place, every(), bootstrap);
        counts.push(in_all);
        match once().count() {
            0 => {}
            n if n == of_cell.len() => counts.push(PairCount { wire: "once", ..in_all }),
            _ => {
                let without_copies = count(pair, place, once(), bootstrap);
                counts.push(PairCount { wire: "once", ..without_copies });
            }
        }
    }
    counts
}

/// The row of some articles of a cell, said of every copy.
fn count<'a, 'c>(
    pair: &Pair<'a>,
    (cell, outlet): (Cell, Option<&'a str>),
    articles: impl Iterator<Item = &'c ArticleCounts> + Clone,
    bootstrap: &Bootstrap,
) -> PairCount<'a> {
    let (mut supports, mut neutral, mut opposes) = (0.0, 0.0, 0.0);
    let mut n_articles = 0;
    for counts in articles.clone() {
        supports += counts.supports;
        neutral += counts.neutral;
        opposes += counts.opposes;
        n_articles += 1;
    }
    let total = supports + neutral + opposes;
    // Most cells hold a few articles: no need to look at their groups.
    let is_too_few = bootstrap.is_too_few(n_articles);
    let interval = || bootstrap.ratio(&group_parts(articles), NET_BOUNDS);
    PairCount {
        level: pair.level.as_str(),
        holder_id: pair.holder_id,
        target_id: pair.target_id,
        period_unit: cell.unit,
        period_start: cell.start,
        outlet,
        wire: "every",
        n_supports: supports,
        n_neutral: neutral,
        n_opposes: opposes,
        n_articles: n_articles as u64,
        net: if total > 0.0 { (supports - opposes) / total } else { 0.0 },
        interval: if is_too_few { None } else { interval() },
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
