//! Who gets to speak, over time: the table `speakers`.
//!
//! A share is a speaker's part of the statements whose speaker is known at
//! that level, in the same period, outlet and count of wire copies.

use std::collections::BTreeMap;

use newstance_doc::rows::SpeakerRow;

use crate::archive::Archive;
use crate::bootstrap::Bootstrap;
use crate::slices::{Level, RollUp, Slices, wire_ranks};

/// Statements by wire group.
type ByGroup = BTreeMap<usize, u64>;

/// The rows, sorted by level, speaker, period, outlet and wire.
pub(crate) fn speaker_rows(
    archive: &Archive,
    roll_up: &RollUp<'_>,
    slices: &Slices,
    bootstrap: &Bootstrap,
) -> Vec<SpeakerRow> {
    let (wire_group, _) = wire_ranks(archive);
    let mut cells: BTreeMap<(Level, &str, usize), ByGroup> = BTreeMap::new();
    let mut totals: BTreeMap<(Level, usize), ByGroup> = BTreeMap::new();
    for (article, annotated) in archive.articles.iter().enumerate() {
        for speaker in annotated.statements.iter().filter_map(|s| s.speaker_idx) {
            for level in Level::ALL {
                let Some(id) = roll_up.id(level, article, speaker) else { continue };
                for slice in &slices.of_article[article] {
                    let cell = cells.entry((level, id, *slice)).or_default();
                    *cell.entry(wire_group[article]).or_default() += 1;
                    let total = totals.entry((level, *slice)).or_default();
                    *total.entry(wire_group[article]).or_default() += 1;
                }
            }
        }
    }
    let rows = cells.iter().map(|((level, speaker, slice), groups)| {
        let total = &totals[&(*level, *slice)];
        let parts = total.iter().map(|(group, n)| {
            let own = groups.get(group).copied().unwrap_or(0);
            (*group, (count(own), count(*n)))
        });
        let interval = bootstrap.ratio(&parts.collect());
        let n_statements: u64 = groups.values().sum();
        let slice = &slices.all[*slice];
        SpeakerRow {
            level: level.as_str().to_owned(),
            speaker_id: (*speaker).to_owned(),
            period_unit: slice.period_unit.to_owned(),
            period_start: slice.period_start,
            outlet: slice.outlet.clone(),
            wire: slice.wire.to_owned(),
            n_statements,
            share: count(n_statements) / count(total.values().sum()),
            share_low: interval.map(|(low, _)| low),
            share_high: interval.map(|(_, high)| high),
        }
    });
    rows.collect()
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 statements")]
fn count(n: u64) -> f64 {
    n as f64
}
