//! Ids that are unique within a run.

use std::collections::HashMap;

use newstance_doc::{Problem, ProblemKind};

/// What an id turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identified {
    /// Seen for the first time.
    New,
    /// Seen before with the same text: the article is a repetition.
    Repeated,
    /// Seen before with another text: the article goes by this id instead.
    Renamed(String),
}

impl Identified {
    /// What is to be said of an article that came with `id`, without a file;
    /// none where it is new.
    pub fn problem(&self, id: &str) -> Option<Problem> {
        let (article_id, kind, message) = match self {
            Self::New => return None,
            Self::Repeated => {
                let message = "its id was seen before with the same text; it is left out";
                (id, ProblemKind::RepeatedArticle, message.to_owned())
            }
            Self::Renamed(renamed) => {
                let message = format!("the id `{id}` was seen before with another text");
                (renamed.as_str(), ProblemKind::RepeatedId, message)
            }
        };
        Some(Problem {
            article_id: Some(article_id.to_owned()),
            file: None,
            line: None,
            kind,
            message,
        })
    }
}

/// Remembers which text each id of a run belongs to.
///
/// The first article of an id, in corpus order, keeps it; another text gets the
/// id with `~` and eight digits of its hash. Corpus order is that of sorted
/// inputs and sorted files, so the order in which inputs are named does not
/// matter; the order of records within a file does. Takes about 30 bytes an
/// article.
#[derive(Debug, Default)]
pub struct IdRegistry {
    /// From the hash of an id to the hash of its text.
    texts: HashMap<u128, u128>,
}

impl IdRegistry {
    /// Takes note of an article.
    pub fn register(&mut self, id: &str, text: &str) -> Identified {
        let text_hash = hash(&[text]);
        match self.insert(id, text_hash) {
            None => return Identified::New,
            Some(known) if known == text_hash => return Identified::Repeated,
            Some(_) => {}
        }
        let digits = format!("{text_hash:032x}");
        // A longer suffix only where somebody's id is already of this form.
        for n_digits in [8, 16, 32] {
            let suffix: String = digits.chars().take(n_digits).collect();
            let renamed = format!("{id}~{suffix}");
            match self.insert(&renamed, text_hash) {
                None => return Identified::Renamed(renamed),
                Some(known) if known == text_hash => return Identified::Repeated,
                Some(_) => {}
            }
        }
        Identified::Repeated
    }

    /// Notes the text of an id that is new; else gives the one it has.
    fn insert(&mut self, id: &str, text_hash: u128) -> Option<u128> {
        let key = hash(&[id]);
        if let Some(&known) = self.texts.get(&key) {
            return Some(known);
        }
        self.texts.insert(key, text_hash);
        None
    }
}

/// The id of an article that has none: 128 bits of a hash of its url, title and
/// text, as 32 hexadecimal digits.
pub(crate) fn hashed_id(url: Option<&str>, title: &str, text: &str) -> String {
    format!("{:032x}", hash(&[url.unwrap_or_default(), title, text]))
}

/// The first 128 bits of BLAKE3 over the parts, each after its length.
fn hash(parts: &[&str]) -> u128 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    hasher.finalize_xof().fill(&mut bytes);
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::{IdRegistry, Identified, hashed_id};

    #[test]
    fn an_id_belongs_to_one_text() {
        let mut ids = IdRegistry::default();
        assert_eq!(ids.register("a", "one"), Identified::New);
        assert_eq!(ids.register("b", "one"), Identified::New);
        assert_eq!(ids.register("a", "one"), Identified::Repeated);
        let Identified::Renamed(renamed) = ids.register("a", "two") else { panic!() };
        assert!(renamed.starts_with("a~") && renamed.len() == 10, "{renamed}");
        assert_eq!(ids.register("a", "two"), Identified::Repeated);
        assert_eq!(ids.register(&renamed, "two"), Identified::Repeated);
        assert!(matches!(ids.register(&renamed, "three"), Identified::Renamed(_)));
    }

    #[test]
    fn parts_of_a_hashed_id_do_not_run_together() {
        assert_ne!(hashed_id(Some("ab"), "c", "d"), hashed_id(Some("a"), "bc", "d"));
        assert_eq!(hashed_id(None, "", "x").len(), 32);
    }
}
