//! The pages of a Parquet file, looked at before they are decoded.
//!
//! The crate takes the counts that pages state for true, and asks for as much
//! memory as they need. What cannot be had ends the process, so that one wrong
//! byte would cost a run.

use std::sync::Arc;

use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, RowGroups,
};
use parquet::arrow::parquet_to_arrow_field_levels;
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, FilePageIterator, FileReader as _, SerializedFileReader};

use crate::parquet_source::Ending;

/// Values of a page whose lengths are stored as differences, at most.
const MAX_VALUES: u64 = 1 << 24;

/// A reader of `file` that gives `batch_rows` rows at a time, and how many rows
/// there are.
pub(crate) fn checked_reader(
    file: impl ChunkReader + 'static,
    batch_rows: usize,
) -> Result<(i64, ParquetRecordBatchReader)> {
    let file = SerializedFileReader::new(Ending(file))?;
    let metadata = Arc::new(file.metadata().clone());
    let n_rows = metadata.file_metadata().num_rows();
    let schema = metadata.file_metadata().schema_descr_ptr();
    let arrow = ArrowReaderMetadata::try_new(metadata, ArrowReaderOptions::new())?;
    let fields = arrow.schema().fields();
    let levels = parquet_to_arrow_field_levels(&schema, ProjectionMask::all(), Some(fields))?;
    let groups = CheckedGroups { file: Arc::new(file) };
    let reader =
        ParquetRecordBatchReader::try_new_with_row_groups(&levels, &groups, batch_rows, None)?;
    Ok((n_rows, reader))
}

/// All row groups of a file.
struct CheckedGroups {
    file: Arc<dyn parquet::file::reader::FileReader>,
}

impl RowGroups for CheckedGroups {
    fn num_rows(&self) -> usize {
        usize::try_from(self.metadata().file_metadata().num_rows()).unwrap_or_default()
    }

    fn column_chunks(&self, column: usize) -> Result<Box<dyn PageIterator>> {
        let schema = self.metadata().file_metadata().schema_descr();
        let levels = schema.column(column);
        let levels = (levels.max_rep_level() > 0, levels.max_def_level() > 0);
        let chunks = FilePageIterator::new(column, Arc::clone(&self.file))?;
        Ok(Box::new(CheckedChunks { chunks, levels }))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(self.metadata().row_groups().iter())
    }

    fn metadata(&self) -> &ParquetMetaData {
        self.file.metadata()
    }
}

/// Whether pages hold levels of repetition, and of definition.
type Levels = (bool, bool);

/// A column, group after group.
struct CheckedChunks {
    chunks: FilePageIterator,
    levels: Levels,
}

impl Iterator for CheckedChunks {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        let levels = self.levels;
        let checked = |pages| Box::new(CheckedPages { pages, levels }) as Box<dyn PageReader>;
        Some(self.chunks.next()?.map(checked))
    }
}

impl PageIterator for CheckedChunks {}

/// The pages of a column of a group.
struct CheckedPages {
    pages: Box<dyn PageReader>,
    levels: Levels,
}

impl PageReader for CheckedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        if page.as_ref().is_some_and(|page| !is_sound(page, self.levels)) {
            let message = "a page states more values than it can hold".to_owned();
            return Err(ParquetError::General(message));
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

impl Iterator for CheckedPages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

/// True where the counts of a page may be right.
fn is_sound(page: &Page, levels: Levels) -> bool {
    let (encoding, values) = match page {
        Page::DictionaryPage { buf, num_values, .. } => {
            return *num_values as usize <= buf.len();
        }
        Page::DataPage { buf, encoding, .. } => (*encoding, after_levels(buf, levels)),
        Page::DataPageV2 { buf, encoding, def_levels_byte_len, rep_levels_byte_len, .. } => {
            let n_bytes = *def_levels_byte_len as usize + *rep_levels_byte_len as usize;
            (*encoding, buf.get(n_bytes..))
        }
    };
    let mut differences = Differences { rest: values.unwrap_or_default() };
    match encoding {
        Encoding::DELTA_LENGTH_BYTE_ARRAY => differences.head().is_some(),
        Encoding::DELTA_BYTE_ARRAY => {
            differences.pass_over().is_some() && differences.head().is_some()
        }
        _ => true,
    }
}

/// What follows the levels of a page of the first version, each after its length.
fn after_levels(page: &[u8], (repetition, definition): Levels) -> Option<&[u8]> {
    let mut rest = page;
    for _ in 0..usize::from(repetition) + usize::from(definition) {
        let (length, levels) = rest.split_first_chunk()?;
        rest = levels.get(u32::from_le_bytes(*length) as usize..)?;
    }
    Some(rest)
}

/// Numbers that are stored as differences, in blocks of smaller blocks.
struct Differences<'b> {
    rest: &'b [u8],
}

/// How numbers are stored.
struct Head {
    /// Smaller blocks of a block.
    n_parts: usize,
    part_values: u64,
    n_values: u64,
}

impl Differences<'_> {
    /// Reads what stands before the numbers; none where it cannot be right.
    fn head(&mut self) -> Option<Head> {
        let (block_values, n_parts) = (self.number()?, self.number()?);
        let (n_values, _first) = (self.number()?, self.number()?);
        let part_values = block_values.checked_div(n_parts)?;
        let n_parts = usize::try_from(n_parts).ok()?;
        (n_values <= MAX_VALUES).then_some(Head { n_parts, part_values, n_values })
    }

    /// Passes over the numbers.
    fn pass_over(&mut self) -> Option<()> {
        let Head { n_parts, part_values, n_values } = self.head()?;
        // The first one stands in the head.
        let mut left = n_values.saturating_sub(1);
        while left > 0 {
            let _least = self.number()?;
            let (widths, mut rest) = self.rest.split_at_checked(n_parts)?;
            for width in widths {
                if left == 0 {
                    break;
                }
                let n_bits = part_values.checked_mul(u64::from(*width))?;
                rest = rest.get(usize::try_from(n_bits.div_ceil(8)).ok()?..)?;
                left = left.saturating_sub(part_values);
            }
            self.rest = rest;
        }
        Some(())
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u64::from(byte & 127) << shift;
            if *byte < 128 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::path::Path;
    use std::sync::Arc;

    use arrow::array::{ArrayRef, RecordBatch, StringArray};
    use parquet::arrow::ArrowWriter;
    use parquet::basic::Encoding;
    use parquet::file::properties::{WriterProperties, WriterVersion};

    use super::checked_reader;

    /// Texts of which each begins as the one before does, every fifth absent.
    fn texts() -> StringArray {
        (0..1000).map(|n| (n % 5 > 0).then(|| format!("text {}{n}", "x".repeat(n / 7)))).collect()
    }

    fn write(path: &Path, encoding: Encoding, version: WriterVersion) {
        let batch = RecordBatch::try_from_iter([("text", Arc::new(texts()) as ArrayRef)]).unwrap();
        let properties = WriterProperties::builder()
            .set_writer_version(version)
            .set_dictionary_enabled(false)
            .set_encoding(encoding)
            .set_data_page_row_count_limit(300)
            .set_write_batch_size(100)
            .build();
        let file = File::create(path).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }

    fn read(path: &Path) -> Result<Vec<Option<String>>, String> {
        let (_, reader) =
            checked_reader(File::open(path).unwrap(), 16).map_err(|e| e.to_string())?;
        let mut found = Vec::new();
        for batch in reader {
            let batch = batch.map_err(|error| error.to_string())?;
            let column = batch.column(0).as_any().downcast_ref::<StringArray>().unwrap();
            found.extend(column.iter().map(|text| text.map(str::to_owned)));
        }
        Ok(found)
    }

    #[test]
    fn every_encoding_of_texts_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        let expected: Vec<_> = texts().iter().map(|text| text.map(str::to_owned)).collect();
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            for encoding in
                [Encoding::PLAIN, Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY]
            {
                write(&path, encoding, version);
                assert_eq!(read(&path).unwrap(), expected, "{encoding} {version:?}");
            }
        }
    }

    #[test]
    fn a_page_that_states_too_many_values_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        write(&path, Encoding::DELTA_BYTE_ARRAY, WriterVersion::PARQUET_1_0);
        let whole = fs::read(&path).unwrap();
        // Blocks of 128 in 4 parts, 240 values (of 300, a fifth is absent), the first of them 0.
        let head = [0x80, 1, 4, 0xf0, 1, 0];
        let at = whole.windows(6).position(|window| window == head).unwrap();
        let mut broken = whole.clone();
        // 2^55 values and more: what follows is read as a part of their number.
        broken.splice(at + 3..at + 12, [0xff; 8].into_iter().chain([1]));
        fs::write(&path, broken).unwrap();
        assert!(read(&path).unwrap_err().contains("more values than it can hold"));
    }
}
