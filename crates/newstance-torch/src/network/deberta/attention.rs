//! Attention by content and by relative place.

use tch::Tensor;
use tch::nn::{self, Init, Module as _};

/// What attention is made of.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "they are the keys of the configuration")]
pub(crate) struct Shape {
    pub(crate) hidden: i64,
    pub(crate) n_heads: i64,
    /// Whether query, key and value are of one layer, head by head.
    pub(crate) is_first: bool,
    /// A query reads the place of a key (`c2p`).
    pub(crate) by_key_place: bool,
    /// A key reads the place of a query (`p2c`).
    pub(crate) by_query_place: bool,
    /// Places pass the layers of key and query.
    pub(crate) shares_projections: bool,
    /// How many scores are added up.
    pub(crate) n_scores: i32,
}

pub(crate) struct Attention {
    shape: Shape,
    projections: Projections,
    key_places: Option<nn::Linear>,
    query_places: Option<nn::Linear>,
}

enum Projections {
    Joint { all: nn::Linear, query_bias: Tensor, value_bias: Tensor },
    Apart { query: nn::Linear, key: nn::Linear, value: nn::Linear },
}

impl Attention {
    pub(crate) fn new(path: &nn::Path<'_>, shape: Shape) -> Self {
        let Shape { hidden, is_first, .. } = shape;
        let linear = |name: &str, n_outputs, bias| {
            let config = nn::LinearConfig { bias, ..nn::LinearConfig::default() };
            nn::linear(path / name, hidden, n_outputs, config)
        };
        let projections = if is_first {
            Projections::Joint {
                all: linear("in_proj", 3 * hidden, false),
                query_bias: path.var("q_bias", &[hidden], Init::Const(0.0)),
                value_bias: path.var("v_bias", &[hidden], Init::Const(0.0)),
            }
        } else {
            Projections::Apart {
                query: linear("query_proj", hidden, true),
                key: linear("key_proj", hidden, true),
                value: linear("value_proj", hidden, true),
            }
        };
        let names =
            if is_first { ["pos_proj", "pos_q_proj"] } else { ["pos_key_proj", "pos_query_proj"] };
        let own = !shape.shares_projections;
        let key_places = || linear(names[0], hidden, !is_first);
        let query_places = || linear(names[1], hidden, true);
        Self {
            shape,
            projections,
            key_places: (own && shape.by_key_place).then(key_places),
            query_places: (own && shape.by_query_place).then(query_places),
        }
    }

    /// The contexts of `states`, both `[sequences, longest, hidden]`. `added` goes
    /// to the scores; of places the rows, `[rows, hidden]`, and which is between
    /// reader and read.
    pub(crate) fn forward(
        &self,
        states: &Tensor,
        added: &Tensor,
        places: Option<(&Tensor, &Tensor)>,
    ) -> Tensor {
        let [query, key, value] = self.project(states);
        let size = self.shape.hidden / self.shape.n_heads;
        let scale = f64::from(self.shape.n_scores) * integer_to_float(size);
        let query = query / scale.sqrt();
        let mut scores = query.matmul(&key.transpose(-1, -2));
        if let Some((rows, between)) = places {
            let shape = scores.size();
            let rows = rows.unsqueeze(0);
            if let Some(projected) = self.key_rows(&rows) {
                let of_rows = query.matmul(&projected.transpose(-1, -2));
                scores += of_rows.gather(-1, &between.expand(shape.as_slice(), true), false);
            }
            if let Some(projected) = self.query_rows(&rows) {
                let of_rows = key.matmul(&(projected / scale.sqrt()).transpose(-1, -2));
                // From the key, the query is as far to the other side.
                let from_key = between.transpose(-1, -2).expand(shape.as_slice(), true);
                scores += of_rows.gather(-1, &from_key, false).transpose(-1, -2);
            }
        }
        let weights = (scores + added).softmax(-1, query.kind());
        let context = weights.matmul(&value).permute([0, 2, 1, 3]).contiguous();
        context.view(states.size().as_slice())
    }

    fn project(&self, states: &Tensor) -> [Tensor; 3] {
        match &self.projections {
            Projections::Apart { query, key, value } => {
                [query, key, value].map(|layer| self.by_head(&layer.forward(states)))
            }
            Projections::Joint { all, query_bias, value_bias } => {
                let parts = self.by_head(&all.forward(states)).chunk(3, -1);
                let bias = |bias: &Tensor| self.by_head(&bias.view([1, 1, -1]));
                [
                    &parts[0] + bias(query_bias),
                    parts[1].shallow_clone(),
                    &parts[2] + bias(value_bias),
                ]
            }
        }
    }

    fn key_rows(&self, rows: &Tensor) -> Option<Tensor> {
        let layer = match (&self.key_places, &self.projections) {
            (Some(own), _) => own,
            (None, Projections::Apart { key, .. }) if self.shape.by_key_place => key,
            _ => return None,
        };
        Some(self.by_head(&layer.forward(rows)))
    }

    fn query_rows(&self, rows: &Tensor) -> Option<Tensor> {
        let layer = match (&self.query_places, &self.projections) {
            (Some(own), _) => own,
            (None, Projections::Apart { query, .. }) if self.shape.by_query_place => query,
            _ => return None,
        };
        Some(self.by_head(&layer.forward(rows)))
    }

    /// `[sequences, heads, longest, size]` of `[sequences, longest, heads * size]`.
    fn by_head(&self, states: &Tensor) -> Tensor {
        let shape = states.size();
        states.view([shape[0], shape[1], self.shape.n_heads, -1]).permute([0, 2, 1, 3])
    }
}

/// A size is small.
#[expect(clippy::cast_precision_loss, reason = "sizes are at most 65,536")]
fn integer_to_float(size: i64) -> f64 {
    size as f64
}
