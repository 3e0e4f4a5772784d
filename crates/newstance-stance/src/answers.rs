//! Answers: "asked whether P, he said: “No.”" denies P.

use std::ops::Range;

use newstance_doc::{Force, Sentence, Span, Statement, StatementForm};

use crate::layers::sentence_at;
use crate::lexicon::fold;
use crate::paragraph::Paragraph;

const NO: [&[&str]; 6] = [
    &["no"],
    &["nope"],
    &["never"],
    &["absolutely", "not"],
    &["of", "course", "not"],
    &["not", "at", "all"],
];
const YES: [&[&str]; 4] = [&["yes"], &["yeah"], &["absolutely"], &["of", "course"]];
const ASKING: [&str; 6] = ["ask", "asks", "asked", "asking", "question", "questioned"];
/// "asked by reporters in the capital on Monday whether"
const MAX_ASKED_WHETHER_WORDS: usize = 10;

/// Gives the answers among the statements of one paragraph their questions.
///
/// Where a content is only a yes or no, or begins with one, and a question was
/// asked before it in the paragraph, there is a statement with the asked
/// question for its content, the answer among its cue, and the force of the
/// answer. What else the speaker said is a statement of its own: with "No, it
/// did not" the whole of it, with "“No.” “It did not.”" what follows. Where no
/// question is found a content that is only an answer keeps its words.
pub(crate) fn answer_questions(
    paragraph: &Paragraph<'_>,
    sentences: &[Sentence],
    statements: &[Statement],
) -> Vec<Statement> {
    let mut result = Vec::with_capacity(statements.len());
    for (idx, statement) in statements.iter().enumerate() {
        let Some(answer) = Answer::of(paragraph, statement) else {
            result.push(statement.clone());
            continue;
        };
        let question = asked_before(paragraph, statement, &statements[..idx])
            .or_else(|| asked_in_text(paragraph, sentences, statement));
        let Some(question) = question else {
            let force = if answer.is_all { answer.force } else { statement.force };
            result.push(Statement { force, ..statement.clone() });
            continue;
        };
        forget_asker(&mut result, &question, statement);
        let start = question.first().map_or(0, |span| span.start);
        let mut cue = statement.cue.clone();
        cue.push(answer.span);
        cue.sort_unstable();
        result.push(Statement {
            sentence_idx: sentence_at(sentences, paragraph.field, start)
                .unwrap_or(statement.sentence_idx),
            form: StatementForm::Indirect,
            force: answer.force,
            cue,
            content: question,
            ..statement.clone()
        });
        if !answer.is_all {
            let content = answer.rest(paragraph, statement);
            let first = content.first().map_or(0, |span| span.start);
            let sentence_idx = sentence_at(sentences, paragraph.field, first);
            result.push(Statement {
                sentence_idx: sentence_idx.unwrap_or(statement.sentence_idx),
                content,
                ..statement.clone()
            });
        }
    }
    result
}

/// Nobody asks and answers: a question to which the answering source was
/// attached, for want of another, has none.
fn forget_asker(statements: &mut [Statement], question: &[Span], answer: &Statement) {
    for asked in statements.iter_mut().filter(|asked| asked.content == question) {
        if asked.source == answer.source {
            asked.source.clear();
        }
    }
}

/// A yes or no at the beginning of a content.
#[derive(Debug)]
struct Answer {
    force: Force,
    /// With the marks around it.
    span: Span,
    /// True where the content says nothing else.
    is_all: bool,
    /// True where it is a sentence of its own.
    is_sentence: bool,
}

impl Answer {
    fn of(paragraph: &Paragraph<'_>, statement: &Statement) -> Option<Self> {
        let words = content_words(paragraph, statement);
        let said: Vec<(usize, String)> = words
            .iter()
            .map(|&idx| (idx, fold(paragraph.words[idx].of(paragraph.text))))
            .filter(|(_, word)| word.contains(char::is_alphanumeric))
            .take(4)
            .collect();
        let begins = |forms: &[&[&str]]| {
            let fits = |form: &&&[&str]| {
                said.len() >= form.len() && form.iter().zip(&said).all(|(a, (_, b))| a == b)
            };
            forms.iter().filter(fits).map(|form| form.len()).max()
        };
        let (force, n_words) = match (begins(&NO), begins(&YES)) {
            (Some(no), yes) if yes.is_none_or(|yes| yes < no) => (Force::Denies, no),
            (_, Some(yes)) => (Force::Affirms, yes),
            _ => return None,
        };
        let is_all = said.len() == n_words;
        let last = words.iter().position(|&idx| idx == said[n_words - 1].0)?;
        let marks = words[last + 1..].iter().take_while(|&&idx| {
            !paragraph.words[idx].of(paragraph.text).contains(char::is_alphanumeric)
        });
        let is_sentence = marks.clone().any(|&idx| {
            matches!(paragraph.words[idx].of(paragraph.text), "." | "!" | "”" | "\"" | "»")
        });
        // "No one", "No evidence": no answer without a mark after it.
        let first_mark = marks.clone().next();
        if !is_all && first_mark.is_none_or(|&idx| paragraph.words[idx].of(paragraph.text) == "-") {
            return None;
        }
        // An opening mark of what follows is not the answer's.
        let closing = marks.take_while(|&&idx| {
            !matches!(paragraph.words[idx].of(paragraph.text), "“" | "«" | "„")
        });
        let end = closing.last().copied().unwrap_or(said[n_words - 1].0);
        let span = paragraph.words[words[0]].hull(paragraph.words[end]);
        Some(Self { force, span, is_all, is_sentence })
    }

    /// The statement's content, without the answer where that is a sentence.
    fn rest(&self, paragraph: &Paragraph<'_>, statement: &Statement) -> Vec<Span> {
        if !self.is_sentence {
            return statement.content.clone();
        }
        let after = |span: &Span| {
            let first =
                paragraph.words.iter().find(|w| w.start >= self.span.end.max(span.start))?;
            (first.start < span.end).then(|| Span::new(first.start, span.end))
        };
        let rest: Vec<Span> = statement.content.iter().filter_map(after).collect();
        if rest.is_empty() { statement.content.clone() } else { rest }
    }
}

fn content_words(paragraph: &Paragraph<'_>, statement: &Statement) -> Vec<usize> {
    statement.content.iter().flat_map(|&span| words_of(paragraph, span)).collect()
}

fn words_of(paragraph: &Paragraph<'_>, span: Span) -> Range<usize> {
    let start = paragraph.words.partition_point(|word| word.end <= span.start);
    let end = paragraph.words.partition_point(|word| word.start < span.end);
    start..end.max(start)
}

/// What the last statement before it asks.
fn asked_before(
    paragraph: &Paragraph<'_>,
    answer: &Statement,
    before: &[Statement],
) -> Option<Vec<Span>> {
    let asks = |statement: &&Statement| {
        let words = statement.cue.iter().flat_map(|&span| words_of(paragraph, span));
        statement.cue != answer.cue
            && words
                .map(|idx| fold(paragraph.words[idx].of(paragraph.text)))
                .any(|word| ASKING.contains(&word.as_str()))
    };
    before.iter().rev().find(asks).map(|statement| statement.content.clone())
}

/// "asked ... whether P" before the answer, in its sentence or the one before it.
fn asked_in_text(
    paragraph: &Paragraph<'_>,
    sentences: &[Sentence],
    answer: &Statement,
) -> Option<Vec<Span>> {
    let parts = [&answer.source, &answer.cue, &answer.content];
    let start = parts.into_iter().flatten().map(|span| span.start).min()?;
    let sentence_idx = sentence_at(sentences, paragraph.field, start)?;
    let first = sentence_idx.saturating_sub(1).max(paragraph.sentences.start);
    let words = words_of(
        paragraph,
        Span::new(sentences[first].span.start, start.max(sentences[first].span.start)),
    );
    let folded: Vec<String> =
        words.clone().map(|idx| fold(paragraph.words[idx].of(paragraph.text))).collect();
    let asked = folded.iter().rposition(|word| ASKING.contains(&word.as_str()))?;
    let whether = folded[asked..]
        .iter()
        .take(MAX_ASKED_WHETHER_WORDS)
        .position(|word| matches!(word.as_str(), "whether" | "if"))?
        + asked;
    let end = folded[whether..]
        .iter()
        .rposition(|word| matches!(word.as_str(), "," | "." | "?" | ";"))
        .map_or(folded.len(), |idx| idx + whether);
    (end > whether + 1).then(|| vec![paragraph.hull(words.start + whether..words.start + end)])
}

#[cfg(test)]
mod tests {
    use crate::testing::Tagged;

    #[track_caller]
    fn check(tagged: &str, expected: &[&str]) {
        assert_eq!(Tagged::new(tagged).shown(), expected, "{tagged}");
    }

    #[test]
    fn a_no_denies_what_was_asked() {
        check(
            "When {S:reporters} {C:asked} {T:whether it rained}, {S:he} {C:said}, {T:“No.”}",
            &[
                "reporters | asked | whether it rained | questions indirect",
                "he | said + “No.” | whether it rained | denies indirect",
            ],
        );
        check(
            "When asked by reporters whether it rained, {S:he} {C:said}, {T:“No.”}",
            &["he | said + “No.” | whether it rained | denies indirect"],
        );
        check(
            "Asked if it rained, {S:he} {C:said}: {T:“Yes.”}",
            &["he | said + “Yes.” | if it rained | affirms indirect"],
        );
    }

    #[test]
    fn what_is_said_beside_the_no_is_a_statement_of_its_own() {
        check(
            "Asked if it rained, {S:he} {C:said}: {T:“No.” “It was dry.”}",
            &[
                "he | said + “No.” | if it rained | denies indirect",
                "he | said | “It was dry.” | affirms direct",
            ],
        );
        check(
            "Asked if it rained, {S:he} {C:said}: {T:“No, it was dry.”}",
            &[
                "he | said + “No, | if it rained | denies indirect",
                "he | said | “No, it was dry.” | affirms direct",
            ],
        );
    }

    #[test]
    fn a_no_without_a_question_is_a_denial_of_what_is_not_told() {
        check("{S:He} {C:said}, {T:“No.”}", &["He | said | “No.” | denies direct"]);
    }

    #[test]
    fn a_no_before_a_noun_is_no_answer() {
        check(
            "Asked if it rained, {S:he} {C:said} {T:no one knew}.",
            &["he | said | no one knew | affirms indirect"],
        );
    }
}
