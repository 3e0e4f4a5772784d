//! What must be known of a Parquet footer before the crate reads it: how deep
//! columns lie in one another, and that counts are not beyond what is there.

use parquet::errors::ParquetError;
use parquet::file::reader::ChunkReader;

/// The end of a file: the length of the footer before it, and a mark.
const TAIL_BYTES: usize = 8;
/// How deep values may lie in one another, which are passed over.
const MAX_SKIPPED_LEVELS: usize = 32;

/// True where columns lie over `max_depth` deep in one another. The crate that
/// reads the footer comes back to itself for each level, so that it must be
/// known before. A file that does not end as Parquet does is for it to tell; a
/// footer that cannot be read here is an error, lest the crate finds other
/// columns in it.
pub(crate) fn is_deeper(file: &impl ChunkReader, max_depth: usize) -> Result<bool, ParquetError> {
    let Some(end) = file.len().checked_sub(TAIL_BYTES as u64) else { return Ok(false) };
    let tail = file.get_bytes(end, TAIL_BYTES)?;
    let Some(([a, b, c, d], b"PAR1")) = tail.split_first_chunk() else { return Ok(false) };
    let n_bytes = u32::from_le_bytes([*a, *b, *c, *d]);
    let Some(start) = end.checked_sub(u64::from(n_bytes)) else { return Ok(false) };
    let footer = file.get_bytes(start, n_bytes as usize)?;
    let read = Thrift { rest: &footer }.is_deeper(max_depth);
    read.ok_or_else(|| ParquetError::General("its footer cannot be understood".to_owned()))
}

/// A footer as it is written: Thrift's compact protocol.
struct Thrift<'b> {
    rest: &'b [u8],
}

/// The fields that are looked into: of the footer, and of an element of its schema.
const SCHEMA: u64 = 2;
const LISTS: [u64; 4] = [SCHEMA, 4, 5, 7];
const N_CHILDREN: u64 = 5;
/// Their types.
const I32: u8 = 5;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

impl Thrift<'_> {
    /// Whether a schema among the fields of the footer is deeper; none where
    /// they cannot be read before it is.
    fn is_deeper(&mut self, max_depth: usize) -> Option<bool> {
        let mut id = 0;
        while let kind @ 1.. = self.field(&mut id)? {
            match (id, kind) {
                (SCHEMA, LIST) => {
                    if self.schema(max_depth)? {
                        return Some(true);
                    }
                }
                // The crate goes by the id and reads whatever stands there as a list.
                _ if LISTS.contains(&id) && kind != LIST => return None,
                _ => self.skip(kind, MAX_SKIPPED_LEVELS)?,
            }
        }
        Some(false)
    }

    /// Reads the elements of a schema, each before its children.
    fn schema(&mut self, max_depth: usize) -> Option<bool> {
        let (n_elements, kind) = self.list()?;
        if kind != STRUCT {
            return None;
        }
        // How many children are to come of each element that has some.
        let mut open: Vec<u64> = Vec::new();
        for n_left in (0..n_elements).rev() {
            let n_children = self.element()?;
            // The crate asks for memory for so many before it looks for them.
            if n_children > n_left {
                return None;
            }
            if let Some(left) = open.last_mut() {
                *left -= 1;
            }
            if n_children > 0 {
                open.push(n_children);
            }
            if open.len() > max_depth {
                return Some(true);
            }
            while open.last() == Some(&0) {
                open.pop();
            }
        }
        Some(false)
    }

    /// Reads an element; gives how many children it has.
    fn element(&mut self) -> Option<u64> {
        let (mut id, mut n_children) = (0, 0);
        while let kind @ 1.. = self.field(&mut id)? {
            match (id, kind) {
                // No element has fewer than no children.
                (N_CHILDREN, I32) => n_children = self.natural()?,
                (N_CHILDREN, _) => return None,
                _ => self.skip(kind, MAX_SKIPPED_LEVELS)?,
            }
        }
        Some(n_children)
    }

    /// The type of the next field of a struct, whose id is put into `id`; 0 at
    /// its end.
    fn field(&mut self, id: &mut u64) -> Option<u8> {
        let head = self.byte()?;
        if head == 0 {
            return Some(0);
        }
        *id = match head >> 4 {
            0 => self.natural()?,
            step => *id + u64::from(step),
        };
        // What does not fit would be another id for the crate.
        i16::try_from(*id).ok()?;
        // No type is 0, but where there is another field.
        Some(head & 15).filter(|kind| *kind > 0)
    }

    /// How many elements a list has, and of what type.
    fn list(&mut self) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let n_elements = if head >> 4 == 15 { self.number()? } else { u64::from(head >> 4) };
        Some((n_elements, head & 15))
    }

    /// Passes over the value of a field.
    fn skip(&mut self, kind: u8, levels: usize) -> Option<()> {
        let levels = levels.checked_sub(1)?;
        match kind {
            1 | 2 => {}
            3 => self.bytes(1)?,
            4..=6 => drop(self.number()?),
            7 => self.bytes(8)?,
            8 => {
                let n_bytes = self.number()?;
                self.bytes(n_bytes)?;
            }
            LIST | 10 => {
                let (n_elements, kind) = self.list()?;
                // True and false take a byte in a list and none in a field.
                let kind = if kind <= 2 { 3 } else { kind };
                for _ in 0..n_elements {
                    self.skip(kind, levels)?;
                }
            }
            STRUCT => {
                let mut id = 0;
                while let kind @ 1.. = self.field(&mut id)? {
                    self.skip(kind, levels)?;
                }
            }
            // Footers have no maps.
            _ => return None,
        }
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn bytes(&mut self, n_bytes: u64) -> Option<()> {
        self.rest = self.rest.get(usize::try_from(n_bytes).ok()?..)?;
        Some(())
    }

    /// Reads a number that is folded, so that small ones are short; none where it
    /// is negative.
    fn natural(&mut self) -> Option<u64> {
        let folded = self.number()?;
        folded.is_multiple_of(2).then_some(folded / 2)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 127) << shift;
            if byte < 128 {
                // The tenth byte has room for one bit.
                return (shift < 63 || byte < 2).then_some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::sync::Arc;

    use arrow::array::{ArrayRef, RecordBatch, StringArray, StructArray};
    use arrow::datatypes::{DataType, Field};
    use parquet::arrow::ArrowWriter;

    use super::{Thrift, is_deeper};

    #[test]
    fn the_depth_of_nested_columns_is_known_before_they_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        let mut column: ArrayRef = Arc::new(StringArray::from(vec!["x"]));
        for _ in 0..9 {
            let field = Arc::new(Field::new("inner", column.data_type().clone(), true));
            column = Arc::new(StructArray::from(vec![(field, column)]));
        }
        let flat: ArrayRef = Arc::new(StringArray::from(vec!["y"]));
        assert!(matches!(column.data_type(), DataType::Struct(_)));
        let batch =
            RecordBatch::try_from_iter([("a", flat.clone()), ("deep", column), ("z", flat)]);
        let batch = batch.unwrap();
        let mut writer =
            ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let is_deeper = |depth| is_deeper(&File::open(&path).unwrap(), depth).unwrap();
        assert!(is_deeper(9) && !is_deeper(10));
        let whole = fs::read(&path).unwrap();
        for broken in [&b""[..], b"PAR1", &whole[..whole.len() - 5]] {
            fs::write(&path, broken).unwrap();
            assert!(!is_deeper(0));
        }
    }

    #[test]
    fn an_element_cannot_have_more_children_than_there_are_elements() {
        // A schema of a group and two columns: the group's fields 4, its name, and 5.
        let read = |n_children: &[u8]| {
            let group = [&[0x48, 1, b'g', 0x15], n_children, &[0]].concat();
            let column = [0x48, 1, b'c', 0];
            let elements = [&group[..], &column, &column].concat();
            let footer = [&[0x29, 0x3c][..], &elements, &[0]].concat();
            Thrift { rest: &footer }.is_deeper(10)
        };
        assert_eq!(read(&[4]), Some(false));
        // Three, -1, 2^31, and more than fits into ten bytes.
        let beyond = [&[0xc4; 9][..], &[0x6f]].concat();
        for n_children in [&[6][..], &[1], &[0x80, 0x80, 0x80, 0x80, 0x10], &beyond] {
            assert_eq!(read(n_children), None, "{n_children:?}");
        }
    }

    #[test]
    fn what_the_crate_would_take_for_a_schema_must_be_one() {
        let read = |footer: &[u8]| Thrift { rest: footer }.is_deeper(10);
        // Field 2 as a number; as a list, under its number, and under 2^16 more.
        assert_eq!(read(&[0x25, 2, 0]), None);
        assert_eq!(read(&[0x45, 2, 0]), None);
        assert_eq!(read(&[9, 4, 0x0c, 0]), Some(false));
        assert_eq!(read(&[9, 0x84, 0x80, 8, 0x0c, 0]), None);
    }

    #[test]
    fn a_list_that_is_longer_than_its_bytes_is_no_part_of_a_footer() {
        let read = |footer: &[u8]| Thrift { rest: footer }.is_deeper(10);
        // The first field is a list of so many times true, which takes no bytes in a field.
        assert_eq!(read(&[0x19, 0x21, 1, 1, 0]), Some(false));
        assert_eq!(read(&[0x19, 0xf1, 0xff, 0xff, 0xff, 0xff, 7, 0]), None);
    }
}
