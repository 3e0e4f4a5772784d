//! Who speaks.

use std::ops::Range;

use newstance_doc::{
    Mention, MentionForm, MentionLabel, Span, SpeakerKind, Statement, StatementForm,
};

use crate::Layers;
use crate::layers::{sentence_at, words_of};
use crate::lexicon::fold;
use crate::statements::order;

/// After one of these the head of a source is past ("a spokesman **for** X").
const HEAD_ENDS: [&str; 18] = [
    "who", "which", "that", "of", "for", "to", "from", "at", "in", "on", "with", "by", "near",
    "as", "during", "after", "against", "familiar",
];
const PRONOUNS: [&str; 20] = [
    "he",
    "she",
    "they",
    "it",
    "i",
    "we",
    "you",
    "his",
    "her",
    "their",
    "its",
    "him",
    "them",
    "who",
    "himself",
    "herself",
    "themselves",
    "itself",
    "my",
    "our",
];
/// Pronouns with which a speaker in quotation marks means himself.
const FIRST_PERSON: [&str; 10] =
    ["i", "we", "me", "us", "my", "our", "myself", "ourselves", "mine", "ours"];
/// How far before a cue its subject may stand where the tagger names no source.
const MAX_SUBJECT_BEFORE_WORDS: usize = 6;
/// How far after it ("said Mr. Smith").
const MAX_SUBJECT_AFTER_WORDS: usize = 2;

/// Finds who speaks in each of `statements`, which are sorted, nested ones too.
///
/// The speaker is the actor of the mention that the source is about: the
/// person in "Chinese Foreign Ministry spokesman Zhao Lijian" and in "Putin’s
/// spokesman Dmitry Peskov", the noun phrase's actor in "U.S. officials", the
/// Foreign Ministry in "a spokesman for the Foreign Ministry" where the noun
/// phrase has none of its own, and whom a pronoun stands for. A first-person
/// source inside a quoted content is that content's speaker.
///
/// Where the tagger found a cue but no source, the mention nearest before the
/// cue (else directly after it) in its sentence, outside contents, becomes the
/// source. A quotation without source and cue that follows another one, in the
/// same paragraph or the next, has that one's speaker and `speaker_kind` none.
///
/// In a nested statement only what its own words name speaks.
pub fn resolve_speakers(layers: &Layers<'_>, mut statements: Vec<Statement>) -> Vec<Statement> {
    for idx in 0..statements.len() {
        let (before, rest) = statements.split_at_mut(idx);
        let Some((statement, _)) = rest.split_first_mut() else { break };
        let is_nested = statement.parent_idx.is_some();
        if statement.source.is_empty() && !statement.cue.is_empty() && !is_nested {
            statement.source = subject_of_cue(layers, before, statement).into_iter().collect();
        }
        if statement.source.is_empty() {
            if !is_nested {
                statement.speaker_idx = carried_over(layers, before, statement);
            }
            statement.speaker_kind = SpeakerKind::None;
            continue;
        }
        (statement.speaker_idx, statement.speaker_kind) = speaker_of(layers, statement);
        let parent = statement.parent_idx.and_then(|idx| before.get(idx));
        if let Some(parent) = parent
            && parent.form != StatementForm::Indirect
            && is_first_person(layers, statement)
        {
            statement.speaker_idx = parent.speaker_idx;
        }
    }
    statements
}

/// Sorted as layers are, with `parent_idx` kept right.
pub(crate) fn sorted(statements: Vec<Statement>) -> Vec<Statement> {
    let mut places: Vec<usize> = (0..statements.len()).collect();
    places.sort_by_key(|&idx| order(&statements[idx]));
    let mut moved = vec![0; places.len()];
    for (new, &old) in places.iter().enumerate() {
        moved[old] = new;
    }
    let mut statements: Vec<Option<Statement>> = statements.into_iter().map(Some).collect();
    let taken = places.into_iter().filter_map(|idx| statements[idx].take());
    taken.map(|s| Statement { parent_idx: s.parent_idx.map(|idx| moved[idx]), ..s }).collect()
}

/// The actor that a source names, and how it does.
fn speaker_of(layers: &Layers<'_>, statement: &Statement) -> (Option<usize>, SpeakerKind) {
    let Some(source) = Source::read(layers, statement) else { return (None, SpeakerKind::None) };
    match source.head_mention() {
        Some((mention, is_head)) => {
            let kind = match mention.form {
                MentionForm::Name if is_head => SpeakerKind::Name,
                MentionForm::Name | MentionForm::Nominal => SpeakerKind::Nominal,
                MentionForm::Pronoun => SpeakerKind::Pronoun,
            };
            (mention.actor_idx, kind)
        }
        None => (None, source.kind_by_words()),
    }
}

fn is_first_person(layers: &Layers<'_>, statement: &Statement) -> bool {
    let text = layers.article.field(statement.field);
    statement.source.len() == 1
        && FIRST_PERSON.contains(&fold(statement.source[0].of(text)).as_str())
}

/// The mention that speaks in `statement`, where its source has one.
pub(crate) fn speaker_mention<'a>(
    layers: &Layers<'a>,
    statement: &Statement,
) -> Option<&'a Mention> {
    Source::read(layers, statement)?.head_mention().map(|(mention, _)| mention)
}

/// The words of a source's first part.
#[derive(Debug)]
struct Source<'a> {
    /// Its words, folded.
    words: Vec<String>,
    /// The first word begins with a capital and another stands before it, or several do.
    has_name: bool,
    mentions: Vec<(Range<usize>, &'a Mention)>,
}

impl<'a> Source<'a> {
    fn read(layers: &Layers<'a>, statement: &Statement) -> Option<Self> {
        let span = *statement.source.first()?;
        let sentence_idx = sentence_at(layers.sentences, statement.field, span.start)?;
        let sentence = &layers.sentences[sentence_idx];
        let range = words_of(sentence, span);
        let words = layers.words(sentence_idx, range.clone());
        let inside = layers.mentions_in(sentence_idx).filter_map(|(_, mention)| {
            let words = words_of(sentence, mention.span);
            let (start, end) = (words.start.max(range.start), words.end.min(range.end));
            (start < end).then(|| (start - range.start..end - range.start, mention))
        });
        Some(Self {
            has_name: words.iter().skip(1).any(|word| word.starts_with(char::is_uppercase)),
            words: words.into_iter().map(fold).collect(),
            mentions: inside.collect(),
        })
    }

    /// The mention that the source is about; true where it is the head itself
    /// and not what the head belongs to.
    fn head_mention(&self) -> Option<(&'a Mention, bool)> {
        let head = 0..self.head_end();
        let named = |mention: &Mention, label: MentionLabel| {
            mention.form == MentionForm::Name && mention.label == label
        };
        let candidates =
            || self.mentions.iter().filter(|(words, _)| !self.is_possessive(words.end));
        let in_head = || candidates().filter(|(words, _)| words.start < head.end);
        // "The Obama administration", "a Trump supporter": the noun behind the name is the head.
        let is_modifier = |end: usize| {
            in_head().any(|(words, m)| m.form == MentionForm::Nominal && words.start == end)
        };
        in_head()
            .rfind(|(words, mention)| named(mention, MentionLabel::Per) && !is_modifier(words.end))
            .or_else(|| {
                candidates()
                    .find(|(words, m)| named(m, MentionLabel::Per) && self.is_apposed(words.start))
            })
            .or_else(|| {
                in_head().rfind(|(_, m)| m.form != MentionForm::Name && m.actor_idx.is_some())
            })
            .or_else(|| in_head().find(|(words, _)| words.end >= head.end))
            .map(|(_, mention)| (*mention, true))
            .or_else(|| {
                let known = || candidates().filter(|(_, mention)| mention.actor_idx.is_some());
                let other =
                    in_head().rfind(|(_, m)| m.actor_idx.is_some()).or_else(|| known().next());
                other.map(|(_, mention)| (*mention, false))
            })
            .or_else(|| self.mentions.first().map(|(_, mention)| (*mention, false)))
    }

    /// Where the head's phrase ends: at a comma, bracket, preposition or
    /// relative pronoun, but not with its first word.
    fn head_end(&self) -> usize {
        let ends = |(idx, word): (usize, &String)| {
            let in_mention = self.mentions.iter().any(|(words, _)| words.contains(&idx));
            let is_end = matches!(word.as_str(), "," | "(" | "—" | "–")
                || HEAD_ENDS.contains(&word.as_str());
            (idx > 0 && is_end && !in_mention).then_some(idx)
        };
        self.words.iter().enumerate().find_map(ends).unwrap_or(self.words.len())
    }

    fn is_apposed(&self, start: usize) -> bool {
        start.checked_sub(1).is_some_and(|before| self.words[before] == ",")
    }

    fn is_possessive(&self, end: usize) -> bool {
        self.words.get(end).is_some_and(|word| word == "'") && end + 1 < self.words.len()
    }

    fn kind_by_words(&self) -> SpeakerKind {
        match self.words.as_slice() {
            [word] if PRONOUNS.contains(&word.as_str()) => SpeakerKind::Pronoun,
            _ if self.has_name => SpeakerKind::Name,
            _ => SpeakerKind::Nominal,
        }
    }
}

/// The mention that is the subject of a cue without a source.
fn subject_of_cue(
    layers: &Layers<'_>,
    before: &[Statement],
    statement: &Statement,
) -> Option<Span> {
    let cue = *statement.cue.first()?;
    let sentence_idx = sentence_at(layers.sentences, statement.field, cue.start)?;
    let sentence = &layers.sentences[sentence_idx];
    let cue_words = words_of(sentence, cue);
    let contents = || before.iter().chain([statement]).filter(|s| s.field == statement.field);
    let free = |mention: &Mention| {
        !contents().flat_map(|s| &s.content).any(|content| content.overlaps(mention.span))
    };
    let distance = |mention: &Mention| {
        let words = words_of(sentence, mention.span);
        let ahead = cue_words.start.checked_sub(words.end);
        let behind = words.start.checked_sub(cue_words.end);
        match (ahead, behind) {
            (Some(ahead), _) if ahead <= MAX_SUBJECT_BEFORE_WORDS => Some((0, ahead)),
            (_, Some(behind)) if behind <= MAX_SUBJECT_AFTER_WORDS => Some((1, behind)),
            _ => None,
        }
    };
    layers
        .mentions_in(sentence_idx)
        .filter(|(_, mention)| free(mention) && can_speak(mention))
        .filter_map(|(_, mention)| Some((distance(mention)?, mention.span)))
        .min()
        .map(|(_, span)| span)
}

fn can_speak(mention: &Mention) -> bool {
    !matches!(mention.label, MentionLabel::Loc | MentionLabel::Misc)
}

/// The speaker of the quotation before, for one that nothing attributes.
fn carried_over(layers: &Layers<'_>, before: &[Statement], statement: &Statement) -> Option<usize> {
    if statement.form != StatementForm::Direct || !statement.cue.is_empty() {
        return None;
    }
    let previous = before.iter().rfind(|s| s.parent_idx.is_none())?;
    let paragraph = |s: &Statement| layers.sentences[s.sentence_idx].paragraph;
    let follows = previous.field == statement.field
        && previous.form != StatementForm::Indirect
        && paragraph(statement) - paragraph(previous).min(paragraph(statement)) <= 1;
    previous.speaker_idx.filter(|_| follows)
}

#[cfg(test)]
mod tests {
    use crate::testing::Tagged;

    /// `speaker (kind)` of each statement.
    #[track_caller]
    fn check(tagged: &str, expected: &[&str]) {
        let tagged_text = Tagged::new(tagged);
        let show = |s: &newstance_doc::Statement| {
            let name = s.speaker_idx.map_or("-", |idx| &tagged_text.actors[idx].name);
            format!("{name} ({})", s.speaker_kind.as_str())
        };
        let shown: Vec<String> = tagged_text.resolved().iter().map(show).collect();
        assert_eq!(shown, expected, "{tagged}");
    }

    #[test]
    fn the_person_of_an_apposition_speaks() {
        check(
            "{S:[Chinese Foreign Ministry=O0] spokesman [Zhao Lijian=P1]} {C:said} {T:it is so}.",
            &["Zhao Lijian (name)"],
        );
        check(
            "{S:[Putin=P0]’s spokesman [Dmitry Peskov=P1]} {C:said} {T:it is so}.",
            &["Dmitry Peskov (name)"],
        );
        check(
            "{S:[Jake Sullivan=P0], adviser to [Joe Biden=P1],} {C:said} {T:it is so}.",
            &["Jake Sullivan (name)"],
        );
        check(
            "{S:The head of the [agency=O0], [Ann Lee=P1],} {C:said} {T:it is so}.",
            &["Ann Lee (name)"],
        );
    }

    #[test]
    fn a_noun_phrase_speaks_for_its_actor() {
        check("{S:[U.S. officials=n0]} {C:said} {T:it is so}.", &["U.S. officials (nominal)"]);
        check("{S:[U.S.=G0] officials} {C:said} {T:it is so}.", &["U.S. (nominal)"]);
        check(
            "{S:a spokesman for the [Foreign Ministry=O0]} {C:said} {T:it is so}.",
            &["Foreign Ministry (nominal)"],
        );
        check("{S:officials} {C:said} {T:it is so}.", &["- (nominal)"]);
        check("{S:The [Kremlin=O0]} {C:said} {T:it is so}.", &["Kremlin (name)"]);
    }

    #[test]
    fn a_noun_behind_a_persons_name_is_the_head() {
        check(
            "{S:The [Obama=P0] [administration=n1]} {C:said} {T:it is so}.",
            &["administration (nominal)"],
        );
        check("{S:[Obama=P0], the [president=n1],} {C:said} {T:it is so}.", &["Obama (name)"]);
    }

    #[test]
    fn a_pronoun_speaks_for_whom_it_stands() {
        check("[Ann Lee=P0] came. ‖{T:It rained}, {S:[she=p0]} {C:said}.", &["Ann Lee (pronoun)"]);
        check("{T:It rained}, {S:they} {C:said}.", &["- (pronoun)"]);
    }

    #[test]
    fn a_cue_without_a_source_finds_its_subject() {
        check("[Ann Lee=P0] also {C:said} {T:that [Bo=P1] came}.", &["Ann Lee (name)"]);
        check("{T:“[Bo=P0] came,”} {C:said} Mr. [Lee=P1].", &["Lee (name)"]);
        check("{T:It rained}, it was {C:reported}.", &["- (none)"]);
    }

    #[test]
    fn a_quotation_that_nothing_attributes_goes_on() {
        check(
            "{T:“It rained,”} {S:[Ann Lee=P0]} {C:said}.\n{T:“It was wet.”}",
            &["Ann Lee (name)", "Ann Lee (none)"],
        );
        check(
            "{T:It rained}, {S:[Ann Lee=P0]} {C:said}.\n{T:“It was wet.”}",
            &["Ann Lee (name)", "- (none)"],
        );
    }
}
