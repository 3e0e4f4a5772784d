//! The tables `actors` and `affiliations`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use newstance_doc::rows::{ActorRow, AffiliationRow};
use newstance_doc::{Actor, ActorKind};

use crate::AggregateError;
use crate::actors::ActorIds;
use crate::archive::{Archive, InArchive};
use crate::slug::slug;
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

/// What an article says of one of its actors; ids by their numbers.
struct Told {
    id: u32,
    actor: Actor,
    country: Option<u32>,
    affiliation: Option<u32>,
    n_mentions: u64,
}

fn told(article: InArchive<'_>, ids: &ActorIds) -> Vec<Told> {
    let actors = &article.annotated.actors;
    let mut n_mentions = vec![0; actors.len()];
    for actor in article.annotated.mentions.iter().filter_map(|mention| mention.actor_idx) {
        n_mentions[actor] += 1;
    }
    let number = |actor: usize| ids.number(article.idx, actor);
    let of_actor = |(idx, actor): (usize, &Actor)| Told {
        id: number(idx),
        actor: actor.clone(),
        country: actor.country_idx.map(number),
        affiliation: actor.affiliation_idx.map(number),
        n_mentions: n_mentions[idx],
    };
    actors.iter().enumerate().map(of_actor).collect()
}

/// One row for each actor of the archive, those without a mention too.
///
/// # Errors
///
/// [`AggregateError::Scratch`].
pub(crate) fn actor_rows(archive: &Archive) -> Result<Vec<ActorRow>, AggregateError> {
    let ids = &archive.actor_ids;
    let mut facts: BTreeMap<&str, Facts> = BTreeMap::new();
    archive.each(
        |article| told(article, ids),
        |idx, all| {
            let date = archive.entry(idx).date;
            let mut n_mentions: BTreeMap<u32, u64> = BTreeMap::new();
            for told in all {
                if told.n_mentions > 0 {
                    *n_mentions.entry(told.id).or_default() += told.n_mentions;
                }
                facts.entry(ids.value(told.id)).or_default().add(told, date, ids);
            }
            for (id, n_mentions) in n_mentions {
                let facts = facts.entry(ids.value(id)).or_default();
                facts.n_articles += 1;
                facts.n_mentions += n_mentions;
            }
        },
    )?;
    Ok(facts.into_iter().map(|(id, facts)| row(id, facts)).collect())
}

impl Facts {
    fn add(&mut self, told: Told, date: Option<Date>, ids: &ActorIds) {
        let Actor { name, kind, aliases, wikidata, role, .. } = told.actor;
        self.names.add(name, date);
        self.kinds.add(kind, date);
        self.aliases.extend(aliases);
        self.wikidata = self.wikidata.take().or(wikidata);
        for (tally, id) in
            [(&mut self.countries, told.country), (&mut self.affiliations, told.affiliation)]
        {
            if let Some(id) = id {
                tally.add(ids.value(id).to_owned(), date);
            }
        }
        if let Some(role) = role {
            self.roles.add(role, date);
        }
    }
}

fn row(id: &str, facts: Facts) -> ActorRow {
    // "Ann Roe", however many articles call her "Roe".
    let base = id.split(['.', '@']).next().unwrap_or_default();
    let is_of_id = |name: &String| slug(name) == base;
    let name = facts.names.best_by(is_of_id, |name| usize::MAX - name.chars().count()).cloned();
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
    last_article: Option<usize>,
    n_articles: u64,
}

/// One row for each actor, what it belongs to, and as what.
///
/// # Errors
///
/// [`AggregateError::Scratch`].
pub(crate) fn affiliation_rows(archive: &Archive) -> Result<Vec<AffiliationRow>, AggregateError> {
    let ids = &archive.actor_ids;
    let mut tenures: BTreeMap<(&str, &str, Option<String>), Tenure> = BTreeMap::new();
    let of_article = |article: InArchive<'_>| {
        let belongs = |told: Told| Some((told.id, told.affiliation?, told.actor.role));
        let all = told(article, ids).into_iter().filter_map(belongs);
        all.filter(|(id, affiliation, _)| id != affiliation).collect::<Vec<_>>()
    };
    archive.each(of_article, |article, all| {
        let date = archive.entry(article).date;
        for (id, affiliation, role) in all {
            let key = (ids.value(id), ids.value(affiliation), role);
            let tenure = tenures.entry(key).or_default();
            tenure.first = earliest(tenure.first, date);
            tenure.last = latest(tenure.last, date);
            // Articles come one after another.
            if tenure.last_article.replace(article) != Some(article) {
                tenure.n_articles += 1;
            }
        }
    })?;
    Ok(rows_of(tenures))
}

fn rows_of(tenures: BTreeMap<(&str, &str, Option<String>), Tenure>) -> Vec<AffiliationRow> {
    tenures
        .into_iter()
        .map(|((id, affiliation, role), tenure)| AffiliationRow {
            actor_id: id.to_owned(),
            affiliation: affiliation.to_owned(),
            role,
            first_date: tenure.first,
            last_date: tenure.last,
            n_articles: tenure.n_articles,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use newstance_doc::ActorKind::{Organisation, Person};

    use super::{Facts, actor_rows, affiliation_rows, row};
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
        Archive::of(&articles, &crate::AggregateSettings::default()).unwrap()
    }

    #[test]
    fn an_actor_has_its_most_frequent_name_country_and_role() {
        let rows = actor_rows(&archive()).unwrap();
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
        let rows = actor_rows(&archive()).unwrap();
        let country = rows.iter().find(|row| row.actor_id == "Q1").unwrap();
        assert_eq!((country.n_articles, country.n_mentions), (0, 0));
        assert_eq!(country.country.as_deref(), Some("Q1"));
    }

    #[test]
    fn an_affiliation_has_its_first_and_last_day() {
        let rows = affiliation_rows(&archive()).unwrap();
        let minister = rows.iter().find(|row| row.role.as_deref() == Some("minister")).unwrap();
        assert_eq!(minister.first_date, Some(date(2020, 1, 1)));
        assert_eq!(minister.last_date, Some(date(2020, 1, 2)));
        assert_eq!(minister.n_articles, 2);
    }

    #[test]
    fn an_actor_is_called_by_the_name_of_its_id() {
        let mut facts = Facts::default();
        for name in ["Roe", "Roe", "Roe", "ANN ROE", "Ann Roe", "Ann Roe"] {
            facts.names.add(name.to_owned(), None);
        }
        let row = row("ann-roe.Q1", facts);
        assert_eq!(
            (row.name.as_str(), row.aliases),
            ("Ann Roe", vec!["ANN ROE".into(), "Roe".into()])
        );
    }
}
