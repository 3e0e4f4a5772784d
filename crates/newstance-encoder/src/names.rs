//! What the libraries call the tensors of each architecture.

use newstance_model::ModelError;

use crate::config::BACKEND;

/// Names within a layer stand after the layer's prefix and its number.
#[derive(Debug)]
pub(crate) struct Names {
    /// `model_type` in `config.json`.
    model_types: &'static [&'static str],
    /// What may stand before every name.
    pub(crate) prefix: &'static str,
    pub(crate) layer: &'static str,
    /// Query, key and value.
    pub(crate) projections: [&'static str; 3],
    pub(crate) attention_output: &'static str,
    pub(crate) attention_norm: &'static str,
    pub(crate) intermediate: &'static str,
    pub(crate) output: &'static str,
    pub(crate) output_norm: &'static str,
    /// The table of relative positions, where there is one.
    pub(crate) relative: Option<&'static str>,
    pub(crate) has_types: bool,
    /// Whether the first position is the one after the padding piece's id.
    pub(crate) positions_after_padding: bool,
}

const BERT: Names = Names {
    model_types: &["bert"],
    prefix: "bert.",
    layer: "encoder.layer",
    projections: ["attention.self.query", "attention.self.key", "attention.self.value"],
    attention_output: "attention.output.dense",
    attention_norm: "attention.output.LayerNorm",
    intermediate: "intermediate.dense",
    output: "output.dense",
    output_norm: "output.LayerNorm",
    relative: None,
    has_types: true,
    positions_after_padding: false,
};

static ALL: [Names; 5] = [
    BERT,
    Names { model_types: &["electra"], prefix: "electra.", ..BERT },
    Names {
        model_types: &["roberta", "xlm-roberta", "camembert"],
        prefix: "roberta.",
        positions_after_padding: true,
        ..BERT
    },
    Names {
        model_types: &["distilbert"],
        prefix: "distilbert.",
        layer: "transformer.layer",
        projections: ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
        attention_output: "attention.out_lin",
        attention_norm: "sa_layer_norm",
        intermediate: "ffn.lin1",
        output: "ffn.lin2",
        output_norm: "output_layer_norm",
        has_types: false,
        ..BERT
    },
    Names {
        model_types: &["mpnet"],
        prefix: "mpnet.",
        projections: ["attention.attn.q", "attention.attn.k", "attention.attn.v"],
        attention_output: "attention.attn.o",
        attention_norm: "attention.LayerNorm",
        relative: Some("encoder.relative_attention_bias.weight"),
        has_types: false,
        positions_after_padding: true,
        ..BERT
    },
];

impl Names {
    /// The names of an architecture.
    pub(crate) fn of(model_type: &str) -> Result<&'static Self, ModelError> {
        ALL.iter().find(|names| names.model_types.contains(&model_type)).ok_or_else(|| {
            ModelError::Architecture {
                backend: BACKEND,
                architecture: model_type.to_owned(),
                available: ALL.iter().flat_map(|names| names.model_types).copied().collect(),
            }
        })
    }
}
