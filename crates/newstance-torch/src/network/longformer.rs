//! `Longformer`: each piece reads its neighbourhood. No piece is read by all,
//! which is how its library gives states where nobody asks for more.

use newstance_model::ModelError;
use rust_bert::longformer::{LongformerConfig, LongformerModel};
use serde::Deserialize;
use tch::Tensor;
use tch::nn::VarStore;

use crate::config::Sizes;
use crate::network::Network;
use crate::padded::PaddedTensors;
use crate::variables::Source;

struct Longformer(LongformerModel);

/// The keys of its own.
#[derive(Debug, Deserialize)]
struct Own {
    attention_window: Window,
}

/// How many pieces are read, half of them before and half behind: in all
/// layers, or in each.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Window {
    All(i64),
    Each(Vec<i64>),
}

/// Reads a checkpoint of `Longformer`.
pub(crate) fn load(source: Source<'_>) -> Result<Box<dyn Network>, ModelError> {
    let Sizes { hidden, intermediate, embedding, vocabulary, n_layers, .. } = *source.sizes;
    let feed_forward = |layer: i64| format!("encoder.layer.{layer}.intermediate.dense.weight");
    source.require(&[
        ("embeddings.word_embeddings.weight", &[vocabulary, embedding]),
        (&feed_forward(0), &[intermediate, hidden]),
        (&feed_forward(n_layers - 1), &[intermediate, hidden]),
    ])?;
    let config = config(source)?;
    let mut store = VarStore::new(source.device);
    let network = Longformer(LongformerModel::new(store.root(), &config, false));
    source.fill(&mut store, |name| Some(name.to_owned()))?;
    Ok(Box::new(network))
}

fn config(source: Source<'_>) -> Result<LongformerConfig, ModelError> {
    let sizes = source.sizes;
    let Own { attention_window } = source.config.parse()?;
    let windows = match attention_window {
        Window::All(size) => (0..sizes.n_layers).map(|_| size).collect(),
        Window::Each(sizes) => sizes,
    };
    let n_windows = i64::try_from(windows.len()).unwrap_or(i64::MAX);
    let is_good = |size: &i64| *size > 0 && size % 2 == 0;
    if n_windows != sizes.n_layers || !windows.iter().all(is_good) {
        let reason = format!(
            "its `attention_window` is {windows:?}: one even number for each of {} layers is needed",
            sizes.n_layers
        );
        return Err(source.config.error(reason));
    }
    Ok(LongformerConfig {
        hidden_act: sizes.activation,
        attention_window: windows,
        hidden_size: sizes.hidden,
        intermediate_size: sizes.intermediate,
        max_position_embeddings: sizes.n_positions,
        num_attention_heads: sizes.n_heads,
        num_hidden_layers: sizes.n_layers,
        type_vocab_size: sizes.n_types,
        vocab_size: sizes.vocabulary,
        pad_token_id: sizes.padding_piece,
        layer_norm_eps: sizes.epsilon,
        ..LongformerConfig::default()
    })
}

impl Network for Longformer {
    fn states(&self, batch: &PaddedTensors) -> Result<Tensor, String> {
        let PaddedTensors { ids, types, positions, reads, .. } = batch;
        let (ids, types, positions) = (Some(ids), Some(types), Some(positions));
        let output = self.0.forward_t(ids, Some(reads), None, types, positions, None, false);
        output.map(|output| output.hidden_state).map_err(|error| error.to_string())
    }
}
