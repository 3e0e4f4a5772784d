//! `MobileBERT`: thin layers, and embeddings of three neighbouring pieces.

use newstance_model::ModelError;
use rust_bert::mobilebert::{MobileBertConfig, MobileBertModel, NormalizationType};
use serde::Deserialize;
use tch::nn::{Module as _, VarStore};
use tch::{Tensor, nn};

use crate::config::Sizes;
use crate::network::Network;
use crate::padded::PaddedTensors;
use crate::variables::Source;

struct MobileBert {
    model: MobileBertModel,
    /// The model's table of pieces.
    pieces: nn::Embedding,
}

/// The keys of its own, with the values that its authors gave them.
#[derive(Debug, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "they are the keys of the file")]
struct Own {
    trigram_input: bool,
    use_bottleneck: bool,
    use_bottleneck_attention: bool,
    intra_bottleneck_size: i64,
    key_query_shared_bottleneck: bool,
    num_feedforward_networks: i64,
    normalization_type: String,
}

impl Default for Own {
    fn default() -> Self {
        Self {
            trigram_input: true,
            use_bottleneck: true,
            use_bottleneck_attention: false,
            intra_bottleneck_size: 128,
            key_query_shared_bottleneck: true,
            num_feedforward_networks: 4,
            normalization_type: "no_norm".to_owned(),
        }
    }
}

/// Reads a checkpoint of `MobileBERT`.
pub(crate) fn load(source: Source<'_>) -> Result<Box<dyn Network>, ModelError> {
    let own: Own = source.config.parse()?;
    let Sizes { hidden, embedding, vocabulary, n_layers, .. } = *source.sizes;
    let width = if own.use_bottleneck { own.intra_bottleneck_size } else { hidden };
    let query = |layer: i64| format!("encoder.layer.{layer}.attention.self.query.weight");
    source.require(&[
        ("embeddings.word_embeddings.weight", &[vocabulary, embedding]),
        (&query(0), &[width, width]),
        (&query(n_layers - 1), &[width, width]),
    ])?;
    let config = config(source, &own)?;
    let mut store = VarStore::new(source.device);
    let model = MobileBertModel::new(store.root(), &config, false);
    source.fill(&mut store, |name| Some(name.to_owned()))?;
    let name = "embeddings.word_embeddings.weight";
    let table = store.variables().remove(name);
    let table = table.ok_or_else(|| source.config.error(format!("rust-bert has no `{name}`")))?;
    let mut pieces =
        nn::embedding(VarStore::new(source.device).root(), 1, 1, nn::EmbeddingConfig::default());
    pieces.ws = table;
    Ok(Box::new(MobileBert { model, pieces }))
}

fn config(source: Source<'_>, own: &Own) -> Result<MobileBertConfig, ModelError> {
    let sizes = source.sizes;
    let normalization = match own.normalization_type.as_str() {
        "no_norm" => NormalizationType::no_norm,
        "layer_norm" => NormalizationType::layer_norm,
        other => {
            let reason =
                format!("its `normalization_type` is `{other}`, not no_norm or layer_norm");
            return Err(source.config.error(reason));
        }
    };
    Ok(MobileBertConfig {
        hidden_act: sizes.activation,
        hidden_size: sizes.hidden,
        intermediate_size: sizes.intermediate,
        max_position_embeddings: sizes.n_positions,
        num_attention_heads: sizes.n_heads,
        num_hidden_layers: sizes.n_layers,
        type_vocab_size: sizes.n_types,
        vocab_size: sizes.vocabulary,
        embedding_size: sizes.embedding,
        trigram_input: Some(own.trigram_input),
        use_bottleneck: Some(own.use_bottleneck),
        use_bottleneck_attention: Some(own.use_bottleneck_attention),
        intra_bottleneck_size: Some(own.intra_bottleneck_size),
        key_query_shared_bottleneck: Some(own.key_query_shared_bottleneck),
        num_feedforward_networks: Some(own.num_feedforward_networks),
        normalization_type: Some(normalization),
        ..MobileBertConfig::default()
    })
}

impl Network for MobileBert {
    fn states(&self, batch: &PaddedTensors) -> Result<Tensor, String> {
        // The last piece of a text takes in its neighbour, which padding must not be.
        let embedded = self.pieces.forward(&batch.ids);
        let is_piece = batch.reads.unsqueeze(-1).to_kind(embedded.kind());
        let embedded = Some(embedded * is_piece);
        let PaddedTensors { types, positions, reads, .. } = batch;
        let output = self.model.forward_t(
            None,
            Some(types),
            Some(positions),
            embedded.as_ref(),
            Some(reads),
            false,
        );
        output.map(|output| output.hidden_state).map_err(|error| error.to_string())
    }
}
