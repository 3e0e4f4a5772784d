//! Pronouns, and whom they stand for.

use std::collections::BTreeMap;

use newstance_doc::{ActorKind, MentionLabel};

use crate::cast::Cast;
use crate::gazetteer::Gender;
use crate::grammar::Part;
use crate::lexicon::is_reporting;
use crate::reading::Line;

/// What a pronoun asks of its actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pronoun {
    /// "he", "she".
    Person(Gender),
    /// "they".
    Plural,
    /// "it", where it speaks.
    Body,
    /// "its".
    Owner,
    /// "I", "we".
    Speaker,
    /// "who".
    Relative,
}

/// The pronoun at `word`; "it" only where it says something, "who" only behind a name.
pub(crate) fn pronoun_at(line: &Line<'_>, word: usize) -> Option<Pronoun> {
    let is_capitals = crate::fold::is_upper(line.word(word)) && !line.is_shouted();
    match line.key(word) {
        "he" | "him" | "his" | "himself" => Some(Pronoun::Person(Gender::Male)),
        "she" | "her" | "hers" | "herself" => Some(Pronoun::Person(Gender::Female)),
        "they" | "them" | "their" | "theirs" | "themselves" => Some(Pronoun::Plural),
        "its" => Some(Pronoun::Owner),
        "it" if is_reporting(line.key(word + 1)) => Some(Pronoun::Body),
        "i" if line.word(word) == "I" && line.word(word + 1) != "." => Some(Pronoun::Speaker),
        "me" | "my" | "we" | "us" | "our" | "ours" if !is_capitals => Some(Pronoun::Speaker),
        "who" | "whom" | "whose" if word > 0 && !is_capitals => Some(Pronoun::Relative),
        _ => None,
    }
}

impl Pronoun {
    /// The label of its mention.
    pub(crate) fn label(self) -> MentionLabel {
        match self {
            Self::Body | Self::Owner => MentionLabel::Org,
            _ => MentionLabel::Per,
        }
    }
}

/// A mention that a pronoun may look back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) actor: usize,
    pub(crate) sentence_idx: usize,
    pub(crate) part: Part,
    /// A plural noun or a people.
    pub(crate) is_plural: bool,
}

/// Who a pronoun does not stand for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Barred {
    /// Who says the quotation that it stands in, with the speaker's side.
    pub(crate) speaker: Option<usize>,
    /// Who does to it what its verb tells: "Ana called him a liar" is of somebody else.
    pub(crate) subject: Option<usize>,
}

/// Words that begin a clause with a subject of its own.
const CLAUSE_OPENERS: [&str; 16] = [
    "that", "who", "which", "whom", "whose", "whether", "if", "because", "when", "while", "as",
    "although", "before", "after", "and", "but",
];
/// The most words from a subject to the object pronoun of its verb.
const MAX_VERB_WORDS: usize = 5;
/// What stands behind "her" where it owns nothing.
const AFTER_OBJECT: [&str; 13] =
    ["a", "an", "the", "to", "of", "for", "that", "in", "on", "as", "with", "by", "and"];

/// True where the pronoun at `word` is the object of a verb whose subject may
/// be what stands at `subject_end`: no other clause begins between them.
pub(crate) fn is_object_of(line: &Line<'_>, subject_end: usize, word: usize) -> bool {
    let is_object = match line.key(word) {
        "him" | "them" => true,
        "her" => {
            let next = line.key(word + 1);
            !crate::fold::is_word(next) || AFTER_OBJECT.contains(&next)
        }
        _ => false,
    };
    is_object
        && (1..=MAX_VERB_WORDS).contains(&(word - subject_end))
        && !crate::lexicon::is_preposition(line.key_before(word))
        && (subject_end..word).all(|at| !CLAUSE_OPENERS.contains(&line.key(at)))
}

/// Sentences that a pronoun looks back over.
const REACH: usize = 6;

/// The most salient actor that fits: each earlier mention weighs by its part in
/// its sentence, half as much with every sentence between (after Lappin and
/// Leass, 1994). `distance` tells how many sentences are between. Who is
/// `barred` is left out.
pub(crate) fn antecedent(
    pronoun: Pronoun,
    distance: impl Fn(&Seen) -> usize,
    history: &[Seen],
    barred: Barred,
    cast: &Cast,
) -> Option<usize> {
    let mut salience: BTreeMap<usize, (f64, usize)> = BTreeMap::new();
    for (order, seen) in history.iter().enumerate().rev() {
        let distance = distance(seen);
        if distance > REACH {
            break;
        }
        let fit = fit(pronoun, seen, cast);
        let is_excluded = barred.subject == Some(seen.actor)
            || barred.speaker.is_some_and(|speaker| is_side_of(cast, speaker, seen.actor));
        if fit > 0.0 && !is_excluded {
            let age = i32::try_from(distance).unwrap_or(i32::MAX);
            let entry = salience.entry(seen.actor).or_insert((0.0, order));
            entry.0 += fit * seen.part.weight() * 0.5_f64.powi(age);
        }
    }
    let best = |a: &(f64, usize), b: &(f64, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    salience.into_iter().max_by(|(_, a), (_, b)| best(a, b)).map(|(actor, _)| actor)
}

/// True for what "it" may be.
pub(crate) fn is_body(kind: ActorKind) -> bool {
    matches!(kind, ActorKind::Organisation | ActorKind::Country | ActorKind::Party)
}

/// How well an actor suits a pronoun; 0 for not at all.
fn fit(pronoun: Pronoun, seen: &Seen, cast: &Cast) -> f64 {
    let draft = &cast.drafts[seen.actor];
    match (pronoun, draft.kind) {
        (Pronoun::Person(gender), ActorKind::Person) => match draft.gender {
            Some(known) if known == gender => 1.5,
            Some(_) => 0.0,
            None => 1.0,
        },
        (
            Pronoun::Plural,
            ActorKind::Group | ActorKind::Country | ActorKind::Party | ActorKind::Organisation,
        ) => {
            if seen.is_plural {
                1.5
            } else {
                1.0
            }
        }
        (Pronoun::Body | Pronoun::Owner, kind) if is_body(kind) => 1.0,
        _ => 0.0,
    }
}

/// True for the speaker, and for the country and the institutions of the speaker's country.
fn is_side_of(cast: &Cast, speaker: usize, actor: usize) -> bool {
    let (own, other) = (&cast.drafts[speaker], &cast.drafts[actor]);
    speaker == actor
        || own.affiliation == Some(actor)
        || (other.kind != ActorKind::Person
            && own.country.is_some()
            && own.country == other.country)
}
