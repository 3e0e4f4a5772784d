//! What every format of an archive looks like to the reader.

use std::io;

use crate::record::{Record, Unusable};

/// One thing found in a file, in order.
#[derive(Debug)]
pub(crate) struct Found {
    /// Where: a line, or the number of a row or record, from 1; none where the
    /// file is one article.
    pub(crate) line: Option<u64>,
    /// The article, or why there is none.
    pub(crate) record: Result<Record, Unusable>,
}

/// The records of one file, one at a time.
pub(crate) trait Records: Send {
    /// The next one; none at the end. After an error there is nothing more.
    fn next_found(&mut self) -> io::Result<Option<Found>>;

    /// Where an error came about: the line that could not be read.
    fn line_at(&self) -> Option<u64> {
        None
    }
}

/// A file that is one article, or one problem.
pub(crate) struct Single(pub(crate) Option<Found>);

impl Records for Single {
    fn next_found(&mut self) -> io::Result<Option<Found>> {
        Ok(self.0.take())
    }
}
