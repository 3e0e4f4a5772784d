//! How often intervals hold what they should, and how often a change is
//! flagged where there was none, on archives drawn by chance.
//!
//! `cargo run --release -p newstance-aggregate --example coverage`
//!
//! Each archive has pairs whose articles all come from one of four worlds with
//! a known net stance; see `tests/world/mod.rs`. For each world and number of
//! articles: the share of pairs whose 95 % interval holds it. Then the share of
//! series without a change that are flagged, and of those with one. Then, of a
//! model that errs, the share of intervals that hold the true net stance, without
//! and with a correction from labelled stances.

#[path = "../tests/world/mod.rs"]
mod world;

use std::io::Write;

use newstance_aggregate::AggregateSettings;

use crate::world::reader::{Leaning, corrected_coverage};
use crate::world::{KINDS, Shift, World, coverage, flagged, net};

const PAIRS: usize = 2_000;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let settings = AggregateSettings { interval_min_articles: 2, ..AggregateSettings::default() };
    writeln!(out, "share of 95 % intervals that hold the net stance, {PAIRS} pairs each")?;
    writeln!(out, "   world    net  articles: share")?;
    for kind in KINDS {
        let truth = net(World { kind, n_articles: 200, shift: None }, 2_000);
        write!(out, "{kind:>8} {truth:>6.2}")?;
        for n_articles in [5, 8, 10, 12, 15, 20, 30, 60, 150] {
            let world = World { kind, n_articles, shift: None };
            let (held, _) = coverage(world, truth, PAIRS, &settings);
            write!(out, "  {n_articles}: {:.1}", 100.0 * held)?;
        }
        writeln!(out)?;
    }
    let settings = AggregateSettings::default();
    writeln!(out, "\nshare of series flagged, 24 months, p at most {}", settings.change_p_value)?;
    for kind in KINDS {
        write!(out, "{kind:>8}")?;
        for n_articles in [20, 40, 100, 300] {
            let still = World { kind, n_articles, shift: None };
            let moved = World { shift: Some(Shift { month: 12, by: 1.0 }), ..still };
            let (alarms, hits) =
                (flagged(still, PAIRS, &settings), flagged(moved, PAIRS / 10, &settings));
            write!(
                out,
                "  {n_articles}: {:.2} (with a change {:.0})",
                100.0 * alarms,
                100.0 * hits
            )?;
        }
        writeln!(out)?;
    }
    corrected(&mut out)
}

fn corrected(out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "\ntrue net stance, labelled stances: articles: plain and corrected intervals")?;
    for supporting in [0.1, 0.5, 0.9] {
        for n_labelled in [150, 300, 1_000] {
            let net = Leaning { supporting, n_articles: 0 }.net();
            write!(out, "{net:>8.2} {n_labelled:>5}")?;
            for n_articles in [10, 30, 150, 600] {
                let leaning = Leaning { supporting, n_articles };
                let (plain, held) = corrected_coverage(leaning, n_labelled, (400, 10));
                write!(out, "  {n_articles}: {:.1} {:.1}", 100.0 * plain, 100.0 * held)?;
            }
            writeln!(out)?;
        }
    }
    Ok(())
}
