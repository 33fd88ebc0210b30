//! `jobinsight explain`: the meaning and the fix of error codes.

use jobinsight_core::{Code, EtlError, Result, advice, registry, spelling};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::codes;
use crate::report::text;

/// All error codes, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct CodeList {
    /// The codes, by name.
    codes: Vec<CodeText>,
}

/// An error code, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct CodeText {
    /// The code, such as `jobinsight::run::locked`.
    code: &'static str,
    /// The exit code, as text.
    exit: String,
    /// The meaning.
    means: &'static str,
    /// The fix.
    #[serde(rename = "mend")]
    fix: String,
}

pub(crate) fn explain(global: &Global, name: Option<&str>) -> Result<u8> {
    let all = registry::codes()?;
    let Some(name) = name else {
        match global.format {
            OutputFormat::Json => {
                let codes = all.into_iter().map(CodeText::of).collect();
                io::print_json(&CodeList { codes });
            }
            OutputFormat::Text => {
                let mut table = text::table(&["code", "exit", "what it means"]);
                for code in all {
                    table.add_row([
                        code.name(),
                        &code.kind().exit_code().to_string(),
                        code.meaning(),
                    ]);
                }
                io::print_text(&format!("{table}\n"));
            }
        }
        return Ok(0);
    };
    let code = Code::find(name).ok_or_else(|| {
        let error = EtlError::new(
            codes::EXPLAIN_UNKNOWN,
            format!("`{name}` is not an error code"),
        );
        let endings = all.iter().map(|code| code.short_name());
        match spelling::nearest(name.rsplit("::").next().unwrap_or(name), endings) {
            Some(nearest) => error.help(format!(
                "did you mean {nearest}? `{}` lists all codes",
                advice::command("explain")
            )),
            None => error,
        }
    })?;
    match global.format {
        OutputFormat::Json => io::print_json(&CodeText::of(code)),
        OutputFormat::Text => {
            let mut table = text::table(&[code.name()]);
            table.add_row([format!(
                "What it means\n  {}\n\nWhat to do\n  {}\n\nExit code  {}",
                code.meaning(),
                code.fix(),
                code.kind().exit_code()
            )]);
            io::print_text(&format!("{table}\n"));
        }
    }
    Ok(0)
}

impl CodeText {
    fn of(code: &Code) -> Self {
        Self {
            code: code.name(),
            exit: code.kind().exit_code().to_string(),
            means: code.meaning(),
            fix: code.fix().into_owned(),
        }
    }
}
