//! Who is the same across the archive.
//!
//! Conservative on purpose: two actors that were taken for one spoil every
//! count, two that were one and stayed apart can still be merged by a reader.
//!
//! - A Wikidata id is the identity wherever an article's actor has one.
//! - Names are compared as [`normalise`] gives them, whatever kind the tagger
//!   saw, and are one actor where their countries are compatible: equal, or
//!   unknown while the archive knows only one. Where it knows several, each
//!   country has its own actor (`zhang-wei.Q148`) and the actor without a
//!   country is one more.
//! - A person known by one word (`Psaki`) is one actor within its article and
//!   its wire copies (`psaki@ARTICLE`). It joins a person with a full name
//!   only where exactly one full name of the archive ends in that word and
//!   both have the same known country.
//! - A group named by common nouns only (`officials`) is one actor for each
//!   country; without a country it stays in its article.
//!
//! Ids of actors without a Wikidata id may change when the archive grows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use newstance_doc::{Actor, ActorKind, Annotated};

use crate::AggregateError;
use crate::names::Names;
use crate::shelf::Shelf;
use crate::slug::{normalise, slug};

/// What identifies an article's actor beyond the article.
enum Identity {
    Wikidata(String),
    Named { name: String, country: Option<String> },
    Surname { word: String, country: Option<String> },
    Common { country: Option<String> },
}

/// What the archive knows of one normalised name.
#[derive(Default)]
struct Namesakes {
    countries: BTreeSet<String>,
    is_country: bool,
}

/// Countries that are known for each actor whose full name ends in a word.
type Bearers = BTreeMap<String, BTreeMap<String, BTreeSet<Option<String>>>>;

/// The archive's ids of each article's actors.
#[derive(Debug)]
pub(crate) struct ActorIds {
    ids: Names<Arc<str>>,
    of_articles: Vec<Box<[u32]>>,
}

impl ActorIds {
    /// The id of an actor, by the index of its article and its own there.
    pub(crate) fn id(&self, article: usize, actor: usize) -> &str {
        self.value(self.number(article, actor))
    }

    /// The number of that id: the same for actors of one id.
    pub(crate) fn number(&self, article: usize, actor: usize) -> u32 {
        self.of_articles[article][actor]
    }

    /// The id of a number that this gave.
    pub(crate) fn value(&self, number: u32) -> &str {
        self.ids.value(number)
    }
}

/// Gives each actor of each article its id.
///
/// `originals` names for each article the original of its wire group.
///
/// # Errors
///
/// [`AggregateError::Scratch`].
pub(crate) fn actor_ids(shelf: &Shelf, originals: &[usize]) -> Result<ActorIds, AggregateError> {
    let mut namesakes = BTreeMap::new();
    shelf.each(names_of, |_, names| {
        for (name, country, is_country) in names {
            let known: &mut Namesakes = namesakes.entry(name).or_default();
            known.countries.extend(country);
            known.is_country |= is_country;
        }
        Ok::<(), AggregateError>(())
    })?;
    let mut bearers = Bearers::new();
    let borne = |_, annotated: &Annotated| bearers_of(annotated, &namesakes);
    shelf.each(borne, |_, borne| {
        for (word, id, country) in borne {
            bearers.entry(word).or_default().entry(id).or_default().insert(country);
        }
        Ok::<(), AggregateError>(())
    })?;
    let (mut ids, mut of_articles) = (Names::default(), Vec::with_capacity(originals.len()));
    let ids_of = |idx: usize, annotated: &Annotated| {
        ids_of(annotated, &shelf.entries[originals[idx]].id, &namesakes, &bearers)
    };
    shelf.each(ids_of, |_, of_article| {
        of_articles.push(of_article.into_iter().map(|id| ids.number(id.into())).collect());
        Ok::<(), AggregateError>(())
    })?;
    Ok(ActorIds { ids, of_articles })
}

/// The ids of an article's actors; `scope` is the original of its wire group.
fn ids_of(
    annotated: &Annotated,
    scope: &str,
    namesakes: &BTreeMap<String, Namesakes>,
    bearers: &Bearers,
) -> Vec<String> {
    let id = |actor: &Actor| match identify(actor, &annotated.actors) {
        Identity::Wikidata(id) => id,
        Identity::Named { name, country } => {
            named_id(&actor.name, &namesakes[&name], country.as_deref())
        }
        Identity::Surname { word, country } => full_name_of(&word, country.as_ref(), bearers)
            .unwrap_or_else(|| format!("{}@{scope}", slug(&actor.name))),
        Identity::Common { country: Some(country) } => format!("{}.{country}", slug(&actor.name)),
        Identity::Common { country: None } => format!("{}@{scope}", slug(&actor.name)),
    };
    annotated.actors.iter().map(id).collect()
}

fn identify(actor: &Actor, actors: &[Actor]) -> Identity {
    if let Some(wikidata) = &actor.wikidata {
        return Identity::Wikidata(wikidata.clone());
    }
    let name = normalise(&actor.name);
    let country = if actor.kind == ActorKind::Country {
        None
    } else {
        actor.country_idx.map(|idx| country_id(&actors[idx]))
    };
    if actor.kind == ActorKind::Person && !name.contains(' ') {
        Identity::Surname { word: name, country }
    } else if is_common(actor) {
        Identity::Common { country }
    } else {
        Identity::Named { name, country }
    }
}

/// A country's id rests on its name alone, so that ids built on it are settled.
fn country_id(country: &Actor) -> String {
    country.wikidata.clone().unwrap_or_else(|| slug(&country.name))
}

fn is_common(actor: &Actor) -> bool {
    actor.kind == ActorKind::Group
        && !actor.name.chars().any(|c| c.is_uppercase() || c.is_numeric())
        && actor.name.chars().any(char::is_lowercase)
}

/// The normalised names that an article has, with a country, and whether it is
/// a country that has it.
fn names_of(_: usize, annotated: &Annotated) -> Vec<(String, Option<String>, bool)> {
    let mut names = Vec::new();
    for actor in &annotated.actors {
        if let Identity::Named { name, country } = identify(actor, &annotated.actors) {
            names.push((name, country, actor.kind == ActorKind::Country));
        }
    }
    // A country that is only pointed to must be found under its own name.
    for country in annotated.actors.iter().filter_map(|actor| actor.country_idx) {
        let country = &annotated.actors[country];
        if country.wikidata.is_none() {
            names.push((normalise(&country.name), None, true));
        }
    }
    names
}

fn named_id(name: &str, namesakes: &Namesakes, country: Option<&str>) -> String {
    match country {
        Some(country) if namesakes.countries.len() > 1 && !namesakes.is_country => {
            format!("{}.{country}", slug(name))
        }
        _ => slug(name),
    }
}

/// The last words of the full names that an article has, whose they are, and
/// the country.
fn bearers_of(
    annotated: &Annotated,
    namesakes: &BTreeMap<String, Namesakes>,
) -> Vec<(String, String, Option<String>)> {
    let mut bearers = Vec::new();
    for actor in annotated.actors.iter().filter(|actor| actor.kind == ActorKind::Person) {
        let normal = normalise(&actor.name);
        let Some((_, surname)) = normal.rsplit_once(' ') else { continue };
        let (id, country) = match identify(actor, &annotated.actors) {
            Identity::Wikidata(id) => {
                (id, actor.country_idx.map(|idx| country_id(&annotated.actors[idx])))
            }
            Identity::Named { name, country } => {
                let known = &namesakes[&name];
                let id = named_id(&actor.name, known, country.as_deref());
                let only = (known.countries.len() == 1).then(|| known.countries.first());
                (id, only.flatten().or(country.as_ref()).cloned())
            }
            _ => continue,
        };
        bearers.push((surname.to_owned(), id, country));
    }
    bearers
}

/// The id of the one full name that the bare `word` can stand for.
fn full_name_of(word: &str, country: Option<&String>, bearers: &Bearers) -> Option<String> {
    let bearers = bearers.get(word)?;
    let (id, countries) = bearers.first_key_value()?;
    let same = country.is_some() && countries.contains(&country.cloned());
    (bearers.len() == 1 && same).then(|| id.clone())
}

#[cfg(test)]
mod tests {
    use newstance_doc::ActorKind::{Country, Group, Organisation, Person, Place};
    use newstance_doc::{ActorKind, Annotated};

    use super::actor_ids;
    use crate::shelf::ShelfBuilder;
    use crate::testing::Draft;

    type Named<'a> = (&'a str, ActorKind, &'a str);

    /// Each article is `(id, [(name, kind, country)])`; gives the ids of the
    /// actors that are no countries.
    #[track_caller]
    fn check(articles: &[(&str, &[Named<'_>])], expected: &[&[&str]]) {
        let drafts: Vec<Annotated> = articles
            .iter()
            .map(|(id, actors)| {
                let mut draft = Draft::new(id, id);
                for (name, kind, country) in *actors {
                    draft.actor_of(name, *kind, country);
                }
                draft.done()
            })
            .collect();
        let originals: Vec<usize> = (0..drafts.len()).collect();
        let mut shelf = ShelfBuilder::new(None);
        for draft in &drafts {
            shelf.push(draft).unwrap();
        }
        let found = actor_ids(&shelf.sorted().unwrap(), &originals).unwrap();
        let named = |article: usize| {
            let actors = drafts[article].actors.iter().enumerate();
            let named = actors.filter(|(_, actor)| actor.kind != Country);
            named.map(|(actor, _)| found.id(article, actor).to_owned()).collect()
        };
        let ids: Vec<Vec<String>> = (0..drafts.len()).map(named).collect();
        assert_eq!(ids, expected);
    }

    #[test]
    fn a_full_name_is_one_person_where_no_country_speaks_against_it() {
        check(
            &[
                ("a", &[("Zhao Lijian", Person, "Q148")]),
                ("b", &[("ZHAO Lijian", Person, "")]),
                ("c", &[("Zhao Lijian", Organisation, "Q148")]),
            ],
            &[&["zhao-lijian"], &["zhao-lijian"], &["zhao-lijian"]],
        );
    }

    #[test]
    fn a_full_name_with_two_countries_is_two_persons_and_an_unknown_one() {
        check(
            &[
                ("a", &[("John Smith", Person, "Q30")]),
                ("b", &[("John Smith", Person, "Q145")]),
                ("c", &[("John Smith", Person, "")]),
            ],
            &[&["john-smith.Q30"], &["john-smith.Q145"], &["john-smith"]],
        );
    }

    #[test]
    fn a_bare_surname_joins_the_only_full_name_of_its_country() {
        check(
            &[
                ("a", &[("Dmitry Peskov", Person, "Q159")]),
                ("b", &[("Peskov", Person, "Q159")]),
                ("c", &[("Peskov", Person, "")]),
            ],
            &[&["dmitry-peskov"], &["dmitry-peskov"], &["peskov@c"]],
        );
        check(
            &[
                ("a", &[("Dmitry Peskov", Person, "Q159"), ("Ivan Peskov", Person, "Q159")]),
                ("b", &[("Peskov", Person, "Q159")]),
            ],
            &[&["dmitry-peskov", "ivan-peskov"], &["peskov@b"]],
        );
    }

    #[test]
    fn groups_of_two_countries_stay_apart_and_nameless_ones_stay_at_home() {
        check(
            &[
                ("a", &[("officials", Group, "Q30"), ("officials", Group, "")]),
                ("b", &[("officials", Group, "Q159"), ("U.S. officials", Group, "Q30")]),
                ("c", &[("the U.S. officials", Group, "")]),
            ],
            &[
                &["officials.Q30", "officials@a"],
                &["officials.Q159", "u-s-officials"],
                &["u-s-officials"],
            ],
        );
    }

    #[test]
    fn a_country_keeps_its_id_whoever_bears_its_name() {
        check(
            &[
                ("a", &[("Ruritania", Place, "Q1"), ("King Rudolf", Person, "Ruritania")]),
                ("b", &[("Ruritania", Place, "Q2")]),
            ],
            &[&["ruritania", "king-rudolf"], &["ruritania"]],
        );
    }
}
