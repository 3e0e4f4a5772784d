//! `config.json` of a checkpoint.

use std::path::{Path, PathBuf};

use newstance_model::ModelError;
use rust_bert::Activation;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The file, read but not understood.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    path: PathBuf,
    text: String,
}

/// The sizes and switches that all encoders have.
#[derive(Clone, Debug)]
pub(crate) struct Sizes {
    pub(crate) hidden: i64,
    pub(crate) intermediate: i64,
    pub(crate) n_layers: i64,
    pub(crate) n_heads: i64,
    pub(crate) vocabulary: i64,
    /// Length of an embedding, where it is not `hidden`.
    pub(crate) embedding: i64,
    /// Token types; none where 0.
    pub(crate) n_types: i64,
    /// Rows of the position table.
    pub(crate) n_positions: i64,
    pub(crate) padding_piece: Option<i64>,
    /// None where the file does not say.
    pub(crate) epsilon: Option<f64>,
    pub(crate) activation: Activation,
}

/// The keys that matter here, under all names that libraries give them.
#[derive(Debug, Deserialize)]
struct Raw {
    #[serde(alias = "dim")]
    hidden_size: i64,
    #[serde(alias = "hidden_dim")]
    intermediate_size: i64,
    #[serde(alias = "n_layers")]
    num_hidden_layers: i64,
    #[serde(alias = "n_heads")]
    num_attention_heads: i64,
    vocab_size: i64,
    max_position_embeddings: i64,
    #[serde(alias = "activation")]
    hidden_act: Option<String>,
    embedding_size: Option<i64>,
    type_vocab_size: Option<i64>,
    pad_token_id: Option<i64>,
    layer_norm_eps: Option<f64>,
    position_embedding_type: Option<String>,
}

/// What an architecture's authors chose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Defaults {
    pub(crate) n_types: i64,
    pub(crate) activation: &'static str,
}

/// No size of an encoder is larger, but that of a vocabulary.
const MOST: i64 = 65_536;
/// Layers beyond this are a mistake.
const MOST_LAYERS: i64 = 1024;

impl ConfigFile {
    /// Reads the file in `folder`.
    pub(crate) fn read(folder: &Path) -> Result<Self, ModelError> {
        let path = folder.join("config.json");
        let text = std::fs::read_to_string(&path)
            .map_err(|source| ModelError::Read { path: path.clone(), source })?;
        Ok(Self { path, text })
    }

    /// The kind of encoder, by which the other keys are understood.
    pub(crate) fn model_type(&self) -> Result<String, ModelError> {
        #[derive(Deserialize)]
        struct Kind {
            model_type: String,
        }
        Ok(self.parse::<Kind>()?.model_type)
    }

    /// What all encoders have; `defaults` stand for what the file does not say.
    pub(crate) fn sizes(&self, defaults: Defaults) -> Result<Sizes, ModelError> {
        let raw: Raw = self.parse()?;
        Sizes::new(&raw, defaults).map_err(|reason| self.error(reason))
    }

    /// Some of its keys.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, ModelError> {
        serde_json::from_str(&self.text).map_err(|error| self.error(error.to_string()))
    }

    /// A failure of which the file is the reason.
    pub(crate) fn error(&self, reason: String) -> ModelError {
        ModelError::Format { path: self.path.clone(), reason }
    }
}

impl Sizes {
    fn new(raw: &Raw, defaults: Defaults) -> Result<Self, String> {
        if let Some(other) = raw.position_embedding_type.as_deref().filter(|it| *it != "absolute") {
            return Err(format!("its positions are `{other}`, not absolute"));
        }
        let embedding = raw.embedding_size.unwrap_or(raw.hidden_size);
        let n_types = raw.type_vocab_size.unwrap_or(defaults.n_types);
        let sizes = [
            ("hidden_size", raw.hidden_size, 1, MOST),
            ("intermediate_size", raw.intermediate_size, 1, MOST),
            ("embedding_size", embedding, 1, MOST),
            ("max_position_embeddings", raw.max_position_embeddings, 1, MOST),
            ("type_vocab_size", n_types, 0, MOST),
            ("num_hidden_layers", raw.num_hidden_layers, 1, MOST_LAYERS),
            ("num_attention_heads", raw.num_attention_heads, 1, raw.hidden_size),
            ("vocab_size", raw.vocab_size, 1, i64::from(u32::MAX)),
        ];
        if let Some((key, size, least, most)) =
            sizes.into_iter().find(|(_, size, least, most)| size < least || size > most)
        {
            return Err(format!("its `{key}` is {size}, not {least} to {most}"));
        }
        if raw.hidden_size % raw.num_attention_heads != 0 {
            return Err(format!(
                "{} hidden values do not divide among {} heads",
                raw.hidden_size, raw.num_attention_heads
            ));
        }
        Ok(Self {
            hidden: raw.hidden_size,
            intermediate: raw.intermediate_size,
            n_layers: raw.num_hidden_layers,
            n_heads: raw.num_attention_heads,
            vocabulary: raw.vocab_size,
            embedding,
            n_types,
            n_positions: raw.max_position_embeddings,
            padding_piece: raw.pad_token_id.filter(|id| (0..raw.vocab_size).contains(id)),
            epsilon: raw.layer_norm_eps,
            activation: activation(raw.hidden_act.as_deref().unwrap_or(defaults.activation))?,
        })
    }
}

fn activation(name: &str) -> Result<Activation, String> {
    match name {
        "gelu" => Ok(Activation::gelu),
        "gelu_new" | "gelu_pytorch_tanh" => Ok(Activation::gelu_new),
        "relu" => Ok(Activation::relu),
        "silu" | "swish" => Ok(Activation::swish),
        "mish" => Ok(Activation::mish),
        "tanh" => Ok(Activation::tanh),
        other => Err(format!(
            "its activation is `{other}`, not gelu, gelu_new, relu, silu, mish or tanh"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::{ConfigFile, Defaults};

    const SIZES: &str = r#""hidden_size": 6, "intermediate_size": 8, "num_hidden_layers": 1,
        "vocab_size": 9, "max_position_embeddings": 8"#;

    #[track_caller]
    fn check_refused(rest: &str, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let config = format!("{{{SIZES}, {rest}}}");
        std::fs::write(folder.path().join("config.json"), config).unwrap();
        let defaults = Defaults { n_types: 2, activation: "gelu" };
        let config = ConfigFile::read(folder.path()).unwrap();
        let error = config.sizes(defaults).unwrap_err().to_string();
        assert!(error.contains("config.json") && error.contains(expected), "{error}");
    }

    #[test]
    fn what_cannot_be_run_is_told() {
        check_refused(r#""num_attention_heads": 4"#, "6 hidden values do not divide");
        check_refused(r#""num_attention_heads": 0"#, "`num_attention_heads` is 0");
        check_refused(
            r#""num_attention_heads": 2, "embedding_size": -1"#,
            "`embedding_size` is -1",
        );
        check_refused(r#""num_attention_heads": 2, "hidden_act": "quick"#, "config.json");
        check_refused(r#""num_attention_heads": 2, "hidden_act": "quick""#, "is `quick`, not gelu");
        check_refused(
            r#""num_attention_heads": 2, "position_embedding_type": "relative_key""#,
            "positions are `relative_key`",
        );
    }
}
