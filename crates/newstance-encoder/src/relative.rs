//! Relative positions (Raffel et al., 2020), as `MPNet` uses them.

/// What is added to the score of a query and a key, by head and distance.
#[derive(Clone, Debug)]
pub(crate) struct RelativeBias {
    /// `[heads, 2 * max_pieces - 1]`; the middle column is distance 0.
    values: Vec<f32>,
    max_pieces: usize,
}

/// Beyond this distance all positions count alike.
const MAX_DISTANCE: f32 = 128.0;

impl RelativeBias {
    /// Takes the table `[buckets, heads]` of a checkpoint.
    pub(crate) fn new(table: &[f32], n_heads: usize, max_pieces: usize) -> Self {
        let n_buckets = table.len() / n_heads;
        let mut values = Vec::with_capacity(n_heads * (2 * max_pieces - 1));
        for head in 0..n_heads {
            let before = (1..max_pieces).rev().map(|distance| bucket(distance, false, n_buckets));
            let after = (0..max_pieces).map(|distance| bucket(distance, true, n_buckets));
            values.extend(before.chain(after).map(|bucket| table[bucket * n_heads + head]));
        }
        Self { values, max_pieces }
    }

    /// What a query at position `query` adds to each of the first `n_pieces` keys of a text.
    pub(crate) fn row(&self, head: usize, query: usize, n_pieces: usize) -> &[f32] {
        let start = head * (2 * self.max_pieces - 1) + self.max_pieces - 1 - query;
        &self.values[start..start + n_pieces]
    }
}

/// The row of the table for a key `distance` pieces before or after the query.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "distances and buckets are small and not negative"
)]
fn bucket(distance: usize, after: bool, n_buckets: usize) -> usize {
    let half = n_buckets / 2;
    let offset = if after && distance > 0 { half } else { 0 };
    let exact = half / 2;
    if distance < exact {
        return offset + distance;
    }
    let part = (distance as f32 / exact as f32).ln() / (MAX_DISTANCE / exact as f32).ln();
    let step = exact + (part * (half - exact) as f32) as usize;
    offset + step.min(half - 1)
}

#[cfg(test)]
mod tests {
    use super::{RelativeBias, bucket};

    #[test]
    fn near_distances_have_buckets_of_their_own_and_far_ones_share() {
        assert_eq!([0, 1, 7].map(|distance| bucket(distance, false, 32)), [0, 1, 7]);
        assert_eq!([0, 1, 7].map(|distance| bucket(distance, true, 32)), [0, 17, 23]);
        assert_eq!(
            [8, 11, 12, 127, 500].map(|distance| bucket(distance, false, 32)),
            [8, 8, 9, 15, 15]
        );
    }

    #[test]
    fn a_row_gives_each_key_its_distance() {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let table: Vec<f32> = (0..32).map(|bucket| bucket as f32).collect();
        let bias = RelativeBias::new(&table, 1, 5);
        assert_eq!(bias.row(0, 1, 4), [1.0, 0.0, 17.0, 18.0]);
        assert_eq!(bias.row(0, 4, 5), [4.0, 3.0, 2.0, 1.0, 0.0]);
    }
}
