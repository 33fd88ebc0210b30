//! All rules: the shipped tables together with the changes of a user.

use std::sync::Arc;

use crate::rules::place::PlaceRules;
use crate::rules::shipped::{
    ACRONYMS, BADGES, BRANDS, COMPANY_KEY, DISTRICT_NAMES, DISTRICTS, LEGAL_FORMS, LOCATION_WORDS,
    PROVINCES, RECRUITING, TABLES,
};
use crate::rules::source::{Source, TableError};
use crate::rules::{company, title};
use crate::standard::company::check::check_forms;
use crate::tables::{ChangedTable, RuleTable};
use crate::text;

/// The compiled rules of all fields.
#[derive(Clone)]
pub struct RuleBook {
    pub(crate) titles: Arc<title::TitleRules>,
    pub(crate) companies: Arc<company::Rules>,
    pub(crate) places: Arc<PlaceRules>,
}

impl RuleBook {
    /// The shipped rules.
    pub fn shipped() -> Self {
        Self {
            titles: Arc::clone(title::TitleRules::shipped()),
            companies: Arc::clone(company::Rules::shipped()),
            places: Arc::clone(PlaceRules::shipped()),
        }
    }

    /// A line of a shipped table.
    #[cfg(test)]
    pub(crate) fn shipped_line(table: &str, line: usize) -> Option<String> {
        let table = TABLES.iter().find(|known| known.name == table)?;
        let line = table.text.lines().nth(line.checked_sub(1)?)?;
        Some(line.trim().to_owned())
    }

    /// The shipped rules with the changes of a user. A change of another table than [`TABLES`] is ignored.
    ///
    /// # Errors
    /// A line of a user is not a rule, or a shipped line needs a line that the user removes.
    pub fn with(changed: &[ChangedTable]) -> Result<Self, TableError> {
        if !ChangedTable::is_any_in(changed, &TABLES) {
            return Ok(Self::shipped());
        }
        let texts = TableTexts::of(changed);
        let titles: Vec<title::TableLines<'_>> = title::TABLES
            .iter()
            .flat_map(|(table, shipped)| texts.sources(shipped).map(|source| (*table, source)))
            .map(|(table, Source { name, text })| title::TableLines { table, name, text })
            .collect();
        let all = |table| texts.sources(table).collect::<Vec<_>>();
        let names = company::CompanyTables {
            legal_forms: all(&LEGAL_FORMS),
            acronyms: all(&ACRONYMS),
            brands: all(&BRANDS),
            recruiting: all(&RECRUITING),
            badges: all(&BADGES),
            company_key: all(&COMPANY_KEY),
            provinces: all(&PROVINCES),
        };
        let companies = Arc::new(company::Rules::read(&names)?);
        check_forms(&companies, &names.legal_forms[1..])?;
        let places = PlaceRules::read(
            &all(&PROVINCES),
            &all(&DISTRICTS),
            &all(&DISTRICT_NAMES),
            &all(&LOCATION_WORDS),
        );
        Ok(Self {
            titles: Arc::new(title::TitleRules::read(&titles)?),
            companies,
            places: Arc::new(places?),
        })
    }
}

/// The lines of a table.
struct TableText<'a> {
    table: &'static str,
    shipped: &'a str,
    /// The file of the user, and its lines, which are cleaned like any other text.
    own: Option<(&'a str, String)>,
}

/// The lines of all tables.
struct TableTexts<'a>(Vec<TableText<'a>>);

impl<'a> TableTexts<'a> {
    fn of(changed: &'a [ChangedTable]) -> Self {
        let texts = TABLES.iter().map(|table| {
            let own = changed.iter().find(|own| own.table == table.name);
            TableText {
                table: table.name,
                shipped: own.map_or(table.text, |own| &own.shipped),
                own: own.map(|own| {
                    let lines: Vec<_> = own.added.lines().map(text::clean).collect();
                    (own.file.as_str(), lines.join("\n"))
                }),
            }
        });
        Self(texts.collect())
    }

    fn sources(&self, table: &RuleTable) -> impl Iterator<Item = Source<'_>> {
        let found = self.0.iter().filter(|text| text.table == table.name);
        found.flat_map(|text| {
            let shipped = Source {
                name: text.table,
                text: text.shipped,
            };
            let own = text
                .own
                .as_ref()
                .map(|(file, text)| Source { name: file, text });
            std::iter::once(shipped).chain(own)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::standard::place::Places;

    #[test]
    fn every_table_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules/tables");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let listed = TABLES.iter().map(|table| format!("{}.txt", table.name));
        let mut listed: Vec<String> = listed.collect();
        listed.sort();
        assert_eq!(listed, files);
    }

    /// The tables with added lines.
    fn own(lines: &[(&str, String)]) -> Vec<ChangedTable> {
        let table = |(name, added): &(&str, String)| ChangedTable {
            table: (*name).to_owned(),
            file: format!("{name}.txt"),
            shipped: shipped(name).to_owned(),
            added: added.clone(),
        };
        lines.iter().map(table).collect()
    }

    fn shipped(name: &str) -> &'static str {
        let table = TABLES.iter().find(|table| table.name == name);
        table.unwrap().text
    }

    #[test]
    fn accents_and_spaces_of_a_custom_line_may_be_written_in_any_form() {
        let lines = [("recruiting", "cha\u{300}o\u{a0}  ba\u{323}n\r\n".to_owned())];
        let tables = RuleBook::with(&own(&lines)).unwrap();
        let mut names = crate::standard::company::Standardizer::new(tables.companies);
        assert_eq!(names.standardize("Chào Bạn An Phú"), "An Phú");
    }

    #[test]
    fn a_line_that_needs_a_removed_line_is_an_error() {
        let mut changed = own(&[("title_words", String::new())]);
        changed[0].shipped = shipped("title_words").replace("[unit]", "");
        let error = RuleBook::with(&changed).map(|_| ()).unwrap_err();
        assert!(
            error.to_string().starts_with("title_words, line"),
            "{error}"
        );
    }

    fn texts() -> impl Strategy<Value = String> {
        let words = prop::sample::select(vec![
            "kế",
            "toán",
            "nhân viên",
            "lương",
            "hà nội",
            "sài gòn",
            "tuyển",
            "gấp",
            "cty",
            "công ty",
            "tnhh",
            "fpt",
            "eco",
            "a",
            "8",
            "-",
            "&",
            "/",
            "(",
            ")",
            ",",
            ".",
            "<n>",
            "<place>",
            "<any>",
            "<end>",
            "^",
            "*",
            "+",
            "|",
            "| - |",
            "| not behind: kế",
            "| not before: toán",
        ]);
        prop::collection::vec(words, 1..6).prop_map(|words| words.join(" "))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// A line of a user is refused, or the rules keep their promises: no text is emptied, and a second cleaning changes
        /// nothing.
        #[test]
        fn custom_lines_keep_every_promise(
            lines in prop::collection::vec(texts(), TABLES.len()),
            given in prop::collection::vec(texts(), 12),
        ) {
            // Each table by itself, so that the refusal of one does not hide the others.
            for (table, line) in TABLES.iter().zip(lines) {
                let line = match table.name {
                    "title_words" => format!("[role]\n{line}"),
                    "provinces" => format!("VN-SG | {line}"),
                    "district_names" => format!("Hà Nội | {line}"),
                    "location_words" => format!("[lead]\n{line}"),
                    "legal_forms" => format!("{line} | - | {line}"),
                    "company_key" => format!("branch | {line}"),
                    _ => line,
                };
                let Ok(tables) = RuleBook::with(&own(&[(table.name, line.clone())])) else {
                    continue;
                };
                let mut titles = crate::standard::title::Cleaner::with(tables.titles);
                let companies = Arc::clone(&tables.companies);
                let mut names = crate::standard::company::Standardizer::new(tables.companies);
                let mut places = Places::new(tables.places);
                let mut recorded = String::new();
                for given in &given {
                    let says = text::clean(given).contains(char::is_alphabetic);
                    let once = titles.clean(given).text.to_owned();
                    titles.clean_recorded(given, &mut recorded);
                    prop_assert_eq!(&recorded, &once, "recorded: {}: {}", table.name, line);
                    prop_assert_eq!(titles.clean(&once).text, &once, "{}: {}", table.name, line);
                    prop_assert!(!says || once.contains(char::is_alphanumeric), "{}: {}", table.name, line);
                    let once = names.standardize(given).to_owned();
                    let (recorded, _) = crate::standard::company::Standardizer::explain(&companies, given);
                    prop_assert_eq!(&recorded, &once, "recorded: {}: {}", table.name, line);
                    prop_assert_eq!(names.standardize(&once), &once, "{}: {}", table.name, line);
                    prop_assert!(!says || once.contains(char::is_alphanumeric), "{}: {}", table.name, line);
                    let mut key = String::new();
                    names.key(&mut key);
                    prop_assert!(!says || !key.is_empty(), "{}: {}", table.name, line);
                    let once = places.location(given).text;
                    prop_assert_eq!(&places.location(&once).text, &once, "{}: {}", table.name, line);
                }
            }
        }
    }
}
