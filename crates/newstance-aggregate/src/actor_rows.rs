//! The tables `actors` and `affiliations`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use newstance_doc::ActorKind;
use newstance_doc::rows::{ActorRow, AffiliationRow};

use crate::archive::Archive;
use crate::tally::{Tally, earliest, latest};

#[derive(Default)]
struct Facts {
    names: Tally<String>,
    kinds: Tally<ActorKind>,
    countries: Tally<String>,
    affiliations: Tally<String>,
    roles: Tally<String>,
    wikidata: Option<String>,
    aliases: BTreeSet<String>,
    n_articles: u64,
    n_mentions: u64,
}

/// One row for each actor of the archive, those without a mention too.
pub(crate) fn actor_rows(archive: &Archive) -> Vec<ActorRow> {
    let mut facts: BTreeMap<&str, Facts> = BTreeMap::new();
    for (article, annotated) in archive.articles.iter().enumerate() {
        let ids = &archive.actor_ids[article];
        for (actor_idx, actor) in annotated.actors.iter().enumerate() {
            let date = annotated.article.date;
            let facts = facts.entry(&ids[actor_idx]).or_default();
            facts.names.add(actor.name.clone(), date);
            facts.kinds.add(actor.kind, date);
            facts.aliases.extend(actor.aliases.iter().cloned());
            facts.wikidata = facts.wikidata.take().or_else(|| actor.wikidata.clone());
            let tell = |tally: &mut Tally<String>, value: Option<&str>| {
                if let Some(value) = value {
                    tally.add(value.to_owned(), date);
                }
            };
            tell(&mut facts.countries, archive.country_id(article, actor_idx));
            tell(&mut facts.affiliations, archive.affiliation_id(article, actor_idx));
            tell(&mut facts.roles, actor.role.as_deref());
        }
        let mut mentions: BTreeMap<&str, u64> = BTreeMap::new();
        for actor_idx in annotated.mentions.iter().filter_map(|m| m.actor_idx) {
            *mentions.entry(&ids[actor_idx]).or_default() += 1;
        }
        for (id, n_mentions) in mentions {
            let facts = facts.entry(id).or_default();
            facts.n_articles += 1;
            facts.n_mentions += n_mentions;
        }
    }
    facts.into_iter().map(|(id, facts)| row(id, facts)).collect()
}

fn row(id: &str, facts: Facts) -> ActorRow {
    let name = facts.names.best_by(|name| usize::MAX - name.chars().count()).cloned();
    let name = name.unwrap_or_default();
    let kind = facts.kinds.best().copied().unwrap_or(ActorKind::Topic);
    let mut aliases = facts.aliases;
    aliases.extend(facts.names.values().cloned());
    aliases.remove(&name);
    let country = if kind == ActorKind::Country {
        Some(id.to_owned())
    } else {
        facts.countries.best().cloned()
    };
    ActorRow {
        actor_id: id.to_owned(),
        name,
        kind: kind.as_str().to_owned(),
        country,
        affiliation: facts.affiliations.best().filter(|a| *a != id).cloned(),
        role: facts.roles.best().cloned(),
        wikidata: facts.wikidata,
        aliases: aliases.into_iter().collect(),
        n_articles: facts.n_articles,
        n_mentions: facts.n_mentions,
    }
}

#[derive(Default)]
struct Tenure {
    first: Option<Date>,
    last: Option<Date>,
    articles: BTreeSet<usize>,
}

/// One row for each actor, what it belongs to, and as what.
pub(crate) fn affiliation_rows(archive: &Archive) -> Vec<AffiliationRow> {
    let mut tenures: BTreeMap<(&str, &str, Option<&str>), Tenure> = BTreeMap::new();
    for (article, annotated) in archive.articles.iter().enumerate() {
        for (actor_idx, actor) in annotated.actors.iter().enumerate() {
            let id = archive.actor_ids[article][actor_idx].as_str();
            let Some(affiliation) = archive.affiliation_id(article, actor_idx) else { continue };
            if affiliation == id {
                continue;
            }
            let tenure = tenures.entry((id, affiliation, actor.role.as_deref())).or_default();
            tenure.first = earliest(tenure.first, annotated.article.date);
            tenure.last = latest(tenure.last, annotated.article.date);
            tenure.articles.insert(article);
        }
    }
    tenures
        .into_iter()
        .map(|((id, affiliation, role), tenure)| AffiliationRow {
            actor_id: id.to_owned(),
            affiliation: affiliation.to_owned(),
            role: role.map(str::to_owned),
            first_date: tenure.first,
            last_date: tenure.last,
            n_articles: tenure.articles.len() as u64,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use newstance_doc::ActorKind::{Organisation, Person};

    use super::{actor_rows, affiliation_rows};
    use crate::archive::Archive;
    use crate::testing::Draft;

    fn archive() -> Archive {
        let mut articles = Vec::new();
        for (id, day, name, role) in [
            ("a", 1, "Jane Roe", "minister"),
            ("b", 2, "JANE ROE", "minister"),
            ("c", 3, "Jane Roe", "premier"),
        ] {
            let mut draft = Draft::new(id, "Jane Roe spoke.").date(date(2020, 1, day));
            let person = draft.actor_of(name, Person, "Q1");
            let ministry = draft.actor_of("Ministry of Rain", Organisation, "Q1");
            draft.affiliate(person, ministry, role);
            draft.mention("Jane Roe", person);
            articles.push(draft.done());
        }
        Archive::new(articles, &crate::AggregateSettings::default()).unwrap()
    }

    #[test]
    fn an_actor_has_its_most_frequent_name_country_and_role() {
        let rows = actor_rows(&archive());
        let jane = rows.iter().find(|row| row.actor_id == "jane-roe").unwrap();
        assert_eq!((jane.name.as_str(), jane.kind.as_str()), ("Jane Roe", "person"));
        assert_eq!(jane.aliases, ["JANE ROE"]);
        assert_eq!(jane.country.as_deref(), Some("Q1"));
        assert_eq!(jane.affiliation.as_deref(), Some("ministry-of-rain"));
        assert_eq!(jane.role.as_deref(), Some("minister"));
        assert_eq!((jane.n_articles, jane.n_mentions), (3, 3));
    }

    #[test]
    fn an_actor_without_a_mention_has_a_row() {
        let rows = actor_rows(&archive());
        let country = rows.iter().find(|row| row.actor_id == "Q1").unwrap();
        assert_eq!((country.n_articles, country.n_mentions), (0, 0));
        assert_eq!(country.country.as_deref(), Some("Q1"));
    }

    #[test]
    fn an_affiliation_has_its_first_and_last_day() {
        let rows = affiliation_rows(&archive());
        let minister = rows.iter().find(|row| row.role.as_deref() == Some("minister")).unwrap();
        assert_eq!(minister.first_date, Some(date(2020, 1, 1)));
        assert_eq!(minister.last_date, Some(date(2020, 1, 2)));
        assert_eq!(minister.n_articles, 2);
    }
}
