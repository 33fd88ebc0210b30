//! Explains, for `explain-row`, what the rules do to one posting.

use std::pin::Pin;

use jobinsight_core::Result;
use jobinsight_core::explain::{Field, Posting, Rejected, Step, Story, TableLine};
use jobinsight_kernels as kernels;
use jobinsight_kernels::explain::ExplainedField;
use jobinsight_kernels::kernel::RawPosting;
use serde_json::json;

use crate::rules::{rule_book, rule_set};

/// The columns that the rules read, and the flags of `explain-row` for their values.
const FLAGS: [(&str, &str); 4] = [
    ("title", "--title"),
    ("company_name", "--company"),
    ("location", "--location"),
    ("location_detail", "--location-detail"),
];

/// Implements [`jobinsight_core::Plugin::EXPLAIN`].
pub(crate) fn explain<'a>(
    posting: &'a Posting<'a>,
) -> Pin<Box<dyn Future<Output = Result<Story>> + Send + 'a>> {
    Box::pin(async move {
        let settings = &posting.loaded.settings;
        let book = rule_book(&settings.custom_rules)?;
        let flag = |column: &str| {
            FLAGS
                .iter()
                .find(|(of, _)| *of == column)
                .map(|(_, flag)| *flag)
        };
        let is_given = |column: &str| {
            let exists =
                |name: &str| posting.raw.contains_key(name) || posting.made.contains_key(name);
            exists(column) || flag(column).is_some_and(exists)
        };
        let text = |column: &str| posting.text(column).or_else(|| posting.text(flag(column)?));
        let given = RawPosting {
            // A posting without a title is rejected, but a question about another field needs no title.
            title: if is_given("title") {
                text("title")
            } else {
                Some("x")
            },
            company: text("company_name"),
            location: text("location"),
            detail: text("location_detail"),
        };
        let explained = kernels::explain::explain(rule_set(settings.rules), &book, given);
        let fields = explained.fields.into_iter();
        Ok(Story {
            fields: fields
                .filter(|explained| is_given(explained.field))
                .map(field)
                .collect(),
            rejected: explained.rejected.map(|(field, reason)| Rejected {
                field: field.to_owned(),
                reason: reason.to_owned(),
            }),
            notes: Vec::new(),
        })
    })
}

fn field(explained: ExplainedField) -> Field {
    Field {
        field: explained.field,
        given: json!(explained.given),
        steps: explained.steps.into_iter().map(step).collect(),
        made: explained.made,
        warnings: explained.warnings.into_iter().map(str::to_owned).collect(),
    }
}

fn step(step: kernels::Step) -> Step {
    let lines = step.lines.into_iter().map(|line| TableLine {
        table: line.table,
        line: line.line,
        text: line.text,
    });
    Step {
        rule: step.rule,
        lines: lines.collect(),
        before: step.before,
        after: step.after,
    }
}
