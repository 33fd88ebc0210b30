//! Reads columns of texts as bytes. The decoder would refuse a whole file for one text that is not UTF-8, or would not check it.

use std::sync::Arc;

use parquet::basic::{ConvertedType, LogicalType, Type as PhysicalType};
use parquet::errors::ParquetError;
use parquet::file::metadata::{FileMetaData, ParquetMetaData};
use parquet::schema::types::{BasicTypeInfo, SchemaDescriptor, Type, TypePtr};

/// The description of a file, in which texts are bytes without an annotation.
pub(super) fn as_bytes(metadata: &ParquetMetaData) -> Result<ParquetMetaData, ParquetError> {
    let file = metadata.file_metadata();
    let schema = without_annotations(&file.schema_descr().root_schema_ptr())?;
    let file = FileMetaData::new(
        file.version(),
        file.num_rows(),
        file.created_by().map(str::to_owned),
        file.key_value_metadata().cloned(),
        Arc::new(SchemaDescriptor::new(schema)),
        file.column_orders().cloned(),
    );
    Ok(ParquetMetaData::new(file, metadata.row_groups().to_vec()))
}

fn without_annotations(kind: &TypePtr) -> Result<TypePtr, ParquetError> {
    match kind.as_ref() {
        Type::PrimitiveType {
            basic_info,
            physical_type: PhysicalType::BYTE_ARRAY,
            ..
        } if is_text(basic_info) => {
            Type::primitive_type_builder(basic_info.name(), PhysicalType::BYTE_ARRAY)
                .with_repetition(basic_info.repetition())
                .with_id(basic_info.has_id().then(|| basic_info.id()))
                .build()
                .map(Arc::new)
        }
        Type::PrimitiveType { .. } => Ok(Arc::clone(kind)),
        Type::GroupType { basic_info, fields } => {
            let fields: Result<Vec<TypePtr>, _> = fields.iter().map(without_annotations).collect();
            let mut group = Type::group_type_builder(basic_info.name())
                .with_fields(fields?)
                .with_converted_type(basic_info.converted_type())
                .with_logical_type(basic_info.logical_type_ref().cloned())
                .with_id(basic_info.has_id().then(|| basic_info.id()));
            if basic_info.has_repetition() {
                group = group.with_repetition(basic_info.repetition());
            }
            group.build().map(Arc::new)
        }
    }
}

fn is_text(info: &BasicTypeInfo) -> bool {
    matches!(
        info.logical_type_ref(),
        Some(LogicalType::String | LogicalType::Enum | LogicalType::Json)
    ) || matches!(
        info.converted_type(),
        ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON
    )
}
