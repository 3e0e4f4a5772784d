//! The first few of many.

use std::collections::BTreeMap;

/// Keeps the rows with the least keys, as many as there is room for.
#[derive(Debug)]
pub(crate) struct Most<K, T> {
    room: usize,
    kept: BTreeMap<K, T>,
}

impl<K: Ord, T> Most<K, T> {
    /// None yet.
    pub(crate) fn new(room: usize) -> Self {
        Self { room, kept: BTreeMap::new() }
    }

    /// Takes a row, if it is among the first. No key comes twice.
    pub(crate) fn push(&mut self, key: K, row: T) {
        let is_full = self.kept.len() >= self.room;
        if is_full && self.kept.last_key_value().is_none_or(|(last, _)| *last <= key) {
            return;
        }
        self.kept.insert(key, row);
        if self.kept.len() > self.room {
            self.kept.pop_last();
        }
    }

    /// The rows, by their keys.
    pub(crate) fn into_sorted(self) -> Vec<T> {
        self.kept.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Most;

    #[test]
    fn the_least_keys_stay_whatever_the_order() {
        for order in [[3, 1, 4, 2, 5], [5, 4, 3, 2, 1], [1, 2, 3, 4, 5]] {
            let mut most = Most::new(3);
            for key in order {
                most.push(key, key);
            }
            assert_eq!(most.into_sorted(), [1, 2, 3]);
        }
        let mut none = Most::new(0);
        none.push(1, ());
        assert_eq!(none.into_sorted(), []);
    }
}
