//! From the layers of an archive to its ledger.

use newstance_doc::Holder;

use crate::archive::Archive;
use crate::ledger::{Dateline, Ledger, Party, PartyRef};
use crate::levels::{Level, RollUp};
use crate::rows::OUTLET;

/// The ledger of all articles.
pub(crate) fn ledger(archive: &Archive, roll_up: &RollUp<'_>) -> Ledger {
    let mut ledger = Ledger::default();
    let voice = ledger.party(&Party { actor: Some(OUTLET), affiliation: None, country: None });
    for (idx, annotated) in archive.articles.iter().enumerate() {
        let original = archive.originals[idx];
        let place = ledger.place(&Dateline {
            article_id: &annotated.article.id,
            wire_group: &archive.articles[original].article.id,
            is_copy: original != idx,
            date: annotated.article.date,
            outlet: annotated.article.outlet.as_deref(),
        });
        let party = |actor: usize| {
            let id = |level| roll_up.id(level, idx, actor);
            Party {
                actor: id(Level::Actor),
                affiliation: id(Level::Affiliation),
                country: id(Level::Country),
            }
        };
        let actors = 0..annotated.actors.len();
        let parties: Vec<PartyRef> = actors.map(|actor| ledger.party(&party(actor))).collect();
        for stance in &annotated.stances {
            let holder = match stance.holder {
                Holder::Actor(actor) => parties[actor],
                Holder::Outlet => voice,
            };
            ledger.add_stance(place, (holder, parties[stance.target_idx]), stance.probabilities);
        }
        for speaker in annotated.statements.iter().filter_map(|s| s.speaker_idx) {
            ledger.add_statement(place, parties[speaker]);
        }
    }
    ledger
}
