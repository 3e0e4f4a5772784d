//! Who changed position: the table `turns`.
//!
//! A holder's dated positions on one claim (affirms, denies), and its dated
//! stances toward one actor (supports, opposes), are read day by day. A day on
//! which both are found says nothing. Each change from one day to the next is
//! a row, with the surest evidence of the days before it and of those after
//! it. Wire copies are left out, since a text that is printed late is no new
//! position, and so is evidence under `turn_probability`. The outlet's own
//! voice is followed in each outlet by itself.

use std::collections::BTreeMap;

use jiff::civil::Date;
use newstance_doc::rows::{ClaimPositionRow, StanceRow, TurnRow};

use crate::AggregateSettings;
use crate::archive::Archive;
use crate::rows::OUTLET;

/// Who stands to what: holder, outlet of the outlet's own voice, claim, actor.
type Relation<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Option<&'a str>);

/// One dated position, with what it rests on.
#[derive(Clone, Copy)]
struct Seen<'a> {
    date: Date,
    position: &'a str,
    probability: f32,
    evidence_id: &'a str,
    article_id: &'a str,
}

/// Days in a row with one position.
struct Run<'a> {
    first: Date,
    last: Date,
    n: u64,
    surest: Seen<'a>,
}

/// The rows, sorted by holder, outlet, claim, target and date.
pub(crate) fn turn_rows(
    archive: &Archive,
    positions: &[ClaimPositionRow],
    stances: &[StanceRow],
    settings: &AggregateSettings,
) -> Vec<TurnRow> {
    let originals = Originals::new(archive);
    let on_claims = positions.iter().filter_map(|row| on_claim(row, &originals));
    let toward_actors = stances.iter().filter_map(|row| toward_actor(row, &originals));
    let mut relations: BTreeMap<Relation<'_>, Vec<Seen<'_>>> = BTreeMap::new();
    for (relation, seen) in on_claims.chain(toward_actors) {
        if seen.probability >= settings.turn_probability {
            relations.entry(relation).or_default().push(seen);
        }
    }
    let mut rows = Vec::new();
    for (relation, seen) in relations {
        rows.extend(runs(seen).windows(2).map(|pair| row(relation, &pair[0], &pair[1])));
    }
    rows
}

fn on_claim<'a>(
    row: &'a ClaimPositionRow,
    originals: &Originals<'_>,
) -> Option<(Relation<'a>, Seen<'a>)> {
    let probability = match row.position.as_str() {
        "affirms" => row.p_affirms,
        "denies" => row.p_denies,
        _ => return None,
    };
    let seen = Seen {
        date: originals.date(&row.article_id)?,
        position: &row.position,
        probability,
        evidence_id: &row.statement_id,
        article_id: &row.article_id,
    };
    Some(((row.holder_id.as_deref()?, None, Some(&row.claim_id), None), seen))
}

fn toward_actor<'a>(
    row: &'a StanceRow,
    originals: &Originals<'a>,
) -> Option<(Relation<'a>, Seen<'a>)> {
    let probability = match row.position.as_str() {
        "supports" => row.p_supports,
        "opposes" => row.p_opposes,
        _ => return None,
    };
    let seen = Seen {
        date: originals.date(&row.article_id)?,
        position: &row.position,
        probability,
        evidence_id: &row.stance_id,
        article_id: &row.article_id,
    };
    let outlet = if row.holder_id == OUTLET { originals.outlet(&row.article_id) } else { None };
    Some(((&row.holder_id, outlet, None, Some(&row.target_id)), seen))
}

/// What is known of the articles that are no copies.
struct Originals<'a>(BTreeMap<&'a str, (Option<Date>, Option<&'a str>)>);

impl<'a> Originals<'a> {
    fn new(archive: &'a Archive) -> Self {
        let articles = archive.articles.iter().enumerate();
        let originals = articles.filter(|(idx, _)| archive.originals[*idx] == *idx);
        Self(
            originals
                .map(|(_, annotated)| {
                    let article = &annotated.article;
                    (article.id.as_str(), (article.date, article.outlet.as_deref()))
                })
                .collect(),
        )
    }

    fn date(&self, article_id: &str) -> Option<Date> {
        self.0.get(article_id)?.0
    }

    fn outlet(&self, article_id: &str) -> Option<&'a str> {
        self.0.get(article_id)?.1
    }
}

/// The days in order, those in a row with one position put together.
fn runs(mut seen: Vec<Seen<'_>>) -> Vec<Run<'_>> {
    seen.sort_by_key(|evidence| (evidence.date, evidence.evidence_id));
    let mut runs: Vec<Run<'_>> = Vec::new();
    for day in seen.chunk_by(|a, b| a.date == b.date) {
        let [first, rest @ ..] = day else { continue };
        if rest.iter().any(|evidence| evidence.position != first.position) {
            continue;
        }
        let surer = |a: Seen<'_>, b: Seen<'_>| b.probability > a.probability;
        for evidence in day {
            match runs.last_mut() {
                Some(run) if run.surest.position == evidence.position => {
                    run.last = evidence.date;
                    run.n += 1;
                    if surer(run.surest, *evidence) {
                        run.surest = *evidence;
                    }
                }
                _ => runs.push(Run {
                    first: evidence.date,
                    last: evidence.date,
                    n: 1,
                    surest: *evidence,
                }),
            }
        }
    }
    runs
}

fn row((holder, outlet, claim, target): Relation<'_>, from: &Run<'_>, to: &Run<'_>) -> TurnRow {
    TurnRow {
        holder_id: holder.to_owned(),
        outlet: outlet.map(str::to_owned),
        claim_id: claim.map(str::to_owned),
        target_id: target.map(str::to_owned),
        from_position: from.surest.position.to_owned(),
        to_position: to.surest.position.to_owned(),
        from_date: from.last,
        to_date: to.first,
        n_from: from.n,
        n_to: to.n,
        from_evidence_id: from.surest.evidence_id.to_owned(),
        to_evidence_id: to.surest.evidence_id.to_owned(),
        from_article_id: from.surest.article_id.to_owned(),
        to_article_id: to.surest.article_id.to_owned(),
        p_from: from.surest.probability,
        p_to: to.surest.probability,
    }
}
