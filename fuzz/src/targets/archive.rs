//! A file that is read as an archive.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Once;

use newstance_corpus::{ArticleReader, CorpusSettings};
use newstance_doc::{Article, Problem, ProblemKind};
use tempfile::TempDir;

thread_local! {
    static SCRATCH: TempDir = tempfile::tempdir().expect("a folder can be made in TMPDIR");
}

/// Where a file of that name is put; a folder of each thread.
pub(crate) fn scratch(name: &str) -> PathBuf {
    SCRATCH.with(|folder| folder.path().join(name))
}

/// To be called where panics of a crate are errors of the file that is read:
/// libFuzzer ends the process before a reader can catch one. Others still end it.
pub(crate) fn panics_are_caught() {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
}

/// What a file gives, in order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    items: Vec<Result<Article, Problem>>,
}

/// Reads `bytes` as a file of that name, twice; what holds of every file is checked.
pub(crate) fn read(name: &str, bytes: &[u8], max_record_bytes: usize) -> Reading {
    let path = scratch(name);
    fs::write(&path, bytes).expect("TMPDIR has room");
    let settings = CorpusSettings { max_record_bytes, ..CorpusSettings::default() };
    let read = || {
        let reader =
            ArticleReader::open(std::slice::from_ref(&path), &settings).expect("the file is there");
        Reading { items: reader.collect() }
    };
    let reading = read();
    reading.check();
    assert_eq!(reading, read(), "reading twice gives different things");
    reading
}

impl Reading {
    pub(crate) fn articles(&self) -> impl Iterator<Item = &Article> {
        self.items.iter().filter_map(|item| item.as_ref().ok())
    }

    fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.items.iter().filter_map(|item| item.as_ref().err())
    }

    /// Records that were read: each is an article, or a problem that no article follows.
    pub(crate) fn n_records(&self) -> usize {
        let stands_alone = |kind| {
            use ProblemKind::{EmptyFile, RepeatedId, UnknownDate};
            !matches!(kind, EmptyFile | RepeatedId | UnknownDate)
        };
        let alone = self.problems().filter(|problem| stands_alone(problem.kind)).count();
        self.articles().count() + alone
    }

    /// True where something kept the file from being read to its end.
    pub(crate) fn stops(&self) -> bool {
        let is_stop = |problem: &Problem| {
            matches!(problem.kind, ProblemKind::BrokenCompression | ProblemKind::BrokenFile)
        };
        self.problems().any(is_stop)
    }

    /// All that was read, whatever the name of the file.
    pub(crate) fn without_file(mut self) -> Self {
        for problem in self.items.iter_mut().filter_map(|item| item.as_mut().err()) {
            problem.file = None;
        }
        self
    }

    fn check(&self) {
        assert!(!self.items.is_empty(), "a file gives neither an article nor a problem");
        let mut ids = HashSet::new();
        for article in self.articles() {
            assert!(!article.id.is_empty(), "an article has no id");
            assert!(ids.insert(&article.id), "two articles have the id {}", article.id);
            assert!(!article.text.trim().is_empty(), "an article has no text");
            assert!(article.date.is_none() || article.date_raw.is_some(), "a date is not written");
            if let Some(extra) = &article.extra {
                let object: serde_json::Value = serde_json::from_str(extra).expect("JSON");
                assert!(object.as_object().is_some_and(|object| !object.is_empty()), "{extra}");
            }
        }
        let mut line = 0;
        for problem in self.problems() {
            assert!(problem.file.is_some() && !problem.message.is_empty(), "{problem:?}");
            if let Some(next) = problem.line {
                assert!(next >= line.max(1), "problems are not in order: {problem:?}");
                line = next;
            }
        }
        let n_empty = self.problems().filter(|p| p.kind == ProblemKind::EmptyFile).count();
        assert!(n_empty == 0 || self.items.len() == 1, "an empty file is not empty");
    }
}
