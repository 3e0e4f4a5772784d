//! Parquet: one article a row, read a few rows at a time.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use newstance_doc::ProblemKind;
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use parquet::file::reader::ChunkReader;

use crate::CorpusSettings;
use crate::batch_rows::as_json;
use crate::parquet_pages::checked_reader;
use crate::parquet_schema::is_deeper;
use crate::record::{Unusable, read_record};
use crate::records::{Found, Records};

/// Rows that are held at a time.
const BATCH_ROWS: usize = 16;
/// How deep columns may lie in one another; as deep as JSON may be.
const MAX_DEPTH: usize = 128;

/// The rows of a file, row group after row group.
pub(crate) struct ParquetRows {
    reader: Option<ParquetRecordBatchReader>,
    /// The rows of a batch as JSON objects.
    batch: std::vec::IntoIter<String>,
    n_read: u64,
    /// What keeps the file from being read further, told once.
    broken: Option<String>,
    settings: Arc<CorpusSettings>,
    bytes_read: Arc<AtomicU64>,
    bytes_left: u64,
    bytes_a_row: u64,
}

impl ParquetRows {
    /// Opens a file of `n_bytes`; `bytes_read` counts the bytes of the rows
    /// that were read, each taken to be of one size.
    pub(crate) fn open(
        file: impl ChunkReader + 'static,
        n_bytes: u64,
        bytes_read: Arc<AtomicU64>,
        settings: Arc<CorpusSettings>,
    ) -> Self {
        let bytes_left = n_bytes;
        let mut rows = Self {
            reader: None,
            batch: Vec::new().into_iter(),
            n_read: 0,
            broken: None,
            settings,
            bytes_read,
            bytes_left,
            bytes_a_row: 0,
        };
        let opened = guarded(|| {
            if is_deeper(&file, MAX_DEPTH)? {
                let message = format!("its columns lie over {MAX_DEPTH} deep in one another");
                return Err(message.into());
            }
            Ok(checked_reader(file, BATCH_ROWS)?)
        });
        match opened {
            Ok((n_rows, reader)) => {
                rows.bytes_a_row = bytes_left / u64::try_from(n_rows).unwrap_or(1).max(1);
                rows.reader = Some(reader);
            }
            Err(message) => {
                rows.broken = Some(message);
                rows.count(bytes_left);
            }
        }
        rows
    }

    /// Reads the next rows; false at the end.
    fn next_batch(&mut self) -> bool {
        let Some(reader) = &mut self.reader else { return false };
        let batch = guarded(|| match reader.next() {
            Some(batch) => Ok(Some(as_json(&batch?)?)),
            None => Ok(None),
        });
        match batch {
            Ok(Some(rows)) => {
                self.count(self.bytes_a_row.saturating_mul(rows.len() as u64));
                self.batch = rows.into_iter();
                return true;
            }
            Ok(None) => {}
            Err(message) => self.broken = Some(message),
        }
        self.count(self.bytes_left);
        self.reader = None;
        false
    }

    fn count(&mut self, n_bytes: u64) {
        let n_bytes = n_bytes.min(self.bytes_left);
        self.bytes_left -= n_bytes;
        self.bytes_read.fetch_add(n_bytes, Ordering::Relaxed);
    }
}

impl Records for ParquetRows {
    fn next_found(&mut self) -> io::Result<Option<Found>> {
        loop {
            if let Some(row) = self.batch.next() {
                self.n_read += 1;
                let record = read_record(&row, &self.settings);
                return Ok(Some(Found { line: Some(self.n_read), record }));
            }
            if self.next_batch() {
                continue;
            }
            let Some(broken) = self.broken.take() else { return Ok(None) };
            let line = (self.n_read > 0).then_some(self.n_read + 1);
            let message = format!("the file cannot be read as Parquet: {broken}");
            let record = Err(Unusable::new(ProblemKind::BrokenFile, message));
            return Ok(Some(Found { line, record }));
        }
    }
}

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// What `read` gives; a panic on a file that was tampered with is an error of
/// that file, too.
fn guarded<T>(read: impl FnOnce() -> Result<T, Fault>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(|error| error.to_string()),
        Err(_) => Err("its pages contradict one another".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use arrow::array::{Date32Array, RecordBatch, StringArray, TimestampSecondArray};
    use parquet::arrow::ArrowWriter;
    use parquet::file::properties::WriterProperties;

    use super::ParquetRows;
    use crate::records::Records;

    const N_ROWS: usize = 100;

    fn write(path: &Path) {
        let texts: StringArray =
            (0..N_ROWS).map(|n| (n != 1).then(|| format!("text {n}"))).collect();
        let dates: Date32Array = (0..N_ROWS).map(|_| Some(19_387)).collect();
        let times: TimestampSecondArray = (0..N_ROWS).map(|_| Some(1_675_080_000)).collect();
        let batch = RecordBatch::try_from_iter([
            ("text", Arc::new(texts) as _),
            ("date", Arc::new(dates) as _),
            ("seen", Arc::new(times) as _),
        ])
        .unwrap();
        let properties = WriterProperties::builder().set_max_row_group_row_count(Some(30)).build();
        let file = File::create(path).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }

    fn open(path: &Path, bytes_read: &Arc<AtomicU64>) -> ParquetRows {
        let file = File::open(path).unwrap();
        let n_bytes = file.metadata().unwrap().len();
        ParquetRows::open(file, n_bytes, Arc::clone(bytes_read), Arc::default())
    }

    /// Texts of articles and `!line` of problems, and the bytes that were counted.
    fn read(path: &Path) -> (Vec<String>, u64) {
        let bytes_read = Arc::new(AtomicU64::new(0));
        let mut rows = open(path, &bytes_read);
        let mut found = Vec::new();
        while let Some(next) = rows.next_found().unwrap() {
            let line = next.line.unwrap_or_default();
            found.push(next.record.map_or_else(|_| format!("!{line}"), |record| record.text));
        }
        (found, bytes_read.load(Ordering::Relaxed))
    }

    #[test]
    fn rows_of_all_groups_are_read_with_their_dates() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        write(&path);
        let (found, bytes) = read(&path);
        assert_eq!(found.len(), N_ROWS);
        assert_eq!(found[..3], ["text 0", "!2", "text 2"]);
        assert_eq!(bytes, fs::metadata(&path).unwrap().len());
        let mut rows = open(&path, &Arc::default());
        let record = rows.next_found().unwrap().unwrap().record.unwrap();
        assert_eq!(record.date, Some(jiff::civil::date(2023, 1, 30)));
        assert_eq!(record.extra.as_deref(), Some(r#"{"seen":"2023-01-30T12:00:00"}"#));
    }

    #[test]
    fn a_broken_file_is_one_problem_after_what_could_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        write(&path);
        let whole = fs::read(&path).unwrap();
        for broken in [&b""[..], b"PAR1", b"no parquet at all", &whole[..whole.len() - 5]] {
            fs::write(&path, broken).unwrap();
            assert_eq!(read(&path).0, ["!0"]);
        }
    }

    #[test]
    fn columns_that_lie_too_deep_in_one_another_are_one_problem() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        // A footer in Thrift's compact protocol: so many groups, each in the one before.
        let groups = |n: u32| {
            let mut footer = vec![0x15, 2, 0x19, 0xfc];
            let n_elements = n + 2;
            footer.extend(
                [n_elements & 127 | 128, n_elements >> 7 & 127 | 128, n_elements >> 14]
                    .map(|byte| u8::try_from(byte).unwrap()),
            );
            footer.extend(b"\x48\x01r\x15\x02\x00");
            footer.extend(b"\x35\x02\x18\x01a\x15\x02\x00".repeat(n as usize));
            footer.extend(b"\x15\x0c\x25\x02\x18\x01b\x00\x16\x00\x19\x0c\x00");
            let length = u32::try_from(footer.len()).unwrap().to_le_bytes();
            [b"PAR1", footer.as_slice(), &length, b"PAR1"].concat()
        };
        for (n, expected) in [(100, vec![]), (200, vec!["!0"]), (100_000, vec!["!0"])] {
            fs::write(&path, groups(n)).unwrap();
            assert_eq!(read(&path).0, expected, "{n} levels");
        }
    }

    #[test]
    fn no_byte_that_is_wrong_is_too_odd() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        write(&path);
        let whole = fs::read(&path).unwrap();
        let mut random = fastrand::Rng::with_seed(8);
        for _ in 0..200 {
            let mut broken = whole.clone();
            for _ in 0..random.usize(1..4) {
                let at = random.usize(..broken.len());
                broken[at] = random.u8(..);
            }
            fs::write(&path, broken).unwrap();
            read(&path);
        }
    }
}
