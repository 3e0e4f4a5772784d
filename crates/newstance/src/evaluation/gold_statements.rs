//! Statements of gold passages beside those that were found.

use newstance_corpus::gold::{GoldPassage, Place};
use newstance_doc::rows::CharSpan;
use newstance_doc::{Annotated, Article, CharOffsets, Field, Span, SpeakerKind, Statement};
use newstance_eval::{AttributionDocument, AttributionExample, AttributionSpans, Columns};

/// Character offsets over title and text, as if the title stood before the text.
pub(super) struct ArticleChars<'a> {
    title: CharOffsets<'a>,
    text: CharOffsets<'a>,
    shift: u64,
}

impl<'a> ArticleChars<'a> {
    pub(super) fn new(article: &'a Article) -> Self {
        let shift = article.title.chars().count() as u64 + 1;
        let (title, text) = (CharOffsets::new(&article.title), CharOffsets::new(&article.text));
        Self { title, text, shift }
    }

    /// From the first character of the spans to the last; none for none.
    pub(super) fn hull(&self, field: Field, spans: &[Span]) -> Option<CharSpan> {
        let span = Span::hull_of(spans)?;
        let (offsets, shift) = match field {
            Field::Title => (&self.title, 0),
            Field::Text => (&self.text, self.shift),
        };
        let (start, end) = offsets.span(span);
        Some(CharSpan { start_char: start as u64 + shift, end_char: end as u64 + shift })
    }
}

/// The statements of a passage and those that were found in it.
pub(super) fn attributions(passage: &GoldPassage, found: &Annotated) -> AttributionDocument {
    let chars = ArticleChars::new(&found.article);
    let example = |field: Field, (content, source): (&[Span], &[Span]), probability| {
        let spans = AttributionSpans {
            content: chars.hull(field, content)?,
            source: chars.hull(field, source),
        };
        Some(AttributionExample { spans, columns: Columns::new(), probability })
    };
    let gold = passage.statements.iter().filter_map(|statement| {
        let field = statement.content.first()?.field;
        example(field, (&spans(&statement.content), &spans(&statement.source)), None)
    });
    let predicted = found.statements.iter().filter_map(|statement| {
        let probability = Some(f64::from(statement.probability));
        example(statement.field, (&statement.content, &statement.source), probability)
    });
    AttributionDocument {
        id: passage.id.clone(),
        columns: passage.columns.clone(),
        gold: gold.collect(),
        predicted: predicted.collect(),
    }
}

fn spans(places: &[Place]) -> Vec<Span> {
    places.iter().map(|place| place.span).collect()
}

/// The gold statements as the pipeline would have them, each affirmed, in the
/// order that it keeps; with each the index of its gold statement.
pub(super) fn as_found(passage: &GoldPassage, found: &Annotated) -> Vec<(usize, Statement)> {
    let mut order: Vec<usize> = (0..passage.statements.len()).collect();
    order.sort_by_key(|&idx| {
        let hull = passage.statements[idx].content_hull();
        hull.map(|place| (place.field, place.span.start, std::cmp::Reverse(place.span.end)))
    });
    let place_of = |gold: usize| order.iter().position(|&idx| idx == gold);
    let statement = |&gold: &usize| {
        let statement = &passage.statements[gold];
        let hull = statement.content_hull()?;
        let speaker_idx = speaker(passage, found, gold);
        Some((
            gold,
            Statement {
                sentence_idx: sentence_at(found, hull)?,
                field: hull.field,
                form: statement.form,
                // What is compared is what contents say, whatever is done with them.
                force: newstance_doc::Force::Affirms,
                speaker_idx,
                speaker_kind: speaker_idx.map_or(SpeakerKind::None, |_| SpeakerKind::Name),
                source: spans(&statement.source),
                cue: spans(&statement.cue),
                content: spans(&statement.content),
                parent_idx: statement.parent.and_then(place_of),
                probability: 1.0,
            },
        ))
    };
    order.iter().filter_map(statement).collect()
}

/// The found actor that a gold statement's source mentions.
fn speaker(passage: &GoldPassage, found: &Annotated, gold: usize) -> Option<usize> {
    let source = passage.statements[gold].source_hull()?;
    let touches = |mention: &&newstance_doc::Mention| {
        mention.field == source.field && mention.span.overlaps(source.span)
    };
    found.mentions.iter().filter(touches).find_map(|mention| mention.actor_idx)
}

fn sentence_at(found: &Annotated, place: Place) -> Option<usize> {
    found
        .sentences
        .iter()
        .position(|sentence| sentence.field == place.field && sentence.span.end > place.span.start)
}
