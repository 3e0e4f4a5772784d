//! Articles put away while an archive is counted.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use newstance_doc::Annotated;
use tempfile::{SpooledTempFile, spooled_tempfile, spooled_tempfile_in};

use crate::AggregateError;

/// Where articles are put until their tables are made: in memory, and beyond
/// `max_bytes` in a file of `folder` that has no name there (or loses it) and
/// is gone with the process.
///
/// It changes no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scratch {
    /// A folder that is there, on a disk with room for all layers.
    pub folder: PathBuf,
    /// How much of the articles and their layers may be held in memory.
    pub max_bytes: usize,
}

/// Where in a store an article is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    start: u64,
    n_bytes: usize,
}

/// Articles with their layers, in memory or on a disk.
#[derive(Debug)]
pub(crate) struct Store {
    file: Mutex<SpooledTempFile>,
    end: u64,
    /// What was encoded last, kept for its room.
    encoded: Vec<u8>,
}

impl Store {
    /// An empty one; all in memory where there is no `scratch`.
    pub(crate) fn new(scratch: Option<Scratch>) -> Self {
        let file = match scratch {
            Some(scratch) => spooled_tempfile_in(scratch.max_bytes, scratch.folder),
            None => spooled_tempfile(usize::MAX),
        };
        Self { file: Mutex::new(file), end: 0, encoded: Vec::new() }
    }

    /// Puts an article away.
    ///
    /// # Errors
    ///
    /// [`AggregateError::Scratch`] where the disk does not take it.
    pub(crate) fn put(&mut self, annotated: &Annotated) -> Result<Place, AggregateError> {
        let mut encoded = std::mem::take(&mut self.encoded);
        encoded.clear();
        let encoded = postcard::to_extend(annotated, encoded)
            .expect("layers are plain data, and memory grows as needed");
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.end))
            .and_then(|_| file.write_all(&encoded))
            .map_err(|source| AggregateError::Scratch { source })?;
        let place = Place { start: self.end, n_bytes: encoded.len() };
        self.end += encoded.len() as u64;
        self.encoded = encoded;
        Ok(place)
    }

    /// An article that was put away.
    ///
    /// # Errors
    ///
    /// [`AggregateError::Scratch`] where the disk does not give it back.
    pub(crate) fn get(&self, place: Place) -> Result<Annotated, AggregateError> {
        let mut encoded = vec![0; place.n_bytes];
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(place.start))
                .and_then(|_| file.read_exact(&mut encoded))
                .map_err(|source| AggregateError::Scratch { source })?;
        }
        postcard::from_bytes(&encoded).map_err(|error| AggregateError::Scratch {
            source: std::io::Error::new(std::io::ErrorKind::InvalidData, error),
        })
    }
}

#[cfg(test)]
mod tests {
    use newstance_doc::ActorKind::Country;
    use newstance_doc::Force;

    use super::{Scratch, Store};
    use crate::testing::Draft;

    #[test]
    fn an_article_comes_back_as_it_was_from_memory_and_from_disk() {
        let folder = tempfile::tempdir().unwrap();
        for max_bytes in [0, 200, 1 << 20] {
            let scratch = Scratch { folder: folder.path().to_owned(), max_bytes };
            let mut store = Store::new(Some(scratch));
            let articles = ["a", "b", "c"].map(|id| {
                let mut draft = Draft::new(id, "Ruritania said “rain 🕯️ fell”.");
                let country = draft.actor("Ruritania", Country);
                draft.mention("Ruritania", country);
                draft.statement(Some(country), "said", "“rain 🕯️ fell”", Force::Affirms);
                draft.date(jiff::civil::date(2020, 2, 29)).outlet("The Post").done()
            });
            let places = articles.each_ref().map(|article| {
                let place = store.put(article).unwrap();
                assert_eq!(store.get(place).unwrap(), *article);
                place
            });
            for idx in [2, 0, 1, 0] {
                assert_eq!(store.get(places[idx]).unwrap(), articles[idx]);
            }
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "it left a file behind");
    }

    #[test]
    fn a_folder_that_is_not_there_is_told() {
        let scratch = Scratch { folder: "/nowhere/at/all".into(), max_bytes: 0 };
        let error = Store::new(Some(scratch)).put(&Draft::new("a", "b").done()).unwrap_err();
        assert!(error.to_string().starts_with("cannot keep layers"), "{error}");
    }
}
