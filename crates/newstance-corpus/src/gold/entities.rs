//! Entities, whatever the form of the file.

use std::path::Path;

use newstance_doc::Span;

use super::columns::read_columns;
use super::label_studio::read_label_studio;
use super::spacy::read_spacy;
use super::text_file::{files, read};
use super::{Columns, GoldError};

/// A document with its entities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldEntities {
    /// File, and number in it.
    pub id: String,
    /// What it can be sliced by.
    pub columns: Columns,
    /// The text; where the file has tokens, these joined by a space, sentences
    /// by a line break.
    pub text: String,
    /// The tokens of each sentence; none where the file marks spans.
    pub sentences: Vec<Vec<GoldToken>>,
    /// The entities of a file that marks spans, sorted.
    pub entities: Vec<GoldEntity>,
}

/// A token and its tag, as the file has it (`B-PER`, `I-PER`, `O`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldToken {
    /// Where it stands in the document's text.
    pub span: Span,
    /// The tag.
    pub tag: String,
    /// Tags of further columns: entities within others.
    pub nested: Vec<String>,
}

/// A span with its label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GoldEntity {
    /// Where it stands in the document's text.
    pub span: Span,
    /// The label, as the file has it.
    pub label: String,
}

/// Reads a file, or every file of a folder: JSON of spaCy or Label Studio where
/// the file ends in `.json` or `.jsonl`, columns otherwise. In columns a line
/// is a token and its tag: the second column where columns are parted by tabs
/// (further ones hold nested entities), else the last.
///
/// # Errors
///
/// [`GoldError`], naming file and line.
pub fn read_entities(path: &Path) -> Result<Vec<GoldEntities>, GoldError> {
    let mut documents = Vec::new();
    for file in files(path)? {
        let is_json = file.extension().is_some_and(|end| end == "json" || end == "jsonl");
        if !is_json {
            read_columns(&file, &mut documents)?;
        } else if is_label_studio(&read(&file)?) {
            documents.extend(read_label_studio(&file)?.into_iter().map(of_label_studio));
        } else {
            read_spacy(&file, &mut documents)?;
        }
    }
    documents.retain(|document| !document.text.is_empty());
    if documents.is_empty() {
        return Err(GoldError::Empty { path: path.to_owned() });
    }
    Ok(documents)
}

/// Tasks of Label Studio hold their text under `data`.
fn is_label_studio(content: &str) -> bool {
    content.contains("\"data\"") && content.contains("\"annotations\"")
}

fn of_label_studio(text: super::LabelledText) -> GoldEntities {
    let entity = |span: super::LabelledSpan| GoldEntity { span: span.span, label: span.label };
    let mut entities: Vec<GoldEntity> = text.spans.into_iter().map(entity).collect();
    entities.sort();
    GoldEntities {
        id: text.id,
        columns: text.columns,
        text: text.text,
        sentences: Vec::new(),
        entities,
    }
}
