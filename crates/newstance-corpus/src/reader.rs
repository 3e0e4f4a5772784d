//! An archive, article by article.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use newstance_doc::{Article, Problem, ProblemKind};

use crate::batch_rows::{too_long, unknown_date};
use crate::ids::{IdRegistry, Identified};
use crate::input::{InputFile, list_files};
use crate::record::{Record, Unusable};
use crate::records::{Found, Records};
use crate::{ArticleFilter, CorpusError, CorpusSettings, StoreOptions};

/// Reads the articles of an archive, and says what cannot be read.
///
/// Inputs are files, folders of them, patterns with `*`, `?` and `[...]`, and
/// `-` for standard input. A file is read as the end of its name says: text
/// (`.txt`), JSON Lines (`.jsonl`, `.ndjson`), JSON (`.json`), CSV (`.csv`,
/// `.tsv`), Parquet (`.parquet`), pages (`.html`), web archives (`.warc`), each
/// but Parquet also with `.gz`, `.zst`, `.bz2` or `.xz`. A file of another name
/// is told by its first bytes, unless it was found in a folder: then it is a
/// problem. With the feature `object-store` inputs may also be addresses
/// (`s3://`, `gs://`, `https://`), of one object or, as a folder, of all below.
///
/// The order is that of the inputs sorted by path, of the files of a folder
/// sorted by path, and of the records of a file. No more than one record is
/// held (of Parquet, a few rows). An article may follow a problem of its own,
/// such as an unknown date.
pub struct ArticleReader {
    settings: Arc<CorpusSettings>,
    filter: ArticleFilter,
    files: std::vec::IntoIter<InputFile>,
    current: Option<OpenFile>,
    ready: VecDeque<Result<Article, Problem>>,
    ids: IdRegistry,
    field_sources: BTreeMap<(&'static str, String), u64>,
    bytes_read: Arc<AtomicU64>,
    bytes_total: Option<u64>,
}

/// A file that is being read.
struct OpenFile {
    file: InputFile,
    records: Box<dyn Records>,
    is_empty: bool,
}

impl ArticleReader {
    /// Looks for the inputs; no file is read yet.
    ///
    /// # Errors
    ///
    /// [`CorpusError`] where there is no input, an input does not exist or a
    /// folder cannot be listed.
    pub fn open(inputs: &[PathBuf], settings: &CorpusSettings) -> Result<Self, CorpusError> {
        Self::open_with(inputs, settings, &StoreOptions::default())
    }

    /// As [`ArticleReader::open`], for inputs that may be addresses of object
    /// stores, which `stores` says how to reach. What such an address names is
    /// listed here; nothing of it is read yet. It blocks, and is not for threads
    /// that run asynchronous tasks.
    ///
    /// # Errors
    ///
    /// [`CorpusError`], also where a store cannot be reached, or does not have
    /// or give what an address names.
    pub fn open_with(
        inputs: &[PathBuf],
        settings: &CorpusSettings,
        stores: &StoreOptions,
    ) -> Result<Self, CorpusError> {
        let (files, bytes_total) = list_files(inputs, stores)?;
        Ok(Self {
            settings: Arc::new(settings.clone()),
            filter: ArticleFilter::new(&settings.filter),
            files: files.into_iter(),
            current: None,
            ready: VecDeque::new(),
            ids: IdRegistry::default(),
            field_sources: BTreeMap::new(),
            bytes_read: Arc::default(),
            bytes_total,
        })
    }

    /// The filter of the settings. It is for whoever reads to apply: what is
    /// left out is told from what cannot be read.
    pub fn article_filter(&self) -> &ArticleFilter {
        &self.filter
    }

    /// How often a field of an article (`title`) was taken from a field of the
    /// input (`headline`), so far. Pages and text files have no fields.
    pub fn field_sources(&self) -> impl Iterator<Item = (&'static str, &str, u64)> {
        self.field_sources.iter().map(|((field, source), n)| (*field, source.as_str(), *n))
    }

    /// Bytes read so far and in all, as stored; the latter is not known where
    /// standard input is among the inputs.
    pub fn progress(&self) -> (u64, Option<u64>) {
        (self.bytes_read.load(Ordering::Relaxed), self.bytes_total)
    }

    fn open_file(&mut self, file: InputFile) {
        if let Some(fault) = &file.fault {
            self.problem(&file, None, ProblemKind::UnreadableFile, fault.clone());
            return;
        }
        match file.open(&self.settings, &self.bytes_read) {
            Ok(records) => self.current = Some(OpenFile { file, records, is_empty: true }),
            Err(error) => self.read_error(&file, None, &error),
        }
    }

    fn read_record(&mut self, mut open: OpenFile) {
        match open.records.next_found() {
            Ok(Some(Found { line, record })) => {
                open.is_empty = false;
                match record {
                    Ok(record) => self.article(&open.file, line, record),
                    Err(Unusable { kind, message, article_id }) => {
                        let mut problem = problem(&open.file, line, kind, message);
                        problem.article_id = article_id;
                        self.ready.push_back(Err(problem));
                    }
                }
                self.current = Some(open);
            }
            Ok(None) if open.is_empty => {
                let message = "there is nothing in it".to_owned();
                self.problem(&open.file, None, ProblemKind::EmptyFile, message);
            }
            Ok(None) => {}
            Err(error) => self.read_error(&open.file, open.records.line_at(), &error),
        }
    }

    /// Gives a record its id and hands it on, after what is to be said of it.
    fn article(&mut self, file: &InputFile, line: Option<u64>, mut record: Record) {
        let taken = std::mem::take(&mut record.taken);
        let mut article = record.into_article();
        let mut say = |problem: Problem| {
            let file = Some(file.name.clone());
            self.ready.push_back(Err(Problem { file, line, ..problem }));
        };
        if let Some(problem) = too_long(&article, self.settings.max_article_bytes) {
            say(problem);
            return;
        }
        let identified = self.ids.register(&article.id, &article.text);
        if let Some(problem) = identified.problem(&article.id) {
            say(problem);
        }
        match identified {
            Identified::New => {}
            Identified::Repeated => return,
            Identified::Renamed(renamed) => article.id = renamed,
        }
        if let Some(problem) = unknown_date(&article) {
            say(problem);
        }
        for taken in taken {
            *self.field_sources.entry(taken).or_default() += 1;
        }
        self.ready.push_back(Ok(article));
    }

    fn read_error(&mut self, file: &InputFile, line: Option<u64>, error: &io::Error) {
        use io::ErrorKind as E;
        let is_broken = matches!(error.kind(), E::InvalidData | E::InvalidInput | E::UnexpectedEof);
        let kind =
            if is_broken { ProblemKind::BrokenCompression } else { ProblemKind::UnreadableFile };
        self.problem(file, line, kind, format!("reading stops: {error}"));
    }

    fn problem(&mut self, file: &InputFile, line: Option<u64>, kind: ProblemKind, message: String) {
        self.ready.push_back(Err(problem(file, line, kind, message)));
    }
}

impl Iterator for ArticleReader {
    type Item = Result<Article, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            if let Some(open) = self.current.take() {
                self.read_record(open);
            } else {
                let file = self.files.next()?;
                self.open_file(file);
            }
        }
    }
}

impl fmt::Debug for ArticleReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArticleReader")
            .field("settings", &self.settings)
            .field("files", &self.files.as_slice())
            .field("progress", &self.progress())
            .finish_non_exhaustive()
    }
}

fn problem(file: &InputFile, line: Option<u64>, kind: ProblemKind, message: String) -> Problem {
    Problem { article_id: None, file: Some(file.name.clone()), line, kind, message }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::path::{Path, PathBuf};

    use proptest::prelude::{any, proptest};
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};
    use tempfile::TempDir;

    use super::ArticleReader;
    use crate::{CorpusError, CorpusSettings};

    fn folder(files: &[(&str, &[u8])]) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        folder
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn bzip2(bytes: &[u8]) -> Vec<u8> {
        let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        compress_to_vec(bytes, CompressionLevel::Fastest)
    }

    /// Ids of articles and `kind` or `kind:line` of problems, in order.
    fn read_inputs(inputs: &[PathBuf], settings: &CorpusSettings) -> Vec<String> {
        ArticleReader::open(inputs, settings)
            .unwrap()
            .map(|item| match item {
                Ok(article) => article.id,
                Err(problem) => {
                    assert!(problem.file.is_some() && !problem.message.is_empty());
                    let line = problem.line.map_or(String::new(), |line| format!(":{line}"));
                    format!("!{}{line}", problem.kind.as_str())
                }
            })
            .collect()
    }

    fn read(path: &Path) -> Vec<String> {
        read_inputs(&[path.to_owned()], &CorpusSettings::default())
    }

    #[track_caller]
    fn check(name: &str, bytes: &[u8], expected: &[&str]) {
        let folder = folder(&[(name, bytes)]);
        assert_eq!(read(folder.path()), expected, "{name}");
        assert_eq!(read(&folder.path().join(name)), expected, "{name} as a file");
    }

    const TWO: &[u8] = b"{\"id\":\"a\",\"text\":\"x\"}\n{\"id\":\"b\",\"text\":\"y\"}\n";

    /// [`TWO`] as `xz` writes it.
    const XZ_TWO: &[u8] = b"\xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x16\x00\x00\x00\x74\x2f\xe5\xa3\xe0\x00\x2b\x00\x20\x5d\x00\x3d\x88\x89\x26\x81\x93\x53\x85\xb1\x7e\x8b\x40\xa5\x61\xe8\x38\x1b\x0e\x9a\x4e\x60\xe3\x90\x58\xc5\x52\xff\xec\x75\x1e\x00\x00\x00\xe4\x0f\x79\x3f\x9c\xba\xf3\xd5\x00\x01\x3c\x2c\x37\xa0\xad\x61\x1f\xb6\xf3\x7d\x01\x00\x00\x00\x00\x04\x59\x5a";

    #[test]
    fn records_come_in_the_order_of_the_file() {
        check("in.jsonl", TWO, &["a", "b"]);
        check(
            "in.ndjson",
            b"\n\r\n{\"id\":1,\"text\":\"x\"}\r\n\n{\"id\":2,\"text\":\"y\"}",
            &["1", "2"],
        );
        check("in.json", b"\xef\xbb\xbf{\"id\":\"a\",\"text\":\"x\"}", &["a"]);
        check("in.txt", b"Title\n\nText.", &["in.txt"]);
        check("in.json", b"{\n\"id\": \"a\",\n\"text\": \"x\"\n}\n", &["a"]);
        check("in.csv", b"id,text\na,x\nb,y\n", &["a", "b"]);
        check("in.tsv", b"id\ttext\na\tx\n", &["a"]);
    }

    #[test]
    fn compressed_files_are_read_member_by_member() {
        let (first, second) = TWO.split_at(10);
        check("in.jsonl.gz", &gzip(TWO), &["a", "b"]);
        check("in.jsonl.gz", &[gzip(first), gzip(second)].concat(), &["a", "b"]);
        check("in.jsonl.zst", &zstd(TWO), &["a", "b"]);
        let skippable = b"\x53\x2a\x4d\x18\x03\0\0\0abc";
        check(
            "in.jsonl.zst",
            &[skippable, &zstd(first)[..], skippable, &zstd(second)[..]].concat(),
            &["a", "b"],
        );
        check("in.txt.gz", &gzip(b"Text."), &["in.txt.gz"]);
        check("in.jsonl.bz2", &bzip2(TWO), &["a", "b"]);
        check("in.jsonl.bz2", &[bzip2(first), bzip2(second)].concat(), &["a", "b"]);
        check("in.jsonl.xz", XZ_TWO, &["a", "b"]);
        check(
            "in.jsonl.xz",
            &[XZ_TWO, XZ_TWO].concat(),
            &["a", "b", "!repeated_article:3", "!repeated_article:4"],
        );
    }

    #[test]
    fn a_file_that_grows_beyond_measure_is_stopped() {
        let settings = CorpusSettings { max_expansion: 5, ..CorpusSettings::default() };
        let line = [TWO, &vec![b' '; 1 << 20], b"\n"].concat();
        let bomb = line.repeat(70);
        let folder = folder(&[("in.jsonl.gz", &gzip(&bomb)), ("in.txt", b"Text.")]);
        let found = read_inputs(&[folder.path().to_owned()], &settings);
        assert_eq!(found[..2], ["a", "b"]);
        assert!(found[found.len() - 2].starts_with("!broken_compression"), "{found:?}");
        assert_eq!(found[found.len() - 1], "in.txt");
    }

    #[test]
    fn what_came_before_a_break_in_the_compression_is_kept() {
        let whole = gzip(TWO);
        let (first, second) = TWO.split_at(TWO.len() / 2);
        let mut truncated = [gzip(first), gzip(second)].concat();
        truncated.truncate(truncated.len() - 12);
        check("in.jsonl.gz", &truncated, &["a", "!broken_compression:2"]);
        check(
            "in.jsonl.gz",
            &[&whole[..], b"garbage"].concat(),
            &["a", "b", "!broken_compression:3"],
        );
        check("in.jsonl.gz", b"no gzip at all", &["!broken_compression:1"]);
        check("in.txt.gz", whole.get(..12).unwrap(), &["!broken_compression"]);
        check("in.jsonl.zst", b"no zstd at all", &["!broken_compression:1"]);
        check(
            "in.jsonl.zst",
            &[&zstd(TWO)[..], b"\x53\x2a\x4d\x18\xff\0\0\0a"].concat(),
            &["a", "b", "!broken_compression:3"],
        );
        let frames = [zstd(first), zstd(second)].concat();
        // In the last block, and behind it, where only the checksum is not whole.
        let cut = frames.get(..frames.len() - 8).unwrap();
        check("in.jsonl.zst", cut, &["a", "!broken_compression:2"]);
        let cut = frames.get(..frames.len() - 3).unwrap();
        check("in.jsonl.zst", cut, &["a", "b", "!broken_compression:3"]);
    }

    #[test]
    fn a_broken_record_costs_that_record_only() {
        check(
            "in.jsonl",
            b"{\"id\":\"a\",\"text\":\"x\"}\n{broken\n[]\n{\"id\":\"m\"}\n{\"text\":\"\xff\"}\n\
              {\"id\":\"b\",\"text\":\"y\"}\n",
            &[
                "a",
                "!broken_record:2",
                "!broken_record:3",
                "!missing_text:4",
                "!invalid_utf8:5",
                "b",
            ],
        );
        check(
            "in.json",
            b"[\n{\"id\": 1, \"text\": \"x\"},\n{\"id\": 2},\n{\"id\": 3, \"text\": \"z\"}\n]",
            &["1", "!missing_text:3", "3"],
        );
        check(
            "in.json",
            b"{\"id\":\"a\",\"text\":\"x\"}\n{\"id\": \n{\"id\":\"b\",\"text\":\"y\"}\n",
            &["a", "!broken_record:2", "b"],
        );
    }

    #[test]
    fn what_is_too_deep_costs_itself_only() {
        let deep = format!(
            "{{\"text\": {}{}}}\n",
            "{\"a\":".repeat(1000),
            "1".to_owned() + &"}".repeat(1000)
        );
        check("in.jsonl", &[deep.as_bytes(), TWO].concat(), &["!broken_record:1", "a", "b"]);
        check(
            "in.json",
            &[b"[", deep.as_bytes(), b",", TWO, b"]"].concat(),
            &["!broken_record:1", "a", "b"],
        );
        let page = format!("<html><body>{}text", "<div><b>".repeat(10_000));
        check("in.html", page.as_bytes(), &["!broken_record"]);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_named() {
        let folder = folder(&[
            ("a.jsonl", b"{\"text\":\"x\"}\n{\"text\":\"\xff\"}"),
            ("b.txt", b"one\ntwo \xc3("),
        ]);
        let problems: Vec<_> =
            ArticleReader::open(&[folder.path().to_owned()], &CorpusSettings::default())
                .unwrap()
                .filter_map(Result::err)
                .map(|problem| (problem.line, problem.message))
                .collect();
        assert_eq!(
            problems,
            [
                (Some(2), "byte 22 is not UTF-8".to_owned()),
                (Some(2), "byte 8 is not UTF-8".to_owned()),
            ]
        );
    }

    #[test]
    fn files_with_nothing_in_them_are_told() {
        for name in ["in.jsonl", "in.txt", "in.jsonl.gz", "in.txt.zst"] {
            check(name, b"", &["!empty_file"]);
        }
        check("in.jsonl", b" \n\n", &["!empty_file"]);
        check("in.txt", b"\xef\xbb\xbf \r\n", &["!empty_file"]);
        check("in.jsonl.gz", &gzip(b""), &["!empty_file"]);
        check("in.txt", b"2023-01-30\n", &["!missing_text"]);
    }

    #[test]
    fn an_unknown_date_is_told_before_its_article() {
        check(
            "in.jsonl",
            b"{\"id\":\"a\",\"text\":\"x\",\"date\":\"?\"}",
            &["!unknown_date:1", "a"],
        );
    }

    #[test]
    fn repeated_ids_are_dropped_or_renamed() {
        let folder = folder(&[
            ("a.jsonl", TWO),
            ("b.jsonl", TWO),
            ("c.jsonl", b"{\"id\":\"a\",\"text\":\"other\"}"),
        ]);
        let found = read(folder.path());
        assert_eq!(found[..4], ["a", "b", "!repeated_article:1", "!repeated_article:2"]);
        assert_eq!(found[4], "!repeated_id:1");
        assert!(found[5].starts_with("a~") && found.len() == 6, "{found:?}");
    }

    #[test]
    fn an_article_without_id_gets_one_of_its_own() {
        let folder =
            folder(&[("in.jsonl", b"{\"text\":\"x\"}\n{\"text\":\"x\"}\n{\"text\":\"y\"}")]);
        let found = read(folder.path());
        assert_eq!(found[1], "!repeated_article:2");
        assert!(found[0].len() == 32 && found[2].len() == 32 && found[0] != found[2]);
    }

    #[test]
    fn folders_are_read_in_order_and_unknown_files_told() {
        let folder = folder(&[
            ("b/2.txt", b"Two."),
            ("b/1.txt", b"One."),
            ("a.txt", b"A."),
            ("image.png", b"\x89PNG"),
            (".hidden.txt", b"No."),
        ]);
        assert_eq!(read(folder.path()), ["a.txt", "b/1.txt", "b/2.txt", "!unreadable_file"]);
    }

    #[test]
    fn patterns_name_files_by_their_folders() {
        let folder =
            folder(&[("x/1/a.txt", b"A."), ("x/2/a.txt", b"B."), ("x/2/b.csv", b"text\nc")]);
        let settings = CorpusSettings::default();
        let read = |pattern: &str| read_inputs(&[folder.path().join(pattern)], &settings);
        assert_eq!(read("x/*/a.txt"), ["1/a.txt", "2/a.txt"]);
        assert_eq!(read("x/[2]")[0], "2/a.txt");
        assert_eq!(read("x/[2]").len(), 2);
        let none = ArticleReader::open(&[folder.path().join("y*")], &settings).unwrap_err();
        assert!(matches!(none, CorpusError::NoMatch { .. }));
    }

    #[test]
    #[cfg(unix)]
    fn links_that_lead_back_and_odd_names_are_survived() {
        let folder = folder(&[("a/b\nc.txt", b"A."), ("a/..b.txt", b"B."), ("a/d .txt", b"D.")]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("a/loop")).unwrap();
        std::os::unix::fs::symlink("self", folder.path().join("self")).unwrap();
        std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
        assert_eq!(
            read(folder.path()),
            ["a/b\nc.txt", "a/d .txt", "!unreadable_file", "!unreadable_file", "!unreadable_file"]
        );
    }

    #[test]
    fn the_order_of_inputs_does_not_matter() {
        let folder =
            folder(&[("a.txt", b"A."), ("b.txt", b"B."), ("notes", b"{\"id\":1,\"text\":\"x\"}")]);
        let mut inputs: Vec<_> =
            ["b.txt", "notes", "a.txt", "b.txt"].map(|name| folder.path().join(name)).into();
        let settings = CorpusSettings::default();
        assert_eq!(read_inputs(&inputs, &settings), ["a.txt", "b.txt", "1"]);
        inputs.reverse();
        assert_eq!(read_inputs(&inputs, &settings), ["a.txt", "b.txt", "1"]);
    }

    #[test]
    fn a_record_over_the_limit_is_told() {
        let folder = folder(&[
            ("a.jsonl", &[&[b'x'; 100][..], b"\n", TWO].concat()),
            ("b.txt", &[b'x'; 51]),
        ]);
        let settings = CorpusSettings { max_record_bytes: 50, ..CorpusSettings::default() };
        let found = read_inputs(&[folder.path().to_owned()], &settings);
        assert_eq!(found, ["!broken_record:1", "a", "b", "!broken_record"]);
    }

    #[test]
    fn an_article_over_the_limit_is_told_and_hurts_no_other() {
        let record =
            |id: &str, n: usize| format!("{{\"id\":\"{id}\",\"text\":\"{}\"}}\n", "x".repeat(n));
        let lines = record("a", 50) + &record("b", 51) + &record("c", 1);
        let folder = folder(&[("a.jsonl", lines.as_bytes())]);
        let settings = CorpusSettings { max_article_bytes: 50, ..CorpusSettings::default() };
        let found = read_inputs(&[folder.path().to_owned()], &settings);
        assert_eq!(found, ["a", "!too_long:2", "c"]);
    }

    #[test]
    fn progress_ends_at_the_size_of_the_input() {
        let folder = folder(&[("a.jsonl.gz", &gzip(TWO)), ("b.txt", b"B.")]);
        let inputs = [folder.path().to_owned()];
        let mut reader = ArticleReader::open(&inputs, &CorpusSettings::default()).unwrap();
        let size = gzip(TWO).len() as u64 + 2;
        assert_eq!(reader.progress(), (0, Some(size)));
        assert_eq!(reader.by_ref().count(), 3);
        assert_eq!(reader.progress(), (size, Some(size)));
    }

    #[test]
    fn inputs_that_are_not_there_are_errors() {
        let settings = CorpusSettings::default();
        let missing = ArticleReader::open(&["/no/such/file".into()], &settings).unwrap_err();
        assert!(matches!(missing, CorpusError::Find { .. }));
        assert!(matches!(ArticleReader::open(&[], &settings), Err(CorpusError::NoInput)));
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd(bytes in any::<Vec<u8>>(), name in 0..12_usize) {
            let names = [
                "a.jsonl", "a.txt", "a.jsonl.gz", "a.txt.zst", "a.json", "a", "a.csv", "a.parquet",
                "a.html", "a.warc", "a.tsv.bz2", "a.txt.xz",
            ];
            let folder = folder(&[(names[name], &bytes)]);
            read(&folder.path().join(names[name]));
        }

        #[test]
        fn no_broken_compression_is_too_odd(at in any::<usize>(), byte in any::<u8>()) {
            for (name, mut bytes) in [("a.jsonl.gz", gzip(TWO)), ("a.jsonl.zst", zstd(TWO))] {
                let at = at % bytes.len();
                bytes[at] ^= byte;
                let folder = folder(&[(name, &bytes)]);
                read(folder.path());
            }
        }
    }
}
