//! Who stands how to whom, over time: the table `pairs`.
//!
//! Counts are expected ones: sums of the stances' calibrated probabilities.
//! Pairs that are one party after rolling up (two Russians in the country
//! view) are left out. The outlet's own voice holds stances at the level of
//! actors only.

use std::collections::BTreeMap;

use newstance_doc::Holder;
use newstance_doc::rows::PairRow;

use crate::archive::Archive;
use crate::bootstrap::Bootstrap;
use crate::rows::OUTLET;
use crate::slices::{Level, RollUp, Slices, wire_ranks};

#[derive(Clone, Copy, Default)]
struct Counts {
    supports: f64,
    neutral: f64,
    opposes: f64,
    n_articles: u64,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.supports += other.supports;
        self.neutral += other.neutral;
        self.opposes += other.opposes;
        self.n_articles += other.n_articles;
    }

    fn total(self) -> f64 {
        self.supports + self.neutral + self.opposes
    }

    /// Numerator and denominator of `net`.
    fn net_parts(self) -> (f64, f64) {
        (self.supports - self.opposes, self.total())
    }
}

type Pair<'a> = (Level, &'a str, &'a str);

/// The rows, sorted by level, holder, target, period, outlet and wire.
pub(crate) fn pair_rows(
    archive: &Archive,
    roll_up: &RollUp<'_>,
    slices: &Slices,
    bootstrap: &Bootstrap,
) -> Vec<PairRow> {
    let (wire_group, _) = wire_ranks(archive);
    let mut cells: BTreeMap<(Pair<'_>, usize), BTreeMap<usize, Counts>> = BTreeMap::new();
    for (article, group) in wire_group.iter().enumerate() {
        for (pair, counts) in article_pairs(archive, roll_up, article) {
            for slice in &slices.of_article[article] {
                let groups = cells.entry((pair, *slice)).or_default();
                groups.entry(*group).or_default().add(counts);
            }
        }
    }
    let rows = cells.iter().map(|(((level, holder, target), slice), groups)| {
        let mut sum = Counts::default();
        for counts in groups.values() {
            sum.add(*counts);
        }
        let parts = groups.iter().map(|(group, counts)| (*group, counts.net_parts())).collect();
        let interval = bootstrap.ratio(&parts);
        let (top, bottom) = sum.net_parts();
        let slice = &slices.all[*slice];
        PairRow {
            level: level.as_str().to_owned(),
            holder_id: (*holder).to_owned(),
            target_id: (*target).to_owned(),
            period_unit: slice.period_unit.to_owned(),
            period_start: slice.period_start,
            outlet: slice.outlet.clone(),
            wire: slice.wire.to_owned(),
            n_supports: sum.supports,
            n_neutral: sum.neutral,
            n_opposes: sum.opposes,
            n_articles: sum.n_articles,
            net: if bottom > 0.0 { top / bottom } else { 0.0 },
            net_low: interval.map(|(low, _)| low),
            net_high: interval.map(|(_, high)| high),
        }
    });
    rows.collect()
}

fn article_pairs<'a>(
    archive: &'a Archive,
    roll_up: &RollUp<'a>,
    article: usize,
) -> BTreeMap<Pair<'a>, Counts> {
    let mut pairs: BTreeMap<Pair<'a>, Counts> = BTreeMap::new();
    for stance in &archive.articles[article].stances {
        for level in Level::ALL {
            let holder = match stance.holder {
                Holder::Actor(actor) => roll_up.id(level, article, actor),
                Holder::Outlet => (level == Level::Actor).then_some(OUTLET),
            };
            let target = roll_up.id(level, article, stance.target_idx);
            let (Some(holder), Some(target)) = (holder, target) else { continue };
            if holder == target {
                continue;
            }
            let counts = pairs.entry((level, holder, target)).or_default();
            counts.supports += f64::from(stance.probabilities.supports);
            counts.neutral += f64::from(stance.probabilities.neutral);
            counts.opposes += f64::from(stance.probabilities.opposes);
            counts.n_articles = 1;
        }
    }
    pairs
}
