//! ALBERT: one layer, many times.

use newstance_model::ModelError;
use rust_bert::albert::{AlbertConfig, AlbertModel};
use serde::Deserialize;
use tch::Tensor;
use tch::nn::VarStore;

use crate::config::Sizes;
use crate::network::Network;
use crate::padded::PaddedTensors;
use crate::variables::Source;

struct Albert(AlbertModel);

/// The keys of its own.
#[derive(Debug, Deserialize)]
struct Groups {
    #[serde(default = "one")]
    num_hidden_groups: i64,
    #[serde(default = "one")]
    inner_group_num: i64,
}

fn one() -> i64 {
    1
}

/// Reads a checkpoint of ALBERT.
pub(crate) fn load(source: Source<'_>) -> Result<Box<dyn Network>, ModelError> {
    let Groups { num_hidden_groups, inner_group_num } = source.config.parse()?;
    // rust-bert makes as many groups as layers are in one.
    if (num_hidden_groups, inner_group_num) != (1, 1) {
        let reason = format!(
            "it has {num_hidden_groups} groups of {inner_group_num} layers; rust-bert runs 1 of 1"
        );
        return Err(source.config.error(reason));
    }
    let Sizes { hidden, intermediate, embedding, vocabulary, .. } = *source.sizes;
    source.require(&[
        ("embeddings.word_embeddings.weight", &[vocabulary, embedding]),
        ("encoder.albert_layer_groups.0.albert_layers.0.ffn.weight", &[intermediate, hidden]),
    ])?;
    let mut store = VarStore::new(source.device);
    let network = Albert(AlbertModel::new(store.root(), &config(source.sizes)));
    // Checkpoints that were made for words have no pooler, and nothing asks for it.
    source.fill(&mut store, |name| (!name.starts_with("pooler.")).then(|| name.to_owned()))?;
    Ok(Box::new(network))
}

fn config(sizes: &Sizes) -> AlbertConfig {
    AlbertConfig {
        hidden_act: sizes.activation,
        embedding_size: sizes.embedding,
        hidden_size: sizes.hidden,
        intermediate_size: sizes.intermediate,
        layer_norm_eps: sizes.epsilon,
        max_position_embeddings: sizes.n_positions,
        num_attention_heads: sizes.n_heads,
        num_hidden_layers: sizes.n_layers,
        pad_token_id: sizes.padding_piece.unwrap_or(0),
        type_vocab_size: sizes.n_types,
        vocab_size: sizes.vocabulary,
        ..AlbertConfig::default()
    }
}

impl Network for Albert {
    fn states(&self, batch: &PaddedTensors) -> Result<Tensor, String> {
        let PaddedTensors { ids, types, positions, reads, .. } = batch;
        let (ids, types, positions) = (Some(ids), Some(types), Some(positions));
        let output = self.0.forward_t(ids, Some(reads), types, positions, None, false);
        output.map(|output| output.hidden_state).map_err(|error| error.to_string())
    }
}
