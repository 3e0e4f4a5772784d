//! Whose denial was left out: the table `omissions`.
//!
//! A claim's denial is known to an outlet from the first day on which another
//! outlet's article carried one. Of the outlet's articles from that day on
//! that affirm the claim, the table says how many carry a denial, too. Wire
//! copies count: an outlet that prints another's text chose to. A share is
//! given its interval (Wilson 1927, "Probable inference") where the articles
//! are enough.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use newstance_doc::rows::{ClaimPositionRow, OmissionRow};

use crate::AggregateSettings;
use crate::archive::Archive;
use crate::shelf::Entry;

/// An article that takes positions on one claim.
#[derive(Clone, Copy)]
struct Report<'a> {
    date: Date,
    outlet: &'a str,
    article_id: &'a str,
    affirms: bool,
    denies: bool,
}

/// The rows, sorted by claim and outlet. `positions` come by claim.
pub(crate) fn omission_rows<'a>(
    archive: &'a Archive,
    positions: &[ClaimPositionRow],
    settings: &AggregateSettings,
) -> Vec<OmissionRow> {
    let known =
        |entry: &'a Entry| Some((entry.id.as_str(), (entry.date?, entry.outlet.as_deref()?)));
    let articles: BTreeMap<&str, (Date, &str)> =
        archive.shelf.entries.iter().filter_map(known).collect();
    let mut rows = Vec::new();
    for claim in positions.chunk_by(|a, b| a.claim_id == b.claim_id) {
        let [first, ..] = claim else { continue };
        let reports = reports(claim, &articles);
        let outlets: BTreeSet<&str> = reports.iter().map(|report| report.outlet).collect();
        let of = |outlet: &&str| row(&first.claim_id, outlet, &reports, settings);
        rows.extend(outlets.iter().filter_map(of));
    }
    rows
}

/// The articles of a claim that have a date and an outlet, from the earliest.
fn reports<'a>(
    claim: &'a [ClaimPositionRow],
    articles: &BTreeMap<&str, (Date, &'a str)>,
) -> Vec<Report<'a>> {
    let mut reports: BTreeMap<&str, Report<'_>> = BTreeMap::new();
    for position in claim {
        let article_id = position.article_id.as_str();
        let Some((date, outlet)) = articles.get(article_id).copied() else { continue };
        let new = Report { date, outlet, article_id, affirms: false, denies: false };
        let report = reports.entry(article_id).or_insert(new);
        report.affirms |= position.position == "affirms";
        report.denies |= position.position == "denies";
    }
    let mut reports: Vec<Report<'_>> = reports.into_values().collect();
    reports.sort_by_key(|report| (report.date, report.article_id));
    reports
}

fn row(
    claim_id: &str,
    outlet: &str,
    reports: &[Report<'_>],
    settings: &AggregateSettings,
) -> Option<OmissionRow> {
    let denial = reports.iter().find(|report| report.denies && report.outlet != outlet)?;
    let told: Vec<&Report<'_>> = reports
        .iter()
        .filter(|report| report.outlet == outlet && report.affirms && report.date >= denial.date)
        .collect();
    if told.is_empty() {
        return None;
    }
    let n_with_denial = told.iter().filter(|report| report.denies).count();
    let share = crate::bootstrap::count(n_with_denial) / crate::bootstrap::count(told.len());
    let is_enough = told.len() >= settings.interval_min_articles;
    let interval = is_enough.then(|| wilson(share, told.len()));
    Some(OmissionRow {
        claim_id: claim_id.to_owned(),
        outlet: outlet.to_owned(),
        n_articles: told.len() as u64,
        n_with_denial: n_with_denial as u64,
        share,
        share_low: interval.map(|(low, _)| low),
        share_high: interval.map(|(_, high)| high),
        denial_date: denial.date,
        denial_outlet: denial.outlet.to_owned(),
        denial_article_id: denial.article_id.to_owned(),
        article_ids: told
            .iter()
            .filter(|report| !report.denies)
            .map(|report| report.article_id.to_owned())
            .collect(),
    })
}

/// Wilson's 95 % interval of a share of `n`.
fn wilson(share: f64, n: usize) -> (f64, f64) {
    let (n, z) = (crate::bootstrap::count(n), 1.959_963_984_540_054_f64);
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let reach = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    ((middle - reach).max(0.0), (middle + reach).min(1.0))
}
