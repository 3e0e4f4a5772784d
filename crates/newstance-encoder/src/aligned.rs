//! Memory that begins where a line of the cache does.

/// Floats in a line of the cache.
const LINE: usize = 16;

/// Floats that begin where a line of the cache does: vectors that lie across two
/// lines take twice as long to load and store.
#[derive(Debug, Default)]
pub(crate) struct Aligned {
    /// Room for the values and for what is skipped before them.
    room: Vec<f32>,
    skipped: usize,
}

impl Aligned {
    /// The first `size` values: as they were, or 0 where the room had to grow.
    ///
    /// It never shrinks, since what is new must be filled.
    pub(crate) fn first(&mut self, size: usize) -> &mut [f32] {
        if self.room.len() < size + LINE {
            self.room = vec![0.0; size + LINE];
            // Where this cannot be told, any place is right, only slower.
            let bytes = LINE * size_of::<f32>();
            self.skipped = self.room.as_ptr().align_offset(bytes).min(LINE);
        }
        &mut self.room[self.skipped..self.skipped + size]
    }

    /// All values, and whatever lies behind them.
    pub(crate) fn values(&self) -> &[f32] {
        &self.room[self.skipped..]
    }
}

#[cfg(test)]
mod tests {
    use super::Aligned;

    #[test]
    fn values_begin_at_a_line_and_stay_while_there_is_room() {
        let mut aligned = Aligned::default();
        aligned.first(40).fill(1.0);
        assert_eq!(aligned.first(40).as_ptr().addr() % 64, 0);
        assert_eq!((aligned.first(7).len(), aligned.values()[..40].len()), (7, 40));
        assert_eq!(aligned.first(100), [0.0; 100]);
        assert!(Aligned::default().values().is_empty());
    }
}
