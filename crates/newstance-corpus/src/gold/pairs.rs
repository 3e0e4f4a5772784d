//! Stances of pairs and toward targets: JSON Lines.

use std::path::Path;

use newstance_doc::Span;
use serde::Deserialize;

use super::article_columns::{columns_of, from_fields};
use super::text_file::{CharToByte, read};
use super::{Columns, GoldError};

/// A sentence with a marked target, and perhaps a holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldPair {
    /// What the bootstrap draws: the article where the data tell it, else the line.
    pub document: String,
    /// The sentence.
    pub text: String,
    /// The first of a directed pair; none where the holder is anyone.
    pub first: Option<Span>,
    /// The second of a directed pair, or the target.
    pub second: Span,
    /// The label, as the file has it.
    pub label: String,
    /// The row's other fields: what it can be sliced by.
    pub columns: Columns,
    /// The row's id, else its line.
    pub key: String,
}

/// Reads `{"text", "p": [start, end], "q": [start, end], "label"}` a line, with
/// an `"article"` where it is known.
///
/// # Errors
///
/// [`GoldError`], naming file and line.
pub fn read_directed_pairs(path: &Path) -> Result<Vec<GoldPair>, GoldError> {
    #[derive(Deserialize)]
    struct Row {
        text: String,
        p: [usize; 2],
        q: [usize; 2],
        label: String,
        article: Option<String>,
    }
    read_rows(path, |row: Row, line| {
        let offsets = CharToByte::new(&row.text);
        let first = offsets.span(row.p[0], row.p[1])?;
        let second = offsets.span(row.q[0], row.q[1])?;
        let document = row.article.unwrap_or_else(|| format!("line {line}"));
        Some(pair((document, row.text, row.label), (Some(first), second)))
    })
}

/// Reads `{"article", "text", "target": [start, end], "label"}` a line.
///
/// # Errors
///
/// [`GoldError`], naming file and line.
pub fn read_target_pairs(path: &Path) -> Result<Vec<GoldPair>, GoldError> {
    #[derive(Deserialize)]
    struct Row {
        article: String,
        text: String,
        target: [usize; 2],
        label: String,
    }
    read_rows(path, |row: Row, _| {
        let second = CharToByte::new(&row.text).span(row.target[0], row.target[1])?;
        Some(pair((row.article, row.text, row.label), (None, second)))
    })
}

fn pair(
    (document, text, label): (String, String, String),
    (first, second): (Option<Span>, Span),
) -> GoldPair {
    let (columns, key) = (Columns::new(), String::new());
    GoldPair { document, text, first, second, label, columns, key }
}

/// Fields that say what an example is, and slice nothing.
const OWN_FIELDS: [&str; 7] = ["id", "article", "text", "p", "q", "target", "label"];

fn read_rows<R: for<'de> Deserialize<'de>>(
    path: &Path,
    make: impl Fn(R, usize) -> Option<GoldPair>,
) -> Result<Vec<GoldPair>, GoldError> {
    let mut pairs = Vec::new();
    for (idx, line) in read(path)?.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong =
            |reason: String| GoldError::Line { path: path.to_owned(), line: idx + 1, reason };
        let row = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        let mut pair =
            make(row, idx + 1).ok_or_else(|| wrong("a span is not of this text".to_owned()))?;
        let fields = from_fields(line).map_err(|error| wrong(error.to_string()))?;
        pair.columns = columns_of(&fields, &OWN_FIELDS);
        let id = fields.get("id").and_then(|id| id.as_str());
        pair.key = id.map_or_else(|| format!("line {}", idx + 1), str::to_owned);
        pairs.push(pair);
    }
    if pairs.is_empty() {
        return Err(GoldError::Empty { path: path.to_owned() });
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::{GoldError, read_directed_pairs, read_target_pairs};

    fn file(content: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        file
    }

    #[test]
    fn offsets_count_characters() {
        let file = file(
            "{\"text\": \"“Né” hit Bo\", \"p\": [1, 3], \"q\": [9, 11], \"label\": \"neutral\"}\n",
        );
        let pair = &read_directed_pairs(file.path()).unwrap()[0];
        assert_eq!(pair.first.unwrap().of(&pair.text), "Né");
        assert_eq!(pair.second.of(&pair.text), "Bo");
    }

    #[test]
    fn rows_of_an_article_are_one_document() {
        let row =
            r#"{"id": "1", "article": "a", "text": "Bo", "target": [0, 2], "label": "neutral"}"#;
        let file = file(&format!("{row}\n{row}\n"));
        let pairs = read_target_pairs(file.path()).unwrap();
        assert_eq!((pairs[0].document.as_str(), pairs.len()), ("a", 2));
    }

    #[test]
    fn a_row_that_lacks_a_field_is_an_error_with_its_line() {
        let file = file("{\"text\": \"x\"}\n");
        let error = read_directed_pairs(file.path()).unwrap_err();
        assert!(matches!(error, GoldError::Line { line: 1, .. }), "{error}");
    }

    #[test]
    fn a_target_outside_of_the_text_is_an_error() {
        let file = file(
            "{\"article\": \"a\", \"text\": \"x\", \"target\": [0, 9], \"label\": \"neutral\"}\n",
        );
        assert!(read_target_pairs(file.path()).is_err());
    }
}
