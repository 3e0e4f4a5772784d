//! What offices say of their bearers: role, affiliation, country.

use std::collections::BTreeMap;

use newstance_doc::{ActorKind, MentionLabel};

use crate::cast::Cast;
use crate::phrases::{Phrase, Scene};
use crate::roles::{Role, Roles};

/// Writes offices, affiliations and countries into the drafts of persons.
///
/// The first office that the article tells is the role; one with a name in it
/// gives the affiliation: the organisation, else the person ("Brandt's
/// spokesman"), else the country.
pub(crate) fn settle_belonging(
    scene: Scene<'_, '_>,
    roles: &Roles,
    actors: &[Option<usize>],
    cast: &mut Cast,
) {
    for (mention, told) in &roles.by_mention {
        let Some(actor) = actors[*mention] else { continue };
        for role in told {
            let owners = role.owners.iter().filter_map(|idx| Some((*idx, actors[*idx]?)));
            let owners: Vec<(usize, usize)> = owners.filter(|(_, owner)| *owner != actor).collect();
            let affiliation = affiliation(scene, &owners, cast);
            let country = stated_country(scene, &owners, cast);
            let draft = &mut cast.drafts[actor];
            if draft.role.is_none() || (draft.affiliation.is_none() && affiliation.is_some()) {
                draft.role = Some(role.text.clone());
            }
            draft.affiliation = draft.affiliation.or(affiliation);
            draft.country = draft.country.or(country);
        }
    }
    cast.spread_countries();
}

/// The organisation of an office, else its person, else its country.
fn affiliation(scene: Scene<'_, '_>, owners: &[(usize, usize)], cast: &Cast) -> Option<usize> {
    let labelled = |label: MentionLabel| {
        owners
            .iter()
            .find(|(mention, _)| scene.mentions[*mention].label == label)
            .map(|(_, actor)| *actor)
    };
    let country = || {
        let is_country = |actor: &&(usize, usize)| cast.drafts[actor.1].kind == ActorKind::Country;
        owners.iter().find(is_country).map(|(_, actor)| *actor)
    };
    labelled(MentionLabel::Org).or_else(|| labelled(MentionLabel::Per)).or_else(country)
}

/// The country that an office names itself, before those of its other names.
pub(crate) fn stated_country(
    scene: Scene<'_, '_>,
    owners: &[(usize, usize)],
    cast: &Cast,
) -> Option<usize> {
    let is_place = |mention: usize| {
        matches!(scene.mentions[mention].label, MentionLabel::Gpe | MentionLabel::Norp)
    };
    let places = owners.iter().filter(|(mention, _)| is_place(*mention));
    let others = owners.iter().filter(|(mention, _)| !is_place(*mention));
    places.chain(others).find_map(|(_, actor)| cast.drafts[*actor].country)
}

/// Gives office holders of no stated country the government that the article
/// speaks from.
///
/// An article names the offices of one government without an adjective: those
/// of the country that it is written in. That country is the setting
/// `home_country`, else the one whose unnamed officials and whose seats'
/// office holders the article quotes most, where it is ahead of all others. A
/// single one of these yields where the paragraph and the one before it have
/// spoken of one other country alone: the office is of that one. An office that the article names
/// elsewhere by its country ("the Icelandic president") is of that one.
pub(crate) fn settle_home(
    scene: Scene<'_, '_>,
    roles: &Roles,
    (actors, phrases): (&[Option<usize>], &[Phrase]),
    setting: Option<usize>,
    cast: &mut Cast,
) {
    let found = home(scene, roles, (actors, phrases), cast);
    let is_sure = setting.is_some() || found.is_some_and(|(_, n_votes)| n_votes > 1);
    let home = setting.or(found.map(|(country, _)| country));
    for (mention, told) in &roles.by_mention {
        let Some(actor) = actors[*mention] else { continue };
        if cast.drafts[actor].country.is_some() || !told.iter().any(|role| role.is_office) {
            continue;
        }
        let is_world_body = |role: &Role| {
            role.owners.iter().filter_map(|idx| actors[*idx]).any(|owner| is_body(cast, owner))
        };
        if told.iter().any(is_world_body) {
            continue;
        }
        let is_doubtful = home.is_some() && !is_sure;
        let before = || country_before(scene, *mention, actors, cast).filter(|_| is_doubtful);
        cast.drafts[actor].country = country_of_office(scene, told, (roles, phrases), actors, cast)
            .or_else(before)
            .or(home)
            .or_else(|| local_country(scene, *mention, actors, cast));
    }
}

/// True for bodies that the gazetteer knows to be of no country.
fn is_body(cast: &Cast, actor: usize) -> bool {
    let draft = &cast.drafts[actor];
    draft.kind == ActorKind::Organisation && draft.country.is_none() && cast.is_body(actor)
}

/// The country of most votes, and how many these are.
fn home(
    scene: Scene<'_, '_>,
    roles: &Roles,
    (actors, phrases): (&[Option<usize>], &[Phrase]),
    cast: &Cast,
) -> Option<(usize, usize)> {
    let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
    let country_of =
        |mention: &usize| actors[*mention].and_then(|actor| cast.drafts[actor].country);
    for (idx, phrase) in phrases.iter().enumerate() {
        let is_unnamed = !roles.phrases.contains(&idx) && phrase.head == "official";
        if is_unnamed && let Some(country) = phrase.inside.iter().find_map(country_of) {
            *votes.entry(country).or_default() += 1;
        }
    }
    let seats = roles.by_mention.values().flatten().flat_map(|role| &role.owners);
    for mention in seats.filter(|mention| scene.mentions[**mention].label == MentionLabel::Org) {
        let is_seat = actors[*mention].is_some_and(|actor| cast.is_seat(actor));
        if is_seat && let Some(country) = country_of(mention) {
            *votes.entry(country).or_default() += 1;
        }
    }
    let best = votes.values().max()?;
    let mut winners = votes.iter().filter(|(_, n)| *n == best);
    let (&country, &n_votes) = winners.next()?;
    winners.next().is_none().then_some((country, n_votes))
}

/// The one country whose office of these words the article names without its
/// bearer ("the Icelandic president's visit" of "President Thorvald Eiriksdal").
fn country_of_office(
    scene: Scene<'_, '_>,
    told: &[Role],
    (roles, phrases): (&Roles, &[Phrase]),
    actors: &[Option<usize>],
    cast: &Cast,
) -> Option<usize> {
    let is_told = |(idx, phrase): &(usize, &Phrase)| {
        let line = &scene.reading.lines[phrase.sentence_idx];
        let mut words = phrase.modifiers(line, scene.cover);
        words.push(phrase.head.clone());
        let is_unnamed = !phrase.is_plural && !roles.phrases.contains(idx);
        is_unnamed && told.iter().any(|role| role.words == words)
    };
    let countries = phrases.iter().enumerate().filter(is_told).filter_map(|(_, phrase)| {
        let owners = phrase.inside.iter().filter_map(|idx| Some((*idx, actors[*idx]?)));
        stated_country(scene, &owners.collect::<Vec<_>>(), cast)
    });
    the_only(countries)
}

/// The one country that the text speaks of before a mention, in its paragraph and the one before.
fn country_before(
    scene: Scene<'_, '_>,
    mention: usize,
    actors: &[Option<usize>],
    cast: &Cast,
) -> Option<usize> {
    let line = |idx: usize| &scene.reading.lines[scene.mentions[idx].sentence_idx];
    let here = line(mention);
    let is_near =
        |idx: &usize| line(*idx).field == here.field && line(*idx).paragraph + 1 >= here.paragraph;
    let countries = (0..mention)
        .filter(is_near)
        .filter_map(|idx| actors[idx])
        .filter(|actor| cast.drafts[*actor].kind == ActorKind::Country);
    cast.drafts[the_only(countries)?].country
}

/// What all of `found` are, where there is one at all.
fn the_only(mut found: impl Iterator<Item = usize>) -> Option<usize> {
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

/// The country whose city the sentence has behind the office holder ("told
/// reporters in Lima"), where the sentence before speaks of that country too.
fn local_country(
    scene: Scene<'_, '_>,
    mention: usize,
    actors: &[Option<usize>],
    cast: &Cast,
) -> Option<usize> {
    let sentence = scene.mentions[mention].sentence_idx;
    let in_sentence = |idx: usize, wanted: usize| scene.mentions[idx].sentence_idx == wanted;
    let city = (mention..scene.mentions.len()).filter(|&idx| in_sentence(idx, sentence)).find_map(
        |idx| {
            let draft = &cast.drafts[actors[idx]?];
            (draft.kind == ActorKind::Place && scene.mentions[idx].label == MentionLabel::Gpe)
                .then_some(draft.country)?
        },
    )?;
    let before = sentence.checked_sub(1)?;
    let is_spoken_of = (0..mention)
        .filter(|&idx| in_sentence(idx, before))
        .filter_map(|idx| actors[idx])
        .any(|actor| {
            cast.drafts[actor].country == Some(city)
                && cast.drafts[actor].kind == ActorKind::Country
        });
    is_spoken_of.then_some(city)
}
