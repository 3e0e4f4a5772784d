//! Memory that begins where a line of the cache does.

/// Bytes of a line of the cache.
const LINE: usize = 64;

/// Numbers that begin where a line of the cache does: vectors that lie across two
/// lines take twice as long to load and store.
#[derive(Debug, Default)]
pub(crate) struct Aligned<T = f32> {
    /// Room for the values and for what is skipped before them.
    room: Vec<T>,
    skipped: usize,
}

impl<T: Copy + Default> Aligned<T> {
    /// Values of a line.
    const IN_LINE: usize = LINE / size_of::<T>();

    /// The first `size` values: as they were, or 0 where the room had to grow.
    ///
    /// It never shrinks, since what is new must be filled.
    pub(crate) fn first(&mut self, size: usize) -> &mut [T] {
        if self.room.len() < size + Self::IN_LINE {
            self.room = vec![T::default(); size + Self::IN_LINE];
            // Where this cannot be told, any place is right, only slower.
            self.skipped = self.room.as_ptr().align_offset(LINE).min(Self::IN_LINE);
        }
        &mut self.room[self.skipped..self.skipped + size]
    }

    /// All values, and whatever lies behind them.
    pub(crate) fn values(&self) -> &[T] {
        &self.room[self.skipped..]
    }
}

#[cfg(test)]
mod tests {
    use super::Aligned;

    #[test]
    fn values_begin_at_a_line_and_stay_while_there_is_room() {
        let mut aligned = Aligned::<f32>::default();
        aligned.first(40).fill(1.0);
        assert_eq!(aligned.first(40).as_ptr().addr() % 64, 0);
        assert_eq!((aligned.first(7).len(), aligned.values()[..40].len()), (7, 40));
        assert_eq!(aligned.first(100), [0.0; 100]);
        assert!(Aligned::<i32>::default().values().is_empty());
    }
}
