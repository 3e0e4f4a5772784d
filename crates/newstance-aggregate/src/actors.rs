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
//!   country is one more. Of a person, a country that nearly all articles tell
//!   is the only one, and one that hardly any tells is a slip (`namesakes`).
//! - A name with initials is the name without them where articles use both for
//!   one person, and for no second one.
//! - A person known by one word (`Psaki`) is one actor within its article and
//!   its wire copies (`psaki@ARTICLE`). It joins a person with a full name
//!   where exactly one full name of the archive ends in that word and both have
//!   the same known country; or where nearly all articles with such a name mean
//!   the same person, no country speaks against it, and the article names
//!   nobody else so (`surnames`).
//! - A person who is only described (`the finance minister`) is one actor within
//!   its article and its wire copies.
//! - A group named by common nouns only (`officials`) is one actor for each
//!   country; without a country it stays in its article.
//!
//! Ids of actors without a Wikidata id may change when the archive grows.

use std::collections::BTreeSet;
use std::sync::Arc;

use newstance_doc::{Actor, ActorKind, Annotated};

use crate::AggregateError;
use crate::names::Names;
use crate::namesakes::{Namesakes, Seen};
use crate::shelf::{Entry, Shelf};
use crate::slug::{normalise, slug};
use crate::surnames::{Bare, Surnames, Use};

/// What identifies an article's actor beyond the article.
enum Identity {
    Wikidata(String),
    Named { country: Option<String> },
    Surname { word: String, country: Option<String> },
    Common { country: Option<String> },
}

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
    let is_copy = |idx: usize| originals[idx] != idx;
    let mut namesakes = Namesakes::default();
    shelf.each(names_of, |idx, names| {
        namesakes.add(names, is_copy(idx));
        Ok::<(), AggregateError>(())
    })?;
    namesakes.settle();
    let mut surnames = Surnames::default();
    let uses = |_, annotated: &Annotated| uses_of(annotated, &namesakes);
    shelf.each(uses, |idx, uses| {
        surnames.add(uses, shelf.entries[idx].date, is_copy(idx));
        Ok::<(), AggregateError>(())
    })?;
    let (mut ids, mut of_articles) = (Names::default(), Vec::with_capacity(originals.len()));
    let ids_of = |idx: usize, annotated: &Annotated| {
        ids_of(annotated, &shelf.entries[originals[idx]], &namesakes, &surnames)
    };
    shelf.each(ids_of, |_, of_article| {
        of_articles.push(of_article.into_iter().map(|id| ids.number(id.into())).collect());
        Ok::<(), AggregateError>(())
    })?;
    Ok(ActorIds { ids, of_articles })
}

/// The ids of an article's actors; `original` is that of its wire group.
fn ids_of(
    annotated: &Annotated,
    original: &Entry,
    namesakes: &Namesakes,
    surnames: &Surnames,
) -> Vec<String> {
    let at_home = |actor: &Actor| format!("{}@{}", slug(&actor.name), original.id);
    let full_names: Vec<_> = annotated.actors.iter().filter_map(full_name).collect();
    let is_there = |word: &str| full_names.iter().any(|(_, surname)| surname == word);
    let id = |actor: &Actor| match identify(actor, &annotated.actors) {
        Identity::Wikidata(id) => id,
        Identity::Named { country } => namesakes.id(&actor.name, country.as_deref()),
        Identity::Surname { word, country } => {
            let (word, country) = (word.as_str(), country.as_deref());
            let bare = Bare { word, country, date: original.date, is_other_there: is_there(word) };
            surnames.bearer(bare).map_or_else(|| at_home(actor), str::to_owned)
        }
        Identity::Common { country: Some(country) } => format!("{}.{country}", slug(&actor.name)),
        Identity::Common { country: None } => at_home(actor),
    };
    annotated.actors.iter().map(id).collect()
}

fn identify(actor: &Actor, actors: &[Actor]) -> Identity {
    if let Some(wikidata) = &actor.wikidata {
        return Identity::Wikidata(wikidata.clone());
    }
    let country = match actor.kind {
        ActorKind::Country => None,
        _ => actor.country_idx.map(|idx| country_id(&actors[idx])),
    };
    let word = normalise(&actor.name);
    match actor.kind {
        ActorKind::Person if is_described(actor) => Identity::Common { country: None },
        ActorKind::Person if !word.contains(' ') => Identity::Surname { word, country },
        ActorKind::Group if is_common(&actor.name) => Identity::Common { country },
        _ => Identity::Named { country },
    }
}

/// A country's id rests on its name alone, so that ids built on it are settled.
fn country_id(country: &Actor) -> String {
    country.wikidata.clone().unwrap_or_else(|| slug(&country.name))
}

/// True of small letters only.
fn is_common(name: &str) -> bool {
    !name.chars().any(|c| c.is_uppercase() || c.is_numeric())
        && name.chars().any(char::is_lowercase)
}

/// True of a person whose name ends in a common noun ("Trump's lawyer").
fn is_described(actor: &Actor) -> bool {
    actor.name.split_whitespace().next_back().is_some_and(is_common)
}

/// The first and the last word of a person's name of several words that are not
/// all letters ("R-Iowa" is no name).
fn full_name(actor: &Actor) -> Option<(String, String)> {
    let is_named = actor.kind == ActorKind::Person && !is_described(actor);
    let name = is_named.then(|| normalise(&actor.name))?;
    let (before, surname) = name.rsplit_once(' ')?;
    let is_letter = |word: &str| word.chars().count() == 1;
    let first = before.split(' ').next().filter(|_| !before.split(' ').all(is_letter))?;
    Some((first.to_owned(), surname.to_owned()))
}

/// The names that an article has.
fn names_of(_: usize, annotated: &Annotated) -> Vec<Seen> {
    let mut names = Vec::new();
    for actor in &annotated.actors {
        if let Identity::Named { country } = identify(actor, &annotated.actors) {
            let aliases = actor.aliases.iter().map(|alias| normalise(alias)).collect();
            let kind = actor.kind;
            names.push(Seen { name: normalise(&actor.name), country, kind, aliases });
        }
    }
    // A country that is only pointed to must be found under its own name.
    for country in annotated.actors.iter().filter_map(|actor| actor.country_idx) {
        let country = &annotated.actors[country];
        if country.wikidata.is_none() {
            let name = normalise(&country.name);
            let (kind, aliases) = (ActorKind::Country, vec![]);
            names.push(Seen { name, country: None, kind, aliases });
        }
    }
    names
}

/// What an article makes of the words that may be surnames.
fn uses_of(annotated: &Annotated, namesakes: &Namesakes) -> BTreeSet<(String, Use)> {
    let mut uses = BTreeSet::new();
    for actor in &annotated.actors {
        let word = normalise(&actor.name);
        if !word.contains(' ') {
            let is_name = actor.kind == ActorKind::Person && !is_described(actor);
            uses.insert((word, if is_name { Use::Alone } else { Use::Else }));
        }
        let Some((first, surname)) = full_name(actor) else { continue };
        let (id, country) = match identify(actor, &annotated.actors) {
            Identity::Wikidata(id) => {
                (id, actor.country_idx.map(|idx| country_id(&annotated.actors[idx])))
            }
            Identity::Named { country } => {
                let country = country.as_deref();
                (namesakes.id(&actor.name, country), namesakes.country(&actor.name, country))
            }
            _ => continue,
        };
        uses.insert((first, Use::Else));
        uses.insert((surname, Use::Surname { id, country }));
    }
    uses
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
    fn whoever_is_only_described_stays_at_home() {
        check(
            &[
                ("a", &[("finance minister", Person, "Q159"), ("Roe's lawyer", Person, "")]),
                ("b", &[("finance minister", Person, "Q159"), ("Roe's lawyer", Person, "")]),
            ],
            &[&["finance-minister@a", "roe-s-lawyer@a"], &["finance-minister@b", "roe-s-lawyer@b"]],
        );
    }

    #[test]
    fn a_surname_that_nearly_always_means_one_person_joins_it_unless_another_is_there() {
        let names: Vec<String> = (0..10).map(|n| format!("f{n}")).collect();
        let full: &[Named<'_>] = &[("Ann Roe", Person, "Q1"), ("R-Roe", Person, "")];
        let mut articles: Vec<(&str, &[Named<'_>])> =
            names.iter().map(|name| (name.as_str(), full)).collect();
        articles.push(("g", &[("Roe", Person, "")]));
        articles.push(("h", &[("Roe", Person, ""), ("Tom Roe", Person, "")]));
        let mut expected: Vec<&[&str]> = vec![&["ann-roe", "r-roe"]; 10];
        expected.push(&["ann-roe"]);
        expected.push(&["roe@h", "tom-roe"]);
        check(&articles, &expected);
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
