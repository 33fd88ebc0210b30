//! One example of each kind of location and detail.
//!
//! # Module order
//!
//! 1. `rows`
//! 2. `derived`
#![allow(clippy::unwrap_used, missing_docs)]

mod derived;
mod rows;

use jobinsight_kernels::kernel::{Kernel, RuleSet};

use crate::derived::{derive, json, list};

/// location | detail | location as it is written | ISO codes | codes since 2025 | warnings
const KINDS: &str = "
# Provinces anywhere in the text.
Hà Nội: Cầu Giấy |  | Hà Nội: Cầu Giấy | VN-HN | 01 |
Việc làm TP.HCM |  | Hồ Chí Minh | VN-SG | 79 |
Hà Nội Hồ Chí Minh |  | Hà Nội Hồ Chí Minh | VN-HN,VN-SG | 01,79 |
Hanoi Capital Region |  | Hà Nội Capital Region | VN-HN | 01 |
Da Nang City, Vietnam |  | Đà Nẵng, Vietnam | VN-DN | 48 |
Hồ Chí Minh, Bình Dương |  | Hồ Chí Minh, Bình Dương | VN-SG,VN-57 | 79 |
Bắc Ninh: TP Bắc Ninh |  | Bắc Ninh: TP Bắc Ninh | VN-56 | 24 |
Thừa Thiên Huế: TP Huế |  | Huế: TP Huế | VN-26 | 46 |
Hồ Chí Minh: Hà Nội |  | Hồ Chí Minh: Hà Nội | VN-SG,VN-HN | 79,01 |
# Districts: a name in one province alone, a number, and a name in several provinces.
Dĩ An |  | Dĩ An | VN-57 | 79 |
Quận 7 |  | Quận 7 | VN-SG | 79 |
Châu Thành |  | Châu Thành |  |  | location_uncoded
Tân Phú |  | Tân Phú |  |  | location_uncoded
Tân Phú, Đồng Nai |  | Tân Phú, Đồng Nai | VN-39 | 75 |
Phú Mỹ Hưng, Quận 7 |  | Phú Mỹ Hưng, Quận 7 | VN-SG | 79 |
Cầu Giấy Hà Nội |  | Cầu Giấy Hà Nội | VN-HN | 01 |
Quận |  | Quận |  |  | location_uncoded
# Names of streets, wards and people.
561A Điện Biên Phủ, Quận 1 |  | 561A Điện Biên Phủ, Quận 1 | VN-SG | 79 |
Phường Thái Bình, Hòa Bình |  | Phường Thái Bình, Hòa Bình | VN-14 | 25 |
Nguyễn Thái Bình |  | Nguyễn Thái Bình |  |  | location_uncoded
Tòa nhà Thái Bình Dương |  | Tòa nhà Thái Bình Dương |  |  | location_uncoded
Thai Binh Duong Tower, Hà Nội |  | Thai Binh Duong Tower, Hà Nội | VN-HN | 01 |
Hoa Binh Street, Hue |  | Hoa Binh Street, Huế | VN-26 | 46 |
Binh Thuan, Ho Chi Minh City, Vietnam |  | Binh Thuan, Hồ Chí Minh, Vietnam | VN-SG | 79 |
# The detail, only if the location names no province.
 | Tầng 2, Quận Tân Bình, TPHCM |  | VN-SG | 79 |
 | 235 Lý Thường Kiệt, Phường 6, Quận Tân Bình |  | VN-SG | 79 |
 | 561A Điện Biên Phủ |  |  |  | location_uncoded
Khác | Hà Nội: 1 Tràng Tiền | Khác | VN-HN | 01 |
# Known places, and others.
Toàn Quốc |  | Toàn Quốc |  |  |
Nước ngoài |  | Nước ngoài |  |  |
Xem thêm |  | Xem thêm |  |  | location_uncoded
";

#[test]
fn each_kind_of_location_has_its_codes() {
    let kinds = KINDS.lines().filter(|line| line.contains('|'));
    let kinds: Vec<[&str; 6]> = kinds
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            cells.try_into().unwrap()
        })
        .collect();
    let given: Vec<_> = kinds
        .iter()
        .map(|kind| [Some(kind[0]), Some(kind[1])])
        .collect();
    let made = derive(&mut Kernel::new(RuleSet::Standard), &given);
    for (kind, made) in kinds.iter().zip(made) {
        let found = [
            made.location.unwrap_or_default(),
            list(made.codes.as_deref()).join(","),
            list(made.province_codes.as_deref()).join(","),
            made.warnings.join(","),
        ];
        assert_eq!(found, kind[2..], "{kind:?}");
    }
}

#[test]
fn places_have_their_parts() {
    for (location, detail, wanted) in [
        (
            "TP.HCM",
            "TP.HCM: 12 \"Lê Lợi\" \\ 3, Quận 1",
            r#"[{"name":"Hồ Chí Minh","code":"VN-SG","province":"79","district":"Quận 1","address":"12 \"Lê Lợi\" \\ 3, Quận 1"}]"#,
        ),
        (
            "Hà Nội: Cầu Giấy, Hoàn Kiếm",
            "",
            r#"[{"name":"Hà Nội","code":"VN-HN","province":"01","district":"Cầu Giấy","address":null},{"name":"Hà Nội","code":"VN-HN","province":"01","district":"Hoàn Kiếm","address":null}]"#,
        ),
        (
            "Biên Hòa, Dong Nai, Vietnam",
            "",
            r#"[{"name":"Đồng Nai","code":"VN-39","province":"75","district":"Biên Hòa","address":null}]"#,
        ),
        // An address that names no province is in the province of the location. A place that no pair names is added.
        (
            "Hồ Chí Minh",
            "Ward 5, Tan Phu District",
            r#"[{"name":"Hồ Chí Minh","code":"VN-SG","province":"79","district":"Tân Phú","address":"Ward 5, Tan Phu District"}]"#,
        ),
        (
            "Huế, Hà Nội",
            "Huế: 1 Lê Lợi",
            r#"[{"name":"Huế","code":"VN-26","province":"46","district":null,"address":"1 Lê Lợi"},{"name":"Hà Nội","code":"VN-HN","province":"01","district":null,"address":null}]"#,
        ),
        (
            "Nhật Bản",
            "Nhật Bản",
            r#"[{"name":"Nhật Bản","code":null,"province":null,"district":null,"address":null}]"#,
        ),
        ("", "", "null"),
    ] {
        let made = derive(
            &mut Kernel::new(RuleSet::Standard),
            &[[Some(location), Some(detail)]],
        );
        assert_eq!(
            json(made[0].places.as_deref()),
            json(Some(wanted)),
            "{location} {detail}"
        );
        let v1 = derive(
            &mut Kernel::new(RuleSet::V1),
            &[[Some(location), Some(detail)]],
        );
        assert_eq!((&v1[0].places, &v1[0].province_codes), (&None, &None));
    }
}
