//! An archive, article by article.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, BufRead, Read as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use newstance_doc::{Article, Problem, ProblemKind};

use crate::ids::{IdRegistry, Identified, hashed_id};
use crate::input::{Format, InputFile, list_files};
use crate::lines::{Line, LineContent, Lines};
use crate::record::{Record, Unusable, read_record};
use crate::text_file::read_text;
use crate::{CorpusError, CorpusSettings};

/// Reads the articles of an archive, and says what cannot be read.
///
/// Inputs are text files (`.txt`), JSON Lines (`.jsonl`, `.ndjson`, `.json`),
/// each also with `.gz` or `.zst`, folders of them, and `-` for standard input.
/// A file of another name is told by its first byte, unless it was found in a
/// folder: then it is a problem.
///
/// The order is that of the inputs sorted by path, of the files of a folder
/// sorted by path, and of the records of a file. No more than one record is
/// held. An article may follow a problem of its own, such as an unknown date.
pub struct ArticleReader {
    settings: CorpusSettings,
    files: std::vec::IntoIter<InputFile>,
    current: Option<OpenLines>,
    ready: VecDeque<Result<Article, Problem>>,
    ids: IdRegistry,
    bytes_read: Arc<AtomicU64>,
    bytes_total: Option<u64>,
}

/// A file of JSON Lines that is being read.
struct OpenLines {
    file: InputFile,
    lines: Lines,
    is_blank: bool,
}

impl ArticleReader {
    /// Looks for the inputs; no file is read yet.
    ///
    /// # Errors
    ///
    /// [`CorpusError`] where there is no input, an input does not exist or a
    /// folder cannot be listed.
    pub fn open(inputs: &[PathBuf], settings: &CorpusSettings) -> Result<Self, CorpusError> {
        let (files, bytes_total) = list_files(inputs)?;
        Ok(Self {
            settings: settings.clone(),
            files: files.into_iter(),
            current: None,
            ready: VecDeque::new(),
            ids: IdRegistry::default(),
            bytes_read: Arc::default(),
            bytes_total,
        })
    }

    /// Bytes read so far and in all, as stored; the latter is not known where
    /// standard input is among the inputs.
    pub fn progress(&self) -> (u64, Option<u64>) {
        (self.bytes_read.load(Ordering::Relaxed), self.bytes_total)
    }

    fn read_file(&mut self, file: InputFile) {
        if file.format == Format::Unknown {
            let message = "its name ends in none of .txt .jsonl .ndjson .json, with or without \
                           .gz or .zst";
            self.problem(&file, None, ProblemKind::UnreadableFile, message.to_owned());
            return;
        }
        match file.open(Arc::clone(&self.bytes_read)) {
            Ok(input) if input.format == Format::JsonLines => {
                let lines = Lines::new(input.stream, self.settings.max_record_bytes);
                self.current = Some(OpenLines { file, lines, is_blank: true });
            }
            Ok(input) => self.read_text_file(&file, input.stream),
            Err(error) => self.read_error(&file, None, &error),
        }
    }

    fn read_line(&mut self, mut open: OpenLines) {
        match open.lines.next_line() {
            Ok(Some(line)) => {
                open.is_blank &= is_blank(&line);
                if self.read_json_line(&open.file, line) {
                    self.current = Some(open);
                }
            }
            Ok(None) if open.is_blank => self.empty_file(&open.file),
            Ok(None) => {}
            Err(error) => self.read_error(&open.file, Some(open.lines.n_read() + 1), &error),
        }
    }

    /// Reads one line; false where the rest of the file need not be tried.
    fn read_json_line(&mut self, file: &InputFile, line: Line) -> bool {
        let Line { number, offset_bytes, content } = line;
        let LineContent::Bytes(bytes) = content else {
            let limit = self.settings.max_record_bytes;
            let message = format!("the line is longer than {limit} bytes");
            self.problem(file, Some(number), ProblemKind::BrokenRecord, message);
            return true;
        };
        let text = match str::from_utf8(&bytes) {
            Ok(text) => text.trim(),
            Err(error) => {
                let at = offset_bytes + error.valid_up_to() as u64;
                let message = format!("byte {at} is not UTF-8");
                self.problem(file, Some(number), ProblemKind::InvalidUtf8, message);
                return true;
            }
        };
        if text.is_empty() {
            return true;
        }
        match read_record(text, &self.settings) {
            Ok(record) => self.article(file, Some(number), record),
            Err(_) if number == 1 && matches!(text, "[" | "{") => {
                let message = "the file is one JSON document over several lines; give one object \
                               a line";
                self.problem(file, Some(1), ProblemKind::BrokenRecord, message.to_owned());
                return false;
            }
            Err(Unusable { kind, message, article_id }) => {
                let mut problem = problem(file, Some(number), kind, message);
                problem.article_id = article_id;
                self.ready.push_back(Err(problem));
            }
        }
        true
    }

    fn read_text_file(&mut self, file: &InputFile, stream: Box<dyn BufRead + Send>) {
        let limit = self.settings.max_record_bytes;
        let mut bytes = Vec::new();
        if let Err(error) = stream.take(limit as u64 + 1).read_to_end(&mut bytes) {
            self.read_error(file, None, &error);
            return;
        }
        if bytes.len() > limit {
            let message = format!("the file is longer than {limit} bytes");
            self.problem(file, None, ProblemKind::BrokenRecord, message);
            return;
        }
        let content = match str::from_utf8(&bytes) {
            Ok(content) => content,
            Err(error) => {
                let at = error.valid_up_to();
                let before = bytes.get(..at).unwrap_or_default();
                let line = before.split(|&byte| byte == b'\n').count() as u64;
                let message = format!("byte {at} is not UTF-8");
                self.problem(file, Some(line), ProblemKind::InvalidUtf8, message);
                return;
            }
        };
        if content.trim_start_matches('\u{feff}').trim().is_empty() {
            self.empty_file(file);
            return;
        }
        let article = read_text(content);
        let id = (!file.below.is_empty()).then(|| file.below.clone());
        if article.text.is_empty() {
            let message = "there is nothing but a date".to_owned();
            let mut problem = problem(file, None, ProblemKind::MissingText, message);
            problem.article_id = id;
            self.ready.push_back(Err(problem));
            return;
        }
        let record = Record {
            id,
            title: article.title.to_owned(),
            text: article.text.to_owned(),
            date: article.date,
            date_raw: article.date_raw.map(str::to_owned),
            ..Record::default()
        };
        self.article(file, None, record);
    }

    /// Gives a record its id and hands it on, after what is to be said of it.
    fn article(&mut self, file: &InputFile, line: Option<u64>, record: Record) {
        let id = record
            .id
            .unwrap_or_else(|| hashed_id(record.url.as_deref(), &record.title, &record.text));
        let mut say = |article_id: &str, kind, message| {
            let mut problem = problem(file, line, kind, message);
            problem.article_id = Some(article_id.to_owned());
            self.ready.push_back(Err(problem));
        };
        let id = match self.ids.register(&id, &record.text) {
            Identified::New => id,
            Identified::Repeated => {
                let message = "its id was seen before with the same text; it is left out";
                say(&id, ProblemKind::RepeatedArticle, message.to_owned());
                return;
            }
            Identified::Renamed(renamed) => {
                let message = format!("the id `{id}` was seen before with another text");
                say(&renamed, ProblemKind::RepeatedId, message);
                renamed
            }
        };
        if let (None, Some(raw)) = (record.date, &record.date_raw) {
            say(&id, ProblemKind::UnknownDate, format!("the date `{raw}` is not understood"));
        }
        self.ready.push_back(Ok(Article {
            id,
            title: record.title,
            text: record.text,
            date: record.date,
            date_raw: record.date_raw,
            outlet: record.outlet,
            authors: record.authors,
            url: record.url,
            language: record.language,
            extra: record.extra,
        }));
    }

    fn read_error(&mut self, file: &InputFile, line: Option<u64>, error: &io::Error) {
        use io::ErrorKind as E;
        let is_broken = matches!(error.kind(), E::InvalidData | E::InvalidInput | E::UnexpectedEof);
        let kind =
            if is_broken { ProblemKind::BrokenCompression } else { ProblemKind::UnreadableFile };
        self.problem(file, line, kind, format!("reading stops: {error}"));
    }

    fn empty_file(&mut self, file: &InputFile) {
        self.problem(file, None, ProblemKind::EmptyFile, "there is nothing in it".to_owned());
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
                self.read_line(open);
            } else {
                let file = self.files.next()?;
                self.read_file(file);
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

fn is_blank(line: &Line) -> bool {
    matches!(&line.content, LineContent::Bytes(bytes) if bytes.trim_ascii().is_empty())
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
        let cut = frames.get(..frames.len() - 3).unwrap();
        check("in.jsonl.zst", cut, &["a", "!broken_compression:2"]);
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
        check("in.json", b"[\n{\"text\": \"x\"},\n{\"text\": \"y\"}\n]", &["!broken_record:1"]);
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
        fn no_bytes_are_too_odd(bytes in any::<Vec<u8>>(), name in 0..6_usize) {
            let names = ["a.jsonl", "a.txt", "a.jsonl.gz", "a.txt.zst", "a.json", "a"];
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
