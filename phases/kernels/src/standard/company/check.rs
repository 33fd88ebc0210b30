//! Checks the legal forms that a user adds, with the engine that reads them.

use std::sync::Arc;

use super::{Rules, Standardizer};
use crate::rules::source::{self, Source, TableError};

/// Checks that each form is found in its own spelling, so that a standardized name stays as it is.
///
/// # Errors
/// A line has a spelling that is read as another form.
pub(crate) fn check_forms(
    rules: &Arc<Rules>,
    legal_forms: &[Source<'_>],
) -> Result<(), TableError> {
    let mut names = Standardizer::new(Arc::clone(rules));
    for line in source::rules(legal_forms) {
        let mut cells = line.cells();
        let (Some(spelling), Some(after)) = (cells.next(), cells.next()) else {
            continue;
        };
        let name = match after {
            "-" => format!("{spelling} 77"),
            after => format!("{after} {spelling} 77"),
        };
        let out = names.standardize(&name);
        if out != name {
            return Err(line.error(format!(
                "`{name}` would become `{out}`: list the spelling among those that are found"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard::company::{ACRONYMS, CompanyTables, LEGAL_FORMS};

    #[test]
    fn custom_lines_are_rules_like_the_shipped_ones() {
        let forms = Source {
            name: "theirs",
            text: "Doanh nghiệp | - | doanh nghiệp | dn",
        };
        let acronyms = Source {
            name: "theirs",
            text: "eco",
        };
        let rules = Rules::read(&CompanyTables {
            legal_forms: vec![LEGAL_FORMS, forms],
            acronyms: vec![ACRONYMS, acronyms],
            ..CompanyTables::default()
        });
        let mut names = Standardizer::new(Arc::new(rules.unwrap()));
        assert_eq!(names.standardize("DN ECO AN"), "Doanh nghiệp ECO An");
    }

    #[test]
    fn a_custom_form_that_ends_with_another_form_is_found_in_each_spelling_of_the_other() {
        let forms = Source {
            name: "theirs",
            text: "Tổng công ty | - | tổng công ty",
        };
        let rules = Rules::read(&CompanyTables {
            legal_forms: vec![LEGAL_FORMS, forms],
            ..CompanyTables::default()
        });
        let mut names = Standardizer::new(Arc::new(rules.unwrap()));
        assert_eq!(
            names.standardize("Tổng Cty Minh An"),
            "Tổng công ty Minh An"
        );
    }

    #[test]
    fn a_custom_form_begins_with_a_letter_or_a_digit() {
        for (text, is_rule) in [
            ("& kế | - | & kế", false),
            ("- kế | - | - kế", false),
            ("Kế & Co. | - | kế & co", true),
        ] {
            let forms = Source {
                name: "theirs",
                text,
            };
            let rules = Rules::read(&CompanyTables {
                legal_forms: vec![LEGAL_FORMS, forms],
                ..CompanyTables::default()
            });
            assert_eq!(rules.is_ok(), is_rule, "{text}");
        }
    }

    fn with_key_line(text: &str) -> Result<Rules, TableError> {
        let line = Source {
            name: "theirs",
            text,
        };
        let mut tables = CompanyTables::default();
        tables.company_key.push(line);
        Rules::read(&tables)
    }

    #[test]
    fn custom_brands_badges_and_words_of_the_key_are_rules_like_the_shipped_ones() {
        let line = |text| Source {
            name: "theirs",
            text,
        };
        let mut tables = CompanyTables::default();
        tables.brands.push(line("EcoLand"));
        tables.badges.push(line("top employer"));
        tables
            .company_key
            .push(line("name | sài gòn xanh | sgx\nregion | khu"));
        let mut names = Standardizer::new(Arc::new(Rules::read(&tables).unwrap()));
        let mut key = |name: &str| {
            names.standardize(name);
            let mut key = String::new();
            names.key(&mut key);
            key
        };
        assert_eq!(key("CTCP Sài Gòn Xanh"), key("SGX"));
        assert_eq!(key("CN CTCP An Phú khu Đông"), "anphu");
        assert_eq!(names.standardize("ECOLAND Top Employer"), "EcoLand");
    }

    #[test]
    fn a_malformed_line_of_the_key_is_an_error() {
        for wrong in [
            "country",
            "name | x",
            "word | y",
            "planet | mars",
            "unit | -",
        ] {
            assert_eq!(with_key_line(wrong).unwrap_err().line, 1, "{wrong}");
        }
    }
}
