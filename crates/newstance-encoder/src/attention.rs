//! Attention within one sequence (Vaswani et al., 2017).

use crate::product::{Onto, Shape, Strided, product};
use crate::relative::RelativeBias;
use crate::vector::softmax;

/// The heads of an encoder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attention<'r> {
    pub(crate) n_heads: usize,
    pub(crate) hidden: usize,
    pub(crate) relative: Option<&'r RelativeBias>,
}

impl Attention<'_> {
    /// Writes each piece's mixture of values to `context`, `[pieces, hidden]`.
    ///
    /// `projected` holds query, key and value of each piece, `[pieces, 3 * hidden]`.
    /// Nothing but the sequence goes into its products, so they may take any shape.
    #[expect(clippy::cast_precision_loss, reason = "heads have fewer than 2^24 values")]
    pub(crate) fn apply(self, projected: &[f32], context: &mut [f32], scores: &mut Vec<f32>) {
        let n_pieces = context.len() / self.hidden;
        if n_pieces == 0 {
            return;
        }
        let size = self.hidden / self.n_heads;
        let width = 3 * self.hidden;
        let scale = 1.0 / (size as f32).sqrt();
        scores.resize(n_pieces * n_pieces, 0.0);
        for head in 0..self.n_heads {
            let start = head * size;
            // Scores of a query stand together: column `query` of the product.
            let keys = Strided { values: &projected[self.hidden + start..], row: width, column: 1 };
            let queries = Strided { values: &projected[start..], row: 1, column: width };
            let shape = Shape { m: n_pieces, n: n_pieces, k: size };
            product((scores, n_pieces), keys, queries, shape, Onto::Replace(scale));
            softmax(scores, n_pieces, |query| {
                self.relative.map(|relative| relative.row(head, query, n_pieces))
            });
            let values =
                Strided { values: &projected[2 * self.hidden + start..], row: 1, column: width };
            let weights = Strided { values: scores, row: 1, column: n_pieces };
            let shape = Shape { m: size, n: n_pieces, k: n_pieces };
            let mixture = (&mut context[start..], self.hidden);
            product(mixture, values, weights, shape, Onto::Replace(1.0));
        }
    }
}
