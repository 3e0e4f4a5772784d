//! Entities in the JSON of spaCy: what `Doc.to_json()` gives, and its older
//! pairs of a text and its entities.

use std::path::Path;

use serde::Deserialize;

use super::article_columns::columns_of;
use super::text_file::{CharToByte, json_values};
use super::{GoldEntities, GoldEntity, GoldError};

#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    /// `["text", {"entities": [[0, 3, "PER"]]}]`
    Pair(String, Entities),
    /// `{"text": "...", "ents": [{"start": 0, "end": 3, "label": "PER"}]}`
    Doc { text: String, ents: Vec<Ent> },
    /// `{"text": "...", "entities": [[0, 3, "PER"]]}`
    Flat { text: String, entities: Vec<(usize, usize, String)> },
}

#[derive(Deserialize)]
struct Entities {
    entities: Vec<(usize, usize, String)>,
}

#[derive(Deserialize)]
struct Ent {
    start: usize,
    end: usize,
    label: String,
}

/// Reads one file: a list, one value, or a value a line.
pub(crate) fn read_spacy(path: &Path, documents: &mut Vec<GoldEntities>) -> Result<(), GoldError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    for (idx, (line, value)) in json_values(path)?.into_iter().enumerate() {
        let wrong = |reason: String| GoldError::Line { path: path.to_owned(), line, reason };
        let columns =
            value.as_object().map(|fields| columns_of(fields, &["text", "id"])).unwrap_or_default();
        let entry: Entry = serde_json::from_value(value).map_err(|_| {
            wrong(format!(
                "entry {} is not of spaCy's forms: a `text` with `ents` or `entities`",
                idx + 1
            ))
        })?;
        let (text, spans) = match entry {
            Entry::Pair(text, Entities { entities }) | Entry::Flat { text, entities } => {
                (text, entities)
            }
            Entry::Doc { text, ents } => {
                let spans = ents.into_iter().map(|ent| (ent.start, ent.end, ent.label));
                (text, spans.collect())
            }
        };
        let offsets = CharToByte::new(&text);
        let mut entities = Vec::with_capacity(spans.len());
        for (start, end, label) in spans {
            let span = offsets.span(start, end).ok_or_else(|| {
                wrong(format!("entry {}: {start} to {end} is no span of its text", idx + 1))
            })?;
            entities.push(GoldEntity { span, label });
        }
        entities.sort();
        let (id, sentences) = (format!("{name}#{idx}"), Vec::new());
        documents.push(GoldEntities { id, columns, text, sentences, entities });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::gold::{GoldError, read_entities};

    fn read(content: &str) -> Result<Vec<String>, GoldError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, content).unwrap();
        let documents = read_entities(&path)?;
        let shown = |d: &crate::gold::GoldEntities| {
            let shown = d.entities.iter().map(|e| format!("{}:{}", e.span.of(&d.text), e.label));
            shown.collect::<Vec<_>>().join(" ")
        };
        Ok(documents.iter().map(shown).collect())
    }

    #[test]
    fn each_form_of_spacy_is_read() {
        let doc = r#"{"text": "“Né” met Bo", "ents": [{"start": 9, "end": 11, "label": "PERSON"}], "tokens": []}"#;
        let pair = r#"["Bo left", {"entities": [[0, 2, "PER"]]}]"#;
        let flat = r#"{"text": "Bo left", "entities": [[0, 2, "PER"]], "outlet": "Star"}"#;
        assert_eq!(read(doc).unwrap(), ["Bo:PERSON"]);
        assert_eq!(read(&format!("[{pair}, {flat}]")).unwrap(), ["Bo:PER", "Bo:PER"]);
        assert_eq!(read(&format!("{flat}\n{flat}\n")).unwrap().len(), 2);
    }

    #[test]
    fn a_span_past_the_text_is_an_error_with_its_line() {
        let good = r#"{"text": "Bo", "entities": []}"#;
        let bad = r#"{"text": "Bo", "entities": [[0, 9, "PER"]]}"#;
        let error = read(&format!("{good}\n{bad}\n")).unwrap_err();
        assert!(matches!(&error, GoldError::Line { line: 2, .. }), "{error}");
        assert!(error.to_string().contains("0 to 9"), "{error}");
    }

    #[test]
    fn another_form_is_an_error() {
        let error = read(r#"{"text": "Bo", "spans": []}"#).unwrap_err();
        assert!(error.to_string().contains("`ents`"), "{error}");
    }
}
