//! Rows as Arrow columns: numbers, flags and moments with their own types, all else as text.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Float64Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};

use super::cell::{Cell, rounded};

/// The columns that are not text.
const TYPED: [(Kind, &[&str]); 4] = [
    (
        Kind::Count,
        &[
            "story_size",
            "duplicate_group_size",
            "size",
            "duplicate_groups",
            "sources",
            "independent_reports",
        ],
    ),
    (
        Kind::Number,
        &[
            "similarity",
            "containment",
            "score",
            "resemblance",
            "cosine",
            "days_apart",
            "similarity_min",
            "similarity_mean",
        ],
    ),
    (Kind::Time, &["published", "seen", "first_published", "last_published"]),
    (Kind::Flag, &["grouped"]),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Count,
    Number,
    Time,
    Flag,
}

/// The zone of all moments.
const UTC: &str = "UTC";

/// Columns being filled.
pub(super) struct Columns {
    schema: SchemaRef,
    builders: Vec<Builder>,
    spelled: String,
    /// Rows since the last batch.
    rows: usize,
}

enum Builder {
    Text(StringBuilder),
    Count(Int64Builder),
    Number(Float64Builder),
    Time(TimestampMicrosecondBuilder),
    Flag(BooleanBuilder),
}

impl Columns {
    /// Empty columns. The user's own, which follow the `fixed` first ones, are text whatever they are called.
    pub(super) fn new(names: &[String], fixed: usize) -> Self {
        let typed = |name: &str| TYPED.iter().find(|(_, names)| names.contains(&name));
        let kinds: Vec<Kind> = names
            .iter()
            .enumerate()
            .map(|(i, name)| typed(name).filter(|_| i < fixed).map_or(Kind::Text, |t| t.0))
            .collect();
        let field = |(name, kind): (&String, &Kind)| Field::new(name, kind.data_type(), true);
        let schema = Schema::new(names.iter().zip(&kinds).map(field).collect::<Vec<_>>());
        let builders = kinds.into_iter().map(Kind::builder).collect();
        Self { schema: Arc::new(schema), builders, spelled: String::new(), rows: 0 }
    }

    /// Names and types.
    pub(super) fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// Names and types, as SQL has them.
    pub(super) fn sql(&self) -> String {
        let kinds = self.builders.iter().map(|builder| match builder {
            Builder::Text(_) => "string",
            Builder::Count(_) => "bigint",
            Builder::Number(_) => "double",
            Builder::Time(_) => "timestamp",
            Builder::Flag(_) => "boolean",
        });
        let fields = self.schema.fields().iter().zip(kinds);
        let fields = fields.map(|(field, kind)| format!("`{}` {kind}", field.name()));
        fields.collect::<Vec<_>>().join(",")
    }

    /// How many rows wait.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Adds a row. What is not of its column's type, such as a moment outside of what it can hold, becomes null.
    pub(super) fn row(&mut self, row: &[Cell<'_>]) {
        for (builder, cell) in self.builders.iter_mut().zip(row) {
            match (builder, cell) {
                (Builder::Text(text), Cell::Nothing) => text.append_null(),
                (Builder::Text(text), Cell::Text(value)) => text.append_value(value),
                (Builder::Text(text), cell) => {
                    self.spelled.clear();
                    cell.spell(&mut self.spelled);
                    text.append_value(&self.spelled);
                }
                (Builder::Count(counts), &Cell::Count(n)) => counts.append_value(n as i64),
                (Builder::Count(counts), _) => counts.append_null(),
                (Builder::Number(numbers), &Cell::Number(n)) => numbers.append_value(rounded(n)),
                (Builder::Number(numbers), _) => numbers.append_null(),
                (Builder::Time(times), Cell::Time(time)) => {
                    times.append_value(time.as_microsecond());
                }
                (Builder::Time(times), _) => times.append_null(),
                (Builder::Flag(flags), &Cell::Flag(flag)) => flags.append_value(flag),
                (Builder::Flag(flags), _) => flags.append_null(),
            }
        }
        self.rows += 1;
    }

    /// The rows since the last batch.
    ///
    /// # Errors
    /// None that is known: all columns have as many rows.
    pub(super) fn batch(&mut self) -> Result<RecordBatch, ArrowError> {
        self.rows = 0;
        let arrays = self.builders.iter_mut().map(Builder::finish).collect();
        RecordBatch::try_new(self.schema(), arrays)
    }
}

impl Kind {
    fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Count => DataType::Int64,
            Self::Number => DataType::Float64,
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())),
            Self::Flag => DataType::Boolean,
        }
    }

    fn builder(self) -> Builder {
        match self {
            Self::Text => Builder::Text(StringBuilder::new()),
            Self::Count => Builder::Count(Int64Builder::new()),
            Self::Number => Builder::Number(Float64Builder::new()),
            Self::Time => Builder::Time(TimestampMicrosecondBuilder::new().with_timezone(UTC)),
            Self::Flag => Builder::Flag(BooleanBuilder::new()),
        }
    }
}

impl Builder {
    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Count(builder) => Arc::new(builder.finish()),
            Self::Number(builder) => Arc::new(builder.finish()),
            Self::Time(builder) => Arc::new(builder.finish()),
            Self::Flag(builder) => Arc::new(builder.finish()),
        }
    }
}
