//! Hashes that PostgreSQL computed. The suite compares whole rows with a server.

use super::{hash, json};

#[test]
fn texts_and_numbers_have_the_hashes_of_postgresql() {
    let texts = ["", "Kế Toán", &"x".repeat(12), &"x".repeat(37)];
    let found = texts.map(|text| hash::bytes(text.as_bytes()).cast_signed());
    let wanted = [
        -6_939_563_903_564_495_251,
        -8_965_039_642_122_844_124,
        -2_459_440_608_274_261_628,
        -271_095_027_154_046_655,
    ];
    assert_eq!(found, wanted);
    let found =
        [5, -5, 5_000_000_000, -5_000_000_000].map(|number| hash::long(number).cast_signed());
    let wanted = [
        -9_138_765_687_874_534_020,
        -9_082_176_226_831_438_310,
        -5_263_616_605_311_196_344,
        6_327_884_766_802_921_082,
    ];
    assert_eq!(found, wanted);
}

#[test]
fn json_has_the_hashes_of_postgresql() {
    for (text, wanted) in [
        (
            r#"[1, "a", null, true, false, {"b": [2.50], "aa": -0.00012}]"#,
            8_550_306_240_685_992_026,
        ),
        (r#""x""#, 8_748_526_872_512_583_817),
        ("{}", 0),
        ("123456789012", 1_890_350_604_072_641_283),
        ("0", 9_223_372_034_707_292_159),
    ] {
        assert_eq!(json::of_text(text).cast_signed(), wanted, "{text}");
    }
    assert_eq!(json::of_text("not JSON"), json::of_text(r#""not JSON""#));
}
