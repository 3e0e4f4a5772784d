//! `config.json` of a checkpoint.

use std::path::Path;

use newstance_model::ModelError;
use serde::Deserialize;

use crate::bytes::MAX_INPUTS;
use crate::names::Names;
use crate::vector::Activation;

/// The backend's name.
pub(crate) const BACKEND: &str = "encoder";

/// The sizes and switches of an encoder.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) names: &'static Names,
    pub(crate) hidden: usize,
    pub(crate) intermediate: usize,
    pub(crate) n_layers: usize,
    pub(crate) n_heads: usize,
    pub(crate) vocabulary: usize,
    /// Length of an embedding, where it is not `hidden`.
    pub(crate) embedding: usize,
    pub(crate) n_types: usize,
    /// Rows of the position table.
    pub(crate) n_positions: usize,
    /// The position of the first piece.
    pub(crate) first_position: usize,
    pub(crate) n_buckets: usize,
    pub(crate) epsilon: f32,
    pub(crate) activation: Activation,
}

/// The keys that matter here, under all names that libraries give them.
#[derive(Debug, Deserialize)]
struct Raw {
    #[serde(alias = "dim")]
    hidden_size: usize,
    #[serde(alias = "hidden_dim")]
    intermediate_size: usize,
    #[serde(alias = "n_layers")]
    num_hidden_layers: usize,
    #[serde(alias = "n_heads")]
    num_attention_heads: usize,
    vocab_size: usize,
    max_position_embeddings: usize,
    #[serde(alias = "activation", default = "gelu")]
    hidden_act: String,
    embedding_size: Option<usize>,
    type_vocab_size: Option<usize>,
    pad_token_id: Option<usize>,
    #[serde(default = "epsilon")]
    layer_norm_eps: f32,
    #[serde(default = "n_buckets")]
    relative_attention_num_buckets: usize,
    position_embedding_type: Option<String>,
}

fn gelu() -> String {
    "gelu".to_owned()
}

fn epsilon() -> f32 {
    1e-12
}

fn n_buckets() -> usize {
    32
}

impl Config {
    /// Reads `config.json` in `folder`.
    pub(crate) fn read(folder: &Path) -> Result<Self, ModelError> {
        let path = folder.join("config.json");
        let text = std::fs::read_to_string(&path)
            .map_err(|source| ModelError::Read { path: path.clone(), source })?;
        let format = |reason| ModelError::Format { path: path.clone(), reason };
        let kind: Kind = serde_json::from_str(&text).map_err(|error| format(error.to_string()))?;
        // The kind comes first: others have other keys.
        let names = Names::of(&kind.model_type)?;
        let raw: Raw = serde_json::from_str(&text).map_err(|error| format(error.to_string()))?;
        Self::new(names, &raw).map_err(format)
    }

    fn new(names: &'static Names, raw: &Raw) -> Result<Self, String> {
        let activation = match raw.hidden_act.as_str() {
            "gelu" => Activation::Gelu,
            "gelu_new" | "gelu_pytorch_tanh" => Activation::GeluTanh,
            "relu" => Activation::Relu,
            other => {
                return Err(format!("its activation is `{other}`, not gelu, gelu_new or relu"));
            }
        };
        if let Some(other) = raw.position_embedding_type.as_deref().filter(|it| *it != "absolute") {
            return Err(format!("its positions are `{other}`, not absolute"));
        }
        let embedding = raw.embedding_size.unwrap_or(raw.hidden_size);
        let sizes = [raw.hidden_size, raw.intermediate_size, embedding];
        if let Some(size) = sizes.into_iter().find(|size| *size == 0 || *size > MAX_INPUTS) {
            return Err(format!("a layer of {size} values; it runs 1 to {MAX_INPUTS}"));
        }
        if raw.num_attention_heads == 0 || !raw.hidden_size.is_multiple_of(raw.num_attention_heads)
        {
            return Err(format!(
                "{} hidden values do not divide among {} heads",
                raw.hidden_size, raw.num_attention_heads
            ));
        }
        if names.relative.is_some() && raw.relative_attention_num_buckets < 4 {
            let n = raw.relative_attention_num_buckets;
            return Err(format!("its relative positions have {n} buckets, not 4 or more"));
        }
        let first_position = if names.positions_after_padding {
            raw.pad_token_id.unwrap_or(1).saturating_add(1)
        } else {
            0
        };
        if raw.max_position_embeddings <= first_position {
            return Err(format!("{} positions leave none for pieces", raw.max_position_embeddings));
        }
        Ok(Self {
            names,
            hidden: raw.hidden_size,
            intermediate: raw.intermediate_size,
            n_layers: raw.num_hidden_layers,
            n_heads: raw.num_attention_heads,
            vocabulary: raw.vocab_size,
            embedding,
            n_types: if names.has_types { raw.type_vocab_size.unwrap_or(2) } else { 0 },
            n_positions: raw.max_position_embeddings,
            first_position,
            n_buckets: raw.relative_attention_num_buckets,
            epsilon: raw.layer_norm_eps,
            activation,
        })
    }

    /// The longest sequence.
    pub(crate) fn max_pieces(&self) -> usize {
        self.n_positions - self.first_position
    }
}

/// The key that tells which others to expect.
#[derive(Debug, Deserialize)]
struct Kind {
    model_type: String,
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[track_caller]
    fn check_refused(config: &str, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), config).unwrap();
        let error = Config::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    const SIZES: &str = r#""hidden_size": 6, "intermediate_size": 8, "num_hidden_layers": 1,
        "vocab_size": 9, "max_position_embeddings": 8"#;

    #[test]
    fn what_cannot_be_run_is_told() {
        check_refused(r#"{"model_type": "gpt2"}"#, "cannot run architecture `gpt2` (it runs bert");
        check_refused(r#"{"model_type": "bert"}"#, "missing field `hidden_size`");
        let with = |rest: &str| format!(r#"{{"model_type": "bert", {SIZES}, {rest}}}"#);
        check_refused(&with(r#""num_attention_heads": 4"#), "6 hidden values");
        check_refused(
            &with(r#""num_attention_heads": 2, "hidden_act": "silu""#),
            "activation is `silu`",
        );
        check_refused(
            &with(r#""num_attention_heads": 2, "position_embedding_type": "relative_key""#),
            "positions are `relative_key`",
        );
        check_refused(
            &with(r#""num_attention_heads": 2, "embedding_size": 0"#),
            "a layer of 0 values; it runs 1 to 65536",
        );
        check_refused(
            &with(r#""num_attention_heads": 2, "relative_attention_num_buckets": 1"#)
                .replace("bert", "mpnet"),
            "its relative positions have 1 buckets, not 4 or more",
        );
        check_refused("[", "config.json");
    }
}
