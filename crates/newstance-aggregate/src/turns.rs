//! Who changed position: the table `turns`.
//!
//! A holder's dated positions on one claim (affirms, denies), and its dated
//! stances toward one actor (supports, opposes), are read day by day. A day on
//! which both are found says nothing. Each change from one day to the next is
//! a row, with the surest evidence of the days before it and of those after
//! it. Wire copies are left out, since a text that is printed late is no new
//! position, and so is evidence under `turn_probability`. The outlet's own
//! voice is followed in each outlet by itself.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use newstance_doc::rows::{ClaimPositionRow, TurnRow};
use newstance_doc::{Holder, Position, Stance};

use crate::archive::{Archive, InArchive, stance_id};
use crate::rows::OUTLET;
use crate::{AggregateError, AggregateSettings};

/// Who stands to what: holder, outlet of the outlet's own voice, claim, actor.
type Relation<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Option<&'a str>);

/// One dated position, with what it rests on.
#[derive(Clone)]
struct Seen<'a> {
    date: Date,
    position: &'a str,
    probability: f32,
    evidence_id: Cow<'a, str>,
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
///
/// # Errors
///
/// [`AggregateError::Scratch`].
pub(crate) fn turn_rows(
    archive: &Archive,
    positions: &[ClaimPositionRow],
    settings: &AggregateSettings,
) -> Result<Vec<TurnRow>, AggregateError> {
    let mut relations: BTreeMap<Relation<'_>, Vec<Seen<'_>>> = BTreeMap::new();
    let originals = originals(archive);
    let on_claims = positions.iter().filter_map(|row| on_claim(row, &originals));
    for (relation, seen) in on_claims {
        if seen.probability >= settings.turn_probability {
            relations.entry(relation).or_default().push(seen);
        }
    }
    let marked = |article: InArchive<'_>| marked(article, settings.turn_probability);
    archive.each(marked, |idx, marked| {
        for stance in marked {
            if let Some((relation, seen)) = toward_actor(archive, idx, &stance) {
                relations.entry(relation).or_default().push(seen);
            }
        }
    })?;
    let mut rows = Vec::new();
    for (relation, seen) in relations {
        rows.extend(runs(seen).windows(2).map(|pair| row(relation, &pair[0], &pair[1])));
    }
    Ok(rows)
}

/// The days of the articles that have one and are no copies, by id.
fn originals(archive: &Archive) -> BTreeMap<&str, Date> {
    let entries = archive.shelf.entries.iter().enumerate();
    let originals = entries.filter(|(idx, _)| archive.originals[*idx] == *idx);
    originals.filter_map(|(_, entry)| Some((entry.id.as_str(), entry.date?))).collect()
}

fn on_claim<'a>(
    row: &'a ClaimPositionRow,
    originals: &BTreeMap<&str, Date>,
) -> Option<(Relation<'a>, Seen<'a>)> {
    let probability = match row.position.as_str() {
        "affirms" => row.p_affirms,
        "denies" => row.p_denies,
        _ => return None,
    };
    let seen = Seen {
        date: *originals.get(row.article_id.as_str())?,
        position: &row.position,
        probability,
        evidence_id: Cow::Borrowed(&row.statement_id),
        article_id: &row.article_id,
    };
    Some(((row.holder_id.as_deref()?, None, Some(&row.claim_id), None), seen))
}

/// A stance that is not neutral: its index, holder (none: the outlet) and
/// target among the archive's actors.
struct Marked {
    idx: usize,
    holder: Option<u32>,
    target: u32,
    position: Position,
    probability: f32,
}

/// The stances of an article that are sure enough; none of a copy.
fn marked(article: InArchive<'_>, least: f32) -> Vec<Marked> {
    if article.is_copy() || article.annotated.article.date.is_none() {
        return vec![];
    }
    let of_stance = |(idx, stance): (usize, &Stance)| {
        let probability = match stance.position {
            Position::Neutral => return None,
            position => stance.probabilities.of(position),
        };
        let holder = match stance.holder {
            Holder::Actor(holder) => Some(article.actor_number(holder)),
            Holder::Outlet => None,
        };
        let target = article.actor_number(stance.target_idx);
        let marked = Marked { idx, holder, target, position: stance.position, probability };
        (probability >= least).then_some(marked)
    };
    article.annotated.stances.iter().enumerate().filter_map(of_stance).collect()
}

fn toward_actor<'a>(
    archive: &'a Archive,
    article: usize,
    stance: &Marked,
) -> Option<(Relation<'a>, Seen<'a>)> {
    let entry = archive.entry(article);
    let seen = Seen {
        date: entry.date?,
        position: stance.position.as_str(),
        probability: stance.probability,
        evidence_id: Cow::Owned(stance_id(&entry.id, stance.idx)),
        article_id: &entry.id,
    };
    let (holder, outlet) = match stance.holder {
        Some(holder) => (archive.actor_ids.value(holder), None),
        None => (OUTLET, entry.outlet.as_deref()),
    };
    let target = archive.actor_ids.value(stance.target);
    Some(((holder, outlet, None, Some(target)), seen))
}

/// The days in order, those in a row with one position put together.
fn runs(mut seen: Vec<Seen<'_>>) -> Vec<Run<'_>> {
    seen.sort_by(|a, b| (a.date, &a.evidence_id).cmp(&(b.date, &b.evidence_id)));
    let mut runs: Vec<Run<'_>> = Vec::new();
    for day in seen.chunk_by(|a, b| a.date == b.date) {
        let [first, rest @ ..] = day else { continue };
        if rest.iter().any(|evidence| evidence.position != first.position) {
            continue;
        }
        let surer = |a: &Seen<'_>, b: &Seen<'_>| b.probability > a.probability;
        for evidence in day {
            match runs.last_mut() {
                Some(run) if run.surest.position == evidence.position => {
                    run.last = evidence.date;
                    run.n += 1;
                    if surer(&run.surest, evidence) {
                        run.surest = evidence.clone();
                    }
                }
                _ => runs.push(Run {
                    first: evidence.date,
                    last: evidence.date,
                    n: 1,
                    surest: evidence.clone(),
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
        from_evidence_id: from.surest.evidence_id.clone().into_owned(),
        to_evidence_id: to.surest.evidence_id.clone().into_owned(),
        from_article_id: from.surest.article_id.to_owned(),
        to_article_id: to.surest.article_id.to_owned(),
        p_from: from.surest.probability,
        p_to: to.surest.probability,
    }
}
