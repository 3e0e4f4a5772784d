//! One of several shares of an archive.

use std::fmt;
use std::str::FromStr;

use newstance_doc::{Article, Problem};
use serde::{Deserialize, Serialize};

/// Share `index` of `of`, counted from 1.
///
/// Every shard reads the whole archive, so that ids and repetitions are told
/// as in one run, and analyses the articles whose id falls to it. Each article
/// and each problem belongs to exactly one shard, whatever the order of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Shard {
    index: u32,
    of: u32,
}

/// Why a text names no shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a shard is written `2/8`: the second of eight")]
pub struct NoShard;

impl Default for Shard {
    fn default() -> Self {
        Self::WHOLE
    }
}

impl Shard {
    /// The whole archive.
    pub const WHOLE: Self = Self { index: 1, of: 1 };

    /// Its number, from 1.
    pub fn index(self) -> u32 {
        self.index
    }

    /// How many shards there are.
    pub fn of(self) -> u32 {
        self.of
    }

    /// True where the article falls to this shard.
    pub fn has_article(self, article: &Article) -> bool {
        self.has(&[article.id.as_bytes()])
    }

    /// True where the problem falls to this shard: to that of its article,
    /// where it has one.
    pub fn has_problem(self, problem: &Problem) -> bool {
        match (&problem.article_id, &problem.file) {
            (Some(id), _) => self.has(&[id.as_bytes()]),
            (None, file) => {
                let file = file.as_deref().unwrap_or_default();
                self.has(&[file.as_bytes(), &problem.line.unwrap_or_default().to_le_bytes()])
            }
        }
    }

    fn has(self, key: &[&[u8]]) -> bool {
        let mut hasher = blake3::Hasher::new();
        for part in key {
            hasher.update(part);
        }
        let bytes = hasher.finalize();
        let number =
            bytes.as_bytes().iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        number % u64::from(self.of) == u64::from(self.index - 1)
    }
}

impl FromStr for Shard {
    type Err = NoShard;

    fn from_str(text: &str) -> Result<Self, NoShard> {
        let (index, of) = text.split_once('/').ok_or(NoShard)?;
        let shard =
            Self { index: index.parse().or(Err(NoShard))?, of: of.parse().or(Err(NoShard))? };
        if (1..=shard.of).contains(&shard.index) { Ok(shard) } else { Err(NoShard) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

#[cfg(test)]
mod tests {
    use newstance_doc::{Problem, ProblemKind};

    use super::{NoShard, Shard};

    #[test]
    fn shards_are_counted_from_one() {
        let shard: Shard = "2/8".parse().unwrap();
        assert_eq!((shard.index(), shard.of(), shard.to_string().as_str()), (2, 8, "2/8"));
        for text in ["", "1", "0/2", "3/2", "1/0", "-1/2", "1/2/3", "a/b"] {
            assert_eq!(text.parse::<Shard>(), Err(NoShard), "{text}");
        }
    }

    #[test]
    fn every_problem_falls_to_one_shard_and_shards_are_of_like_size() {
        let shards: Vec<Shard> = (1..=4).map(|n| format!("{n}/4").parse().unwrap()).collect();
        let mut sizes = [0; 4];
        for line in 0..4000 {
            let problem = Problem {
                article_id: (line % 2 == 0).then(|| line.to_string()),
                file: Some("a.jsonl".into()),
                line: Some(line),
                kind: ProblemKind::BrokenRecord,
                message: String::new(),
            };
            let having: Vec<usize> = (0..4).filter(|&n| shards[n].has_problem(&problem)).collect();
            assert_eq!(having.len(), 1);
            sizes[having[0]] += 1;
        }
        assert!(sizes.iter().all(|n| (900..1100).contains(n)), "{sizes:?}");
    }
}
