//! `DeBERTa`, both versions: attention by content and by relative place (He et
//! al., 2021).
//!
//! It is put together here. rust-bert has both, but not as their authors do:
//! its first version cuts relative places at the number of heads, its second
//! leaves out a root and a shift (docs/torch.md).

mod attention;
mod places;

use newstance_model::ModelError;
use rust_bert::Activation;
use serde::Deserialize;
use serde_json::Value;
use tch::Tensor;
use tch::nn::{self, Module as _, VarStore};

use crate::config::Sizes;
use crate::network::Network;
use crate::network::deberta::attention::{Attention, Shape};
use crate::network::deberta::places::Places;
use crate::padded::PaddedTensors;
use crate::variables::Source;

struct Deberta {
    pieces: nn::Embedding,
    positions: Option<nn::Embedding>,
    types: Option<nn::Embedding>,
    projection: Option<nn::Linear>,
    norm: nn::LayerNorm,
    places: Option<Places>,
    layers: Vec<Layer>,
}

struct Layer {
    attention: Attention,
    attention_output: nn::Linear,
    attention_norm: nn::LayerNorm,
    intermediate: nn::Linear,
    activation: Activation,
    output: nn::Linear,
    output_norm: nn::LayerNorm,
}

/// The keys of its own.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "they are the keys of the file")]
struct Own {
    #[serde(default)]
    relative_attention: bool,
    max_relative_positions: Option<i64>,
    position_buckets: Option<i64>,
    #[serde(default = "yes")]
    position_biased_input: bool,
    /// A list, or words with `|` between them.
    #[serde(default)]
    pos_att_type: Value,
    #[serde(default)]
    share_att_key: bool,
    #[serde(default)]
    norm_rel_ebd: Option<String>,
    #[serde(default)]
    talking_head: bool,
    #[serde(default)]
    conv_kernel_size: Option<i64>,
}

fn yes() -> bool {
    true
}

/// Reads a checkpoint of the first version.
pub(crate) fn load(source: Source<'_>) -> Result<Box<dyn Network>, ModelError> {
    load_version(source, true)
}

/// Reads a checkpoint of the second version; the third has its layers.
pub(crate) fn load_v2(source: Source<'_>) -> Result<Box<dyn Network>, ModelError> {
    load_version(source, false)
}

fn load_version(source: Source<'_>, is_first: bool) -> Result<Box<dyn Network>, ModelError> {
    let own: Own = source.config.parse()?;
    let shape =
        shape(&own, source.sizes, is_first).map_err(|reason| source.config.error(reason))?;
    let Sizes { hidden, intermediate, embedding, vocabulary, n_layers, .. } = *source.sizes;
    let feed_forward = |layer: i64| format!("encoder.layer.{layer}.intermediate.dense.weight");
    source.require(&[
        ("embeddings.word_embeddings.weight", &[vocabulary, embedding]),
        (&feed_forward(0), &[intermediate, hidden]),
        (&feed_forward(n_layers - 1), &[intermediate, hidden]),
    ])?;
    let mut store = VarStore::new(source.device);
    let network = Deberta::new(&store.root(), source.sizes, &own, shape);
    source.fill(&mut store, |name| Some(name.to_owned()))?;
    Ok(Box::new(network))
}

fn shape(own: &Own, sizes: &Sizes, is_first: bool) -> Result<Shape, String> {
    let types = match &own.pos_att_type {
        Value::Null => Vec::new(),
        Value::String(types) => types.split('|').map(str::to_owned).collect(),
        other => {
            Vec::<String>::deserialize(other).map_err(|error| format!("`pos_att_type`: {error}"))?
        }
    };
    let types: Vec<String> = types.iter().map(|kind| kind.trim().to_lowercase()).collect();
    if let Some(other) = types.iter().find(|kind| !["c2p", "p2c", ""].contains(&kind.as_str())) {
        return Err(format!("its `pos_att_type` names `{other}`, not c2p or p2c"));
    }
    if own.talking_head || own.conv_kernel_size.is_some_and(|size| size > 0) {
        return Err("it has talking heads or a convolution, which are not run".to_owned());
    }
    let has = |kind: &str| own.relative_attention && types.iter().any(|it| it == kind);
    Ok(Shape {
        hidden: sizes.hidden,
        n_heads: sizes.n_heads,
        is_first,
        by_key_place: has("c2p"),
        by_query_place: has("p2c"),
        shares_projections: own.share_att_key && !is_first,
        n_scores: 1
            + i32::from(types.iter().any(|it| it == "c2p"))
            + i32::from(types.iter().any(|it| it == "p2c")),
    })
}

impl Deberta {
    fn new(root: &nn::Path<'_>, sizes: &Sizes, own: &Own, shape: Shape) -> Self {
        let path = root / "embeddings";
        let table = |name: &str, n_rows| {
            nn::embedding(&path / name, n_rows, sizes.embedding, nn::EmbeddingConfig::default())
        };
        let projection = || {
            let config = nn::LinearConfig { bias: false, ..nn::LinearConfig::default() };
            nn::linear(&path / "embed_proj", sizes.embedding, sizes.hidden, config)
        };
        let encoder = root / "encoder";
        let is_normal = own.norm_rel_ebd.as_deref().is_some_and(|kinds| {
            kinds.to_lowercase().split('|').any(|kind| kind.trim() == "layer_norm")
        });
        let norm = || norm(&encoder / "LayerNorm", sizes);
        let largest = own.max_relative_positions.filter(|n| *n > 0).unwrap_or(sizes.n_positions);
        let buckets = own.position_buckets.filter(|n| *n > 0 && !shape.is_first);
        let places = || {
            let norm = is_normal.then(norm);
            Places::new(&encoder, sizes, (largest, buckets), norm)
        };
        Self {
            pieces: table("word_embeddings", sizes.vocabulary),
            positions: own
                .position_biased_input
                .then(|| table("position_embeddings", sizes.n_positions)),
            types: (sizes.n_types > 0).then(|| table("token_type_embeddings", sizes.n_types)),
            projection: (sizes.embedding != sizes.hidden).then(projection),
            norm: self::norm(&path / "LayerNorm", sizes),
            places: own.relative_attention.then(places),
            layers: (0..sizes.n_layers)
                .map(|idx| Layer::new(&(&encoder / "layer" / idx), sizes, shape))
                .collect(),
        }
    }
}

impl Layer {
    fn new(path: &nn::Path<'_>, sizes: &Sizes, shape: Shape) -> Self {
        let Sizes { hidden, intermediate, .. } = *sizes;
        let linear = |path, from, to| nn::linear(path, from, to, nn::LinearConfig::default());
        let attention = path / "attention";
        Self {
            attention: Attention::new(&(&attention / "self"), shape),
            attention_output: linear(&attention / "output" / "dense", hidden, hidden),
            attention_norm: norm(&attention / "output" / "LayerNorm", sizes),
            intermediate: linear(path / "intermediate" / "dense", hidden, intermediate),
            activation: sizes.activation,
            output: linear(path / "output" / "dense", intermediate, hidden),
            output_norm: norm(path / "output" / "LayerNorm", sizes),
        }
    }

    fn forward(
        &self,
        states: &Tensor,
        added: &Tensor,
        places: Option<(&Tensor, &Tensor)>,
    ) -> Tensor {
        let context = self.attention.forward(states, added, places);
        let states =
            self.attention_norm.forward(&(self.attention_output.forward(&context) + states));
        let activation = self.activation.get_function();
        let between = activation.get_fn()(&self.intermediate.forward(&states));
        self.output_norm.forward(&(self.output.forward(&between) + states))
    }
}

fn norm(path: nn::Path<'_>, sizes: &Sizes) -> nn::LayerNorm {
    let eps = sizes.epsilon.unwrap_or(1e-7);
    nn::layer_norm(path, vec![sizes.hidden], nn::LayerNormConfig { eps, ..Default::default() })
}

impl Network for Deberta {
    fn states(&self, batch: &PaddedTensors) -> Result<Tensor, String> {
        let mut states = self.pieces.forward(&batch.ids);
        if let Some(positions) = &self.positions {
            states += positions.forward(&batch.positions);
        }
        if let Some(types) = &self.types {
            states += types.forward(&batch.types);
        }
        if let Some(projection) = &self.projection {
            states = projection.forward(&states);
        }
        states = self.norm.forward(&states);
        let added = batch.added_to_scores(states.kind());
        let places = self.places.as_ref().map(|it| (it.rows(), it.between(&batch.positions)));
        for layer in &self.layers {
            let places = places.as_ref().map(|(rows, between)| (rows, between));
            states = layer.forward(&states, &added, places);
        }
        Ok(states)
    }
}
