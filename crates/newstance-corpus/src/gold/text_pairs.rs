//! What one text is to another: JSON Lines.

use std::path::Path;

use newstance_doc::Relation;
use serde::Deserialize;

use super::article_columns::{columns_of, from_fields};
use super::text_file::read;
use super::{Columns, GoldError};

/// Two texts and what one is to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldTextPair {
    /// What the bootstrap draws: the document where the data tell it, else the line.
    pub document: String,
    /// One text.
    pub first: String,
    /// The other.
    pub second: String,
    /// What they are to each other.
    pub relation: Relation,
    /// The row's other fields: what it can be sliced by.
    pub columns: Columns,
    /// The row's id, else its line.
    pub key: String,
}

/// Fields that say what an example is, and slice nothing.
const OWN_FIELDS: [&str; 5] = ["id", "document", "a", "b", "label"];

/// Reads `{"a", "b", "label"}` a line, the label `same`, `opposite` or
/// `unrelated`, with a `"document"` where it is known.
///
/// # Errors
///
/// [`GoldError`], naming file and line.
pub fn read_text_pairs(path: &Path) -> Result<Vec<GoldTextPair>, GoldError> {
    let mut pairs = Vec::new();
    for (idx, line) in read(path)?.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let pair = text_pair(line, idx + 1).map_err(|error| GoldError::Line {
            path: path.to_owned(),
            line: idx + 1,
            reason: error.to_string(),
        })?;
        pairs.push(pair);
    }
    if pairs.is_empty() {
        return Err(GoldError::Empty { path: path.to_owned() });
    }
    Ok(pairs)
}

fn text_pair(line: &str, number: usize) -> Result<GoldTextPair, serde_json::Error> {
    #[derive(Deserialize)]
    struct Row {
        a: String,
        b: String,
        label: Relation,
        document: Option<String>,
    }
    let Row { a: first, b: second, label: relation, document } = serde_json::from_str(line)?;
    let fields = from_fields(line)?;
    let id = fields.get("id").and_then(|id| id.as_str());
    let name = || format!("line {number}");
    Ok(GoldTextPair {
        document: document.unwrap_or_else(name),
        first,
        second,
        relation,
        columns: columns_of(&fields, &OWN_FIELDS),
        key: id.map_or_else(name, str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use newstance_doc::Relation;

    use super::{GoldError, read_text_pairs};

    fn file(content: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        file
    }

    #[track_caller]
    fn check_refused(row: &str, expected: &str) {
        let good = r#"{"a": "x", "b": "y", "label": "same"}"#;
        let error = read_text_pairs(file(&format!("{good}\n\n{row}\n")).path()).unwrap_err();
        assert!(matches!(error, GoldError::Line { line: 3, .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }

    #[test]
    fn a_row_is_a_document_unless_it_names_one() {
        let file = file(
            "{\"a\": \"x\", \"b\": \"y\", \"label\": \"same\"}\n\
             {\"a\": \"x\", \"b\": \"z\", \"label\": \"opposite\", \"document\": \"d\", \"id\": \"2\", \"story\": \"s\"}\n",
        );
        let pairs = read_text_pairs(file.path()).unwrap();
        let names: Vec<_> = pairs.iter().map(|p| (p.document.as_str(), p.key.as_str())).collect();
        assert_eq!(names, [("line 1", "line 1"), ("d", "2")]);
        assert_eq!(
            (pairs[1].relation, pairs[1].columns["story"].as_str()),
            (Relation::Opposite, "s")
        );
        assert!(pairs[0].columns.is_empty());
    }

    #[test]
    fn what_a_row_does_not_say_is_an_error_with_its_line() {
        check_refused(r#"{"a": "x", "label": "same"}"#, "missing field `b`");
        check_refused(r#"{"a": "x", "b": "y"}"#, "missing field `label`");
        check_refused(r#"{"a": "x", "b": "y", "label": "alike"}"#, "unknown variant `alike`");
        check_refused("x", "expected value");
    }

    #[test]
    fn a_file_without_rows_is_an_error() {
        let error = read_text_pairs(file("\n").path()).unwrap_err();
        assert!(matches!(error, GoldError::Empty { .. }), "{error}");
    }
}
