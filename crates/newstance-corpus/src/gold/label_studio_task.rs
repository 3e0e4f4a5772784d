//! Tasks for Label Studio to import, with what was found as predictions.

use newstance_doc::CharOffsets;
use serde_json::{Value, json};

use super::LabelledText;

/// A task of Label Studio's JSON import: the text under `data`, its spans and
/// relations as one prediction for the annotator to correct.
pub fn label_studio_task(text: &LabelledText) -> Value {
    let offsets = CharOffsets::new(&text.text);
    let name = |idx: usize| format!("s{idx}");
    let spans = text.spans.iter().enumerate().map(|(idx, span)| {
        let (start, end) = offsets.span(span.span);
        json!({
            "id": name(idx), "type": "labels", "from_name": "label", "to_name": "text",
            "value": {
                "start": start, "end": end, "text": span.span.of(&text.text),
                "labels": [span.label],
            },
        })
    });
    let relations = text.relations.iter().map(|relation| {
        json!({
            "type": "relation", "from_id": name(relation.from), "to_id": name(relation.to),
            "direction": "right", "labels": relation.labels,
        })
    });
    let mut data = json!({ "id": text.id, "text": text.text });
    for (column, value) in &text.columns {
        data[column] = json!(value);
    }
    let result: Vec<Value> = spans.chain(relations).collect();
    json!({ "data": data, "predictions": [{ "model_version": "newstance", "result": result }] })
}

/// The labelling interface: one label a line, and the relations.
pub fn label_studio_config(labels: &[&str], relations: &[&str]) -> String {
    let line = |tag: &str, value: &str| format!("    <{tag} value=\"{value}\"/>\n");
    let labels: String = labels.iter().map(|label| line("Label", label)).collect();
    let relations: String = relations.iter().map(|label| line("Relation", label)).collect();
    format!(
        "<View>\n  <Labels name=\"label\" toName=\"text\">\n{labels}  </Labels>\n  <Relations>\n\
         {relations}  </Relations>\n  <Text name=\"text\" value=\"$text\"/>\n</View>\n"
    )
}
