//! From the layers of an archive to its ledger.

use newstance_doc::{Holder, PositionProbabilities};

use crate::AggregateError;
use crate::archive::{Archive, InArchive};
use crate::ledger::{Dateline, Ledger, Party, PartyRef};
use crate::levels::{Level, RollUp};
use crate::rows::OUTLET;

/// What of an article is counted. Actors are numbers among its own.
struct Entries {
    /// Of each actor whom it counts for.
    parties: Vec<[Option<String>; 3]>,
    stances: Vec<(Holder, usize, PositionProbabilities)>,
    speakers: Vec<usize>,
    wire_group: String,
    is_copy: bool,
}

impl Entries {
    fn of(article: InArchive<'_>, roll_up: &RollUp<'_>) -> Self {
        let layers = article.annotated;
        let party = |actor: usize| {
            Level::ALL.map(|level| roll_up.id(level, article, actor).map(str::to_owned))
        };
        let stances = layers.stances.iter();
        Self {
            parties: (0..layers.actors.len()).map(party).collect(),
            stances: stances.map(|s| (s.holder, s.target_idx, s.probabilities)).collect(),
            speakers: layers.statements.iter().filter_map(|s| s.speaker_idx).collect(),
            wire_group: article.wire_group().to_owned(),
            is_copy: article.is_copy(),
        }
    }
}

/// The ledger of all articles.
///
/// # Errors
///
/// [`AggregateError::Scratch`].
pub(crate) fn ledger(archive: &Archive, roll_up: &RollUp<'_>) -> Result<Ledger, AggregateError> {
    let mut ledger = Ledger::default();
    let voice = ledger.party(&Party { actor: Some(OUTLET), affiliation: None, country: None });
    archive.each(
        |article| Entries::of(article, roll_up),
        |idx, entries| {
            let entry = archive.entry(idx);
            let place = ledger.place(&Dateline {
                article_id: &entry.id,
                wire_group: &entries.wire_group,
                is_copy: entries.is_copy,
                date: entry.date,
                outlet: entry.outlet.as_deref(),
            });
            let mut party = |[actor, affiliation, country]: &[Option<String>; 3]| {
                let (actor, affiliation) = (actor.as_deref(), affiliation.as_deref());
                ledger.party(&Party { actor, affiliation, country: country.as_deref() })
            };
            let parties: Vec<PartyRef> = entries.parties.iter().map(&mut party).collect();
            for (holder, target, probabilities) in entries.stances {
                let holder = match holder {
                    Holder::Actor(actor) => parties[actor],
                    Holder::Outlet => voice,
                };
                ledger.add_stance(place, (holder, parties[target]), probabilities);
            }
            for speaker in entries.speakers {
                ledger.add_statement(place, parties[speaker]);
            }
        },
    )?;
    Ok(ledger)
}
