//! Examples of the specification, and hostile pages.

use super::*;

#[test]
fn pairs_follow_the_specification() {
    let cases: [(&str, &[&str]); 27] = [
        ("Hà Nội: A\nHuế: B", &["Hà Nội: A", "Huế: B"]),
        ("<div>Hà Nội: A<br/>Huế: B</div>", &["Hà Nội: A", "Huế: B"]),
        (
            "<b>Hà Nội</b>: <i>Cầu Giấy</i>, Đống Đa",
            &["Hà Nội: Cầu Giấy, Đống Đa"],
        ),
        (
            "Hưng Yên: A - Quảng Ninh: B",
            &["Hưng Yên: A", "Quảng Ninh: B"],
        ),
        (
            "Bà Rịa - Vũng Tàu: A - Hà Nội: B",
            &["Bà Rịa - Vũng Tàu: A", "Hà Nội: B"],
        ),
        (
            "Hà Nội: A - Bà Rịa - Vũng Tàu: B",
            &["Hà Nội: A", "Bà Rịa - Vũng Tàu: B"],
        ),
        ("Hà Nội: A - Thừa Thiên - Huế: B", &["Hà Nội: A", "Huế: B"]),
        (
            "Hà Nội: A - TP - Hồ Chí Minh: B",
            &["Hà Nội: A", "Hồ Chí Minh: B"],
        ),
        (
            "Hà Nội: A - Lào Cai - Vũng Tàu: B",
            &["Hà Nội: A - Lào Cai", "Bà Rịa - Vũng Tàu: B"],
        ),
        ("Hà Nội: Tòa A - Số 5: x", &["Hà Nội: Tòa A - Số 5: x"]),
        ("Huế: A - Hà: Nội: B", &["Huế: A", "Hà: Nội: B"]),
        (
            "Huế: \"A\"\nHuế: \"A\" \\",
            &["Huế: \"A\"", "Huế: \"A\" \\"],
        ),
        ("Hà Nội : A\u{a0}", &["Hà Nội: A"]),
        ("Hà Nội:", &["Hà Nội"]),
        (": Hà Nội", &["Hà Nội"]),
        ("Địa chỉ:", &[]),
        (": :", &[]),
        ("Hà Nội: A<br>Hà Nội: A", &["Hà Nội: A"]),
        (
            "<script>x:y</script><style>p{}</style><!-- c: d -->Huế",
            &["Huế"],
        ),
        ("<p>Hà&nbsp;Nội: A &amp; B</p>", &["Hà Nội: A & B"]),
        ("<p>Hà Nội:\n A</p>", &["Hà Nội: A"]),
        // The text of buttons goes, wherever a pair ends.
        (
            "Cà Mau: A ...và 4 địa điểm khác Thu gọn - Huế: B Xem thêm",
            &["Cà Mau: A", "Huế: B"],
        ),
        ("Huế: A<br>Xem thêm", &["Huế: A"]),
        ("Huế: Thu gọn", &["Huế"]),
        // A province has one spelling before the colon and alone, but not in an address.
        (
            "TP.HCM: TP.HCM, 1 Lê Lợi\nThanh Hoá",
            &["Hồ Chí Minh: TP.HCM, 1 Lê Lợi", "Thanh Hóa"],
        ),
        // A known place without a code may stand alone, too.
        ("Nước Ngoài: - Huế: A", &["Nước Ngoài", "Huế: A"]),
        ("", &[]),
    ];
    for (given, wanted) in cases {
        assert_eq!(pairs(given), wanted, "{given:?}");
    }
}

#[test]
fn locations_follow_the_specification() {
    let pairs = vec![
        "Hưng Yên: A".to_owned(),
        "Thừa Thiên Huế".to_owned(),
        "Hưng Yên: B".to_owned(),
    ];
    for (given, wanted) in [
        ("Hưng Yên & 2 nơi khác", "Hưng Yên, Huế"),
        ("Hà Nội, 2 nơi khác", "Hưng Yên, Huế"),
        ("Hà Nội, Hồ Chí Minh", "Hà Nội, Hồ Chí Minh"),
        ("Bà Rịa-Vũng Tàu, Khánh Hoà", "Bà Rịa - Vũng Tàu, Khánh Hòa"),
        ("TP HCM", "Hồ Chí Minh"),
        ("Nhật Bản", "Nhật Bản"),
    ] {
        assert_eq!(refine(given, &pairs), wanted, "{given:?}");
        assert_eq!(
            refine(&refine(given, &pairs), &pairs),
            wanted,
            "{given:?} again"
        );
    }
    assert_eq!(refine("HCM & 2 nơi khác", &[]), "Hồ Chí Minh & 2 nơi khác");
}

#[test]
fn hostile_pages_take_linear_time() {
    let nested = "<div>".repeat(10_000) + "Huế: 1" + &"</div>".repeat(10_000);
    assert_eq!(pairs(&nested), ["Huế: 1"]);
    for unit in [
        "<a ",
        "<!--",
        "&",
        "Hà Nội: - ",
        "::::",
        "- ",
        "<b><i>",
        "x: y\n",
    ] {
        let page = unit.repeat(200_000 / unit.len());
        let _ = pairs(&page);
        let _ = crate::v1::extract_location_info(&page);
    }
}
