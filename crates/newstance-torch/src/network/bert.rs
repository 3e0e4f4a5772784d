//! BERT, and what has its layers: `RoBERTa`, `XLM-RoBERTa`, `CamemBERT`,
//! ELECTRA, `DistilBERT`.
//!
//! The layers are rust-bert's; the embeddings before them are put together
//! here, since rust-bert's do not take `layer_norm_eps` from the configuration.
//! Its layers do not either: they add 1e-12 to a variance, whatever it says.

use newstance_model::ModelError;
use rust_bert::bert::{BertConfig, BertEncoder};
use tch::nn::{self, Module as _};
use tch::{Tensor, nn::VarStore};

use crate::config::Sizes;
use crate::network::Network;
use crate::padded::PaddedTensors;
use crate::variables::Source;

/// Embeddings and post-layer-norm layers.
struct Bert {
    pieces: nn::Embedding,
    positions: nn::Embedding,
    types: Option<nn::Embedding>,
    norm: nn::LayerNorm,
    projection: Option<nn::Linear>,
    layers: BertEncoder,
}

/// Reads a checkpoint whose names are BERT's.
pub(crate) fn load(source: Source<'_>) -> Result<Box<dyn Network>, ModelError> {
    load_named(source, source.sizes.n_types, str::to_owned)
}

/// Reads a checkpoint of `DistilBERT`: BERT's layers under other names, no types.
///
/// rust-bert has a model of its own for it, which cannot be told which piece
/// reads which.
pub(crate) fn load_distilbert(source: Source<'_>) -> Result<Box<dyn Network>, ModelError> {
    load_named(source, 0, distilbert_name)
}

fn load_named(
    source: Source<'_>,
    n_types: i64,
    rename: impl Fn(&str) -> String,
) -> Result<Box<dyn Network>, ModelError> {
    let Sizes { hidden, intermediate, n_layers, embedding, vocabulary, .. } = *source.sizes;
    let feed_forward =
        |layer: i64| rename(&format!("encoder.layer.{layer}.intermediate.dense.weight"));
    source.require(&[
        ("embeddings.word_embeddings.weight", &[vocabulary, embedding]),
        (&feed_forward(0), &[intermediate, hidden]),
        (&feed_forward(n_layers - 1), &[intermediate, hidden]),
    ])?;
    let mut store = VarStore::new(source.device);
    let network = Bert::new(&store.root(), source.sizes, n_types);
    source.fill(&mut store, |name| Some(rename(name)))?;
    Ok(Box::new(network))
}

impl Bert {
    fn new(root: &nn::Path<'_>, sizes: &Sizes, n_types: i64) -> Self {
        let path = root / "embeddings";
        let table = |name: &str, n_rows| {
            nn::embedding(&path / name, n_rows, sizes.embedding, nn::EmbeddingConfig::default())
        };
        let norm = nn::LayerNormConfig {
            eps: sizes.epsilon.unwrap_or(1e-12),
            ..nn::LayerNormConfig::default()
        };
        let has_projection = sizes.embedding != sizes.hidden;
        let projection = || {
            let path = root / "embeddings_project";
            nn::linear(path, sizes.embedding, sizes.hidden, nn::LinearConfig::default())
        };
        Self {
            pieces: table("word_embeddings", sizes.vocabulary),
            positions: table("position_embeddings", sizes.n_positions),
            types: (n_types > 0).then(|| table("token_type_embeddings", n_types)),
            norm: nn::layer_norm(&path / "LayerNorm", vec![sizes.embedding], norm),
            projection: has_projection.then(projection),
            layers: BertEncoder::new(root / "encoder", &layers_config(sizes)),
        }
    }
}

fn layers_config(sizes: &Sizes) -> BertConfig {
    BertConfig {
        hidden_act: sizes.activation,
        hidden_size: sizes.hidden,
        intermediate_size: sizes.intermediate,
        max_position_embeddings: sizes.n_positions,
        num_attention_heads: sizes.n_heads,
        num_hidden_layers: sizes.n_layers,
        type_vocab_size: sizes.n_types,
        vocab_size: sizes.vocabulary,
        ..BertConfig::default()
    }
}

impl Network for Bert {
    fn states(&self, batch: &PaddedTensors) -> Result<Tensor, String> {
        let mut states = self.pieces.forward(&batch.ids) + self.positions.forward(&batch.positions);
        if let Some(types) = &self.types {
            states += types.forward(&batch.types);
        }
        states = self.norm.forward(&states);
        if let Some(projection) = &self.projection {
            states = projection.forward(&states);
        }
        let mask = batch.added_to_scores(states.kind());
        Ok(self.layers.forward_t(&states, Some(&mask), None, None, false).hidden_state)
    }
}

/// What `DistilBERT` calls a variable of BERT.
fn distilbert_name(name: &str) -> String {
    let parts = [
        ("encoder.layer.", "transformer.layer."),
        (".attention.self.query.", ".attention.q_lin."),
        (".attention.self.key.", ".attention.k_lin."),
        (".attention.self.value.", ".attention.v_lin."),
        (".attention.output.dense.", ".attention.out_lin."),
        (".attention.output.LayerNorm.", ".sa_layer_norm."),
        (".intermediate.dense.", ".ffn.lin1."),
        (".output.dense.", ".ffn.lin2."),
        (".output.LayerNorm.", ".output_layer_norm."),
    ];
    parts
        .into_iter()
        .fold(name.to_owned(), |name, (bert, distilbert)| name.replace(bert, distilbert))
}

#[cfg(test)]
mod tests {
    use super::distilbert_name;

    #[test]
    fn names_of_bert_become_those_of_distilbert() {
        for (bert, distilbert) in [
            ("embeddings.LayerNorm.weight", "embeddings.LayerNorm.weight"),
            ("encoder.layer.3.attention.self.key.bias", "transformer.layer.3.attention.k_lin.bias"),
            (
                "encoder.layer.0.attention.output.LayerNorm.bias",
                "transformer.layer.0.sa_layer_norm.bias",
            ),
            ("encoder.layer.0.output.dense.weight", "transformer.layer.0.ffn.lin2.weight"),
        ] {
            assert_eq!(distilbert_name(bert), distilbert);
        }
    }
}
