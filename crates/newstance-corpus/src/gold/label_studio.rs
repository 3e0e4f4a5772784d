//! Label Studio's JSON export: texts with labelled spans and relations.

use std::collections::BTreeMap;
use std::path::Path;

use newstance_doc::Span;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::article_columns::columns_of;
use super::text_file::{CharToByte, json_values};
use super::{Columns, GoldError};

/// A text with what was marked in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledText {
    /// The task's `data.id`, else its `id`, else its number in the file.
    pub id: String,
    /// The other fields of `data`.
    pub columns: Columns,
    /// The text.
    pub text: String,
    /// In the order of the file.
    pub spans: Vec<LabelledSpan>,
    /// Which spans belong together, as indices of `spans`.
    pub relations: Vec<SpanRelation>,
}

/// A span with a label and its choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledSpan {
    /// Its name in the file.
    pub id: String,
    /// Its characters.
    pub span: Span,
    /// Its first label.
    pub label: String,
    /// What was chosen for it beside its label.
    pub choices: Vec<String>,
}

/// An arrow from one span to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanRelation {
    /// Index of the span that it starts from.
    pub from: usize,
    /// Index of the span that it points to.
    pub to: usize,
    /// Its labels.
    pub labels: Vec<String>,
}

#[derive(Deserialize)]
struct Task {
    id: Option<Value>,
    data: Map<String, Value>,
    #[serde(default)]
    annotations: Vec<Annotation>,
}

#[derive(Deserialize)]
struct Annotation {
    #[serde(default)]
    was_cancelled: bool,
    result: Vec<ResultEntry>,
}

#[derive(Deserialize)]
struct ResultEntry {
    #[serde(default)]
    id: String,
    #[serde(rename = "type")]
    kind: String,
    value: Option<SpanValue>,
    from_id: Option<String>,
    to_id: Option<String>,
    #[serde(default)]
    labels: Vec<String>,
}

#[derive(Deserialize)]
struct SpanValue {
    start: Option<usize>,
    end: Option<usize>,
    text: Option<Value>,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    choices: Vec<String>,
}

/// Reads an export of JSON: a list of tasks, or one a line. Of several
/// annotations of a task the first that was not cancelled counts; a task
/// without one is an error.
///
/// # Errors
///
/// [`GoldError`], naming file, line and reason.
pub fn read_label_studio(path: &Path) -> Result<Vec<LabelledText>, GoldError> {
    let mut texts = Vec::new();
    for (idx, (line, value)) in json_values(path)?.into_iter().enumerate() {
        let wrong = |reason: String| GoldError::Line {
            path: path.to_owned(),
            line,
            reason: format!("task {}: {reason}", idx + 1),
        };
        let task: Task = serde_json::from_value(value).map_err(|error| wrong(error.to_string()))?;
        texts.push(labelled(task, idx + 1).map_err(wrong)?);
    }
    if texts.is_empty() {
        return Err(GoldError::Empty { path: path.to_owned() });
    }
    Ok(texts)
}

fn labelled(task: Task, number: usize) -> Result<LabelledText, String> {
    let text = task.data.get("text").and_then(Value::as_str).ok_or("`data` has no `text`")?;
    let annotation = task.annotations.into_iter().find(|annotation| !annotation.was_cancelled);
    let results = annotation.ok_or("it has no annotation")?.result;
    let offsets = CharToByte::new(text);
    let mut spans: Vec<LabelledSpan> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for entry in results.iter().filter(|entry| entry.kind == "labels") {
        let span = labelled_span(entry, text, &offsets)?;
        known.insert(span.id.clone(), spans.len());
        spans.push(span);
    }
    for entry in results.iter().filter(|entry| entry.kind == "choices") {
        if let (Some(&idx), Some(value)) = (known.get(&entry.id), &entry.value) {
            spans[idx].choices.extend(value.choices.clone());
        }
    }
    let mut relations = Vec::new();
    for entry in results.iter().filter(|entry| entry.kind == "relation") {
        let end = |id: &Option<String>| {
            let id = id.as_ref().ok_or("a relation has no ends")?;
            known.get(id).copied().ok_or_else(|| format!("a relation names no span: `{id}`"))
        };
        let (from, to) = (end(&entry.from_id)?, end(&entry.to_id)?);
        relations.push(SpanRelation { from, to, labels: entry.labels.clone() });
    }
    let id = task.data.get("id").cloned().or(task.id);
    let id = match id {
        Some(Value::String(id)) => id,
        Some(id) => id.to_string(),
        None => number.to_string(),
    };
    let (columns, text) = (columns_of(&task.data, &["id", "text", "title"]), text.to_owned());
    Ok(LabelledText { id, columns, text, spans, relations })
}

fn labelled_span(
    entry: &ResultEntry,
    text: &str,
    offsets: &CharToByte,
) -> Result<LabelledSpan, String> {
    let value = entry.value.as_ref().ok_or("a label has no `value`")?;
    let (Some(start), Some(end)) = (value.start, value.end) else {
        return Err("a label has no `start` and `end`".to_owned());
    };
    let span = offsets
        .span(start, end)
        .ok_or_else(|| format!("{start} to {end} is no span of its text"))?;
    let quoted = value.text.as_ref().and_then(Value::as_str);
    if let Some(quoted) = quoted.filter(|quoted| *quoted != span.of(text)) {
        return Err(format!("{start} to {end} is `{}`, not `{quoted}`", span.of(text)));
    }
    let [label] = value.labels.as_slice() else {
        return Err(format!("`{}` has not one label", span.of(text)));
    };
    Ok(LabelledSpan { id: entry.id.clone(), span, label: label.clone(), choices: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::read_label_studio;
    use crate::gold::{GoldError, LabelledText};

    const TASK: &str = r#"[{"id": 7, "data": {"id": "a1", "text": "“Né” met Bo.", "outlet": "Star"},
      "annotations": [{"was_cancelled": true, "result": []}, {"result": [
        {"id": "x", "type": "labels", "from_name": "label", "to_name": "text",
         "value": {"start": 1, "end": 3, "text": "Né", "labels": ["SOURCE"]}},
        {"id": "x", "type": "choices", "value": {"start": 1, "end": 3, "choices": ["denies"]}},
        {"id": "y", "type": "labels", "value": {"start": 9, "end": 11, "text": "Bo", "labels": ["CONTENT"]}},
        {"type": "relation", "from_id": "y", "to_id": "x", "direction": "right", "labels": ["source"]}
      ]}]}]"#;

    fn read(content: &str) -> Result<Vec<LabelledText>, GoldError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export.json");
        std::fs::write(&path, content).unwrap();
        read_label_studio(&path)
    }

    #[track_caller]
    fn check_refused(old: &str, new: &str, expected: &str) {
        let error = read(&TASK.replace(old, new)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn spans_choices_and_relations_are_read() {
        let text = &read(TASK).unwrap()[0];
        assert_eq!((text.id.as_str(), text.columns["outlet"].as_str()), ("a1", "Star"));
        let spans: Vec<(&str, &str)> =
            text.spans.iter().map(|s| (s.span.of(&text.text), s.label.as_str())).collect();
        assert_eq!(spans, [("Né", "SOURCE"), ("Bo", "CONTENT")]);
        assert_eq!(text.spans[0].choices, ["denies"]);
        assert_eq!((text.relations[0].from, text.relations[0].to), (1, 0));
    }

    #[test]
    fn what_is_wrong_is_told() {
        check_refused("\"end\": 3, \"text\"", "\"end\": 30, \"text\"", "1 to 30 is no span");
        check_refused("\"Né\"", "\"Ne\"", "`Né`, not `Ne`");
        check_refused("\"from_id\": \"y\"", "\"from_id\": \"z\"", "names no span: `z`");
        check_refused("{\"result\": [", "{\"was_cancelled\": true, \"result\": [", "no annotation");
    }
}
