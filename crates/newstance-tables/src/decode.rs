//! From Arrow columns to serde: the way back of `encode`.

use arrow::{
    array::{Array, AsArray, StructArray},
    datatypes::{DataType, Date32Type, Float32Type, Float64Type, Int64Type},
};
use jiff::Span;
use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
        VariantAccess, Visitor, value::StrDeserializer,
    },
    forward_to_deserialize_any,
};

use crate::{CellError, encode::EPOCH};

/// Row `row` of `rows` as a `T`.
pub(crate) fn row_of<T: DeserializeOwned>(rows: &StructArray, row: usize) -> Result<T, CellError> {
    T::deserialize(Cell { array: rows, row })
}

/// One value of a column.
#[derive(Clone, Copy)]
struct Cell<'a> {
    array: &'a dyn Array,
    row: usize,
}

impl<'a> Cell<'a> {
    fn text(self) -> &'a str {
        self.array.as_string::<i32>().value(self.row)
    }

    fn day<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        let days = self.array.as_primitive::<Date32Type>().value(self.row);
        let date = Span::new()
            .try_days(days)
            .and_then(|days| EPOCH.checked_add(days))
            .map_err(CellError::new)?;
        visitor.visit_str(&date.to_string())
    }

    fn items(self) -> Items<'a> {
        let list = self.array.as_list::<i32>();
        let offsets = list.value_offsets();
        let index = |offset: i32| usize::try_from(offset).unwrap_or_default();
        Items {
            array: list.values().as_ref(),
            next: index(offsets[self.row]),
            end: index(offsets[self.row + 1]),
        }
    }

    fn fields(self) -> StructCells<'a> {
        StructCells { columns: self.array.as_struct(), row: self.row, next: 0 }
    }
}

impl<'de> Deserializer<'de> for Cell<'_> {
    type Error = CellError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        if self.array.is_null(self.row) {
            return visitor.visit_unit();
        }
        let row = self.row;
        match self.array.data_type() {
            DataType::Utf8 => visitor.visit_str(self.text()),
            DataType::Int64 => visitor.visit_i64(self.array.as_primitive::<Int64Type>().value(row)),
            DataType::Float32 => {
                visitor.visit_f32(self.array.as_primitive::<Float32Type>().value(row))
            }
            DataType::Float64 => {
                visitor.visit_f64(self.array.as_primitive::<Float64Type>().value(row))
            }
            DataType::Boolean => visitor.visit_bool(self.array.as_boolean().value(row)),
            DataType::Date32 => self.day(visitor),
            DataType::List(_) => visitor.visit_seq(self.items()),
            DataType::Struct(_) => visitor.visit_map(self.fields()),
            other => Err(CellError::new(format!("no table has columns of {other}"))),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CellError> {
        if self.array.is_null(self.row) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, CellError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, CellError> {
        match self.array.data_type() {
            DataType::Struct(_) if self.array.is_valid(self.row) => {
                visitor.visit_seq(self.fields())
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CellError> {
        if self.array.is_null(self.row) {
            return Err(CellError::new("a word is absent that must be there"));
        }
        match self.array.data_type() {
            DataType::Utf8 => visitor.visit_enum(self.text().into_deserializer()),
            DataType::Struct(_) => visitor.visit_enum(Variant(self.fields())),
            other => Err(CellError::new(format!("a column of {other} holds no words"))),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple_struct map struct identifier ignored_any
    }
}

/// The items of one list.
struct Items<'a> {
    array: &'a dyn Array,
    next: usize,
    end: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = CellError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, CellError> {
        if self.next == self.end {
            return Ok(None);
        }
        let cell = Cell { array: self.array, row: self.next };
        self.next += 1;
        seed.deserialize(cell).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.end - self.next)
    }
}

/// The values of one struct, column by column.
struct StructCells<'a> {
    columns: &'a StructArray,
    row: usize,
    next: usize,
}

impl<'a> StructCells<'a> {
    fn name(&self) -> Option<&'a str> {
        self.columns.fields().get(self.next).map(|field| field.name().as_str())
    }

    fn next_cell(&mut self) -> Option<Cell<'a>> {
        let array = self.columns.columns().get(self.next)?.as_ref();
        self.next += 1;
        Some(Cell { array, row: self.row })
    }
}

impl<'de> SeqAccess<'de> for StructCells<'_> {
    type Error = CellError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, CellError> {
        self.next_cell().map(|cell| seed.deserialize(cell)).transpose()
    }
}

impl<'de> MapAccess<'de> for StructCells<'_> {
    type Error = CellError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, CellError> {
        let Some(name) = self.name() else { return Ok(None) };
        let name: StrDeserializer<'_, CellError> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, CellError> {
        let name = self.name().unwrap_or_default();
        let cell = self.next_cell().ok_or_else(|| CellError::new("a column is missing"))?;
        seed.deserialize(cell).map_err(|error| CellError::new(format!("column `{name}`: {error}")))
    }
}

/// An enum kept as a word and what it holds.
struct Variant<'a>(StructCells<'a>);

impl<'de, 'a> EnumAccess<'de> for Variant<'a> {
    type Error = CellError;
    type Variant = Payload<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        mut self,
        seed: V,
    ) -> Result<(V::Value, Payload<'a>), CellError> {
        let (Some(word), Some(payload)) = (self.0.next_cell(), self.0.next_cell()) else {
            return Err(CellError::new("a variant needs two columns"));
        };
        Ok((seed.deserialize(word)?, Payload(payload)))
    }
}

/// What an enum holds.
struct Payload<'a>(Cell<'a>);

impl<'de> VariantAccess<'de> for Payload<'_> {
    type Error = CellError;

    fn unit_variant(self) -> Result<(), CellError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, CellError> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, CellError> {
        self.0.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CellError> {
        self.0.deserialize_any(visitor)
    }
}
