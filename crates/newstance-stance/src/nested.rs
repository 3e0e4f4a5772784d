//! Statements inside the contents of others.

use std::ops::Range;

use newstance_doc::{Mention, MentionForm, MentionLabel, Sentence, Span, SpeakerKind, Statement};

use crate::force::{self, CueContext};
use crate::layers::words_of;
use crate::lexicon::fold;
use crate::paragraph::{Paragraph, paragraphs};
use crate::quotes::Quotes;
use crate::speaker::sorted;
use crate::{ForceLexicon, Layers};

/// By the beginning of the verb; only verbs that a clause can follow.
const VERBS: [&str; 62] = [
    "say",
    "says",
    "said",
    "think",
    "thinks",
    "thought",
    "believe",
    "believes",
    "believed",
    "deny",
    "denies",
    "denied",
    "claim",
    "claims",
    "claimed",
    "warn",
    "warns",
    "warned",
    "promise",
    "promises",
    "promised",
    "pledged",
    "vowed",
    "insist",
    "insists",
    "insisted",
    "acknowledged",
    "admits",
    "admitted",
    "argue",
    "argues",
    "argued",
    "suggested",
    "expect",
    "expects",
    "expected",
    "fear",
    "fears",
    "feared",
    "hope",
    "hopes",
    "hoped",
    "know",
    "knows",
    "knew",
    "announced",
    "stated",
    "alleged",
    "asserted",
    "predicted",
    "concluded",
    "doubt",
    "doubts",
    "doubted",
    "understood",
    "felt",
    "agreed",
    "confirmed",
    "declared",
    "told",
    "assured",
    "feels",
];
/// With these a first person only hedges what it says anyway ("I think that ...").
const HEDGES: [&str; 12] = [
    "think", "thought", "believe", "believed", "know", "knew", "hope", "hoped", "feel", "felt",
    "say", "expect",
];
const PRONOUNS: [&str; 5] = ["he", "she", "they", "we", "i"];
const BETWEEN: [&str; 22] = [
    "had",
    "has",
    "have",
    "also",
    "never",
    "not",
    "did",
    "does",
    "do",
    "later",
    "repeatedly",
    "once",
    "still",
    "now",
    "would",
    "will",
    "don",
    "didn",
    "doesn",
    "'",
    "t",
    "s",
];
const MAX_BETWEEN_WORDS: usize = 4;
const FINITE: [&str; 24] = [
    "is", "are", "was", "were", "be", "been", "has", "have", "had", "will", "would", "can",
    "could", "should", "may", "might", "must", "do", "does", "did", "ll", "ve", "re", "won",
];
const MAX_FINITE_WORDS: usize = 16;

/// A statement found in the words of one sentence.
#[derive(Debug)]
struct Found {
    source: Range<usize>,
    cue: Range<usize>,
    content: Range<usize>,
    probability: f32,
}

/// Adds the statements that lie in the contents of `statements`, and in theirs,
/// and sorts all; [`crate::resolve_speakers`] says how they are found.
pub(crate) fn nest_statements(
    layers: &Layers<'_>,
    mut statements: Vec<Statement>,
    lexicon: &ForceLexicon,
) -> Vec<Statement> {
    let paragraphs = paragraphs(layers.article, layers.sentences);
    let mut idx = 0;
    // Ends: a child's content is shorter than its parent's.
    while idx < statements.len() {
        let parent = statements[idx].clone();
        for content in &parent.content {
            for sentence_idx in sentences_of(layers.sentences, &parent, *content) {
                let words = words_of(&layers.sentences[sentence_idx], *content);
                let Some(found) = find(layers, sentence_idx, words) else { continue };
                let place = paragraphs.iter().find(|p| p.sentences.contains(&sentence_idx));
                let Some(paragraph) = place else { continue };
                let child = Child { parent_idx: idx, parent: &parent, sentence_idx };
                statements.push(child.build(layers, paragraph, &found, lexicon));
            }
        }
        idx += 1;
    }
    sorted(statements)
}

fn sentences_of(sentences: &[Sentence], statement: &Statement, content: Span) -> Range<usize> {
    let field = statement.field;
    let start = sentences.partition_point(|s| (s.field, s.span.end) <= (field, content.start));
    let end = sentences.partition_point(|s| (s.field, s.span.start) < (field, content.end));
    start..end.max(start)
}

/// The first statement in `words` of a sentence, which are part of a content.
fn find(layers: &Layers<'_>, sentence_idx: usize, words: Range<usize>) -> Option<Found> {
    let sentence = &layers.sentences[sentence_idx];
    let folded: Vec<String> =
        layers.words(sentence_idx, 0..sentence.words.len()).into_iter().map(fold).collect();
    let mentions: Vec<(Range<usize>, &Mention)> = layers
        .mentions_in(sentence_idx)
        .map(|(_, mention)| (words_of(sentence, mention.span), mention))
        .collect();
    for start in words.clone() {
        let mention = mentions.iter().find(|(at, m)| at.start == start && can_say(m));
        let (source, probability) = match mention {
            Some((at, mention)) => (at.clone(), mention.probability),
            None if PRONOUNS.contains(&folded[start].as_str()) => (start..start + 1, 1.0),
            None => continue,
        };
        let in_content = &folded[..words.end];
        let Some(verb) = verb_after(in_content, source.end) else { continue };
        let first_person = matches!(folded[start].as_str(), "i" | "we");
        if first_person && HEDGES.contains(&folded[verb].as_str()) {
            continue;
        }
        if let Some(content) = clause_after(in_content, verb) {
            return Some(Found { cue: source.end..verb + 1, source, content, probability });
        }
    }
    None
}

fn can_say(mention: &Mention) -> bool {
    mention.form != MentionForm::Name
        || !matches!(mention.label, MentionLabel::Loc | MentionLabel::Misc)
}

/// The verb of saying or thinking whose subject ends before `start`.
fn verb_after(folded: &[String], start: usize) -> Option<usize> {
    let between = folded.get(start..)?.iter();
    let skipped =
        between.take(MAX_BETWEEN_WORDS).take_while(|word| BETWEEN.contains(&word.as_str())).count();
    let verb = start + skipped;
    VERBS.contains(&folded.get(verb)?.as_str()).then_some(verb)
}

/// The clause that is said, from after `verb` to the end of `folded`.
fn clause_after(folded: &[String], verb: usize) -> Option<Range<usize>> {
    let needs_that = matches!(folded[verb].as_str(), "told" | "assured");
    let object_words = if needs_that { 4 } else { 1 };
    let after = verb + 1;
    let that = folded.iter().skip(after).take(object_words).position(|word| word == "that");
    let start = match that {
        Some(offset) => after + offset,
        None if needs_that => return None,
        None => after,
    };
    let rest = folded.get(start..)?;
    let stop = rest.iter().position(|word| word == ";").unwrap_or(rest.len());
    let end = start + trimmed(&rest[..stop]);
    let clause = folded.get(start..end)?;
    let opens = clause.first().is_some_and(|word| {
        word.contains(char::is_alphanumeric) || matches!(word.as_str(), "“" | "\"" | "‘" | "«")
    });
    let is_finite = clause
        .iter()
        .take(MAX_FINITE_WORDS)
        .any(|word| FINITE.contains(&word.as_str()) || word.len() > 4 && word.ends_with("ed"));
    let starts_clause = !clause.first().is_some_and(|word| NO_CLAUSE.contains(&word.as_str()));
    (clause.len() >= 3 && opens && starts_clause && (that.is_some() || is_finite))
        .then_some(start..end)
}

/// Words after a verb that begin no clause of what is said.
const NO_CLAUSE: [&str; 14] = [
    "to", "by", "about", "in", "on", "at", "for", "with", "of", "and", "or", "as", "than",
    "against",
];

/// How many of `words` are left without closing marks at the end.
fn trimmed(words: &[String]) -> usize {
    let mut end = words.len();
    while let Some(last) = end.checked_sub(1).map(|idx| words[idx].as_str()) {
        let inner = &words[..end - 1];
        let is_open = match last {
            "." | "," | ":" | "!" | "—" | "–" => false,
            "”" => inner.iter().any(|word| word == "“"),
            "»" => inner.iter().any(|word| word == "«"),
            "\"" => inner.iter().filter(|word| *word == "\"").count() % 2 == 1,
            _ => return end,
        };
        if is_open {
            return end;
        }
        end -= 1;
    }
    end
}

/// Where a found statement belongs.
struct Child<'a> {
    parent_idx: usize,
    parent: &'a Statement,
    sentence_idx: usize,
}

impl Child<'_> {
    fn build(
        &self,
        layers: &Layers<'_>,
        paragraph: &Paragraph<'_>,
        found: &Found,
        lexicon: &ForceLexicon,
    ) -> Statement {
        let before = paragraph.sentences.start..self.sentence_idx;
        let offset: usize = layers.sentences[before].iter().map(|s| s.words.len()).sum();
        let shift = |words: &Range<usize>| words.start + offset..words.end + offset;
        let [source, cue, said] = [&found.source, &found.cue, &found.content].map(shift);
        let parts = [said.clone()];
        let context = CueContext { paragraph, content: &parts };
        let quotes = Quotes::of(paragraph.text, paragraph.span());
        Statement {
            sentence_idx: self.sentence_idx,
            field: paragraph.field,
            form: quotes.form(paragraph.text, paragraph.words[said.clone()].iter().copied()),
            force: force::of_cue(&context, std::slice::from_ref(&cue), lexicon),
            speaker_idx: None,
            speaker_kind: SpeakerKind::None,
            source: vec![paragraph.hull(source)],
            cue: vec![paragraph.hull(cue)],
            content: vec![paragraph.hull(said)],
            parent_idx: Some(self.parent_idx),
            probability: self.parent.probability * found.probability,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Tagged;

    /// `source | cue | content | force | parent` of the nested statements.
    #[track_caller]
    fn check(tagged: &str, expected: &[&str]) {
        let tagged_text = Tagged::new(tagged);
        let statements = tagged_text.resolved();
        let show = |s: &newstance_doc::Statement| {
            let [source, cue, content] =
                [&s.source, &s.cue, &s.content].map(|x| tagged_text.texts(x));
            let speaker = s.speaker_idx.map_or("-", |idx| &tagged_text.actors[idx].name);
            Some(format!(
                "{source} | {cue} | {content} | {} {speaker} <{}",
                s.force.as_str(),
                s.parent_idx?
            ))
        };
        let shown: Vec<String> = statements.iter().filter_map(show).collect();
        assert_eq!(shown, expected, "{tagged}");
    }

    #[test]
    fn a_thought_is_a_statement_inside_what_was_told() {
        check(
            "{S:[William Burns=P0]} {C:told} Congress {T:that [he=p0] thought President [Vladimir Putin=P1] would “capture Kyiv within days.”}",
            &[
                "he | thought | President Vladimir Putin would “capture Kyiv within days.” | affirms William Burns <0",
            ],
        );
    }

    #[test]
    fn statements_nest_as_deep_as_they_go() {
        check(
            "{S:[Ann=P0]} {C:said} {T:that [Bo=P1] denied that [Cy=P2] said it was late}.",
            &[
                "Bo | denied | that Cy said it was late | denies Bo <0",
                "Cy | said | it was late | affirms Cy <1",
            ],
        );
    }

    #[test]
    fn a_first_person_in_a_quotation_is_its_speaker() {
        check(
            "{T:“I never said that he was late,”} {S:[Ann=P0]} {C:said}.",
            &["I | never said | that he was late | questions Ann <0"],
        );
        check("{T:“I think it was late,”} {S:[Ann=P0]} {C:said}.", &[]);
    }

    #[test]
    fn a_verb_without_a_clause_is_no_statement() {
        check("{S:[Ann=P0]} {C:said} {T:that [Bo=P1] had not asked [China=G2] for help}.", &[]);
        check("{S:[Ann=P0]} {C:said} {T:that [Bo=P1] was expected to come}.", &[]);
        check("{S:[Ann=P0]} {C:said} {T:[Bo=P1] agreed to come}.", &[]);
    }
}
