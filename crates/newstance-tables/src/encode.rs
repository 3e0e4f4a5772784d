//! From serde to Arrow columns.
//!
//! A [`Columns`] takes serializable rows and fits them to a schema that was
//! stated beforehand; whatever does not fit is an error. What a value may be:
//! a struct or a tuple for a struct (the tuple by order, so that
//! `[start, end]` becomes two columns), an enum for a word, and an enum with
//! one index in it (`actor(3)`) for a struct of a word and a nullable index.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayBuilder, ArrayRef, AsArray, BooleanBuilder, Date32Builder, Float32Builder,
        Float64Builder, Int64Builder, ListArray, StringBuilder, StructArray,
    },
    buffer::{NullBuffer, OffsetBuffer},
    datatypes::{DataType, FieldRef, Fields},
};
use jiff::civil::Date;
use serde::{
    Serialize, Serializer,
    ser::{Impossible, SerializeSeq, SerializeStruct, SerializeTuple},
};

use crate::CellError;

/// The columns of rows, being filled row by row.
#[derive(Debug)]
pub(crate) struct Columns(ColumnBuilder);

impl Columns {
    /// Empty columns for `fields`.
    pub(crate) fn new(fields: &Fields) -> Result<Self, CellError> {
        StructColumns::new(fields).map(|columns| Self(ColumnBuilder::Struct(columns)))
    }

    /// Adds `row`, whose fields must be the columns, in their order.
    ///
    /// After an error the columns are of unequal length and of no use.
    pub(crate) fn push(&mut self, row: &impl Serialize) -> Result<(), CellError> {
        row.serialize(&mut self.0)
    }

    /// The rows added since the start or the last call.
    pub(crate) fn finish(&mut self) -> Result<StructArray, CellError> {
        self.0.finish().map(|rows| rows.as_struct().clone())
    }

    /// Rows added since the last [`Self::finish`].
    pub(crate) fn n_rows(&self) -> usize {
        self.0.len()
    }

    /// Bytes of text added since the last [`Self::finish`].
    pub(crate) fn text_bytes(&self) -> usize {
        self.0.text_bytes()
    }
}

/// The columns of one struct.
#[derive(Debug)]
struct StructColumns {
    fields: Fields,
    columns: Vec<ColumnBuilder>,
    valid: Vec<bool>,
}

impl StructColumns {
    fn new(fields: &Fields) -> Result<Self, CellError> {
        let columns = fields
            .iter()
            .map(|field| ColumnBuilder::new(field.data_type()))
            .collect::<Result<_, _>>()?;
        Ok(Self { fields: fields.clone(), columns, valid: Vec::new() })
    }

    fn push_null(&mut self) {
        self.columns.iter_mut().for_each(ColumnBuilder::push_null);
        self.valid.push(false);
    }

    /// Adds an enum: its word, then what it holds or NULL.
    fn push_variant<T: ?Sized + Serialize>(
        &mut self,
        variant: &str,
        value: Option<&T>,
    ) -> Result<(), CellError> {
        let [word, index] = self.columns.as_mut_slice() else {
            return Err(CellError::new("a variant needs two columns"));
        };
        word.serialize_str(variant)?;
        match value {
            Some(value) => value.serialize(index)?,
            None => index.push_null(),
        }
        self.valid.push(true);
        Ok(())
    }

    fn finish(&mut self) -> Result<StructArray, CellError> {
        let columns =
            self.columns.iter_mut().map(ColumnBuilder::finish).collect::<Result<Vec<_>, _>>()?;
        let valid = std::mem::take(&mut self.valid);
        let n_rows = valid.len();
        let nulls = valid.contains(&false).then(|| NullBuffer::from(valid));
        StructArray::try_new_with_length(self.fields.clone(), columns, nulls, n_rows)
            .map_err(CellError::new)
    }
}

#[derive(Debug)]
enum ColumnBuilder {
    Text(StringBuilder),
    Count(Int64Builder),
    Probability(Float32Builder),
    Number(Float64Builder),
    Flag(BooleanBuilder),
    Day(Date32Builder),
    List { item: FieldRef, ends: Vec<i32>, valid: Vec<bool>, values: Box<ColumnBuilder> },
    Struct(StructColumns),
}

impl ColumnBuilder {
    fn new(data_type: &DataType) -> Result<Self, CellError> {
        Ok(match data_type {
            DataType::Utf8 => Self::Text(StringBuilder::new()),
            DataType::Int64 => Self::Count(Int64Builder::new()),
            DataType::Float32 => Self::Probability(Float32Builder::new()),
            DataType::Float64 => Self::Number(Float64Builder::new()),
            DataType::Boolean => Self::Flag(BooleanBuilder::new()),
            DataType::Date32 => Self::Day(Date32Builder::new()),
            DataType::List(item) => Self::List {
                item: Arc::clone(item),
                ends: vec![0],
                valid: Vec::new(),
                values: Box::new(Self::new(item.data_type())?),
            },
            DataType::Struct(fields) => Self::Struct(StructColumns::new(fields)?),
            other => return Err(CellError::new(format!("no column holds {other}"))),
        })
    }

    fn push_null(&mut self) {
        match self {
            Self::Text(column) => column.append_null(),
            Self::Count(column) => column.append_null(),
            Self::Probability(column) => column.append_null(),
            Self::Number(column) => column.append_null(),
            Self::Flag(column) => column.append_null(),
            Self::Day(column) => column.append_null(),
            Self::List { ends, valid, .. } => {
                ends.extend(ends.last().copied());
                valid.push(false);
            }
            Self::Struct(columns) => columns.push_null(),
        }
    }

    fn finish(&mut self) -> Result<ArrayRef, CellError> {
        Ok(match self {
            Self::Text(column) => Arc::new(column.finish()),
            Self::Count(column) => Arc::new(column.finish()),
            Self::Probability(column) => Arc::new(column.finish()),
            Self::Number(column) => Arc::new(column.finish()),
            Self::Flag(column) => Arc::new(column.finish()),
            Self::Day(column) => Arc::new(column.finish()),
            Self::List { item, ends, valid, values } => {
                let offsets = OffsetBuffer::new(std::mem::replace(ends, vec![0]).into());
                let valid = std::mem::take(valid);
                let nulls = valid.contains(&false).then(|| NullBuffer::from(valid));
                let list = ListArray::try_new(Arc::clone(item), offsets, values.finish()?, nulls);
                Arc::new(list.map_err(CellError::new)?)
            }
            Self::Struct(columns) => Arc::new(columns.finish()?),
        })
    }

    fn text_bytes(&self) -> usize {
        match self {
            Self::Text(column) => column.values_slice().len(),
            Self::List { values, .. } => values.text_bytes(),
            Self::Struct(columns) => columns.columns.iter().map(Self::text_bytes).sum(),
            _ => 0,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Text(column) => column.len(),
            Self::Count(column) => column.len(),
            Self::Probability(column) => column.len(),
            Self::Number(column) => column.len(),
            Self::Flag(column) => column.len(),
            Self::Day(column) => column.len(),
            Self::List { valid, .. } => valid.len(),
            Self::Struct(columns) => columns.valid.len(),
        }
    }

    fn misfit<T>(&self, value: &str) -> Result<T, CellError> {
        let column = match self {
            Self::Text(_) => "text",
            Self::Count(_) => "count",
            Self::Probability(_) => "probability",
            Self::Number(_) => "number",
            Self::Flag(_) => "flag",
            Self::Day(_) => "day",
            Self::List { .. } => "list",
            Self::Struct(_) => "struct",
        };
        Err(CellError::new(format!("a {column} column cannot hold {value}")))
    }

    fn push_text(column: &mut StringBuilder, text: &str) -> Result<(), CellError> {
        let full = column.values_slice().len().saturating_add(text.len());
        if i32::try_from(full).is_err() {
            return Err(CellError::new("the texts of a row group exceed 2 GiB"));
        }
        column.append_value(text);
        Ok(())
    }

    fn push_day(column: &mut Date32Builder, text: &str) -> Result<(), CellError> {
        let date: Date = text.parse().map_err(CellError::new)?;
        let days = date.since(EPOCH).map_err(CellError::new)?.get_days();
        column.append_value(days);
        Ok(())
    }
}

/// Day 0 of a date column.
pub(crate) const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Reports every kind of value that a serializer has no place for.
macro_rules! refuse {
    ($($method:ident($($type:ty),*) -> $ok:ty;)*) => {$(
        fn $method(self, $(_: $type),*) -> Result<$ok, CellError> {
            self.misfit(stringify!($method))
        }
    )*};
}

impl<'b> Serializer for &'b mut ColumnBuilder {
    type Ok = ();
    type Error = CellError;
    type SerializeSeq = ListItems<'b>;
    type SerializeTuple = StructFields<'b>;
    type SerializeTupleStruct = Impossible<(), CellError>;
    type SerializeTupleVariant = Impossible<(), CellError>;
    type SerializeMap = Impossible<(), CellError>;
    type SerializeStruct = StructFields<'b>;
    type SerializeStructVariant = Impossible<(), CellError>;

    refuse! {
        serialize_bytes(&[u8]) -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }

    fn serialize_bool(self, value: bool) -> Result<(), CellError> {
        let ColumnBuilder::Flag(column) = self else { return self.misfit("a flag") };
        column.append_value(value);
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), CellError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), CellError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), CellError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), CellError> {
        let ColumnBuilder::Count(column) = self else { return self.misfit("a whole number") };
        column.append_value(value);
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), CellError> {
        self.serialize_i64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), CellError> {
        self.serialize_i64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), CellError> {
        self.serialize_i64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), CellError> {
        self.serialize_i64(i64::try_from(value).map_err(CellError::new)?)
    }

    fn serialize_f32(self, value: f32) -> Result<(), CellError> {
        let ColumnBuilder::Probability(column) = self else {
            return self.misfit("a number of 32 bits");
        };
        column.append_value(value);
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Result<(), CellError> {
        let ColumnBuilder::Number(column) = self else {
            return self.misfit("a number of 64 bits");
        };
        column.append_value(value);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), CellError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), CellError> {
        match self {
            ColumnBuilder::Text(column) => ColumnBuilder::push_text(column, value),
            ColumnBuilder::Day(column) => ColumnBuilder::push_day(column, value),
            other => other.misfit("words"),
        }
    }

    fn serialize_none(self) -> Result<(), CellError> {
        self.push_null();
        Ok(())
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<(), CellError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), CellError> {
        self.serialize_none()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), CellError> {
        let ColumnBuilder::Struct(columns) = self else { return self.serialize_str(variant) };
        columns.push_variant(variant, None::<&usize>)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), CellError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), CellError> {
        let ColumnBuilder::Struct(columns) = self else { return self.misfit("a variant") };
        columns.push_variant(variant, Some(value))
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<ListItems<'b>, CellError> {
        let ColumnBuilder::List { ends, valid, values, .. } = self else {
            return self.misfit("a list");
        };
        Ok(ListItems { ends, valid, values })
    }

    fn serialize_tuple(self, _len: usize) -> Result<StructFields<'b>, CellError> {
        let ColumnBuilder::Struct(columns) = self else { return self.misfit("a tuple") };
        Ok(StructFields { columns, next: 0 })
    }

    fn serialize_struct(
        self,
        _name: &'static str,
        len: usize,
    ) -> Result<StructFields<'b>, CellError> {
        self.serialize_tuple(len)
    }
}

/// The items of one list.
pub(crate) struct ListItems<'b> {
    ends: &'b mut Vec<i32>,
    valid: &'b mut Vec<bool>,
    values: &'b mut ColumnBuilder,
}

impl SerializeSeq for ListItems<'_> {
    type Ok = ();
    type Error = CellError;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), CellError> {
        value.serialize(&mut *self.values)
    }

    fn end(self) -> Result<(), CellError> {
        let end = i32::try_from(self.values.len())
            .map_err(|_| CellError::new("the lists of a row group hold over 2^31 items"))?;
        self.ends.push(end);
        self.valid.push(true);
        Ok(())
    }
}

/// The fields of one struct, in the order of its columns.
pub(crate) struct StructFields<'b> {
    columns: &'b mut StructColumns,
    next: usize,
}

impl StructFields<'_> {
    fn push<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), CellError> {
        let column = self
            .columns
            .columns
            .get_mut(self.next)
            .ok_or_else(|| CellError::new("the row has more fields than the schema"))?;
        self.next += 1;
        value.serialize(column)
    }

    fn finish(self) -> Result<(), CellError> {
        if let Some(missing) = self.columns.fields.get(self.next) {
            return Err(CellError::new(format!("the row lacks `{}`", missing.name())));
        }
        self.columns.valid.push(true);
        Ok(())
    }
}

impl SerializeTuple for StructFields<'_> {
    type Ok = ();
    type Error = CellError;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), CellError> {
        self.push(value)
    }

    fn end(self) -> Result<(), CellError> {
        self.finish()
    }
}

impl SerializeStruct for StructFields<'_> {
    type Ok = ();
    type Error = CellError;

    fn serialize_field<T: ?Sized + Serialize>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), CellError> {
        let expected = self.columns.fields.get(self.next).map(|field| field.name().as_str());
        if expected != Some(key) {
            return Err(CellError::new(format!("the row has `{key}`, the schema {expected:?}")));
        }
        self.push(value).map_err(|error| CellError::new(format!("column `{key}`: {error}")))
    }

    fn end(self) -> Result<(), CellError> {
        self.finish()
    }
}
