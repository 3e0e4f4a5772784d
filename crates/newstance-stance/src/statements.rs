//! Statements from the attribution head's scores.

use std::ops::Range;

use newstance_doc::{Article, Sentence, Span, SpeakerKind, Statement};
use newstance_model::bio::{self, Tag};
use newstance_model::{LabelSet, Scores};

use crate::answers::answer_questions;
use crate::edges;
use crate::force::{self, CueContext};
use crate::gaps::{self, Parts};
use crate::layers::sentence_at;
use crate::paragraph::{Paragraph, paragraphs};
use crate::quotes::Quotes;
use crate::{ForceLexicon, StanceError};

/// What a change of role between neighbouring words costs, as a natural
/// logarithm; chosen with the default bundle (`models/train/README.md`).
pub(crate) const CHANGE_COST: f64 = 1.0;
/// A shorter content is none; chosen alike.
const MIN_CONTENT_WORDS: usize = 2;

/// The statements of an article, without their speakers.
///
/// `scores` holds `[words, labels]` for each sentence; `labels` must have `O`
/// and `B-`/`I-` of SOURCE, CUE and CONTENT. Paragraphs are read one by one:
/// each content is a statement, with the cue nearest to it and the source
/// nearest to that cue (a source may serve several contents), in another sentence
/// only where there is none in this. A content may
/// cross sentences, and has several spans where it is split
/// (`"X," he said. "Y."`); one of a single word is left out. Its probability is the geometric mean of its words'.
/// The form is told by quotation marks, the force by `lexicon` and negation.
///
/// An answer to a question ("asked whether P, he said: “No.”") has the asked P
/// for its content, and the answer's words join its cue.
///
/// # Errors
///
/// [`StanceError::Model`] where a label is missing or scores do not fit.
pub fn find_statements(
    article: &Article,
    sentences: &[Sentence],
    scores: &[Scores],
    labels: &LabelSet,
    lexicon: &ForceLexicon,
) -> Result<Vec<Statement>, StanceError> {
    for role in gaps::ROLES {
        labels.require(&format!("B-{role}"))?;
    }
    let mut found = Vec::new();
    for paragraph in paragraphs(article, sentences) {
        let rows = scores.get(paragraph.sentences.clone()).unwrap_or_default();
        let rows = rows.iter().flat_map(Scores::rows).take(paragraph.words.len());
        let tags = bio::tag_rows(rows, labels, CHANGE_COST)?;
        let statements = of_paragraph(&paragraph, sentences, &tags, lexicon);
        found.extend(answer_questions(&paragraph, sentences, &statements));
    }
    sort(&mut found);
    Ok(found)
}

/// The statements of one paragraph, in the order of their contents.
pub(crate) fn of_paragraph(
    paragraph: &Paragraph<'_>,
    sentences: &[Sentence],
    tags: &[(Tag<'_>, f32)],
    lexicon: &ForceLexicon,
) -> Vec<Statement> {
    let only_tags: Vec<Tag<'_>> = tags.iter().map(|(tag, _)| *tag).collect();
    let is_sign =
        |word: usize| !paragraph.words[word].of(paragraph.text).contains(char::is_alphanumeric);
    let [sources, cues, mut contents] = gaps::role_spans(&only_tags, is_sign);
    contents.retain(|parts| parts.iter().map(Range::len).sum::<usize>() >= MIN_CONTENT_WORDS);
    if contents.is_empty() {
        return Vec::new();
    }
    let quotes = Quotes::of(paragraph.text, paragraph.span());
    let sentence_of =
        |word: usize| sentence_at(sentences, paragraph.field, paragraph.words[word].start);
    let label = edges::label(paragraph);
    let cut = contents.into_iter().map(|mut content| {
        edges::trim(&mut content, paragraph, &quotes);
        let is_labelled = label.iter().any(|label| edges::cut_label(&mut content, label));
        (content, is_labelled)
    });
    let cut: Vec<(Parts, bool)> = cut.collect();
    let label: Option<Parts> = label.map(|words| Vec::from([words]));
    let statement = |(content, is_labelled): &(Parts, bool)| {
        let label = label.as_ref().filter(|_| *is_labelled);
        let cue = gaps::nearest(content, &cues, sentence_of).filter(|_| label.is_none());
        let near = || gaps::nearest(cue.unwrap_or(content), &sources, sentence_of);
        let source = label.or_else(near);
        let words = || content.iter().flat_map(Clone::clone);
        let context = CueContext { paragraph, content };
        let spans = spans_of(paragraph, Some(content));
        Statement {
            sentence_idx: sentence_at(sentences, paragraph.field, spans[0].start)
                .unwrap_or(paragraph.sentences.start),
            field: paragraph.field,
            form: quotes.form(paragraph.text, words().map(|idx| paragraph.words[idx])),
            force: force::of_cue(&context, cue.map_or(&[], Vec::as_slice), lexicon),
            speaker_idx: None,
            speaker_kind: SpeakerKind::None,
            source: spans_of(paragraph, source),
            cue: spans_of(paragraph, cue),
            content: spans,
            parent_idx: None,
            probability: bio::mean_probability(
                words().filter_map(|idx| tags.get(idx)).map(|(_, probability)| *probability),
            ),
        }
    };
    cut.iter().map(statement).collect()
}

fn spans_of(paragraph: &Paragraph<'_>, parts: Option<&Parts>) -> Vec<Span> {
    parts.into_iter().flatten().map(|part| paragraph.hull(part.clone())).collect()
}

/// In order of field and content's start; of two that start together, the
/// longer first. `parent_idx` must not be set yet.
fn sort(statements: &mut [Statement]) {
    statements.sort_by_key(order);
}

/// What statements are sorted by.
pub(crate) fn order(statement: &Statement) -> impl Ord + use<> {
    let hull = Span::hull_of(&statement.content);
    let (start, end) = hull.map_or((0, 0), |span| (span.start, span.end));
    (statement.field, start, std::cmp::Reverse(end), statement.cue.first().copied())
}

#[cfg(test)]
mod tests {
    use newstance_model::{LabelSet, Scores};

    use super::find_statements;
    use crate::ForceLexicon;
    use crate::testing::Tagged;

    /// `source | cue | content | force form` of each statement.
    #[track_caller]
    fn check(tagged: &str, expected: &[&str]) {
        assert_eq!(Tagged::new(tagged).shown(), expected, "{tagged}");
    }

    #[test]
    fn a_content_has_the_cue_and_source_nearest_to_it() {
        check(
            "{S:Peskov} {C:said} {T:that Moscow had not asked}. ‖{S:Psaki} {C:disagreed}: {T:it had}.",
            &[
                "Peskov | said | that Moscow had not asked | affirms indirect",
                "Psaki | disagreed | it had | denies indirect",
            ],
        );
        check(
            "{T:It rained}, {C:according to} {S:two officials}.",
            &["two officials | according to | It rained | affirms indirect"],
        );
        check(
            "{S:He} {C:said} {T:it rained} and {C:added} {T:it was wet}.",
            &[
                "He | said | it rained | affirms indirect",
                "He | added | it was wet | affirms indirect",
            ],
        );
        check(
            "{T:It rained}, it was {C:reported}.",
            &[" | reported | It rained | affirms indirect"],
        );
        check("{S:He} {C:said} {T:so}.", &[]);
        check(
            "{S:Peru}, whose boats fish here, {C:said} {T:it was late}. ‖{S:Ann} {C:denied} {T:it was}.",
            &[
                "Peru | said | it was late | affirms indirect",
                "Ann | denied | it was | denies indirect",
            ],
        );
        check(
            "{S:Ann} {C:said} {T:it was late}. ‖{T:It was wet}.",
            &[
                "Ann | said | it was late | affirms indirect",
                "Ann | said | It was wet | affirms indirect",
            ],
        );
    }

    #[test]
    fn a_split_quotation_is_one_statement() {
        check(
            "{T:“It rained,”} {S:she} {C:said}. ‖{t:“It was wet.”}",
            &["she | said | “It rained,” + “It was wet.” | affirms direct"],
        );
        check(
            "{T:“It rained,”} {S:she} {C:said}. ‖{T:“It was wet.”}",
            &[
                "she | said | “It rained,” | affirms direct",
                "she | said | “It was wet.” | affirms direct",
            ],
        );
    }

    #[test]
    fn contents_that_touch_within_a_clause_are_one() {
        check(
            "{T:China condemned} {T:the United States}. {S:Peskov} {C:said} {T:it was late}.",
            &[
                "Peskov | said | China condemned the United States | affirms indirect",
                "Peskov | said | it was late | affirms indirect",
            ],
        );
    }

    #[test]
    fn signs_and_conjunctions_at_the_edges_are_cut() {
        check(
            "{S:Ann} {C:said} {T:it rained (again),} {C:denied} {T:it was wet and} left.",
            &[
                "Ann | said | it rained (again) | affirms indirect",
                "Ann | denied | it was wet | denies indirect",
            ],
        );
        check(
            "{T:“It rained,”} {S:she} {C:said}.",
            &["she | said | “It rained,” | affirms direct"],
        );
        check(
            "{S:She} {C:said} {T:it rained in the U.S.}",
            &["She | said | it rained in the U.S. | affirms indirect"],
        );
    }

    #[test]
    fn the_label_of_a_transcript_is_the_source() {
        check(
            "{T:ANA BRANDT: Let us begin.}\n{T:HAIDARI: We have}.",
            &[
                "ANA BRANDT |  | Let us begin | affirms indirect",
                "HAIDARI |  | We have | affirms indirect",
            ],
        );
        check("{T:Ana: it rained}.", &[" |  | Ana: it rained | affirms indirect"]);
    }

    #[test]
    fn a_content_crosses_sentences_but_not_paragraphs() {
        check(
            "{S:She} {C:said}: {T:“It rained. ‖It was wet.”}",
            &["She | said | “It rained. ‖It was wet.” | affirms direct".replace('‖', "").as_str()],
        );
        check(
            "{S:She} {C:said}: {T:“It rained.}\n{t:It was wet.”}",
            &["She | said | “It rained. | affirms direct", " |  | It was wet.” | affirms indirect"],
        );
    }

    #[test]
    fn the_form_follows_the_marks() {
        check(
            "{T:« Il pleut »}, {S:she} {C:said}.",
            &["she | said | « Il pleut » | affirms direct"],
        );
        check(
            "{S:She} {C:said} {T:the rain was “very wet”}.",
            &["She | said | the rain was “very wet” | affirms mixed"],
        );
    }

    #[test]
    fn a_model_without_the_labels_is_an_error() {
        let tagged = Tagged::new("{T:It rained}.");
        let labels = LabelSet::new("attribution", vec!["O".into(), "B-CUE".into()]);
        let scores = [Scores::new(2, vec![0.5; 6])];
        let lexicon = ForceLexicon::default();
        let found = find_statements(&tagged.article, &tagged.sentences, &scores, &labels, &lexicon);
        assert!(found.unwrap_err().to_string().contains("no label `B-SOURCE`"));
    }
}
