//! Who gets to speak, over time: the table `speakers`.
//!
//! A share is a speaker's part of the statements whose speaker is known at
//! that level, in the same period, outlet and count of wire copies. It is
//! given an interval where the speaker speaks in enough wire groups.

use std::collections::BTreeMap;

use newstance_doc::rows::SpeakerRow;

use crate::AggregateSettings;
use crate::bootstrap::{Bootstrap, MOST_LEVERAGE, count, interval, mean_square};
use crate::cells::{Cell, Cut};
use crate::ledger::{Ledger, number};
use crate::levels::Level;

/// A cell with copies (`every`) or without.
type Counted = (Cell, bool);
/// Statements by wire group.
type ByGroup = BTreeMap<u64, usize>;

/// All statements of a cell.
struct Total {
    n_groups: usize,
    n_statements: f64,
    by_group: ByGroup,
    deviations: Vec<f64>,
}

impl Total {
    fn new(by_group: ByGroup, bootstrap: &Bootstrap) -> Self {
        let n_statements = count(by_group.values().sum());
        let mut total =
            Self { n_groups: by_group.len(), n_statements, by_group, deviations: Vec::new() };
        if !bootstrap.is_too_few(total.n_groups) {
            let mut deviations = bootstrap.zeros();
            for (group, n) in &total.by_group {
                bootstrap.add(*group, total.influence(*group, *n), &mut deviations);
            }
            total.deviations = deviations;
        }
        total
    }

    /// What `n` statements of a wire group do to a share, leverage and all.
    fn influence(&self, group: u64, n: usize) -> f64 {
        let in_group = self.by_group.get(&group).copied().unwrap_or_default();
        let leverage = (count(in_group) / self.n_statements).min(MOST_LEVERAGE);
        count(n) / (self.n_statements * (1.0 - leverage))
    }

    /// The share of `own` statements and its interval.
    fn share(&self, own: &ByGroup, bootstrap: &Bootstrap) -> (f64, Option<(f64, f64)>) {
        let share = count(own.values().sum()) / self.n_statements;
        if bootstrap.is_too_few(own.len()) {
            return (share, None);
        }
        let mut deviations: Vec<f64> = self.deviations.iter().map(|d| -share * d).collect();
        for (group, n) in own {
            bootstrap.add(*group, self.influence(*group, *n), &mut deviations);
        }
        (share, Some(interval(share, mean_square(&deviations), self.n_groups, (0.0, 1.0))))
    }
}

impl Ledger {
    /// Gives `take` the rows of the table `speakers`, sorted.
    pub fn speaker_rows(&self, settings: &AggregateSettings, mut take: impl FnMut(SpeakerRow)) {
        let cut = Cut::new(settings, self.outlets.values(), &self.places);
        let bootstrap = settings.bootstrap();
        for level in Level::ALL {
            let (parties, ids) = self.ids_at(level as usize);
            let mut totals: BTreeMap<Counted, ByGroup> = BTreeMap::new();
            let mut said: Vec<(u32, u32)> = Vec::new();
            for (idx, speech) in self.speeches.iter().enumerate() {
                let Some(speaker) = parties[speech.speaker as usize] else { continue };
                said.push((speaker, number(idx)));
                self.count_speech(speech.place, &cut, &mut totals);
            }
            said.sort_unstable();
            let totals: BTreeMap<Counted, Total> = totals
                .into_iter()
                .map(|(cell, by_group)| (cell, Total::new(by_group, &bootstrap)))
                .collect();
            for run in said.chunk_by(|a, b| a.0 == b.0) {
                let [(speaker, _), ..] = run else { continue };
                let mut own: BTreeMap<Counted, ByGroup> = BTreeMap::new();
                for (_, idx) in run {
                    self.count_speech(self.speeches[*idx as usize].place, &cut, &mut own);
                }
                let speaker = (level, ids[*speaker as usize]);
                for (cell, own) in &own {
                    let share = totals[cell].share(own, &bootstrap);
                    take(row(speaker, &cut, *cell, (own.values().sum(), share)));
                }
            }
        }
    }

    fn count_speech(&self, idx: u32, cut: &Cut<'_>, counts: &mut BTreeMap<Counted, ByGroup>) {
        let place = &self.places[idx as usize];
        cut.push_cells(idx, place, |cell| {
            for is_once in [false, true].into_iter().filter(|once| !(*once && place.is_copy)) {
                *counts.entry((cell, is_once)).or_default().entry(place.group).or_default() += 1;
            }
        });
    }
}

fn row(
    (level, speaker_id): (Level, &str),
    cut: &Cut<'_>,
    (cell, is_once): Counted,
    (n_statements, (share, interval)): (usize, (f64, Option<(f64, f64)>)),
) -> SpeakerRow {
    SpeakerRow {
        level: level.as_str().to_owned(),
        speaker_id: speaker_id.to_owned(),
        period_unit: cell.unit().to_owned(),
        period_start: cell.start(),
        outlet: cut.outlet(cell).cloned(),
        wire: if is_once { "once" } else { "every" }.to_owned(),
        n_statements: n_statements as u64,
        share,
        share_low: interval.map(|(low, _)| low),
        share_high: interval.map(|(_, high)| high),
    }
}
