//! Relative places, and the table of what stands for each.

use tch::Tensor;
use tch::nn::{self, Module as _};

use crate::config::Sizes;

/// Far places share buckets in the second version, whose width grows with the
/// distance.
pub(crate) struct Places {
    /// `[2 * span, hidden]`
    table: nn::Embedding,
    norm: Option<nn::LayerNorm>,
    /// The row of each distance, from the farthest before to the farthest
    /// behind, `[2 * positions - 1]`.
    row_of: Tensor,
    n_positions: i64,
}

impl Places {
    /// Places up to `largest` apart, in so many `buckets` to each side where
    /// there are any.
    pub(crate) fn new(
        encoder: &nn::Path<'_>,
        sizes: &Sizes,
        (largest, buckets): (i64, Option<i64>),
        norm: Option<nn::LayerNorm>,
    ) -> Self {
        let span = buckets.unwrap_or(largest);
        let config = nn::EmbeddingConfig::default();
        let table = nn::embedding(encoder / "rel_embeddings", 2 * span, sizes.hidden, config);
        let rows: Vec<i64> = (1 - sizes.n_positions..sizes.n_positions)
            .map(|distance| match buckets {
                Some(buckets) => bucket(distance, buckets, largest),
                None => distance,
            })
            .map(|place| (place + span).clamp(0, 2 * span - 1))
            .collect();
        let row_of = Tensor::from_slice(&rows).to_device(encoder.device());
        Self { table, norm, row_of, n_positions: sizes.n_positions }
    }

    /// What stands for each row, `[rows, hidden]`.
    pub(crate) fn rows(&self) -> Tensor {
        match &self.norm {
            Some(norm) => norm.forward(&self.table.ws),
            None => self.table.ws.shallow_clone(),
        }
    }

    /// The row for each reader (second) and each piece that it reads (last):
    /// `[sequences, 1, longest, longest]` of `[sequences, longest]`.
    pub(crate) fn between(&self, positions: &Tensor) -> Tensor {
        let distance: Tensor = positions.unsqueeze(-1) - positions.unsqueeze(1);
        let shape = distance.size();
        let places = (distance + (self.n_positions - 1)).view(-1);
        self.row_of.index_select(0, &places).view(shape.as_slice()).unsqueeze(1)
    }
}

/// The bucket of a distance: itself where it is near, by its logarithm where it
/// is not, in 32-bit floating point as the checkpoints were trained with.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "small numbers")]
fn bucket(distance: i64, buckets: i64, largest: i64) -> i64 {
    let middle = buckets / 2;
    if distance.abs() <= middle {
        return distance;
    }
    let far = (distance.abs() as f32 / middle as f32).ln();
    let farthest = ((largest - 1) as f32 / middle as f32).ln();
    let bucket = (far / farthest * (middle - 1) as f32).ceil() as i64 + middle;
    bucket * distance.signum()
}

#[cfg(test)]
mod tests {
    use super::bucket;

    #[test]
    fn near_places_are_themselves_and_far_ones_share() {
        let buckets = |distances: [i64; 5]| distances.map(|it| bucket(it, 256, 512));
        assert_eq!(buckets([0, 1, -127, 128, -128]), [0, 1, -127, 128, -128]);
        // As `make_log_bucket_position` of transformers 5 gives them.
        assert_eq!(buckets([129, 130, 200, 511, -300]), [129, 130, 169, 255, -207]);
    }
}
