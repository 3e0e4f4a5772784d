//! Names of tags as other models have them.

use std::collections::BTreeMap;

use crate::{LabelSet, ModelError};

/// How the tags of a token head tell where a span begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// `B-X` begins a span (`S-X` and `U-X`, too), `I-X` (`E-X`, `L-X`) goes on.
    #[default]
    Bio,
    /// `I-X` (or `X`) begins a span as well; `B-X`, where there is one, only
    /// where a span of X ends right before.
    Iob1,
}

/// A tag's `B` or `I` and its type; none for a tag that is outside.
///
/// A name without a prefix is inside.
pub fn tag_parts(name: &str) -> Option<(char, &str)> {
    if matches!(name, "O" | "" | "o") {
        return None;
    }
    let mut chars = name.chars();
    let (prefix, mark) = (chars.next(), chars.next());
    match (prefix, mark) {
        (Some('B' | 'S' | 'U'), Some('-' | '_')) => Some(('B', chars.as_str())),
        (Some('I' | 'E' | 'L' | 'M'), Some('-' | '_')) => Some(('I', chars.as_str())),
        _ => Some(('I', name)),
    }
}

fn is_prefixed(name: &str) -> bool {
    name.starts_with("B-") || name.starts_with("I-")
}

/// Our names for a head's tags: `map` says for a type what we call it, `O` for
/// a type that is left out, or for a whole tag; what it does not name keeps its own.
///
/// # Errors
///
/// [`ModelError::LabelMissing`] where it names what the head of `model` does not have.
pub(crate) fn mapped_tags(
    model: &str,
    names: &[String],
    map: &BTreeMap<String, String>,
) -> Result<Vec<String>, ModelError> {
    let is_known = |key: &&String| {
        names.contains(key)
            || names.iter().any(|name| tag_parts(name).is_some_and(|(_, kind)| kind == **key))
    };
    if let Some(unknown) = map.keys().find(|key| !is_known(key)) {
        return Err(ModelError::LabelMissing {
            model: model.to_owned(),
            label: unknown.clone(),
            labels: names.to_vec(),
        });
    }
    let ours = |name: &String| {
        let is_whole = |ours: &&String| ours.as_str() == "O" || is_prefixed(ours);
        if let Some(whole) = map.get(name).filter(is_whole) {
            return whole.clone();
        }
        let Some((prefix, kind)) = tag_parts(name) else { return "O".to_owned() };
        match map.get(kind).map_or(kind, String::as_str) {
            "O" => "O".to_owned(),
            kind => format!("{prefix}-{kind}"),
        }
    };
    Ok(names.iter().map(ours).collect())
}

/// Makes `B-X` of what of `I-X` begins a span: as much of it as the word before
/// bears another label than X, words taken as independent.
#[derive(Clone, Debug)]
pub(crate) struct Beginnings {
    /// The columns of `B-X` and `I-X` for each X.
    columns: Vec<(usize, usize)>,
}

impl Beginnings {
    /// For a head that has a `B-X` for each `I-X`.
    pub(crate) fn of(labels: &LabelSet) -> Self {
        let column = |name: &str| {
            let kind = name.strip_prefix("I-")?;
            Some((labels.find(&format!("B-{kind}"))?.column(), labels.find(name)?.column()))
        };
        Self { columns: labels.iter().filter_map(|(_, name)| column(name)).collect() }
    }

    /// Changes the rows of a text, `[words, labels]`, whose sentences start at
    /// `starts`: no span goes on from one sentence to the next.
    pub(crate) fn apply(&self, scores: &mut [f32], n_labels: usize, starts: &[usize]) {
        let mut before: Vec<f32> = vec![0.0; self.columns.len()];
        for (word, row) in scores.chunks_exact_mut(n_labels.max(1)).enumerate() {
            if starts.binary_search(&word).is_ok() {
                before.fill(0.0);
            }
            for ((begin, inside), before) in self.columns.iter().zip(&mut before) {
                let begins = row[*inside] * (1.0 - before.min(1.0));
                row[*inside] -= begins;
                row[*begin] += begins;
                *before = row[*begin] + row[*inside];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Beginnings, mapped_tags, tag_parts};
    use crate::{LabelSet, Scores, bio};

    #[test]
    fn tags_of_other_schemes_are_understood() {
        for (name, expected) in [
            ("O", None),
            ("B-PER", Some(('B', "PER"))),
            ("S-PER", Some(('B', "PER"))),
            ("E-WORK_OF_ART", Some(('I', "WORK_OF_ART"))),
            ("L-ORG", Some(('I', "ORG"))),
            ("I_ORG", Some(('I', "ORG"))),
            ("PER", Some(('I', "PER"))),
            ("MISC", Some(('I', "MISC"))),
            ("LOC", Some(('I', "LOC"))),
        ] {
            assert_eq!(tag_parts(name), expected, "{name}");
        }
    }

    #[test]
    fn types_are_renamed_or_left_out() {
        let map = [("GPE", "LOC"), ("DATE", "O")];
        let map: BTreeMap<String, String> =
            map.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let names = ["O", "B-GPE", "E-GPE", "B-DATE", "S-PER"].map(str::to_owned);
        assert_eq!(
            mapped_tags("ner", &names, &map).unwrap(),
            ["O", "B-LOC", "I-LOC", "O", "B-PER"]
        );
        let whole = [("LABEL_0", "O"), ("LABEL_1", "B-PER"), ("PER", "PER")];
        let whole = whole.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let names = ["LABEL_0", "LABEL_1", "PER"].map(str::to_owned);
        assert_eq!(mapped_tags("ner", &names, &whole).unwrap(), ["O", "B-PER", "I-PER"]);
        let slip = [("PERSON".to_owned(), "PER".to_owned())].into();
        let error = mapped_tags("ner", &names, &slip).unwrap_err().to_string();
        assert!(error.contains("model `ner` has no label `PERSON`"), "{error}");
    }

    #[test]
    fn an_i_tag_begins_a_span_where_none_of_its_type_is_open() {
        let names = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"].map(str::to_owned).to_vec();
        let labels = LabelSet::new("ner", names);
        // I-PER I-PER B-PER O I-LOC, each quite sure.
        let columns = [2, 2, 1, 0, 4];
        let row = |best: usize| (0..5).map(move |at| if at == best { 0.96 } else { 0.01 });
        let mut values: Vec<f32> = columns.into_iter().flat_map(row).collect();
        Beginnings::of(&labels).apply(&mut values, 5, &[0]);
        let scores = Scores::new(5, values);
        let spans = bio::decode(&scores, &labels).unwrap();
        let found: Vec<_> = spans.iter().map(|span| (span.label, span.words.clone())).collect();
        assert_eq!(found, [("PER", 0..2), ("PER", 2..3), ("LOC", 4..5)]);
        assert!(scores.rows().all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-6));
    }

    #[test]
    fn a_span_begins_anew_with_its_sentence() {
        let labels = LabelSet::new("ner", ["O", "B-PER", "I-PER"].map(str::to_owned).to_vec());
        let begins_second = |starts: &[usize]| {
            let mut values = [0.02, 0.02, 0.96, 0.02, 0.02, 0.96];
            Beginnings::of(&labels).apply(&mut values, 3, starts);
            values[4] > values[5]
        };
        assert!(begins_second(&[0, 1]) && !begins_second(&[0]));
    }
}
