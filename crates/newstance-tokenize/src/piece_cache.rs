//! The pieces of words that were seen before.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

const N_SHARDS: usize = 64;
const MAX_WORDS_OF_SHARD: usize = 2048;
const MAX_WORD_BYTES: usize = 64;

type Shard = HashMap<Box<str>, Box<[u32]>>;

/// Remembers pieces of at most 131,072 words of at most 64 bytes.
///
/// It only ever gives back what was put in for the same word, so nothing but
/// time depends on what it holds. A shard that is full is emptied: archives
/// drift, and the frequent words are back at once.
pub(crate) struct PieceCache {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
}

impl Default for PieceCache {
    fn default() -> Self {
        Self {
            shards: (0..N_SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl PieceCache {
    /// Appends the word's pieces, where they are known; returns how many.
    pub(crate) fn append(&self, word: &str, pieces: &mut Vec<u32>) -> Option<usize> {
        let shard = self.shard(word)?.lock().unwrap_or_else(PoisonError::into_inner);
        let ids = shard.get(word)?;
        pieces.extend_from_slice(ids);
        Some(ids.len())
    }

    /// Remembers a word, unless it is long.
    pub(crate) fn insert(&self, word: &str, ids: &[u32]) {
        let Some(shard) = self.shard(word) else { return };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if shard.len() >= MAX_WORDS_OF_SHARD {
            shard.clear();
        }
        shard.insert(word.into(), ids.into());
    }

    fn shard(&self, word: &str) -> Option<&Mutex<Shard>> {
        if word.len() > MAX_WORD_BYTES {
            return None;
        }
        let hash = usize::try_from(self.hasher.hash_one(word) % 64).unwrap_or(0);
        self.shards.get(hash % N_SHARDS)
    }
}

impl fmt::Debug for PieceCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PieceCache").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_WORD_BYTES, MAX_WORDS_OF_SHARD, N_SHARDS, PieceCache};

    #[test]
    fn a_word_gives_back_its_own_pieces() {
        let cache = PieceCache::default();
        cache.insert("one", &[1]);
        cache.insert("two", &[2, 3]);
        let mut pieces = vec![9];
        assert_eq!(cache.append("two", &mut pieces), Some(2));
        assert_eq!(cache.append("three", &mut pieces), None);
        assert_eq!(pieces, [9, 2, 3]);
    }

    #[test]
    fn the_number_and_length_of_words_is_bounded() {
        let cache = PieceCache::default();
        for number in 0..200_000_u32 {
            cache.insert(&number.to_string(), &[number]);
        }
        cache.insert(&"x".repeat(MAX_WORD_BYTES + 1), &[1]);
        let sizes: Vec<_> = cache.shards.iter().map(|s| s.lock().unwrap().len()).collect();
        assert_eq!(sizes.len(), N_SHARDS);
        assert!(sizes.iter().all(|&size| size <= MAX_WORDS_OF_SHARD));
        let mut pieces = Vec::new();
        assert_eq!(cache.append("199999", &mut pieces), Some(1));
        assert_eq!(pieces, [199_999]);
    }
}
