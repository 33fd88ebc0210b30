//! Cleans a title: keeps the words that name the job and drops the words that advertise it (`title` → `title_clean`,
//! rules: `docs/normalisation.md`, section "title → title_clean").
//!
//! # Steps
//! The example is `Cần Tuyển Kế Toán Kho (Phụ Cấp 8-10 Triệu, Ăn Trưa) - Hà Nội (TA163)`.
//!
//! 1. **Clean** (`cleaner`). Letters are composed, spaces become single, emoji are dropped. Most titles are clean already.
//! 2. **Tokenize** (`tokenizer`, `token`). The title becomes words, numbers and signs. Each word of the tables has a number.
//!    A word that is in no table gets the number `UNKNOWN`, because no rule can match it.
//! 3. **Take the fast path** (`fast_path`). Two thirds of the titles contain nothing that a rule drops. A look at the
//!    tokens proves it, and the title is returned as it came. A title that step 1 must change goes on with step 4 instead.
//!    The example has numbers and brackets, so it goes on as well.
//! 4. **Skip the beginning** (`render`). `Cần Tuyển` is a lead: a title may begin with it before it names the job.
//! 5. **Split into parts** (`parts`): `Kế Toán Kho`, `(Phụ Cấp 8-10 Triệu, Ăn Trưa)`, `Hà Nội`, `(TA163)`. A dash with
//!    spaces splits. A dash without spaces does not split, so `8-10` stays whole. Exception: it splits before a part that
//!    is dropped.
//! 6. **Drop whole parts** (`drop_reason`). `Hà Nội` is a place and nothing else; `TA163` is a code of the posting.
//! 7. **Cut the parts that stay** (`matcher`, `places`, `render`). `Phụ Cấp` begins a tail: a phrase after which nothing
//!    names the job. `Ăn Trưa` is dropped too, because the rule of `phụ cấp` has a `+`: it also drops the following items of a
//!    list.
//! 8. **Put the rest together** (`render`, `bracketed`, `trailing`). Dashes and brackets are written one way; signs that
//!    join nothing are dropped. The result is `Kế Toán Kho`.
//! 9. **Repeat** (`cleaner`) until nothing changes, because dropping one part can uncover another: after `- Hà Nội` is
//!    dropped, the part before it ends the title. If the first pass would leave no letter and no digit, the title stays as
//!    it is, with a warning. If a later pass would, the result of the pass before it stays, without a warning.
//!
//! `pay` collects the pay that the dropped words name. `trace` records which rule dropped what, for `explain-row`. The cleaning code itself calls `trace`, so the explanation
//! always equals the result.

mod amount;
mod bracketed;
mod clean_title;
mod cleaner;
mod code;
mod drop_reason;
mod fast_path;
mod first_look;
mod keep;
mod leads;
mod matcher;
mod parts;
mod pay;
mod places;
mod render;
#[cfg(test)]
mod tests;
mod token;
mod tokenizer;
mod trace;
mod trailing;
mod word_memo;

pub use self::clean_title::{CleanTitle, Cleaned};
pub use self::cleaner::Cleaner;
pub(crate) use self::cleaner::LONGEST;
pub use crate::rules::title::{Table, TableError, TableLines, TitleRules};

/// Cleans a title. A second cleaning changes nothing, and a title that contains a letter is never emptied.
///
/// ```
/// use jobinsight_kernels::standard::title::clean;
/// assert_eq!(clean("[Hà Nội] Kế Toán Trưởng - Lương 20 Triệu").text, "Kế Toán Trưởng");
/// assert_eq!(clean("C# Developer").text, "C# Developer");
/// // The example of the module.
/// let title = "Cần Tuyển Kế Toán Kho (Phụ Cấp 8-10 Triệu, Ăn Trưa) - Hà Nội (TA163)";
/// assert_eq!(clean(title).text, "Kế Toán Kho");
/// ```
pub fn clean(title: &str) -> Cleaned {
    let mut cleaner = Cleaner::new();
    let clean = cleaner.clean(title);
    Cleaned {
        text: clean.text.to_owned(),
        pay: clean.pay.map(str::to_owned),
        warnings: clean.warnings,
    }
}
