//! Whom a question is about: an actor, an affiliation, a country, a kind.

use std::collections::BTreeSet;

use anyhow::bail;
use newstance_doc::ActorKind;
use newstance_doc::rows::ActorRow;

/// The outlet's own voice, which has no row among the actors.
const OUTLET: &str = "outlet";

/// All kinds of actors.
const KINDS: [ActorKind; 7] = [
    ActorKind::Person,
    ActorKind::Organisation,
    ActorKind::Country,
    ActorKind::Party,
    ActorKind::Group,
    ActorKind::Place,
    ActorKind::Topic,
];

/// What was typed for `--holder` or `--target`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Selector<'t> {
    /// `Israel`: the actors of that id, name or alias.
    Actor(&'t str),
    /// `party:Labour`, `of:Reuters`: an actor and all who belong to it.
    Affiliation { name: &'t str, kind: Option<ActorKind> },
    /// `country:Israel`: all of a country, and itself.
    Country(&'t str),
    /// `kind:person`.
    Kind(ActorKind),
}

/// The ids that `typed` stands for: an actor (its name, an alias or its id),
/// `party:NAME` or `of:NAME` (it and who belongs to it), `country:NAME` or
/// `kind:KIND`.
pub(crate) fn select<'a>(typed: &str, actors: &'a [ActorRow]) -> anyhow::Result<BTreeSet<&'a str>> {
    if typed == OUTLET {
        return Ok(BTreeSet::from([OUTLET]));
    }
    let found = match parse(typed)? {
        Selector::Actor(name) => named(name, None, actors),
        Selector::Affiliation { name, kind } => {
            let heads = named(name, kind, actors);
            let belongs = |row: &&ActorRow| is_among(row.affiliation.as_deref(), &heads);
            let members: Vec<&str> = ids(actors.iter().filter(belongs)).collect();
            heads.into_iter().chain(members).collect()
        }
        Selector::Country(name) => {
            let heads = named(name, Some(ActorKind::Country), actors);
            ids(actors.iter().filter(|row| is_among(row.country.as_deref(), &heads))).collect()
        }
        Selector::Kind(kind) => {
            ids(actors.iter().filter(|row| row.kind == kind.as_str())).collect()
        }
    };
    if found.is_empty() {
        bail!(
            "no actor is `{typed}`\nhint: the table `actors` has the names; \
             `party:NAME`, `of:NAME`, `country:NAME` and `kind:KIND` stand for several"
        );
    }
    Ok(found)
}

fn parse(typed: &str) -> anyhow::Result<Selector<'_>> {
    let Some((word, name)) = typed.split_once(':') else { return Ok(Selector::Actor(typed)) };
    Ok(match word {
        "actor" => Selector::Actor(name),
        "of" => Selector::Affiliation { name, kind: None },
        "party" => Selector::Affiliation { name, kind: Some(ActorKind::Party) },
        "country" => Selector::Country(name),
        "kind" => Selector::Kind(kind_of(name)?),
        _ => Selector::Actor(typed),
    })
}

fn kind_of(name: &str) -> anyhow::Result<ActorKind> {
    let Some(kind) = KINDS.into_iter().find(|kind| kind.as_str() == name) else {
        let kinds = KINDS.map(ActorKind::as_str).join(", ");
        bail!("`{name}` is no kind of actor\nhint: it is one of {kinds}")
    };
    Ok(kind)
}

/// Ids of the actors that have a name; those of `kind` where there are any.
fn named<'a>(name: &str, kind: Option<ActorKind>, actors: &'a [ActorRow]) -> BTreeSet<&'a str> {
    let wanted = name.to_lowercase();
    let is_named = |row: &&ActorRow| {
        row.actor_id == name
            || row.name.to_lowercase() == wanted
            || row.aliases.iter().any(|alias| alias.to_lowercase() == wanted)
    };
    let all: Vec<&ActorRow> = actors.iter().filter(is_named).collect();
    let of_kind = |row: &&ActorRow| kind.is_some_and(|kind| row.kind == kind.as_str());
    let kept: BTreeSet<&str> = ids(all.iter().copied().filter(of_kind)).collect();
    if kept.is_empty() { ids(all.into_iter()).collect() } else { kept }
}

fn ids<'a>(rows: impl Iterator<Item = &'a ActorRow>) -> impl Iterator<Item = &'a str> {
    rows.map(|row| row.actor_id.as_str())
}

fn is_among(id: Option<&str>, heads: &BTreeSet<&str>) -> bool {
    id.is_some_and(|id| heads.contains(id))
}

#[cfg(test)]
mod tests {
    use newstance_doc::rows::ActorRow;

    use super::select;

    fn actor(id: &str, name: &str, kind: &str, of: &str, country: &str) -> ActorRow {
        let known = |id: &str| (!id.is_empty()).then(|| id.to_owned());
        ActorRow {
            actor_id: id.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            country: known(country),
            affiliation: known(of),
            role: None,
            wikidata: None,
            aliases: vec![format!("{name} alias")],
            n_articles: 1,
            n_mentions: 1,
        }
    }

    #[track_caller]
    fn check(typed: &str, expected: &str) {
        let actors = [
            actor("labour", "Labour", "party", "", "uk"),
            actor("labour-day", "Labour", "topic", "", ""),
            actor("roe", "Jane Roe", "person", "labour", "uk"),
            actor("uk", "United Kingdom", "country", "", "uk"),
            actor("doe", "John Doe", "person", "", ""),
        ];
        let found = select(typed, &actors);
        let found = found.map_or_else(
            |error| error.to_string().lines().next().unwrap_or_default().to_owned(),
            |ids| ids.into_iter().collect::<Vec<_>>().join(" "),
        );
        assert_eq!(found, expected, "{typed}");
    }

    #[test]
    fn a_name_an_alias_and_an_id_are_an_actor() {
        check("jane roe", "roe");
        check("John Doe alias", "doe");
        check("Labour", "labour labour-day");
        check("labour-day", "labour-day");
        check("outlet", "outlet");
    }

    #[test]
    fn a_word_before_the_name_stands_for_several() {
        check("party:Labour", "labour roe");
        check("country:United Kingdom", "labour roe uk");
        check("kind:person", "doe roe");
    }

    #[test]
    fn what_nobody_is_is_an_error() {
        check("Nobody", "no actor is `Nobody`");
        check("kind:thing", "`thing` is no kind of actor");
    }
}
