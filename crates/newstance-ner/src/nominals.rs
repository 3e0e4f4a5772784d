//! Common nouns that stand for someone: "U.S. officials", "the minister".

use std::collections::BTreeMap;
use std::ops::Range;

use newstance_doc::{ActorKind, MentionLabel};

use crate::belonging::stated_country;
use crate::cast::{Cast, Draft};
use crate::lexicon::{HeadClass, head_gender};
use crate::phrases::{Determiner, Phrase, Scene};
use crate::places::headed_by;
use crate::roles::Roles;

/// What nouns an actor has been called by: head and other words, folded.
pub(crate) type Offices = BTreeMap<usize, Vec<Office>>;

/// A head noun and the words with it.
pub(crate) type Office = (String, Vec<String>);

/// The words of the mention that a phrase makes: behind the last name in it, so
/// that mentions do not overlap; without a possessive pronoun.
pub(crate) fn mention_words(scene: Scene<'_, '_>, phrase: &Phrase) -> Range<usize> {
    let line = &scene.reading.lines[phrase.sentence_idx];
    let start = match phrase.inside.last() {
        Some(last) => {
            let end = scene.reading.words_of(&scene.mentions[*last]).end;
            end + line.possessive_at(end)
        }
        None if phrase.determiner == Determiner::Owned => {
            phrase.whole.start + 1 + usize::from(line.key(phrase.whole.start + 1) == "own")
        }
        None => phrase.whole.start,
    };
    start.min(phrase.head_word())..phrase.whole.end
}

/// The label of a phrase's mention.
pub(crate) fn label(phrase: &Phrase) -> MentionLabel {
    match phrase.class {
        HeadClass::Person | HeadClass::People => MentionLabel::Per,
        HeadClass::Body => MentionLabel::Org,
    }
}

/// The nouns that offices give to named persons.
pub(crate) fn offices_of_names(roles: &Roles, actors: &[Option<usize>]) -> Offices {
    let mut offices = Offices::new();
    for (mention, told) in &roles.by_mention {
        let Some(actor) = actors[*mention] else { continue };
        for role in told {
            offices.entry(actor).or_default().push((role.head.clone(), role.words.clone()));
        }
    }
    offices
}

/// What the search for a phrase's actor rests on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told<'t> {
    /// Actors of the names.
    pub(crate) names: &'t [Option<usize>],
    /// Actors mentioned before, in order.
    pub(crate) before: &'t [usize],
    /// Whom a possessive pronoun at the phrase's start means.
    pub(crate) owner: Option<usize>,
}

/// The actor of a phrase: with a definite article, or without anything that
/// tells it apart, the last one who was called so; else one of its own, which
/// phrases of the same words share.
pub(crate) fn settle_nominal(
    scene: Scene<'_, '_>,
    phrase: &Phrase,
    told: Told<'_>,
    offices: &mut Offices,
    cast: &mut Cast,
) -> usize {
    let line = &scene.reading.lines[phrase.sentence_idx];
    let modifiers = phrase.modifiers(line, scene.cover);
    let owners: Vec<(usize, usize)> = phrase
        .inside
        .iter()
        .chain(&phrase.behind)
        .filter_map(|idx| Some((*idx, told.names[*idx]?)))
        .collect();
    let country = stated_country(scene, &owners, cast).or_else(|| cast.drafts[told.owner?].country);
    let is_definite = matches!(phrase.determiner, Determiner::Definite | Determiner::Named);
    // "The Obama administration" is no other person's, whatever was called so before.
    let is_persons =
        phrase.inside.iter().any(|idx| scene.mentions[*idx].label == MentionLabel::Per);
    if is_definite && phrase.behind.is_empty() && !is_persons {
        let called_so = |actor: &&usize| {
            let draft = &cast.drafts[**actor];
            let is_group = draft.kind == ActorKind::Group;
            is_group == phrase.is_plural
                && (country.is_none() || draft.country.is_none() || draft.country == country)
                && is_called(scene, phrase, &modifiers, (offices.get(actor), &draft.name))
        };
        if let Some(&known) = told.before.iter().rev().find(called_so) {
            return known;
        }
    }
    let owner_ids: Vec<String> = owners.iter().map(|(_, actor)| actor.to_string()).collect();
    let owner = told.owner.map_or(String::new(), |owner| format!("{owner}'s"));
    let number = if phrase.is_plural { "many" } else { "one" };
    let key = format!(
        "nominal:{number}:{owner}:{}:{}:{}",
        owner_ids.join(","),
        modifiers.join(" "),
        phrase.head
    );
    let actor = cast.keyed(key, || draft(scene, phrase, country));
    let belongs_to =
        owners.iter().map(|(_, actor)| *actor).chain(told.owner).find(|owner| *owner != actor);
    let owner_kind = belongs_to.map(|owner| cast.drafts[owner].kind);
    if !matches!(owner_kind, None | Some(ActorKind::Place | ActorKind::Topic)) {
        let draft = &mut cast.drafts[actor];
        draft.affiliation = draft.affiliation.or(belongs_to);
    }
    offices.entry(actor).or_default().push((phrase.head.clone(), modifiers));
    actor
}

fn is_called(
    scene: Scene<'_, '_>,
    phrase: &Phrase,
    modifiers: &[String],
    (offices, name): (Option<&Vec<Office>>, &str),
) -> bool {
    let is_same = |(head, words): &Office| {
        (*head == phrase.head || head.starts_with("spokes") && phrase.head.starts_with("spokes"))
            && modifiers.iter().all(|modifier| words.contains(modifier))
    };
    offices.is_some_and(|offices| offices.iter().any(is_same))
        || (phrase.class == HeadClass::Body
            && modifiers.is_empty()
            && headed_by(&phrase.head, name, scene))
}

fn draft(scene: Scene<'_, '_>, phrase: &Phrase, country: Option<usize>) -> Draft {
    let name = scene.reading.text(phrase.sentence_idx, &(phrase.named_from..phrase.end));
    let kind = match (phrase.class, phrase.is_plural) {
        (_, true) | (HeadClass::People, _) => ActorKind::Group,
        (HeadClass::Person, false) => ActorKind::Person,
        (HeadClass::Body, false) if phrase.head == "party" => ActorKind::Party,
        (HeadClass::Body, false) => ActorKind::Organisation,
    };
    let mut draft = Draft::new(name, kind);
    draft.country = country;
    draft.gender = head_gender(&phrase.head).filter(|_| kind == ActorKind::Person);
    draft
}
