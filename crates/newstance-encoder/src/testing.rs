//! Numbers for tests.

/// A value without structure, in -1..1, for each index.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
pub(crate) fn noise(idx: usize) -> f32 {
    let mixed = idx.wrapping_mul(2_654_435_761) >> 7;
    (mixed % 2000) as f32 / 1000.0 - 1.0
}

/// Draws bytes: a linear congruential generator (Numerical Recipes, 1992).
pub(crate) struct Bytes(pub(crate) u32);

impl Bytes {
    pub(crate) fn draw(&mut self) -> u8 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0.to_le_bytes()[3]
    }
}
