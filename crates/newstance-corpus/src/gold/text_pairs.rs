//! What one text is to another: JSON Lines, or a list in JSON.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::article_columns::columns_of;
use super::text_file::json_values;
use super::{Columns, GoldError};

/// What the labels of a file tell of two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextPairLabels {
    /// `same`, `opposite`, `unrelated`.
    Relations,
    /// `supports`, `opposes`: a claim's perspectives are never unrelated
    /// (Perspectrum; Chen et al., 2019).
    Sides,
    /// `entailed`, `not-entailed`: whether who says the first holds the
    /// second true (DNC; Poliak et al., 2018).
    Entailment,
    /// `agree`, `disagree`, `discuss`: what an article's body has of a headline
    /// (Fake News Challenge, 2017, without its unrelated pairs).
    Reports,
}

impl TextPairLabels {
    /// The labels, in the order in which they are counted.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Relations => &["same", "opposite", "unrelated"],
            Self::Sides => &["supports", "opposes"],
            Self::Entailment => &["entailed", "not-entailed"],
            Self::Reports => &["agree", "disagree", "discuss"],
        }
    }
}

/// Pairs of texts, all of one kind of labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldTextPairs {
    /// What is told of each.
    pub labels: TextPairLabels,
    /// In the order of the file.
    pub pairs: Vec<GoldTextPair>,
}

/// Two texts and what one is to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldTextPair {
    /// What the bootstrap draws: the document, claim or context, else the line.
    pub document: String,
    /// One text.
    pub first: String,
    /// The other.
    pub second: String,
    /// What they are to each other, as an index of the labels' names.
    pub label: usize,
    /// The row's other fields: what it can be sliced by.
    pub columns: Columns,
    /// The row's id, else its line.
    pub key: String,
}

/// Fields that say what an example is, and slice nothing.
const OWN_FIELDS: [&str; 18] = [
    "id",
    "document",
    "a",
    "b",
    "label",
    "claim",
    "perspective",
    "context",
    "hypothesis",
    "pair-id",
    "binary-label",
    "label-set",
    "split",
    "headline",
    "body",
    "body_id",
    "part",
    "topic",
];

/// Reads pairs of texts: `{"a", "b", "label"}` with a `"document"` where it is
/// known, `{"claim", "perspective", "label"}` as Perspectrum has them, or
/// `{"context", "hypothesis", "label"}` as DNC has them, or `{"headline",
/// "body", "label"}` with a `"topic"` where it is known. The first row tells
/// which; the others must be like it.
///
/// # Errors
///
/// [`GoldError`], naming file and line, and in a list the item.
pub fn read_text_pairs(path: &Path) -> Result<GoldTextPairs, GoldError> {
    let rows = json_values(path)?;
    let Some((_, first)) = rows.first() else {
        return Err(GoldError::Empty { path: path.to_owned() });
    };
    let labels = labels_of(first);
    let mut pairs = Vec::with_capacity(rows.len());
    for (idx, (line, row)) in rows.into_iter().enumerate() {
        let number = idx + 1;
        let pair = text_pair(labels, row, number).map_err(|error| GoldError::Line {
            path: path.to_owned(),
            line,
            reason: format!("row {number}: {error}"),
        })?;
        pairs.push(pair);
    }
    Ok(GoldTextPairs { labels, pairs })
}

fn labels_of(row: &Value) -> TextPairLabels {
    if row.get("perspective").is_some() {
        TextPairLabels::Sides
    } else if row.get("hypothesis").is_some() {
        TextPairLabels::Entailment
    } else if row.get("headline").is_some() {
        TextPairLabels::Reports
    } else {
        TextPairLabels::Relations
    }
}

fn text_pair(
    labels: TextPairLabels,
    row: Value,
    number: usize,
) -> Result<GoldTextPair, serde_json::Error> {
    let fields: Map<String, Value> = serde_json::from_value(row.clone())?;
    let texts = match labels {
        TextPairLabels::Relations => Texts::of_relation(row)?,
        TextPairLabels::Sides => Texts::of_side(row)?,
        TextPairLabels::Entailment => Texts::of_entailment(row)?,
        TextPairLabels::Reports => Texts::of_report(row)?,
    };
    let label = labels.names().iter().position(|name| *name == texts.label).ok_or_else(|| {
        let names = labels.names().join(", ");
        serde::de::Error::custom(format!("label `{}` is not one of {names}", texts.label))
    })?;
    let id = fields.get("id").or_else(|| fields.get("pair-id")).map(plain);
    let name = || format!("row {number}");
    Ok(GoldTextPair {
        document: texts.document.unwrap_or_else(name),
        first: texts.first,
        second: texts.second,
        label,
        columns: columns_of(&fields, &OWN_FIELDS),
        key: id.unwrap_or_else(name),
    })
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What a row says, whatever it calls it.
struct Texts {
    document: Option<String>,
    first: String,
    second: String,
    label: String,
}

impl Texts {
    fn of_relation(row: Value) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Row {
            a: String,
            b: String,
            label: String,
            document: Option<String>,
        }
        let Row { a: first, b: second, label, document } = serde_json::from_value(row)?;
        Ok(Self { document, first, second, label })
    }

    fn of_side(row: Value) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Row {
            claim: String,
            perspective: String,
            label: String,
        }
        let Row { claim: first, perspective: second, label } = serde_json::from_value(row)?;
        Ok(Self { document: Some(first.clone()), first, second, label })
    }

    fn of_entailment(row: Value) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Row {
            context: String,
            hypothesis: String,
            label: String,
        }
        let Row { context: first, hypothesis: second, label } = serde_json::from_value(row)?;
        Ok(Self { document: Some(first.clone()), first, second, label })
    }

    fn of_report(row: Value) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Row {
            headline: String,
            body: String,
            label: String,
            topic: Option<String>,
        }
        let Row { headline: first, body: second, label, topic } = serde_json::from_value(row)?;
        Ok(Self { document: topic, first, second, label })
    }
}

#[cfg(test)]
mod tests {
    use super::{GoldError, GoldTextPairs, TextPairLabels, read_text_pairs};

    fn read(content: &str) -> Result<GoldTextPairs, GoldError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        read_text_pairs(file.path())
    }

    #[track_caller]
    fn check_refused(row: &str, expected: &str) {
        let good = r#"{"a": "x", "b": "y", "label": "same"}"#;
        let error = read(&format!("{good}\n\n{row}\n")).unwrap_err();
        assert!(matches!(error, GoldError::Line { line: 3, .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }

    #[test]
    fn a_row_is_a_document_unless_it_names_one() {
        let gold = read(
            "{\"a\": \"x\", \"b\": \"y\", \"label\": \"same\"}\n\
             {\"a\": \"x\", \"b\": \"z\", \"label\": \"opposite\", \"document\": \"d\", \"id\": \"2\", \"story\": \"s\"}\n",
        )
        .unwrap();
        let names: Vec<_> =
            gold.pairs.iter().map(|p| (p.document.as_str(), p.key.as_str())).collect();
        assert_eq!(names, [("row 1", "row 1"), ("d", "2")]);
        assert_eq!((gold.pairs[1].label, gold.pairs[1].columns["story"].as_str()), (1, "s"));
        assert!(gold.pairs[0].columns.is_empty());
    }

    #[test]
    fn perspectives_of_a_claim_are_one_document() {
        let row = r#"{"claim": "c", "perspective": "p", "label": "opposes"}"#;
        let gold = read(&format!("{row}\n{row}\n")).unwrap();
        assert_eq!((gold.labels, gold.pairs[1].label), (TextPairLabels::Sides, 1));
        assert_eq!((gold.pairs[1].document.as_str(), gold.pairs[1].key.as_str()), ("c", "row 2"));
    }

    #[test]
    fn a_list_of_contexts_with_hypotheses_is_read() {
        let row = r#"{"context": "He knew.", "hypothesis": "It was.", "label": "not-entailed", "pair-id": 7, "split": "dev"}"#;
        let gold = read(&format!("[\n{row},\n{row}]")).unwrap();
        assert_eq!((gold.labels, gold.pairs.len()), (TextPairLabels::Entailment, 2));
        let pair = &gold.pairs[0];
        assert_eq!((pair.first.as_str(), pair.label, pair.key.as_str()), ("He knew.", 1, "7"));
        assert!(pair.columns.is_empty());
    }

    #[test]
    fn headlines_of_a_topic_are_one_document() {
        let row = r#"{"headline": "h", "body": "b", "body_id": 3, "label": "discuss", "topic": "t", "part": "dev"}"#;
        let gold = read(row).unwrap();
        let pair = &gold.pairs[0];
        assert_eq!(
            (gold.labels, pair.label, pair.document.as_str()),
            (TextPairLabels::Reports, 2, "t")
        );
        assert!(pair.columns.is_empty());
    }

    #[test]
    fn what_a_row_does_not_say_is_an_error_with_its_line() {
        check_refused(r#"{"a": "x", "label": "same"}"#, "missing field `b`");
        check_refused(r#"{"a": "x", "b": "y"}"#, "missing field `label`");
        check_refused(
            r#"{"a": "x", "b": "y", "label": "alike"}"#,
            "row 2: label `alike` is not one of same, opposite, unrelated",
        );
        check_refused(
            r#"{"claim": "x", "perspective": "y", "label": "supports"}"#,
            "missing field `a`",
        );
        check_refused("x", "expected value");
    }

    #[test]
    fn a_file_without_rows_is_an_error() {
        let error = read("\n").unwrap_err();
        assert!(matches!(error, GoldError::Empty { .. }), "{error}");
    }
}
