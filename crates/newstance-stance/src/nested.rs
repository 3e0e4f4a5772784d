//! Statements inside the contents of others.

use newstance_doc::{Article, Field, Sentence, Span, Statement};
use newstance_model::bio;
use newstance_model::{ModelError, Scores, TokenClassifier, WordText};

use crate::layers::words_of;
use crate::lexicon::fold;
use crate::paragraph::Paragraph;
use crate::speaker::sorted;
use crate::statements::{CHANGE_COST, of_paragraph};
use crate::{ForceLexicon, StanceError};

const ROLE: &str = "attribution";
/// A shorter stretch has no room for a cue and what it introduces.
const MIN_WORDS: usize = 4;
/// What introduces a content and is no part of it.
const INTRODUCERS: [&str; 3] = ["that", "whether", "if"];
/// Cues of the lexicon that are something else nine times in ten where they stand ten times or more in the `PolNeAR`
/// training part, outside contents ("the state", "a judge"): a stretch with no other cue is not worth reading.
const SELDOM: [&str; 51] = [
    "advocates",
    "air",
    "airing",
    "appeal",
    "appeals",
    "bet",
    "brief",
    "command",
    "commanding",
    "contest",
    "contested",
    "contests",
    "counsel",
    "count",
    "debate",
    "debates",
    "documents",
    "finding",
    "grant",
    "hedge",
    "held",
    "hold",
    "judge",
    "judges",
    "lobbying",
    "meaning",
    "means",
    "order",
    "per",
    "plan to",
    "post",
    "press",
    "pressure",
    "project",
    "projects",
    "prompted",
    "reasons",
    "record",
    "records",
    "rule",
    "rules",
    "second",
    "state",
    "states",
    "supposed",
    "term",
    "terms",
    "thanks",
    "tweet",
    "volunteer",
    "volunteers",
];
const QUOTES: [&str; 4] = ["“", "\"", "‘", "«"];
/// Words of which a clause has one, or else most often a past tense.
const FINITE: [&str; 24] = [
    "is", "are", "was", "were", "be", "been", "has", "have", "had", "will", "would", "can",
    "could", "should", "may", "might", "must", "do", "does", "did", "ll", "ve", "re", "won",
];

/// A stretch of a content in one sentence, to be read as a text of its own.
#[derive(Debug)]
struct Inner {
    /// Index of the statement whose content it is.
    parent_idx: usize,
    sentence_idx: usize,
    field: Field,
    words: Vec<Span>,
    /// The words as a text of its own has them: with a capital first and a full stop last.
    text: Vec<String>,
}

/// Adds the statements that lie in the contents of `statements`, and in theirs,
/// and sorts all.
///
/// `tagger` marks one layer of a text, so a content in which `lexicon` knows a
/// cue is read again as a text of its own ("he thought Putin would ..." of
/// "told Congress that he thought Putin would ..."), sentence by sentence; what
/// is then found under a cue, with a clause for its content, is nested. Its probability is that of the statement around
/// it times its own.
///
/// # Errors
///
/// [`StanceError::Model`] where `tagger` has no head `attribution`, lacks a
/// label or fails.
pub fn nest_statements(
    tagger: &dyn TokenClassifier,
    article: &Article,
    sentences: &[Sentence],
    mut statements: Vec<Statement>,
    lexicon: &ForceLexicon,
) -> Result<Vec<Statement>, StanceError> {
    let head = tagger.heads().iter().position(|head| head.role == ROLE);
    let head = head.ok_or_else(|| ModelError::RoleMissing {
        bundle: "of this run".to_owned(),
        role: ROLE.to_owned(),
    })?;
    let labels = &tagger.heads()[head].labels;
    let mut n_read = 0;
    // Ends: a nested content is shorter than the stretch that it lies in.
    while n_read < statements.len() {
        let inner: Vec<Inner> = (n_read..statements.len())
            .flat_map(|idx| inner(article, sentences, (idx, &statements[idx]), lexicon))
            .collect();
        n_read = statements.len();
        let texts: Vec<WordText<'_>> = inner.iter().map(Inner::word_text).collect();
        for (inner, heads) in inner.iter().zip(tagger.score_words(&texts)?) {
            let rows = heads.get(head).into_iter().flat_map(Scores::rows);
            let tags = bio::tag_rows(rows.take(inner.words.len()), labels, CHANGE_COST)?;
            let paragraph = inner.paragraph(article);
            let found = of_paragraph(&paragraph, sentences, &tags, lexicon);
            let is_nested = |found: &Statement| {
                !found.cue.is_empty()
                    && found.content.as_slice() != [paragraph.span()]
                    && is_clause(&paragraph, &found.content)
            };
            let parent = inner.parent_idx;
            let probability = statements[parent].probability;
            statements.extend(found.into_iter().filter(is_nested).map(|found| Statement {
                parent_idx: Some(parent),
                probability: probability * found.probability,
                ..found
            }));
        }
    }
    Ok(sorted(statements))
}

/// The stretches of a statement's content that may hold another statement.
fn inner(
    article: &Article,
    sentences: &[Sentence],
    (parent_idx, statement): (usize, &Statement),
    lexicon: &ForceLexicon,
) -> Vec<Inner> {
    let field = statement.field;
    let text = article.field(field);
    let mut found = Vec::new();
    for content in &statement.content {
        let start = sentences.partition_point(|s| (s.field, s.span.end) <= (field, content.start));
        let end = sentences.partition_point(|s| (s.field, s.span.start) < (field, content.end));
        for (sentence_idx, sentence) in sentences.iter().enumerate().take(end).skip(start) {
            let words = &sentence.words[words_of(sentence, *content)];
            let words = trimmed(words, text);
            let folded: Vec<String> = words.iter().map(|word| fold(word.of(text))).collect();
            if words.len() >= MIN_WORDS && has_cue(&folded, lexicon) {
                let text = as_sentence(words, text);
                let words = words.to_vec();
                found.push(Inner { parent_idx, sentence_idx, field, words, text });
            }
        }
    }
    found
}

/// True where one of the lexicon's cues stands in `words` that is most often one.
fn has_cue(words: &[String], lexicon: &ForceLexicon) -> bool {
    (0..words.len()).any(|at| {
        let found = lexicon.longest_at(&words[at..]);
        found.is_some_and(|(n_words, _)| {
            !SELDOM.contains(&words[at..at + n_words].join(" ").as_str())
        })
    })
}

/// True where a content says something by itself, and not only names a thing:
/// "asked India for weapons" is what is told, not what is said.
fn is_clause(paragraph: &Paragraph<'_>, content: &[Span]) -> bool {
    let is_in = |word: &&Span| content.iter().any(|part| part.contains(**word));
    let words: Vec<String> =
        paragraph.words.iter().filter(is_in).map(|word| fold(word.of(paragraph.text))).collect();
    let opens = words.first().is_some_and(|word| {
        word == "to" || INTRODUCERS.contains(&word.as_str()) || QUOTES.contains(&word.as_str())
    });
    let is_finite =
        |word: &String| FINITE.contains(&word.as_str()) || (word.len() > 4 && word.ends_with("ed"));
    opens || words.iter().any(is_finite)
}

/// `words` from the first to the last one of letters or digits, without what introduces them.
fn trimmed<'w>(words: &'w [Span], text: &str) -> &'w [Span] {
    let is_word = |span: &Span| span.of(text).contains(char::is_alphanumeric);
    let is_introducer = |span: &Span| INTRODUCERS.contains(&fold(span.of(text)).as_str());
    let start = words.iter().position(|word| is_word(word) && !is_introducer(word));
    let end = words.iter().rposition(is_word);
    match (start, end) {
        (Some(start), Some(end)) if start <= end => &words[start..=end],
        _ => &[],
    }
}

fn as_sentence(words: &[Span], text: &str) -> Vec<String> {
    let mut result: Vec<String> = words.iter().map(|word| word.of(text).to_owned()).collect();
    if let Some(first) = result.first_mut() {
        let mut rest = first.chars();
        let capital = rest.next().into_iter().flat_map(char::to_uppercase);
        *first = capital.chain(rest).collect();
    }
    result.push(".".to_owned());
    result
}

impl Inner {
    fn word_text(&self) -> WordText<'_> {
        let words = self.text.iter().map(String::as_str).collect();
        WordText {
            words,
            sentence_starts: vec![0],
            paragraph_starts: vec![0],
            ..WordText::default()
        }
    }

    fn paragraph<'a>(&self, article: &'a Article) -> Paragraph<'a> {
        Paragraph {
            field: self.field,
            text: article.field(self.field),
            sentences: self.sentence_idx..self.sentence_idx + 1,
            words: self.words.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Tagged;

    /// `source | cue | content | force speaker <parent` of the nested statements.
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
                "he | thought | President Vladimir Putin would “capture Kyiv within days | affirms William Burns <0",
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
    fn each_sentence_of_a_content_is_read_by_itself() {
        check(
            "{S:[Ann=P0]} {C:said}: {T:“[Bo=P1] said it was late. ‖[Cy=P2] denied that it was late.”}",
            &[
                "Bo | said | it was late | affirms Bo <0",
                "Cy | denied | that it was late | denies Cy <0",
            ],
        );
    }

    #[test]
    fn a_first_person_in_a_quotation_is_its_speaker() {
        check(
            "{T:“I said that he was late,”} {S:[Ann=P0]} {C:said}.",
            &["I | said | that he was late | affirms Ann <0"],
        );
    }

    #[test]
    fn who_speaks_in_a_nested_statement_is_not_looked_for_outside_it() {
        check(
            "{S:[Ann=P0]} {C:denied} {T:having said it was late}.",
            &[" | said | it was late | affirms - <0"],
        );
    }

    #[test]
    fn a_thing_that_is_named_is_no_content() {
        check("{S:[Ann=P0]} {C:added} {T:that [Bo=P1] said the same of [Cy=P2]}.", &[]);
    }

    #[test]
    fn a_content_without_a_cue_is_not_read_again() {
        check("{S:[Ann=P0]} {C:said} {T:that [Bo=P1] went home by train}.", &[]);
        check(
            "{S:[Ann=P0]} {C:said} {T:that [Bo=P1] said it was late}.",
            &["Bo | said | it was late | affirms Bo <0"],
        );
        check("{S:[Ann=P0]} {C:said} {T:that [Bo=P1] records it was late}.", &[]);
    }
}
