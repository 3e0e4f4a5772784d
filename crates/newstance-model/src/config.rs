//! `config.json` of a checkpoint, as far as heads and pieces depend on it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::ModelError;

/// What a checkpoint says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckpointConfig {
    /// Its kind of encoder (`model_type`); empty where it says none.
    pub architecture: String,
    /// The labels of its own head, in column order; none where it has no head.
    pub labels: Vec<String>,
    /// How many token types it tells apart; 0 or 1 for none.
    pub n_types: usize,
    /// Whether its labels were trained not to exclude each other.
    pub is_multi_label: bool,
}

#[derive(Debug, Deserialize)]
struct Raw {
    #[serde(default)]
    model_type: String,
    #[serde(default)]
    id2label: BTreeMap<String, String>,
    type_vocab_size: Option<usize>,
    problem_type: Option<String>,
}

/// Architectures that have no token types, whatever their configuration says.
const WITHOUT_TYPES: [&str; 2] = ["distilbert", "mpnet"];

impl CheckpointConfig {
    /// Reads `config.json` in `folder`.
    ///
    /// # Errors
    ///
    /// [`ModelError::Read`] or [`ModelError::Format`], naming the file.
    pub fn read(folder: &Path) -> Result<Self, ModelError> {
        let path = folder.join("config.json");
        let text = std::fs::read_to_string(&path)
            .map_err(|source| ModelError::Read { path: path.clone(), source })?;
        let raw: Raw = serde_json::from_str(&text)
            .map_err(|error| ModelError::Format { path, reason: error.to_string() })?;
        // Keys are numbers written as text: "10" stands after "9".
        let labels = (0..raw.id2label.len()).map_while(|id| raw.id2label.get(&id.to_string()));
        let labels = labels.cloned().collect();
        let has_none = WITHOUT_TYPES.contains(&raw.model_type.as_str());
        let n_types = if has_none || !tokenizer_gives_types(folder)? {
            0
        } else {
            raw.type_vocab_size.unwrap_or(2)
        };
        Ok(Self {
            architecture: raw.model_type,
            labels,
            n_types,
            is_multi_label: raw.problem_type.as_deref() == Some("multi_label_classification"),
        })
    }
}

/// Whether the model's library gives it token types: `tokenizer_config.json`, where
/// there is one, lists what the tokenizer gives (`model_input_names`), or names a
/// class of tokenizers that by itself gives none.
fn tokenizer_gives_types(folder: &Path) -> Result<bool, ModelError> {
    #[derive(Debug, Deserialize)]
    struct TokenizerConfig {
        model_input_names: Option<Vec<String>>,
        tokenizer_class: Option<String>,
    }
    let path = folder.join("tokenizer_config.json");
    if !path.exists() {
        return Ok(true);
    }
    let text = std::fs::read_to_string(&path)
        .map_err(|source| ModelError::Read { path: path.clone(), source })?;
    let config: TokenizerConfig = serde_json::from_str(&text)
        .map_err(|error| ModelError::Format { path, reason: error.to_string() })?;
    Ok(match config.model_input_names {
        Some(names) => names.iter().any(|name| name == "token_type_ids"),
        // `transformers` 5 gives types only where a class or this file asks for them.
        None => config.tokenizer_class.as_deref() != Some("TokenizersBackend"),
    })
}

#[cfg(test)]
mod tests {
    use super::CheckpointConfig;

    fn read(json: &str) -> CheckpointConfig {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), json).unwrap();
        CheckpointConfig::read(folder.path()).unwrap()
    }

    #[test]
    fn labels_are_in_the_order_of_their_numbers() {
        let labels: Vec<String> = (0..12).map(|n| format!("L{n}")).collect();
        let entries: Vec<String> =
            labels.iter().rev().map(|l| format!("\"{}\": \"{l}\"", l.replace('L', ""))).collect();
        let config = read(&format!("{{\"id2label\": {{{}}}}}", entries.join(",")));
        assert_eq!(config.labels, labels);
    }

    #[test]
    fn an_architecture_without_token_types_has_none() {
        let types = |rest: &str| read(&format!("{{\"model_type\": {rest}}}")).n_types;
        assert_eq!(types("\"bert\""), 2);
        assert_eq!(types("\"roberta\", \"type_vocab_size\": 1"), 1);
        assert_eq!(types("\"distilbert\", \"type_vocab_size\": 2"), 0);
    }

    #[test]
    fn a_tokenizer_that_gives_no_types_leaves_none() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), "{\"model_type\": \"bert\"}").unwrap();
        let types = |json: &str| {
            std::fs::write(folder.path().join("tokenizer_config.json"), json).unwrap();
            CheckpointConfig::read(folder.path()).unwrap().n_types
        };
        assert_eq!(types("{\"model_input_names\": [\"input_ids\", \"token_type_ids\"]}"), 2);
        assert_eq!(types("{\"model_input_names\": [\"input_ids\", \"attention_mask\"]}"), 0);
        assert_eq!(types("{\"tokenizer_class\": \"TokenizersBackend\"}"), 0);
        assert_eq!(types("{\"tokenizer_class\": \"BertTokenizer\"}"), 2);
    }

    #[test]
    fn labels_that_do_not_exclude_each_other_are_told() {
        assert!(read("{\"problem_type\": \"multi_label_classification\"}").is_multi_label);
        assert!(!read("{\"problem_type\": \"single_label_classification\"}").is_multi_label);
    }
}
