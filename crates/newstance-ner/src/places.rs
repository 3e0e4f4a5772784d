//! Names of countries, peoples, cities, institutions and things to actors.

use std::collections::BTreeSet;

use newstance_doc::{ActorKind, Mention, MentionLabel};

use crate::cast::{Cast, Draft};
use crate::fold::{fold, is_capitalised, is_upper, is_word};
use crate::lexicon::{head_class, is_modifier, singular};
use crate::lookup::{Meaning, Sense};
use crate::metonyms::acts;
use crate::phrases::Scene;

/// Adherents of parties, by the words that English news has for them.
const PARTISANS: &[&str] = &[
    "republican",
    "democrat",
    "democratic",
    "conservative",
    "tory",
    "liberal",
    "labour",
    "green",
    "socialist",
    "communist",
    "social democrat",
    "christian democrat",
    "nationalist",
    "islamist",
    "gop",
];

/// Gives every name that is no person's its actor; persons get none.
pub(crate) fn settle_places(scene: Scene<'_, '_>, cast: &mut Cast) -> Vec<Option<usize>> {
    let spoken_of = spoken_of(scene);
    let mut actors = Vec::with_capacity(scene.mentions.len());
    for mention in scene.mentions {
        let senses = senses_of(scene, mention);
        let sense = choose(&senses, &spoken_of, scene);
        let is_person = mention.label == MentionLabel::Per;
        let known =
            sense.filter(|_| !is_person).map(|sense| known_actor(scene, cast, mention, sense));
        let actor = match mention.label {
            MentionLabel::Per | MentionLabel::Org => known,
            _ => Some(known.unwrap_or_else(|| other_actor(scene, cast, mention))),
        };
        if let Some(actor) = actor {
            cast.drafts[actor].names.insert(scene.reading.text_of(mention).to_owned());
        }
        actors.push(actor);
    }
    settle_organisations(scene, cast, &mut actors);
    actors
}

fn senses_of(scene: Scene<'_, '_>, mention: &Mention) -> Vec<Sense> {
    let words = scene.reading.words_of(mention);
    let line = &scene.reading.lines[mention.sentence_idx];
    scene.gazetteer.exact(&line.words[words.clone()], &line.folded[words])
}

/// The countries and bodies that the article names without any doubt.
fn spoken_of(scene: Scene<'_, '_>) -> BTreeSet<Meaning> {
    let mut found = BTreeSet::new();
    for mention in scene.mentions {
        if let [sense] = senses_of(scene, mention)[..]
            && !sense.is_ambiguous
        {
            found.insert(whom(sense.meaning, scene).unwrap_or(sense.meaning));
        }
    }
    found
}

/// The country of a demonym, city or seat, as a meaning.
fn whom(meaning: Meaning, scene: Scene<'_, '_>) -> Option<Meaning> {
    match meaning {
        Meaning::Country(country) | Meaning::Demonym(country) | Meaning::Capital(country) => {
            Some(Meaning::Country(country))
        }
        Meaning::Seat(seat) => {
            scene.gazetteer.seat_at(seat).countries.first().copied().map(Meaning::Country)
        }
        Meaning::Body(_) => None,
    }
}

/// The default reading, unless the article speaks of another reading and not of it.
fn choose(senses: &[Sense], spoken_of: &BTreeSet<Meaning>, scene: Scene<'_, '_>) -> Option<Sense> {
    let is_spoken_of =
        |sense: &&Sense| spoken_of.contains(&whom(sense.meaning, scene).unwrap_or(sense.meaning));
    senses.iter().find(is_spoken_of).or(senses.first()).copied()
}

fn known_actor(scene: Scene<'_, '_>, cast: &mut Cast, mention: &Mention, sense: Sense) -> usize {
    let gazetteer = scene.gazetteer;
    match sense.meaning {
        Meaning::Country(country) if gazetteer.country(country).is_territory => {
            let name = &gazetteer.country(country).name;
            city(scene, cast, mention, (name, gazetteer.state_of(country)))
        }
        Meaning::Country(country) | Meaning::Demonym(country) => {
            cast.country(gazetteer.state_of(country), gazetteer)
        }
        Meaning::Capital(country) => {
            let text = scene.reading.text_of(mention);
            let capital = gazetteer.country(country).capital.as_deref();
            let name = capital.filter(|capital| fold(capital) == fold(text)).unwrap_or(text);
            city(scene, cast, mention, (name, gazetteer.state_of(country)))
        }
        Meaning::Seat(seat) => {
            let known = gazetteer.seat_at(seat);
            cast.keyed(format!("seat:{seat}"), || {
                let mut draft = Draft::new(&known.name, ActorKind::Organisation);
                draft.country = known.countries.first().map(|country| gazetteer.state_of(*country));
                draft
            })
        }
        Meaning::Body(body) => {
            let known = gazetteer.body(body);
            cast.keyed(format!("body:{body}"), || {
                let kind = if known.is_group { ActorKind::Group } else { ActorKind::Organisation };
                let mut draft = Draft::new(&known.name, kind);
                draft.is_plural = false;
                draft.wikidata.clone_from(&known.wikidata);
                draft
            })
        }
    }
}

/// A city or territory: its government where it acts, else a place.
fn city(
    scene: Scene<'_, '_>,
    cast: &mut Cast,
    mention: &Mention,
    (name, country): (&str, usize),
) -> usize {
    let words = scene.reading.words_of(mention);
    let line = &scene.reading.lines[mention.sentence_idx];
    let kind = if acts(line, &words, scene.gazetteer) {
        ActorKind::Organisation
    } else {
        ActorKind::Place
    };
    cast.keyed(format!("city:{}:{}", kind.as_str(), fold(name)), || {
        let mut draft = Draft::new(name, kind);
        draft.country = Some(country);
        draft
    })
}

fn other_actor(scene: Scene<'_, '_>, cast: &mut Cast, mention: &Mention) -> usize {
    let text = scene.reading.text_of(mention);
    let folded = fold(text);
    let (kind, key) = match mention.label {
        MentionLabel::Gpe | MentionLabel::Loc => (ActorKind::Place, folded),
        MentionLabel::Norp => {
            let single = singular(&folded);
            let is_party = PARTISANS.contains(&single.as_str()) || folded.ends_with(" party");
            (if is_party { ActorKind::Party } else { ActorKind::Group }, single)
        }
        _ => (ActorKind::Topic, folded),
    };
    cast.keyed(format!("{}:{key}", kind.as_str()), || Draft::new(text, kind))
}

/// An institution's name as it is compared: folded words without articles.
fn org_words(scene: Scene<'_, '_>, mention: &Mention) -> Vec<String> {
    let words = scene.reading.words_of(mention);
    let line = &scene.reading.lines[mention.sentence_idx];
    let mut found: Vec<String> = words
        .map(|word| line.key(word))
        .filter(|key| is_word(key) && !matches!(*key, "the" | "of" | "and" | "for" | "s"))
        .map(str::to_owned)
        .collect();
    if found.len() > 1
        && found.last().is_some_and(|last| {
            matches!(last.as_str(), "inc" | "corp" | "ltd" | "co" | "plc" | "llc")
        })
    {
        found.pop();
    }
    found
}

fn settle_organisations(scene: Scene<'_, '_>, cast: &mut Cast, actors: &mut [Option<usize>]) {
    let mut open: Vec<(usize, Vec<String>)> = Vec::new();
    for (idx, mention) in scene.mentions.iter().enumerate() {
        if mention.label == MentionLabel::Org && actors[idx].is_none() {
            open.push((idx, org_words(scene, mention)));
        }
    }
    let names: Vec<(usize, Vec<String>)> = open.clone();
    for (idx, words) in &open {
        let text = scene.reading.text_of(&scene.mentions[*idx]);
        let fuller = fuller_name(text, words, *idx, &names);
        let (owner, words) = fuller.map_or((*idx, words), |(owner, words)| (*owner, words));
        let full = scene.reading.text_of(&scene.mentions[owner]);
        let actor = cast.keyed(format!("org:{}", words.join(" ")), || {
            let mut draft = Draft::new(full.trim_start_matches("the "), org_kind(words));
            draft.country = country_inside(scene, owner);
            draft
        });
        cast.drafts[actor].names.insert(text.to_owned());
        actors[*idx] = Some(actor);
    }
}

/// The longer name that `words` shorten: the nearest before, else the only one.
fn fuller_name<'n>(
    text: &str,
    words: &[String],
    idx: usize,
    names: &'n [(usize, Vec<String>)],
) -> Option<&'n (usize, Vec<String>)> {
    let fits = |(_, full): &&(usize, Vec<String>)| {
        full.len() > words.len() && is_short_for(text, words, full)
    };
    let before = names.iter().filter(|(other, _)| *other < idx).rfind(fits);
    before.or_else(|| {
        let mut after = names.iter().filter(fits);
        let only = after.next()?;
        after.all(|(_, words)| *words == only.1).then_some(only)
    })
}

/// "ACA" or "Foreign Ministry" or "Meridian" for the names that they shorten.
fn is_short_for(text: &str, words: &[String], full: &[String]) -> bool {
    if words.len() == 1 && is_upper(text) {
        let initials: String = full.iter().filter_map(|word| word.chars().next()).collect();
        return initials.len() >= 3 && initials == words[0];
    }
    let is_tail = words.len() > 1 && full.ends_with(words);
    let is_first = words.len() == 1
        && words[0].chars().count() >= 4
        && full.first() == words.first()
        && is_capitalised(text)
        && !is_modifier(&words[0]);
    is_tail || is_first
}

fn org_kind(words: &[String]) -> ActorKind {
    let is_party = words
        .iter()
        .any(|word| matches!(word.as_str(), "party" | "parti" | "partido" | "partito" | "partei"));
    if is_party { ActorKind::Party } else { ActorKind::Organisation }
}

/// The country that a name has inside, where it has exactly one: "Bank of England".
fn country_inside(scene: Scene<'_, '_>, mention_idx: usize) -> Option<usize> {
    let mention = &scene.mentions[mention_idx];
    let line = &scene.reading.lines[mention.sentence_idx];
    let words = scene.reading.words_of(mention);
    let mut found = BTreeSet::new();
    let mut word = words.start;
    while word < words.end {
        let known =
            scene.gazetteer.longest(&line.words[word..words.end], &line.folded[word..words.end]);
        let Some((n_words, senses)) = known else {
            word += 1;
            continue;
        };
        if let Some(Sense {
            meaning: Meaning::Country(country) | Meaning::Demonym(country), ..
        }) = senses.first()
        {
            found.insert(scene.gazetteer.state_of(*country));
        }
        word += n_words;
    }
    if found.len() == 1 { found.pop_first() } else { None }
}

/// The organisation among `actors` that a bare head noun ("the ministry") shortens.
pub(crate) fn headed_by(head: &str, name: &str, scene: Scene<'_, '_>) -> bool {
    let last = name.split_whitespace().last().map(fold).unwrap_or_default();
    singular(&last) == head && head_class(head, scene.gazetteer).is_some()
}
