//! The columns of places that the kernel derives.

use arrow_array::cast::AsArray;
use jobinsight_kernels::kernel::Kernel;
use serde_json::Value;

use crate::rows::batch;

/// The columns of places, and the warnings, of one row.
#[derive(Debug, PartialEq)]
pub(crate) struct Made {
    pub(crate) location: Option<String>,
    pub(crate) pairs: Option<String>,
    pub(crate) codes: Option<String>,
    pub(crate) province_codes: Option<String>,
    pub(crate) places: Option<String>,
    pub(crate) warnings: Vec<String>,
}

/// The values of rows of location and detail.
pub(crate) fn derive(kernel: &mut Kernel, given: &[[Option<&str>; 2]]) -> Vec<Made> {
    let rows: Vec<_> = given
        .iter()
        .map(|[location, detail]| [Some("Kế Toán"), None, *location, *detail])
        .collect();
    let made = kernel.transform(&batch(&rows)).unwrap().batch;
    let column = |name: &str| {
        let column = made.column_by_name(name).unwrap().as_string::<i32>();
        let values: Vec<_> = column
            .iter()
            .map(|value| value.map(str::to_owned))
            .collect();
        values
    };
    let columns = [
        "location",
        "location_pairs",
        "location_codes",
        "province_codes",
        "places",
        "warnings",
    ];
    let mut columns = columns.map(|name| column(name).into_iter());
    (0..given.len())
        .map(|_| {
            let [location, pairs, codes, province_codes, places, warnings] =
                columns.each_mut().map(|column| column.next().unwrap());
            Made {
                location,
                pairs,
                codes,
                province_codes,
                places,
                warnings: list(warnings.as_deref()),
            }
        })
        .collect()
}

/// The items of an array literal.
pub(crate) fn list(literal: Option<&str>) -> Vec<String> {
    let items = literal
        .unwrap_or_default()
        .trim_matches(['{', '}'])
        .split(',');
    items
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The JSON of a text; null for NULL.
pub(crate) fn json(text: Option<&str>) -> Value {
    text.map_or(Value::Null, |text| serde_json::from_str(text).unwrap())
}
