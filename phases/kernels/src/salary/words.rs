//! The words of salaries. The SQL functions in `sql/functions/salary_words.sql` get them from here.
//!
//! A mark stands for a word: U USD, V VND, E EUR, J JPY, S SGD, W KRW; M million, K thousand, B billion; O month, H hour,
//! D day, Q week, Y year, P product; `<` up to, `>` from. The words are folded: see [`crate::short_text::folded`].

/// A mark, and the words that it stands for.
pub type Marks = &'static [(&'static str, &'static [&'static str])];

/// Phrases of several words, and the word that means the same. They are replaced in this order.
pub const PHRASES: &[(&str, &str)] = &[
    ("up to", "upto"),
    ("len den", "upto"),
    ("len toi", "upto"),
    ("toi da", "upto"),
    ("khong qua", "upto"),
    ("cao nhat", "upto"),
    ("luong up ", "luong upto "),
    ("nhap up ", "nhap upto "),
    ("less than", "upto"),
    ("toi thieu", "from"),
    ("it nhat", "from"),
    ("thap nhat", "from"),
    ("at least", "from"),
    ("more than", "from"),
    ("starting at", "from"),
    ("starting from", "from"),
    ("san pham", "sp"),
    ("don hang", "sp"),
    ("p.a", "annual"),
    ("truoc thue", "gross"),
    ("sau thue", "gross"),
    ("before tax", "gross"),
    ("after tax", "gross"),
    ("pre-tax", "gross"),
    ("pre tax", "gross"),
    ("thuc nhan", "gross"),
    ("thuc linh", "gross"),
    ("do la my", "usd"),
    ("do la", "usd"),
    ("do my", "usd"),
    ("us dollar", "dollar"),
    ("viet nam dong", "vnd"),
    ("vn d", "vnd"),
    ("usd$", "$"),
    ("usd $", "$"),
    ("us$", "$"),
    ("us $", "$"),
    ("u$", "$"),
    ("s$", " sgd "),
];

/// The words and the sign after which a word is a period.
pub const PER: &[&str] = &[
    "/", "per", "moi", "mot", "a", "an", "hang", "each", "theo", "1", "01",
];

/// The periods, after a word of [`PER`].
pub const PERIODS: Marks = &[
    (
        "O",
        &[
            "thang", "th", "month", "months", "mth", "mths", "mo", "mon", "m",
        ],
    ),
    ("H", &["gio", "h", "hr", "hrs", "hour", "hours", "tieng"]),
    ("D", &["ngay", "day", "days", "d", "cong"]),
    ("Q", &["tuan", "week", "weeks", "wk", "wks"]),
    ("Y", &["nam", "year", "years", "yr", "yrs", "y", "annum"]),
    (
        "P",
        &[
            "sp", "don", "cai", "chiec", "product", "products", "piece", "pieces", "pcs", "item",
            "items",
        ],
    ),
];

/// The units, after a number, with the mark of a currency that is joined to them.
pub const UNITS: Marks = &[
    (
        "M",
        &[
            "trieu", "tr", "m", "mil", "mill", "million", "millions", "mio", "mn",
        ],
    ),
    ("K", &["k", "nghin", "ngan", "thousand", "thousands"]),
    ("B", &["ty", "ti", "b", "bn", "billion", "billions"]),
    ("V", &["d"]),
    ("U", &["do"]),
    (
        "MV",
        &["trd", "trvnd", "mvnd", "trieud", "trieuvnd", "trieudong"],
    ),
    (
        "KV",
        &["kd", "kvnd", "nghind", "ngand", "nghindong", "ngandong"],
    ),
    ("KU", &["kusd"]),
    ("MU", &["musd"]),
];

/// The units that may have a fraction after them ("12tr5", "1k5").
pub const FRACTION_UNITS: &[&str] = &["tr", "k"];

/// The words that have their meaning wherever they are. A word without a mark is ignored.
pub const SIGNS: Marks = &[
    ("U", &["$", "usd", "dollar", "dollars"]),
    ("V", &["₫", "vnd", "dong"]),
    ("E", &["€", "eur", "euro", "euros"]),
    ("J", &["¥", "￥", "jpy", "yen"]),
    ("S", &["sgd"]),
    ("W", &["₩", "￦", "krw", "won"]),
    (
        "<",
        &[
            "upto", "toi", "den", "max", "maximum", "duoi", "under", "below", "<", "≤",
        ],
    ),
    (
        ">",
        &[
            "from", "tu", "tren", "hon", "min", "minimum", "over", "above", ">", "≥",
        ],
    ),
    ("O", &["monthly"]),
    ("H", &["hourly"]),
    ("D", &["daily"]),
    ("Q", &["weekly"]),
    ("Y", &["yearly", "annual", "annually"]),
    (
        "",
        &[
            "gross",
            "net",
            "nett",
            "khoang",
            "tam",
            "approx",
            "approximately",
            "about",
            "around",
            "=",
        ],
    ),
];

/// The mark of a word.
pub(super) fn mark(marks: Marks, word: &str) -> Option<&'static str> {
    let found = marks.iter().find(|(_, words)| words.contains(&word));
    found.map(|(mark, _)| *mark)
}
