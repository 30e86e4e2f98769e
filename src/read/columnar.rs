//! Rows of Arrow columns: one row to one article, each value as the text that other kinds of input would give.

use std::borrow::Cow;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    ArrowPrimitiveType, ArrowTimestampType, Date32Type, Decimal32Type, Decimal64Type,
    Decimal128Type, Decimal256Type, DecimalType, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray};
use arrow_schema::{DataType, TimeUnit};
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};

use super::draft::{Columns, Draft};
use super::encoding;
use super::json::{INNER, Join};
use super::lines::too_long;
use crate::model::Article;

/// The article of each row; `None` without text and title, an error for what is too long.
pub(super) fn articles<'c>(
    batch: &RecordBatch,
    columns: &mut Columns<'c>,
) -> Vec<Result<Option<Article>, String>> {
    let schema = batch.schema_ref();
    let named = schema.fields().iter().zip(batch.columns());
    let numbered: Vec<(usize, &ArrayRef)> =
        named.map(|(field, array)| (columns.number(field.name()), array)).collect();
    let max = columns.options().max_record;
    let one = |row: usize| {
        let (mut draft, mut size) = (Draft::new(columns.options()), 0);
        for &(number, array) in &numbered {
            let column = columns.get(number);
            if column.is_wanted() {
                let value = text(array, row, Join::of(column));
                size += value.len();
                if value.is_empty()
                    && column.must_be_text()
                    && holds_something(array, row, column.numbers_count())
                {
                    draft.put_odd(number);
                }
                draft.put(columns, number, value);
            }
        }
        if size > max { Err(too_long("row", max)) } else { draft.finish(columns, None) }
    };
    (0..batch.num_rows()).map(one).collect()
}

/// The values of a column as text.
pub(super) fn texts_of(array: &ArrayRef) -> impl Iterator<Item = Cow<'_, str>> {
    (0..array.len()).map(|row| text(array, row, Join::First))
}

/// The values of a column of bytes or text; null is empty.
pub(super) fn bytes_of(array: &ArrayRef) -> Option<Vec<&[u8]>> {
    Some(match array.data_type() {
        DataType::Binary => {
            array.as_binary::<i32>().iter().map(Option::unwrap_or_default).collect()
        }
        DataType::LargeBinary => {
            array.as_binary::<i64>().iter().map(Option::unwrap_or_default).collect()
        }
        DataType::BinaryView => {
            array.as_binary_view().iter().map(Option::unwrap_or_default).collect()
        }
        DataType::Utf8 => {
            array.as_string::<i32>().iter().map(|v| v.unwrap_or_default().as_bytes()).collect()
        }
        DataType::LargeUtf8 => {
            array.as_string::<i64>().iter().map(|v| v.unwrap_or_default().as_bytes()).collect()
        }
        _ => return None,
    })
}

/// The values of each row as text.
pub(super) fn texts(batch: &RecordBatch) -> impl Iterator<Item = Vec<String>> {
    let value = |array: &ArrayRef, row: usize| text(array, row, Join::List).into_owned();
    (0..batch.num_rows()).map(move |row| batch.columns().iter().map(|a| value(a, row)).collect())
}

/// A value as text: nothing for null and for what is no text, such as a map.
fn text(array: &dyn Array, row: usize, join: Join) -> Cow<'_, str> {
    if array.is_null(row) {
        return Cow::Borrowed("");
    }
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).into(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).into(),
        DataType::Utf8View => array.as_string_view().value(row).into(),
        DataType::Binary => encoding::decode(array.as_binary::<i32>().value(row), None),
        DataType::LargeBinary => encoding::decode(array.as_binary::<i64>().value(row), None),
        DataType::BinaryView => encoding::decode(array.as_binary_view().value(row), None),
        DataType::List(_) => list(array.as_list::<i32>().value(row).as_ref(), join).into(),
        DataType::LargeList(_) => list(array.as_list::<i64>().value(row).as_ref(), join).into(),
        DataType::Struct(_) => inner(array.as_struct(), row, join),
        DataType::Boolean => join.truth(array.as_boolean().value(row)).into(),
        _ => scalar(array, row).unwrap_or_default().into(),
    }
}

/// The values of a list in one text.
fn list(values: &dyn Array, join: Join) -> String {
    let mut all = Cow::Borrowed("");
    (0..values.len()).for_each(|i| join.add(&mut all, text(values, i, join)));
    all.into_owned()
}

/// The best of the fields by which an object can stand for one value.
fn inner(object: &StructArray, row: usize, join: Join) -> Cow<'_, str> {
    let mut best = Cow::Borrowed("");
    let arrays = INNER.iter().filter_map(|name| object.column_by_name(name));
    arrays.for_each(|array| Join::First.add(&mut best, text(array, row, join)));
    best
}

/// Whether there is anything in a value but nulls and blanks, and numbers and truth values if they do not count.
fn holds_something(array: &dyn Array, row: usize, numbers_count: bool) -> bool {
    let holds = |values: &dyn Array, i: usize| holds_something(values, i, numbers_count);
    let any = |values: &dyn Array| (0..values.len()).any(|i| holds(values, i));
    !array.is_null(row)
        && match array.data_type() {
            DataType::List(_) => any(&array.as_list::<i32>().value(row)),
            DataType::LargeList(_) => any(&array.as_list::<i64>().value(row)),
            DataType::Map(..) => any(&array.as_map().value(row)),
            DataType::Struct(_) => {
                array.as_struct().columns().iter().any(|column| holds(column, row))
            }
            DataType::Null
            | DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Utf8View
            | DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView => !text(array, row, Join::First).trim().is_empty(),
            other => numbers_count || other.is_nested(),
        }
}

/// Bytes of a fixed number as hexadecimal digits; sixteen are a UUID and grouped as that.
fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |(i, byte): (usize, &u8)| {
        let dash = if bytes.len() == 16 && matches!(i, 4 | 6 | 8 | 10) { "-" } else { "" };
        format!("{dash}{byte:02x}")
    };
    bytes.iter().enumerate().map(digit).collect()
}

fn scalar(array: &dyn Array, row: usize) -> Option<String> {
    Some(match array.data_type() {
        DataType::Int8 => value::<Int8Type>(array, row).to_string(),
        DataType::Int16 => value::<Int16Type>(array, row).to_string(),
        DataType::Int32 => value::<Int32Type>(array, row).to_string(),
        DataType::Int64 => value::<Int64Type>(array, row).to_string(),
        DataType::UInt8 => value::<UInt8Type>(array, row).to_string(),
        DataType::UInt16 => value::<UInt16Type>(array, row).to_string(),
        DataType::UInt32 => value::<UInt32Type>(array, row).to_string(),
        DataType::UInt64 => value::<UInt64Type>(array, row).to_string(),
        DataType::Float32 => format!("{:?}", value::<Float32Type>(array, row)),
        DataType::Float64 => format!("{:?}", value::<Float64Type>(array, row)),
        DataType::Decimal32(p, s) => {
            Decimal32Type::format_decimal(value::<Decimal32Type>(array, row), *p, *s)
        }
        DataType::Decimal64(p, s) => {
            Decimal64Type::format_decimal(value::<Decimal64Type>(array, row), *p, *s)
        }
        DataType::Decimal128(p, s) => {
            Decimal128Type::format_decimal(value::<Decimal128Type>(array, row), *p, *s)
        }
        DataType::Decimal256(p, s) => {
            Decimal256Type::format_decimal(value::<Decimal256Type>(array, row), *p, *s)
        }
        DataType::FixedSizeBinary(_) => hexadecimal(array.as_fixed_size_binary().value(row)),
        DataType::Date32 => day(value::<Date32Type>(array, row))?.to_string(),
        DataType::Timestamp(TimeUnit::Second, zone) => {
            moment::<TimestampSecondType>(array, row, 1, zone.is_some())?
        }
        DataType::Timestamp(TimeUnit::Millisecond, zone) => {
            moment::<TimestampMillisecondType>(array, row, 1_000, zone.is_some())?
        }
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            moment::<TimestampMicrosecondType>(array, row, 1_000_000, zone.is_some())?
        }
        DataType::Timestamp(TimeUnit::Nanosecond, zone) => {
            moment::<TimestampNanosecondType>(array, row, 1_000_000_000, zone.is_some())?
        }
        _ => return None,
    })
}

fn value<T: ArrowPrimitiveType>(array: &dyn Array, row: usize) -> T::Native {
    array.as_primitive::<T>().value(row)
}

fn day(days: i32) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(Span::new().try_days(days).ok()?).ok()
}

/// A moment as RFC 3339, without a zone where the column has none.
fn moment<T: ArrowTimestampType>(
    array: &dyn Array,
    row: usize,
    per_second: i64,
    zoned: bool,
) -> Option<String> {
    let units = value::<T>(array, row);
    let nanoseconds = i128::from(units) * i128::from(1_000_000_000 / per_second);
    let moment = Timestamp::from_nanosecond(nanoseconds).ok()?;
    Some(if zoned { moment.to_string() } else { Offset::UTC.to_datetime(moment).to_string() })
}
