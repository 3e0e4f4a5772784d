//! Models of rust-bert behind one face: padded pieces in, states out.

mod albert;
mod bert;
mod deberta;
mod longformer;
mod mobilebert;

use newstance_model::ModelError;
use tch::Tensor;

use crate::config::Defaults;
use crate::padded::PaddedTensors;
use crate::variables::Source;

/// The backend's name.
pub(crate) const BACKEND: &str = "torch";

/// An encoder of some architecture.
pub(crate) trait Network: Send {
    /// The states of the last layer, `[sequences, longest, size]`; what
    /// rust-bert says where it fails. It may panic as tch does.
    fn states(&self, batch: &PaddedTensors) -> Result<Tensor, String>;
}

/// How an architecture is recognised and loaded.
#[derive(Debug)]
pub(crate) struct Architecture {
    /// `model_type` in `config.json`.
    model_types: &'static [&'static str],
    /// What may stand before every name of a tensor.
    prefix: &'static str,
    /// A table of every checkpoint of the architecture, by its name after the prefix.
    pub(crate) table: &'static str,
    /// Whether the first position is the one after the padding piece's id.
    pub(crate) positions_after_padding: bool,
    /// Whether attention can be told which piece reads which.
    pub(crate) reads_asides: bool,
    pub(crate) defaults: Defaults,
    pub(crate) load: fn(Source<'_>) -> Result<Box<dyn Network>, ModelError>,
}

const BERT: Architecture = Architecture {
    model_types: &["bert"],
    prefix: "bert.",
    table: "embeddings.word_embeddings.weight",
    positions_after_padding: false,
    reads_asides: true,
    defaults: Defaults { n_types: 2, activation: "gelu" },
    load: bert::load,
};

static ALL: [Architecture; 9] = [
    BERT,
    Architecture { model_types: &["electra"], prefix: "electra.", ..BERT },
    Architecture {
        model_types: &["roberta", "xlm-roberta", "camembert"],
        prefix: "roberta.",
        positions_after_padding: true,
        ..BERT
    },
    Architecture {
        model_types: &["distilbert"],
        prefix: "distilbert.",
        defaults: Defaults { n_types: 0, activation: "gelu" },
        load: bert::load_distilbert,
        ..BERT
    },
    Architecture {
        model_types: &["deberta"],
        prefix: "deberta.",
        defaults: Defaults { n_types: 0, activation: "gelu" },
        load: deberta::load,
        ..BERT
    },
    Architecture {
        model_types: &["deberta-v2"],
        prefix: "deberta.",
        defaults: Defaults { n_types: 0, activation: "gelu" },
        load: deberta::load_v2,
        ..BERT
    },
    Architecture {
        model_types: &["albert"],
        prefix: "albert.",
        reads_asides: false,
        defaults: Defaults { n_types: 2, activation: "gelu_new" },
        load: albert::load,
        ..BERT
    },
    Architecture {
        model_types: &["mobilebert"],
        prefix: "mobilebert.",
        reads_asides: false,
        defaults: Defaults { n_types: 2, activation: "relu" },
        load: mobilebert::load,
        ..BERT
    },
    Architecture {
        model_types: &["longformer"],
        prefix: "longformer.",
        positions_after_padding: true,
        reads_asides: false,
        load: longformer::load,
        ..BERT
    },
];

impl Architecture {
    /// The architecture of that `model_type`.
    ///
    /// # Errors
    ///
    /// [`ModelError::Architecture`] where rust-bert has none.
    pub(crate) fn of(model_type: &str) -> Result<&'static Self, ModelError> {
        ALL.iter().find(|it| it.model_types.contains(&model_type)).ok_or_else(|| {
            ModelError::Architecture {
                backend: BACKEND,
                architecture: model_type.to_owned(),
                available: ALL.iter().flat_map(|it| it.model_types).copied().collect(),
            }
        })
    }

    /// Its name, for messages.
    pub(crate) fn name(&self) -> &'static str {
        self.model_types[0]
    }

    /// What stands before the names of a checkpoint in which `is_there` tells
    /// of tensors.
    pub(crate) fn prefix_in(&self, is_there: impl Fn(&str) -> bool) -> &'static str {
        if is_there(&format!("{}{}", self.prefix, self.table)) { self.prefix } else { "" }
    }
}
