//! The spellings and codes of the table.

use super::super::PlaceRules;
use super::*;
use crate::rules::shipped::PROVINCES;

fn find(text: &str) -> Option<&'static Province> {
    PlaceRules::shipped().provinces.find(text)
}

#[test]
fn every_spelling_of_the_specification_is_found() {
    for spelling in [
        "TP HCM",
        "TP.HCM",
        "HCM",
        "Ho Chi Minh",
        "Sài Gòn",
        "hồ chí minh",
        "Thành phố Hồ Chí Minh",
    ] {
        assert_eq!(
            find(spelling).map(|p| p.code.as_ref()),
            Some("VN-SG"),
            "{spelling}"
        );
    }
    for (spelling, name) in [
        ("Bà Rịa-Vũng Tàu", "Bà Rịa - Vũng Tàu"),
        ("Thừa Thiên Huế", "Huế"),
        ("Hoà Bình", "Hòa Bình"),
        ("Đắc Nông", "Đắk Nông"),
        ("Tỉnh Nghệ An", "Nghệ An"),
        ("Da Nang City", "Đà Nẵng"),
        ("Tp. Hồ Chi Minh", "Hồ Chí Minh"),
        ("Ðồng Nai", "Đồng Nai"),
    ] {
        assert_eq!(find(spelling).map(|p| &*p.name), Some(name), "{spelling}");
    }
    // Another accent is another name: a street, a commune of Hà Nội.
    for other in ["Nhật Bản", "Bình Đường", "Yên Bài", "TP", "City"] {
        assert_eq!(find(other), None, "{other}");
    }
}

#[test]
fn there_are_63_provinces_with_distinct_codes() {
    let all = &PlaceRules::shipped().provinces.all;
    let codes: std::collections::HashSet<_> = all.iter().map(|p| &p.code).collect();
    let names: std::collections::HashSet<_> = all.iter().map(|p| &p.name).collect();
    assert_eq!((all.len(), codes.len(), names.len()), (63, 63, 63));
}

#[test]
fn the_63_provinces_map_to_the_34_of_2025() {
    let wanted = "01 04 08 11 12 14 15 19 20 22 24 25 31 33 37 38 40 42 44 46 48 51 52 56 66 68 75 79 80 82 86 91 92 96";
    let all = &PlaceRules::shipped().provinces.all;
    let mut codes: Vec<&str> = all.iter().map(|p| p.code_since_2025.as_ref()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.join(" "), wanted);
    // Resolution 202/2025/QH15: the provinces of each merger.
    for merger in [
        "Tuyên Quang, Hà Giang",
        "Lào Cai, Yên Bái",
        "Thái Nguyên, Bắc Kạn",
        "Phú Thọ, Vĩnh Phúc, Hòa Bình",
        "Bắc Ninh, Bắc Giang",
        "Hưng Yên, Thái Bình",
        "Hải Phòng, Hải Dương",
        "Ninh Bình, Hà Nam, Nam Định",
        "Quảng Trị, Quảng Bình",
        "Đà Nẵng, Quảng Nam",
        "Quảng Ngãi, Kon Tum",
        "Gia Lai, Bình Định",
        "Khánh Hòa, Ninh Thuận",
        "Lâm Đồng, Đắk Nông, Bình Thuận",
        "Đắk Lắk, Phú Yên",
        "Hồ Chí Minh, Bình Dương, Bà Rịa - Vũng Tàu",
        "Đồng Nai, Bình Phước",
        "Tây Ninh, Long An",
        "Cần Thơ, Sóc Trăng, Hậu Giang",
        "Vĩnh Long, Bến Tre, Trà Vinh",
        "Đồng Tháp, Tiền Giang",
        "Cà Mau, Bạc Liêu",
        "An Giang, Kiên Giang",
    ] {
        let code = |name: &str| find(name).map(|p| p.code_since_2025.as_ref());
        let mut names = merger.split(", ");
        let first = names.next().and_then(code);
        assert!(
            first.is_some() && names.all(|name| code(name) == first),
            "{merger}"
        );
    }
}

#[test]
fn a_malformed_province_is_an_error() {
    let with = |text| {
        let theirs = Source {
            name: "theirs",
            text,
        };
        Provinces::read(&[Source::of(&PROVINCES), theirs])
    };
    for (text, wanted) in [
        (
            "Hà Tây",
            "a province is written `code | name | aliases`: `Hà Tây`",
        ),
        (
            "HT | Hà Tây",
            "a province has two codes, such as VN-44 91, and a name: `HT | Hà Tây`",
        ),
        (
            "VN-15 | Hà Tây",
            "a province has two codes, such as VN-44 91, and a name: `VN-15 | Hà Tây`",
        ),
        (
            "VN-99 99 | Sài Gòn",
            "`Sài Gòn` is a spelling of Hồ Chí Minh too: `VN-99 99 | Sài Gòn`",
        ),
    ] {
        let error = with(text).unwrap_err();
        assert_eq!((error.reason.as_str(), error.line), (wanted, 1));
    }
    let more = with("VN-HN | Hà Nội | Thăng Long").unwrap();
    assert_eq!(&*more.find("thang long").unwrap().name, "Hà Nội");
}
