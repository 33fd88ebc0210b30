//! `jobinsight explain`: the meaning and the fix of error codes.

use jobinsight_core::{Code, EtlError, Result, advice, registry, spelling};
use serde_json::{Value, json};

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::codes;
use crate::report::text;

pub(crate) fn explain(global: &Global, name: Option<&str>) -> Result<u8> {
    let all = registry::codes()?;
    let Some(name) = name else {
        match global.format {
            OutputFormat::Json => {
                let all: Vec<Value> = all.into_iter().map(as_json).collect();
                io::print_json(&json!({ "codes": all }));
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
        OutputFormat::Json => io::print_json(&as_json(code)),
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

fn as_json(code: &Code) -> Value {
    json!({
        "code": code.name(),
        "exit": code.kind().exit_code().to_string(),
        "means": code.meaning(),
        "mend": code.fix(),
    })
}
