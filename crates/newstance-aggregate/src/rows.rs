//! The tables that say of each article what was found in it.

use newstance_doc::rows::{
    ArticleRow, ArticleTables, CharSpan, MentionRow, SentenceRow, StanceRow, StatementRow,
};
use newstance_doc::{
    Annotated, Basis, CharOffsets, Field, Holder, Mention, Sentence, Span, Stance, Statement,
};
use sha2::{Digest, Sha256};

use crate::agency::agency;
use crate::archive::{InArchive, mention_id, stance_id, statement_id};

/// Id of the outlet's own voice.
pub(crate) const OUTLET: &str = "outlet";

/// Where the bytes of an article stand in characters.
struct Offsets<'t> {
    title: CharOffsets<'t>,
    text: CharOffsets<'t>,
}

impl<'t> Offsets<'t> {
    fn new(annotated: &'t Annotated) -> Self {
        Self {
            title: CharOffsets::new(&annotated.article.title),
            text: CharOffsets::new(&annotated.article.text),
        }
    }

    fn span(&self, field: Field, span: Span) -> CharSpan {
        let offsets = match field {
            Field::Title => &self.title,
            Field::Text => &self.text,
        };
        let (start, end) = offsets.span(span);
        CharSpan { start_char: start as u64, end_char: end as u64 }
    }

    fn spans(&self, field: Field, spans: &[Span]) -> Vec<CharSpan> {
        spans.iter().map(|span| self.span(field, *span)).collect()
    }
}

/// The rows of `articles` and `sentences` of an article.
pub(crate) fn article_rows(article: InArchive<'_>) -> ArticleTables {
    ArticleTables {
        articles: vec![article_row(article)],
        sentences: sentence_rows(article.annotated),
        ..ArticleTables::default()
    }
}

fn article_row(of: InArchive<'_>) -> ArticleRow {
    let annotated = of.annotated;
    let article = annotated.article.clone();
    ArticleRow {
        n_sentences: annotated.sentences.len() as u64,
        n_words: annotated.sentences.iter().map(|s| s.words.len() as u64).sum(),
        text_sha256: sha256(&article.text),
        wire_group: of.wire_group().to_owned(),
        is_wire_copy: of.is_copy(),
        agency: agency(&article.text).map(str::to_owned),
        article_id: article.id,
        outlet: article.outlet,
        date: article.date,
        date_raw: article.date_raw,
        title: article.title,
        text: article.text,
        authors: article.authors,
        url: article.url,
        language: article.language,
        extra: article.extra,
    }
}

fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(hexadecimal).collect()
}

fn hexadecimal(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).expect("four bits are a digit")
}

fn sentence_rows(annotated: &Annotated) -> Vec<SentenceRow> {
    let offsets = Offsets::new(annotated);
    let row = |(idx, sentence): (usize, &Sentence)| {
        let CharSpan { start_char, end_char } = offsets.span(sentence.field, sentence.span);
        SentenceRow {
            article_id: annotated.article.id.clone(),
            sentence: idx as u64,
            field: sentence.field.as_str().to_owned(),
            start_char,
            end_char,
        }
    };
    annotated.sentences.iter().enumerate().map(row).collect()
}

/// The rows of `mentions` of an article.
pub(crate) fn mention_rows(article: InArchive<'_>) -> ArticleTables {
    let offsets = Offsets::new(article.annotated);
    let annotated = article.annotated;
    let row = |(idx, mention): (usize, &Mention)| {
        let CharSpan { start_char, end_char } = offsets.span(mention.field, mention.span);
        MentionRow {
            mention_id: mention_id(&annotated.article.id, idx),
            article_id: annotated.article.id.clone(),
            sentence: mention.sentence_idx as u64,
            field: mention.field.as_str().to_owned(),
            start_char,
            end_char,
            text: mention.span.of(annotated.article.field(mention.field)).to_owned(),
            label: mention.label.as_str().to_owned(),
            probability: mention.probability,
            actor_id: mention.actor_idx.map(|actor| article.actor_id(actor).to_owned()),
        }
    };
    ArticleTables {
        mentions: annotated.mentions.iter().enumerate().map(row).collect(),
        ..ArticleTables::default()
    }
}

/// The rows of `statements` of an article.
pub(crate) fn statement_rows(article: InArchive<'_>) -> ArticleTables {
    let offsets = Offsets::new(article.annotated);
    let statements = article.annotated.statements.iter().enumerate();
    ArticleTables {
        statements: statements.map(|of| statement_row(article, &offsets, of)).collect(),
        ..ArticleTables::default()
    }
}

fn statement_row(
    of: InArchive<'_>,
    offsets: &Offsets<'_>,
    (idx, statement): (usize, &Statement),
) -> StatementRow {
    let (article, field) = (&of.annotated.article, statement.field);
    let text = article.field(field);
    StatementRow {
        statement_id: statement_id(&article.id, idx),
        article_id: article.id.clone(),
        sentence: statement.sentence_idx as u64,
        field: field.as_str().to_owned(),
        form: statement.form.as_str().to_owned(),
        force: statement.force.as_str().to_owned(),
        speaker_id: of.speaker_id(idx).map(str::to_owned),
        speaker_kind: statement.speaker_kind.as_str().to_owned(),
        speaker_text: (!statement.source.is_empty()).then(|| joined(text, &statement.source)),
        source: offsets.spans(field, &statement.source),
        cue: offsets.spans(field, &statement.cue),
        content: offsets.spans(field, &statement.content),
        content_text: joined(text, &statement.content),
        parent_id: statement.parent_idx.map(|parent| statement_id(&article.id, parent)),
        probability: statement.probability,
    }
}

/// What `spans` cover, joined by a space.
pub(crate) fn joined(text: &str, spans: &[Span]) -> String {
    let parts: Vec<&str> = spans.iter().map(|span| span.of(text)).collect();
    parts.join(" ")
}

/// The rows of `stances` of an article.
pub(crate) fn stance_rows(article: InArchive<'_>) -> ArticleTables {
    let offsets = Offsets::new(article.annotated);
    let stances = article.annotated.stances.iter().enumerate();
    ArticleTables {
        stances: stances.map(|of| stance_row(article, &offsets, of)).collect(),
        ..ArticleTables::default()
    }
}

fn stance_row(
    article: InArchive<'_>,
    offsets: &Offsets<'_>,
    (idx, stance): (usize, &Stance),
) -> StanceRow {
    let article_id = article.annotated.article.id.as_str();
    let place = offsets.span(stance.field, stance.span);
    StanceRow {
        stance_id: stance_id(article_id, idx),
        article_id: article_id.to_owned(),
        sentence: stance.sentence_idx as u64,
        field: stance.field.as_str().to_owned(),
        start_char: place.start_char,
        end_char: place.end_char,
        holder_id: match stance.holder {
            Holder::Actor(holder) => article.actor_id(holder).to_owned(),
            Holder::Outlet => OUTLET.to_owned(),
        },
        target_id: article.actor_id(stance.target_idx).to_owned(),
        position: stance.position.as_str().to_owned(),
        p_supports: stance.probabilities.supports,
        p_neutral: stance.probabilities.neutral,
        p_opposes: stance.probabilities.opposes,
        basis: stance.basis.as_str().to_owned(),
        statement_id: match stance.basis {
            Basis::Statement(statement) => Some(statement_id(article_id, statement)),
            Basis::Told | Basis::Outlet => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use newstance_doc::ActorKind::Country;
    use newstance_doc::Force;

    use super::{mention_rows, statement_rows};
    use crate::AggregateSettings;
    use crate::archive::Archive;
    use crate::testing::Draft;

    #[test]
    fn offsets_count_code_points_and_texts_are_verbatim() {
        let mut draft = Draft::new("x", "🕯️ Genève: “Rain fell.” Ruritania said 😂.");
        let country = draft.actor("Ruritania", Country);
        draft.mention("Ruritania", country);
        draft.statement(Some(country), "said", "“Rain fell.”", Force::Affirms);
        let draft = draft.done();
        let archive =
            Archive::of(std::slice::from_ref(&draft), &AggregateSettings::default()).unwrap();
        let article = archive.article(0, &draft);
        let mention = &mention_rows(article).mentions[0];
        assert_eq!((mention.start_char, mention.end_char), (24, 33));
        assert_eq!(mention.text, "Ruritania");
        assert_eq!(mention.mention_id, "x:m000000");
        let statement = &statement_rows(article).statements[0];
        assert_eq!(statement.content_text, "“Rain fell.”");
        assert_eq!((statement.content[0].start_char, statement.content[0].end_char), (11, 23));
        assert_eq!(statement.speaker_id.as_deref(), Some("ruritania"));
    }

    #[test]
    fn the_hash_of_a_text_is_its_sha_256() {
        assert_eq!(
            super::sha256("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
