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

use newstance_doc::{Actor, ActorKind, Annotated};

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

/// For each article the id of each of its actors.
///
/// `originals` names for each article the original of its wire group.
pub(crate) fn actor_ids(articles: &[Annotated], originals: &[usize]) -> Vec<Vec<String>> {
    let identities: Vec<Vec<Identity>> = articles
        .iter()
        .map(|a| a.actors.iter().map(|actor| identify(actor, &a.actors)).collect())
        .collect();
    let namesakes = namesakes(articles, &identities);
    let bearers = bearers(articles, &identities, &namesakes);
    let mut ids = Vec::with_capacity(articles.len());
    for (idx, annotated) in articles.iter().enumerate() {
        let scope = &articles[originals[idx]].article.id;
        let pairs = annotated.actors.iter().zip(&identities[idx]);
        ids.push(
            pairs
                .map(|(actor, identity)| match identity {
                    Identity::Wikidata(id) => id.clone(),
                    Identity::Named { name, country } => {
                        named_id(&actor.name, &namesakes[name], country.as_deref())
                    }
                    Identity::Surname { word, country } => {
                        full_name_of(word, country.as_ref(), &bearers)
                            .unwrap_or_else(|| format!("{}@{scope}", slug(&actor.name)))
                    }
                    Identity::Common { country: Some(country) } => {
                        format!("{}.{country}", slug(&actor.name))
                    }
                    Identity::Common { country: None } => format!("{}@{scope}", slug(&actor.name)),
                })
                .collect(),
        );
    }
    ids
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

fn namesakes(articles: &[Annotated], identities: &[Vec<Identity>]) -> BTreeMap<String, Namesakes> {
    let mut all: BTreeMap<String, Namesakes> = BTreeMap::new();
    for (annotated, identities) in articles.iter().zip(identities) {
        for (actor, identity) in annotated.actors.iter().zip(identities) {
            if let Identity::Named { name, country } = identity {
                let namesakes = all.entry(name.clone()).or_default();
                namesakes.countries.extend(country.clone());
                namesakes.is_country |= actor.kind == ActorKind::Country;
            }
        }
    }
    // A country that is only pointed to must be found under its own name.
    for annotated in articles {
        for country in annotated.actors.iter().filter_map(|a| a.country_idx) {
            let country = &annotated.actors[country];
            if country.wikidata.is_none() {
                all.entry(normalise(&country.name)).or_default().is_country = true;
            }
        }
    }
    all
}

fn named_id(name: &str, namesakes: &Namesakes, country: Option<&str>) -> String {
    match country {
        Some(country) if namesakes.countries.len() > 1 && !namesakes.is_country => {
            format!("{}.{country}", slug(name))
        }
        _ => slug(name),
    }
}

fn bearers(
    articles: &[Annotated],
    identities: &[Vec<Identity>],
    namesakes: &BTreeMap<String, Namesakes>,
) -> Bearers {
    let mut bearers = Bearers::new();
    for (annotated, identities) in articles.iter().zip(identities) {
        for (actor, identity) in annotated.actors.iter().zip(identities) {
            if actor.kind != ActorKind::Person {
                continue;
            }
            let normal = normalise(&actor.name);
            let Some((_, surname)) = normal.rsplit_once(' ') else { continue };
            let (id, country) = match identity {
                Identity::Wikidata(id) => {
                    let country = actor.country_idx.map(|idx| country_id(&annotated.actors[idx]));
                    (id.clone(), country)
                }
                Identity::Named { name, country } => {
                    let known = &namesakes[name];
                    let id = named_id(&actor.name, known, country.as_deref());
                    let only = (known.countries.len() == 1).then(|| known.countries.first());
                    (id, only.flatten().or(country.as_ref()).cloned())
                }
                _ => continue,
            };
            bearers.entry(surname.to_owned()).or_default().entry(id).or_default().insert(country);
        }
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
        let ids: Vec<Vec<String>> = actor_ids(&drafts, &originals)
            .into_iter()
            .zip(&drafts)
            .map(|(ids, draft)| {
                let kinds = draft.actors.iter().map(|a| a.kind);
                ids.into_iter()
                    .zip(kinds)
                    .filter(|(_, k)| *k != Country)
                    .map(|(id, _)| id)
                    .collect()
            })
            .collect();
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
