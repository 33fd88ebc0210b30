//! The meaning of the columns of a Parquet file, as far as their Arrow types do not say it.

use std::sync::Arc;

use arrow_schema::{DataType, Field, FieldRef, Fields, TimeUnit};
use parquet::basic::{ConvertedType, LogicalType, Type as PhysicalType};
use parquet::schema::types::ColumnDescriptor;

/// The meaning of the values of a column, or of a part of a nested column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The Arrow type says it. Bytes are a text.
    Plain,
    /// Sixteen bytes that are a UUID.
    Uuid,
    /// Bytes in a format that is not a text. The name of the format.
    Foreign(&'static str),
    /// The meanings of the parts: of the items of a list, of the fields of a struct, of the keys and the values of a map.
    Parts(Vec<Meaning>),
}

/// Walks over the fields of a file and over its leaves, which are in the same order.
pub(super) struct Leaves<'a> {
    leaves: std::slice::Iter<'a, Arc<ColumnDescriptor>>,
    /// Whether a time of the type INT96 is the time on a local clock.
    has_local_int96: bool,
}

impl<'a> Leaves<'a> {
    /// Impala writes the local time into INT96. All other programs write the time in UTC.
    pub(super) fn new(leaves: &'a [Arc<ColumnDescriptor>], created_by: Option<&str>) -> Self {
        Self {
            leaves: leaves.iter(),
            has_local_int96: created_by
                .is_some_and(|program| program.to_ascii_lowercase().starts_with("impala")),
        }
    }

    /// The field with the type in which it is read, and its meaning.
    pub(super) fn field(&mut self, field: &Field) -> (FieldRef, Meaning) {
        let (kind, meaning) = self.kind(field.data_type());
        (Arc::new(field.clone().with_data_type(kind)), meaning)
    }

    fn kind(&mut self, kind: &DataType) -> (DataType, Meaning) {
        match kind {
            DataType::List(item) => {
                let (item, meaning) = self.field(item);
                (DataType::List(item), Meaning::Parts(vec![meaning]))
            }
            DataType::LargeList(item) => {
                let (item, meaning) = self.field(item);
                (DataType::LargeList(item), Meaning::Parts(vec![meaning]))
            }
            DataType::FixedSizeList(item, length) => {
                let (item, meaning) = self.field(item);
                (
                    DataType::FixedSizeList(item, *length),
                    Meaning::Parts(vec![meaning]),
                )
            }
            DataType::Struct(fields) => {
                let (fields, meanings) = self.fields(fields);
                (DataType::Struct(fields), Meaning::Parts(meanings))
            }
            DataType::Map(entries, is_sorted) => {
                let (entries, meaning) = self.field(entries);
                (DataType::Map(entries, *is_sorted), meaning)
            }
            // The encoding of a column in memory has no effect on its values.
            DataType::Dictionary(_, kind) => self.kind(kind),
            DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Utf8View
            | DataType::LargeBinary
            | DataType::BinaryView => self.leaf(&DataType::Binary),
            leaf => self.leaf(leaf),
        }
    }

    pub(super) fn fields(&mut self, fields: &Fields) -> (Fields, Vec<Meaning>) {
        let (fields, meanings): (Vec<_>, _) = fields.iter().map(|field| self.field(field)).unzip();
        (fields.into(), meanings)
    }

    fn leaf(&mut self, kind: &DataType) -> (DataType, Meaning) {
        let Some(leaf) = self.leaves.next() else {
            return (kind.clone(), Meaning::Plain);
        };
        if leaf.physical_type() == PhysicalType::INT96 {
            // INT96 has a larger range than a number of nanoseconds.
            let zone = (!self.has_local_int96).then(|| "UTC".into());
            return (
                DataType::Timestamp(TimeUnit::Microsecond, zone),
                Meaning::Plain,
            );
        }
        let meaning = match leaf.logical_type_ref() {
            Some(LogicalType::Uuid) => Meaning::Uuid,
            Some(LogicalType::Bson) => Meaning::Foreign("BSON"),
            Some(LogicalType::Geometry { .. } | LogicalType::Geography { .. }) => {
                Meaning::Foreign("a geometry")
            }
            _ if leaf.converted_type() == ConvertedType::BSON => Meaning::Foreign("BSON"),
            _ => Meaning::Plain,
        };
        (kind.clone(), meaning)
    }
}
