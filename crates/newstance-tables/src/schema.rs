//! What the columns of a table are.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use serde::{Serialize, de::DeserializeOwned};

/// What a column holds, and how it is stored.
///
/// Every whole number is an `int64`: readers in Python, R and SQL then need no
/// casts, and the encodings of Parquet take the empty bytes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Words: `utf8`.
    Text,
    /// A count, an index, an offset: `int64`.
    Count,
    /// A probability: `float32`.
    Probability,
    /// Another number: `float64`.
    Number,
    /// Yes or no: `boolean`.
    Flag,
    /// A day: `date32`.
    Day,
    /// Words, several: `list<utf8>`.
    Texts,
    /// Stretches in characters: `list<struct<start_char, end_char>>`.
    Spans,
}

impl ColumnType {
    /// The Arrow type; what is in a list is never absent.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Count => DataType::Int64,
            Self::Probability => DataType::Float32,
            Self::Number => DataType::Float64,
            Self::Flag => DataType::Boolean,
            Self::Day => DataType::Date32,
            Self::Texts => list_of(DataType::Utf8),
            Self::Spans => list_of(struct_of([
                ("start_char", DataType::Int64, false),
                ("end_char", DataType::Int64, false),
            ])),
        }
    }
}

/// One column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, part of the contract.
    pub name: &'static str,
    /// What it holds.
    pub column_type: ColumnType,
    /// True where a value may be absent.
    pub nullable: bool,
}

/// A row type of one table.
pub trait Table: Serialize + DeserializeOwned + 'static {
    /// The table's name, which is the stem of its files.
    const NAME: &'static str;
    /// Its columns: the fields of the row type, in their order.
    const COLUMNS: &'static [Column];

    /// The columns in Arrow's terms.
    fn schema() -> SchemaRef {
        let fields: Fields = Self::COLUMNS
            .iter()
            .map(|column| Field::new(column.name, column.column_type.data_type(), column.nullable))
            .collect();
        Arc::new(Schema::new(fields))
    }
}

/// A list whose items are never absent.
pub(crate) fn list_of(item: DataType) -> DataType {
    DataType::List(Arc::new(Field::new("item", item, false)))
}

/// A struct of named columns, each `(name, type, nullable)`.
pub(crate) fn struct_of<const N: usize>(columns: [(&'static str, DataType, bool); N]) -> DataType {
    DataType::Struct(fields_of(columns))
}

/// Named columns, each `(name, type, nullable)`.
pub(crate) fn fields_of<const N: usize>(columns: [(&'static str, DataType, bool); N]) -> Fields {
    columns
        .into_iter()
        .map(|(name, data_type, nullable)| Field::new(name, data_type, nullable))
        .collect()
}
