//! Intervals and flags keep what they promise, by simulation.
//!
//! Few pairs, so that the tests are quick; `examples/coverage.rs` has the
//! figures from many.

mod world;

use newstance_aggregate::AggregateSettings;

use crate::world::reader::{Leaning, corrected_coverage};
use crate::world::{KINDS, Shift, World, coverage, flagged, net};

#[test]
fn intervals_hold_the_net_stance_from_the_stated_minimum_on() {
    let settings = AggregateSettings::default();
    for kind in KINDS {
        let truth = net(World { kind, n_articles: 200, shift: None }, 300);
        for n_articles in [settings.interval_min_articles, 30] {
            let world = World { kind, n_articles, shift: None };
            let (held, given) = coverage(world, truth, 800, &settings);
            // 800 draws of 95 % spread by 0.8 %; the bounds leave two of them.
            assert!((0.915..=0.985).contains(&held), "{kind}, {n_articles} articles: {held}");
            assert!((given - 1.0).abs() < 1e-9, "{kind}: only {given} have an interval");
        }
    }
}

#[test]
fn under_the_minimum_there_is_no_interval() {
    let settings = AggregateSettings::default();
    let n_articles = settings.interval_min_articles - 1;
    let world = World { kind: "even", n_articles, shift: None };
    let (_, given) = coverage(world, 0.0, 50, &settings);
    assert!(given.abs() < 1e-9, "{given}");
}

#[test]
fn changes_are_seldom_flagged_where_there_are_none_and_mostly_where_there_are() {
    let settings = AggregateSettings { change_resamples: 499, ..AggregateSettings::default() };
    for kind in ["even", "heavy"] {
        let still = World { kind, n_articles: 60, shift: None };
        let alarms = flagged(still, 400, &settings);
        // One in a hundred is allowed; 400 draws spread by 0.5 %.
        assert!(alarms <= 0.025, "{kind}: {alarms}");
        let moved = World { shift: Some(Shift { month: 12, by: 2.0 }), ..still };
        let hits = flagged(moved, 60, &settings);
        assert!(hits >= 0.8, "{kind}: {hits}");
    }
}

#[test]
fn corrected_intervals_hold_the_true_net_stance_where_plain_ones_do_not() {
    for supporting in [0.1, 0.9] {
        let leaning = Leaning { supporting, n_articles: 60 };
        let (plain, corrected) = corrected_coverage(leaning, 300, (40, 20));
        // Pairs of a sample share its error: 40 samples of 95 % spread by 3.5 % at the most.
        assert!((0.87..=1.0).contains(&corrected), "{supporting}: {corrected}");
        assert!(plain < 0.6, "{supporting}: {plain}");
    }
}

/// All that is counted from a ledger, as text.
fn counted(ledger: &newstance_aggregate::Ledger) -> String {
    let settings = AggregateSettings { change_resamples: 99, ..AggregateSettings::default() };
    let mut rows = Vec::new();
    ledger.pair_counts(&settings, |counts| rows.push(format!("{counts:?}")));
    ledger.speaker_rows(&settings, |row| rows.push(format!("{row:?}")));
    rows.push(format!("{:?}", ledger.change_rows(&settings)));
    rows.join("\n")
}

#[test]
fn ledgers_put_together_in_any_order_are_the_ledger_of_all() {
    let world = World { kind: "heavy", n_articles: 15, shift: None };
    let mut all = newstance_aggregate::Ledger::default();
    let parts = [11, 12, 13].map(|seed| {
        world::fill(&mut all, world, 3, seed);
        world::archive(world, 3, seed)
    });
    let expected = counted(&all);
    assert!(expected.contains("net_low: Some") && expected.contains("ChangeRow"));
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let mut merged = newstance_aggregate::Ledger::default();
        for part in order {
            merged.merge(&parts[part]);
        }
        assert_eq!(counted(&merged), expected, "{order:?}");
    }
}
