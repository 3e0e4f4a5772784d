//! Checkpoints to engines.

use std::path::Path;
use std::sync::Arc;

use newstance_model::{Encoder, EncoderLoader, ModelError, Precision, Weights};

use crate::config::{BACKEND, Config};
use crate::embeddings::Embeddings;
use crate::engine::Engine;
use crate::instruction_set::InstructionSet;
use crate::layer::Layer;
use crate::linear::{Arithmetic, Linear};
use crate::relative::RelativeBias;
use crate::vector::LayerNorm;

/// The CPU engine, as manifests know it: `backend = "encoder"`.
#[derive(Clone, Copy, Debug, Default)]
pub struct EncoderBackend {
    /// What its encoders compute with; the highest of the processor by default.
    pub instruction_set: InstructionSet,
}

impl EncoderLoader for EncoderBackend {
    fn name(&self) -> &'static str {
        BACKEND
    }

    fn load(&self, folder: &Path, precision: Precision) -> Result<Arc<dyn Encoder>, ModelError> {
        let arithmetic = match precision {
            Precision::F32 => Arithmetic::Floats,
            Precision::Int8 => Arithmetic::Bytes,
            other => {
                let available = vec![Precision::F32, Precision::Int8];
                return Err(ModelError::Precision {
                    backend: BACKEND,
                    precision: other,
                    available,
                });
            }
        };
        let config = Config::read(folder)?;
        let weights = Weights::open(folder)?;
        let has_prefix =
            weights.contains(&format!("{}embeddings.word_embeddings.weight", config.names.prefix));
        let prefix = if has_prefix { config.names.prefix } else { "" };
        let set = self.instruction_set;
        let reader = Reader { config: &config, weights: &weights, prefix, arithmetic, set };
        Ok(Arc::new(reader.engine()?))
    }
}

/// Reads the tensors of one checkpoint.
#[derive(Clone, Copy, Debug)]
struct Reader<'c> {
    config: &'c Config,
    weights: &'c Weights,
    /// What stands before every name.
    prefix: &'static str,
    arithmetic: Arithmetic,
    set: InstructionSet,
}

impl Reader<'_> {
    fn engine(self) -> Result<Engine, ModelError> {
        let config = self.config.clone();
        // First, since it holds the sizes of the configuration to real tables.
        let embeddings = self.embeddings()?;
        let relative = match config.names.relative {
            Some(name) => {
                let table = self.tensor(name, &[config.n_buckets, config.n_heads])?;
                Some(RelativeBias::new(&table, config.n_heads, config.max_pieces()))
            }
            None => None,
        };
        let layers = (0..config.n_layers).map(|idx| self.layer(idx)).collect::<Result<_, _>>()?;
        Ok(Engine { embeddings, layers, relative, config, set: self.set })
    }

    fn embeddings(self) -> Result<Embeddings, ModelError> {
        let Config { embedding, hidden, n_types, .. } = *self.config;
        let table = |name: &str, n_rows: usize| {
            self.tensor(&format!("embeddings.{name}.weight"), &[n_rows, embedding])
        };
        Ok(Embeddings {
            pieces: table("word_embeddings", self.config.vocabulary)?,
            positions: table("position_embeddings", self.config.n_positions)?,
            types: if n_types > 0 { table("token_type_embeddings", n_types)? } else { Vec::new() },
            norm: self.norm("embeddings.LayerNorm", embedding)?,
            projection: if embedding == hidden {
                None
            } else {
                Some(self.linear(&["embeddings_project"], embedding, hidden)?)
            },
            first_position: self.config.first_position,
        })
    }

    fn layer(self, idx: usize) -> Result<Layer, ModelError> {
        let Config { names, hidden, intermediate, activation, .. } = *self.config;
        let name = |part: &str| format!("{}.{idx}.{part}", names.layer);
        let projections = names.projections.map(name);
        let projections = projections.each_ref().map(String::as_str);
        Ok(Layer {
            projections: self.linear(&projections, hidden, hidden)?,
            attention_output: self.linear(&[&name(names.attention_output)], hidden, hidden)?,
            attention_norm: self.norm(&name(names.attention_norm), hidden)?,
            intermediate: self.linear(&[&name(names.intermediate)], hidden, intermediate)?,
            activation,
            output: self.linear(&[&name(names.output)], intermediate, hidden)?,
            output_norm: self.norm(&name(names.output_norm), hidden)?,
        })
    }

    /// One layer, or several side by side, each from `n_inputs` to `n_outputs`.
    fn linear(
        self,
        names: &[&str],
        n_inputs: usize,
        n_outputs: usize,
    ) -> Result<Linear, ModelError> {
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for name in names {
            weight.extend(self.tensor(&format!("{name}.weight"), &[n_outputs, n_inputs])?);
            bias.extend(self.tensor(&format!("{name}.bias"), &[n_outputs])?);
        }
        Ok(Linear::new(&weight, &bias, n_inputs, self.arithmetic, self.set))
    }

    fn norm(self, name: &str, size: usize) -> Result<LayerNorm, ModelError> {
        Ok(LayerNorm {
            gain: self.tensor(&format!("{name}.weight"), &[size])?,
            bias: self.tensor(&format!("{name}.bias"), &[size])?,
            epsilon: self.config.epsilon,
        })
    }

    fn tensor(self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        self.weights.tensor(&format!("{}{name}", self.prefix), shape)
    }
}
