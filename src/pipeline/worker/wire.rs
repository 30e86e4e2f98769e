//! The wire: what columns hold, and one row of a batch.

use std::rc::Rc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Float32Type, Int8Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Float32Array, Int64Array};
use arrow_schema::DataType;

use super::Error;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Long,
    Text,
    Bytes,
    Flag,
    Float,
}

/// A column by name.
pub(super) type Column = (&'static str, Kind);

/// A value to be written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Out<'a> {
    Long(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
    Flag(bool),
    Float(f32),
    Null,
}

impl<'a> Out<'a> {
    pub(super) fn long(value: Option<i64>) -> Self {
        value.map_or(Self::Null, Self::Long)
    }

    pub(super) fn text(value: &'a str) -> Self {
        if value.is_empty() { Self::Null } else { Self::Text(value) }
    }
}

impl Kind {
    /// The name of the type in SQL.
    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Long => "bigint",
            Self::Text => "string",
            Self::Bytes => "binary",
            Self::Flag => "boolean",
            Self::Float => "float",
        }
    }

    pub(super) fn data_type(self) -> DataType {
        match self {
            Self::Long => DataType::Int64,
            Self::Text => DataType::Utf8,
            Self::Bytes => DataType::Binary,
            Self::Flag => DataType::Boolean,
            Self::Float => DataType::Float32,
        }
    }
}

/// One column of a batch, of the kind that was asked for.
pub(super) enum Values {
    Long(Int64Array),
    /// Text or bytes, short or large, as they came.
    Blob(ArrayRef),
    Flag(BooleanArray),
    Float(Float32Array),
}

impl Values {
    /// A column as this kind; `None` where it is of another.
    pub(super) fn new(array: &ArrayRef, kind: Kind) -> Option<Self> {
        let wide = |longs: Vec<Option<i64>>| Self::Long(longs.into());
        Some(match (kind, array.data_type()) {
            (Kind::Long, DataType::Int64) => Self::Long(array.as_primitive::<Int64Type>().clone()),
            (Kind::Long, DataType::Int32) => {
                wide(array.as_primitive::<Int32Type>().iter().map(|v| v.map(i64::from)).collect())
            }
            (Kind::Long, DataType::Int16) => {
                wide(array.as_primitive::<Int16Type>().iter().map(|v| v.map(i64::from)).collect())
            }
            (Kind::Long, DataType::Int8) => {
                wide(array.as_primitive::<Int8Type>().iter().map(|v| v.map(i64::from)).collect())
            }
            (Kind::Text, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) => {
                Self::Blob(array.clone())
            }
            (Kind::Bytes, DataType::Binary | DataType::LargeBinary | DataType::BinaryView) => {
                Self::Blob(array.clone())
            }
            (Kind::Flag, DataType::Boolean) => Self::Flag(array.as_boolean().clone()),
            (Kind::Float, DataType::Float32) => {
                Self::Float(array.as_primitive::<Float32Type>().clone())
            }
            _ => return None,
        })
    }

    fn bytes(&self, i: usize) -> Option<&[u8]> {
        let Self::Blob(array) = self else { return None };
        if array.is_null(i) {
            return None;
        }
        Some(match array.data_type() {
            DataType::Utf8 => array.as_string::<i32>().value(i).as_bytes(),
            DataType::LargeUtf8 => array.as_string::<i64>().value(i).as_bytes(),
            DataType::Utf8View => array.as_string_view().value(i).as_bytes(),
            DataType::Binary => array.as_binary::<i32>().value(i),
            DataType::LargeBinary => array.as_binary::<i64>().value(i),
            _ => array.as_binary_view().value(i),
        })
    }
}

/// The columns of a batch, in the order in which the stage names them.
pub(super) struct Batch {
    pub(super) names: &'static [Column],
    pub(super) values: Vec<Values>,
}

/// One row.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) batch: Rc<Batch>,
    pub(super) at: usize,
}

impl Row {
    /// A whole number; null is an error.
    pub(super) fn long(&self, column: usize) -> Result<i64, Error> {
        self.maybe_long(column).ok_or_else(|| self.missing(column))
    }

    /// A whole number, if there is one.
    pub(super) fn maybe_long(&self, column: usize) -> Option<i64> {
        match &self.batch.values[column] {
            Values::Long(array) => array.is_valid(self.at).then(|| array.value(self.at)),
            _ => None,
        }
    }

    /// A flag; null is no.
    pub(super) fn flag(&self, column: usize) -> bool {
        match &self.batch.values[column] {
            Values::Flag(array) => array.is_valid(self.at) && array.value(self.at),
            _ => false,
        }
    }

    /// A number; null is 0.
    pub(super) fn float(&self, column: usize) -> f32 {
        match &self.batch.values[column] {
            Values::Float(array) if array.is_valid(self.at) => array.value(self.at),
            _ => 0.0,
        }
    }

    /// A text; null is empty.
    pub(super) fn text(&self, column: usize) -> &str {
        // Arrow has checked it.
        self.maybe_bytes(column).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// Bytes; null is empty.
    pub(super) fn bytes(&self, column: usize) -> &[u8] {
        self.maybe_bytes(column).unwrap_or_default()
    }

    /// Bytes, if there are any.
    pub(super) fn maybe_bytes(&self, column: usize) -> Option<&[u8]> {
        self.batch.values[column].bytes(self.at)
    }

    /// Whatever is in a column, to be written again.
    pub(super) fn copy(&self, column: usize) -> Out<'_> {
        match (&self.batch.values[column], self.batch.names[column].1) {
            (Values::Long(_), _) => Out::long(self.maybe_long(column)),
            (Values::Flag(array), _) if array.is_valid(self.at) => Out::Flag(array.value(self.at)),
            (Values::Float(array), _) if array.is_valid(self.at) => {
                Out::Float(array.value(self.at))
            }
            (Values::Blob(array), kind) if array.is_valid(self.at) => match kind {
                Kind::Text => Out::Text(self.text(column)),
                _ => Out::Bytes(self.bytes(column)),
            },
            _ => Out::Null,
        }
    }

    /// The error for a value that cannot be what it should be.
    pub(super) fn bad(&self, column: usize, what: &str) -> Error {
        Error::Payload(format!("column {} {what}", self.batch.names[column].0))
    }

    fn missing(&self, column: usize) -> Error {
        self.bad(column, "is null")
    }
}
