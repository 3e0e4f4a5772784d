//! What "the allegations" are.

use newstance_doc::Force;

use crate::AggregateSettings;
use crate::archive::InArchive;
use crate::propositions::{Proposition, Reading};

/// Which of an article's propositions the one of index `idx`, a reference,
/// refers to.
///
/// Where its speaker says something of its own in the same sentence ("denied
/// the allegations, saying that ..."), that says what is meant, and there is
/// nothing to look for. Else it is what somebody of another country (or, where
/// the countries are unknown or equal, somebody else) said a few sentences
/// before: the last such thing that mentions the speaker or its country, or
/// the last one.
pub(crate) fn referent(
    article: InArchive<'_>,
    settings: &AggregateSettings,
    propositions: &[Proposition],
    idx: usize,
) -> Option<usize> {
    let reference = &propositions[idx];
    let statement = |of: &Proposition| &article.annotated.statements[of.at.statement];
    let here = statement(reference);
    let nearby = |other: &Proposition| {
        other.reading != Reading::Reference && statement(other).field == here.field
    };
    let explains = |other: &Proposition| {
        nearby(other)
            && (other.at == reference.at
                || statement(other).sentence_idx == here.sentence_idx
                    && other.speaker.is_some()
                    && other.speaker == reference.speaker)
    };
    if propositions.iter().any(explains) {
        return None;
    }
    let is_near = |n_sentences: usize| n_sentences <= settings.referent_max_sentences;
    let is_somebody_else =
        |other: &Proposition| other.speaker.is_none() || other.speaker != reference.speaker;
    let answers = |other: &Proposition| {
        nearby(other)
            && other.at < reference.at
            && matches!(other.force, Force::Affirms | Force::Predicts)
            && here.sentence_idx.checked_sub(statement(other).sentence_idx).is_some_and(is_near)
            && is_somebody_else(other)
    };
    let candidates: Vec<usize> =
        (0..propositions.len()).filter(|other| answers(&propositions[*other])).collect();
    let concerns = |other: &&usize| mentions_speaker(article, &propositions[**other], reference);
    candidates.iter().rev().find(concerns).or(candidates.last()).copied()
}

fn mentions_speaker(
    article: InArchive<'_>,
    proposition: &Proposition,
    reference: &Proposition,
) -> bool {
    let Some(speaker) = article.annotated.statements[reference.at.statement].speaker_idx else {
        return false;
    };
    let (id, country) = (article.actor_id(speaker), article.country_id(speaker));
    proposition
        .roles
        .iter()
        .any(|role| role.id == id || country.is_some() && role.country.as_deref() == country)
}
