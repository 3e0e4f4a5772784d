//! Which cue has which force.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use newstance_doc::Force;
use serde::Deserialize;

use crate::StanceError;

const BUILT_IN: &str = include_str!("../../../data/lexicon/cues.csv");
const BUILT_IN_PATH: &str = "data/lexicon/cues.csv";

/// Cues and what their speakers do with what they say.
///
/// A cue is one or more words in lower case. Of a cue that is not here all that
/// is known is that somebody says something: it affirms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForceLexicon {
    /// By their words, apostrophes and hyphens cut off as words of their own.
    forces: BTreeMap<Vec<String>, Force>,
    longest: usize,
}

/// A row of the file.
#[derive(Debug, Deserialize)]
struct Row {
    cue: String,
    force: String,
}

impl ForceLexicon {
    /// The lexicon that comes with newstance.
    ///
    /// # Panics
    ///
    /// Never: a test reads it.
    pub fn built_in() -> Self {
        Self::read(BUILT_IN.as_bytes(), Path::new(BUILT_IN_PATH))
            .expect("the built-in lexicon is read by a test")
    }

    /// A user's lexicon: CSV with the columns `cue` and `force`.
    ///
    /// # Errors
    ///
    /// [`StanceError::Lexicon`] where the file cannot be read or is no such
    /// CSV, [`StanceError::UnknownForce`] where a force is none.
    pub fn from_path(path: &Path) -> Result<Self, StanceError> {
        let file = std::fs::File::open(path).map_err(|source| StanceError::Lexicon {
            path: path.to_owned(),
            source: source.into(),
        })?;
        Self::read(file, path)
    }

    fn read(csv: impl Read, path: &Path) -> Result<Self, StanceError> {
        let mut lexicon = Self::default();
        for row in csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(csv).deserialize() {
            let Row { cue, force } =
                row.map_err(|source| StanceError::Lexicon { path: path.to_owned(), source })?;
            match Force::from_name(&force) {
                Some(known) => lexicon.insert(&cue, known),
                None => {
                    return Err(StanceError::UnknownForce { path: path.to_owned(), cue, force });
                }
            }
        }
        Ok(lexicon)
    }

    fn insert(&mut self, cue: &str, force: Force) {
        let words = cut(cue);
        self.longest = self.longest.max(words.len());
        if !words.is_empty() {
            self.forces.insert(words, force);
        }
    }

    /// How many cues it has.
    pub fn len(&self) -> usize {
        self.forces.len()
    }

    /// True where it has no cue: then everything affirms.
    pub fn is_empty(&self) -> bool {
        self.forces.is_empty()
    }

    /// The longest cue that begins with the first of `words` (as [`fold`] gives
    /// them), with its length in words and its force.
    pub(crate) fn longest_at(&self, words: &[String]) -> Option<(usize, Force)> {
        (1..=self.longest.min(words.len()))
            .rev()
            .find_map(|n| self.forces.get(&words[..n]).map(|&force| (n, force)))
    }
}

/// Lower case, with one kind of apostrophe.
pub(crate) fn fold(word: &str) -> String {
    word.to_lowercase().replace('’', "'")
}

/// The words of a cue, cut as the words of a text are.
fn cut(cue: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut runs_on = false;
    for c in fold(cue).chars() {
        let is_word = c.is_alphanumeric();
        match words.last_mut() {
            Some(word) if is_word && runs_on => word.push(c),
            _ if c.is_whitespace() => {}
            _ => words.push(c.to_string()),
        }
        runs_on = is_word;
    }
    words
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use newstance_doc::Force;

    use super::{ForceLexicon, cut};

    #[test]
    fn the_built_in_lexicon_is_read() {
        let lexicon = ForceLexicon::built_in();
        assert!(lexicon.len() > 1000, "{}", lexicon.len());
        let words = cut("denied that it was so");
        assert_eq!(lexicon.longest_at(&words), Some((2, Force::Denies)));
        assert_eq!(lexicon.longest_at(&cut("frobnicated")), None);
    }

    #[test]
    fn cues_are_cut_as_texts_are() {
        assert_eq!(cut("Didn’t say"), ["didn", "'", "t", "say"]);
        assert_eq!(cut("second-guess"), ["second", "-", "guess"]);
    }

    #[test]
    fn a_user_file_is_read_or_its_fault_is_named() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "cue,force\npooh-poohed , denies").unwrap();
        let lexicon = ForceLexicon::from_path(file.path()).unwrap();
        assert_eq!(lexicon.longest_at(&cut("pooh-poohed it")), Some((3, Force::Denies)));
        writeln!(file, "hummed,hums").unwrap();
        let error = ForceLexicon::from_path(file.path()).unwrap_err().to_string();
        assert!(error.contains("`hummed` the force `hums`"), "{error}");
        assert!(ForceLexicon::from_path("/nowhere/cues.csv".as_ref()).is_err());
    }
}
