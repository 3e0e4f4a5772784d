//! What "the allegations" are.

use newstance_doc::Force;

use crate::AggregateSettings;
use crate::archive::{Archive, StatementRef};
use crate::propositions::{Proposition, Reading};

/// The proposition that the one of index `idx`, a reference, refers to.
///
/// Where its speaker says something of its own in the same sentence ("denied
/// the allegations, saying that ..."), that says what is meant, and there is
/// nothing to look for. Else it is what somebody of another country (or, where
/// the countries are unknown or equal, somebody else) said a few sentences
/// before: the last such thing that mentions the speaker or its country, or
/// the last one.
pub(crate) fn referent(
    archive: &Archive,
    settings: &AggregateSettings,
    propositions: &[Proposition],
    idx: usize,
) -> Option<usize> {
    let reference = &propositions[idx];
    let here = archive.statement(reference.at);
    let nearby = |other: &Proposition| {
        other.at.article == reference.at.article
            && other.reading != Reading::Reference
            && archive.statement(other.at).field == here.field
    };
    let explains = |other: &Proposition| {
        let there = archive.statement(other.at);
        nearby(other)
            && (other.at == reference.at
                || there.sentence_idx == here.sentence_idx
                    && archive.speaker_id(other.at).is_some()
                    && archive.speaker_id(other.at) == archive.speaker_id(reference.at))
    };
    let article = article_range(propositions, idx);
    if propositions[article.clone()].iter().any(explains) {
        return None;
    }
    let is_near = |n_sentences: usize| n_sentences <= settings.referent_max_sentences;
    let answers = |other: &Proposition| {
        let there = archive.statement(other.at);
        nearby(other)
            && other.at < reference.at
            && matches!(other.force, Force::Affirms | Force::Predicts)
            && here.sentence_idx.checked_sub(there.sentence_idx).is_some_and(is_near)
            && is_somebody_else(archive, other.at, reference.at)
    };
    let candidates: Vec<usize> = article
        .filter(|other| propositions[*other].at < reference.at)
        .filter(|other| answers(&propositions[*other]))
        .collect();
    let concerns = |other: &&usize| mentions_speaker(archive, &propositions[**other], reference.at);
    candidates.iter().rev().find(concerns).or(candidates.last()).copied()
}

/// The propositions of the article that the one of index `idx` stands in.
fn article_range(propositions: &[Proposition], idx: usize) -> std::ops::Range<usize> {
    let article = propositions[idx].at.article;
    let before = propositions.iter().take(idx).rev();
    let start = idx - before.take_while(|p| p.at.article == article).count();
    let after = propositions.iter().skip(idx);
    start..idx + after.take_while(|p| p.at.article == article).count()
}

fn is_somebody_else(archive: &Archive, a: StatementRef, b: StatementRef) -> bool {
    let (speaker_a, speaker_b) = (archive.speaker_id(a), archive.speaker_id(b));
    speaker_a.is_none() || speaker_a != speaker_b
}

fn mentions_speaker(archive: &Archive, proposition: &Proposition, at: StatementRef) -> bool {
    let Some(speaker_idx) = archive.statement(at).speaker_idx else { return false };
    let id = archive.actor_ids[at.article][speaker_idx].as_str();
    let country = archive.country_id(at.article, speaker_idx);
    proposition
        .roles
        .iter()
        .any(|role| role.id == id || country.is_some() && role.country.as_deref() == country)
}
