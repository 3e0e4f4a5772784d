//! The actors of an article while they are being put together.

use std::collections::{BTreeMap, BTreeSet};

use newstance_doc::{Actor, ActorKind, Mention};

use crate::fold::fold;
use crate::gazetteer::{Gazetteer, Gender};

/// An actor in the making.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) kind: ActorKind,
    pub(crate) names: BTreeSet<String>,
    pub(crate) wikidata: Option<String>,
    /// Index into the gazetteer.
    pub(crate) country: Option<usize>,
    pub(crate) affiliation: Option<usize>,
    pub(crate) role: Option<String>,
    pub(crate) gender: Option<Gender>,
    pub(crate) is_plural: bool,
}

impl Draft {
    pub(crate) fn new(name: &str, kind: ActorKind) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            names: BTreeSet::new(),
            wikidata: None,
            country: None,
            affiliation: None,
            role: None,
            gender: None,
            is_plural: kind == ActorKind::Group,
        }
    }
}

/// All drafts, with those that are looked up by what they stand for.
#[derive(Debug, Default)]
pub(crate) struct Cast {
    pub(crate) drafts: Vec<Draft>,
    by_key: BTreeMap<String, usize>,
}

impl Cast {
    pub(crate) fn add(&mut self, draft: Draft) -> usize {
        self.drafts.push(draft);
        self.drafts.len() - 1
    }

    /// The draft of that key, made where there is none.
    pub(crate) fn keyed(&mut self, key: String, make: impl FnOnce() -> Draft) -> usize {
        if let Some(&known) = self.by_key.get(&key) {
            return known;
        }
        let idx = self.add(make());
        self.by_key.insert(key, idx);
        idx
    }

    /// The actor of a country or territory.
    pub(crate) fn country(&mut self, country: usize, gazetteer: &Gazetteer) -> usize {
        let known = gazetteer.country(country);
        self.keyed(format!("country:{country}"), || {
            let mut draft = Draft::new(&known.name, ActorKind::Country);
            draft.wikidata.clone_from(&known.wikidata);
            draft.country = Some(country);
            draft
        })
    }

    /// True for a seat of government that the gazetteer knows.
    pub(crate) fn is_seat(&self, actor: usize) -> bool {
        self.has_key(actor, "seat:")
    }

    /// True for a body between countries that the gazetteer knows.
    pub(crate) fn is_body(&self, actor: usize) -> bool {
        self.has_key(actor, "body:")
    }

    fn has_key(&self, actor: usize, prefix: &str) -> bool {
        self.by_key.iter().any(|(key, idx)| *idx == actor && key.starts_with(prefix))
    }

    /// Countries reach those who belong to somebody of that country.
    pub(crate) fn spread_countries(&mut self) {
        for _ in 0..4 {
            for idx in 0..self.drafts.len() {
                if self.drafts[idx].country.is_none() {
                    let owner = self.drafts[idx].affiliation;
                    self.drafts[idx].country = owner.and_then(|owner| self.drafts[owner].country);
                }
            }
        }
    }

    /// The actors in order of first mention, those without one last; mentions
    /// are made to point at them. Drafts that nobody mentions and nobody needs
    /// are left out.
    pub(crate) fn finish(mut self, mentions: &mut [Mention], gazetteer: &Gazetteer) -> Vec<Actor> {
        let needed: BTreeSet<usize> =
            self.drafts.iter().filter_map(|draft| draft.country).collect();
        let states: BTreeMap<usize, usize> =
            needed.iter().map(|&country| (country, self.country(country, gazetteer))).collect();
        let mut order: Vec<usize> = Vec::new();
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        let mentioned = mentions.iter().filter_map(|mention| mention.actor_idx);
        let mut queue: Vec<usize> = mentioned.collect();
        let mut at = 0;
        while at < queue.len() {
            let idx = queue[at];
            at += 1;
            if places.contains_key(&idx) {
                continue;
            }
            places.insert(idx, order.len());
            order.push(idx);
            let draft = &self.drafts[idx];
            queue.extend(draft.affiliation);
            queue.extend(draft.country.and_then(|country| states.get(&country)));
        }
        for mention in mentions {
            mention.actor_idx = mention.actor_idx.and_then(|idx| places.get(&idx).copied());
        }
        let finish = |idx: &usize| self.actor(*idx, &places, &states);
        order.iter().map(finish).collect()
    }

    fn actor(
        &self,
        idx: usize,
        places: &BTreeMap<usize, usize>,
        states: &BTreeMap<usize, usize>,
    ) -> Actor {
        let draft = &self.drafts[idx];
        let name = on_one_line(&draft.name);
        let own = fold(&name);
        let aliases: BTreeSet<String> = draft.names.iter().map(|name| on_one_line(name)).collect();
        let state = draft.country.and_then(|country| states.get(&country));
        Actor {
            name,
            kind: draft.kind,
            aliases: aliases.into_iter().filter(|name| fold(name) != own).collect(),
            wikidata: draft.wikidata.clone(),
            country_idx: state.and_then(|state| places.get(state).copied()),
            affiliation_idx: draft.affiliation.and_then(|owner| places.get(&owner).copied()),
            role: draft.role.as_deref().map(on_one_line),
        }
    }
}

/// A name as it is read, where a line breaks within it.
fn on_one_line(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
