//! `jobinsight explain`.

use jobinsight_core::{EtlError, Kind, Result, registry};
use serde_json::json;

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::report::codes::{self, CODES, Code};
use crate::report::text;

pub(crate) fn explain(global: &Global, name: Option<&str>) -> Result<u8> {
    let as_json = |code: &Code| json!({ "code": code.code, "exit": code.exit, "means": code.means, "mend": code.mend });
    let Some(name) = name else {
        match global.format {
            OutputFormat::Json => {
                io::print_json(&json!({ "codes": CODES.iter().map(as_json).collect::<Vec<_>>() }));
            }
            OutputFormat::Text => {
                let mut table = text::table(&["code", "exit", "what it means"]);
                for code in CODES {
                    table.add_row([code.code, code.exit, code.means]);
                }
                text::whole(&mut table, 0);
                io::print(&format!("{table}\n"));
            }
        }
        return Ok(0);
    };
    let code = codes::find(name).ok_or_else(|| {
        let error = EtlError::new(
            Kind::Usage,
            "jobinsight::explain::unknown",
            format!("there is no error code {name}"),
        );
        let endings = CODES
            .iter()
            .map(|code| code.code.rsplit("::").next().unwrap_or_default());
        match registry::nearest(name.rsplit("::").next().unwrap_or(name), endings) {
            Some(nearest) => error.help(format!(
                "did you mean {nearest}? `jobinsight explain` lists all"
            )),
            None => error.help("jobinsight explain lists all"),
        }
    })?;
    match global.format {
        OutputFormat::Json => io::print_json(&as_json(code)),
        OutputFormat::Text => {
            let mut table = text::table(&[code.code]);
            table.add_row([format!(
                "What it means\n  {}.\n\nWhat to do\n  {}\n\nExit code  {}",
                code.means, code.mend, code.exit
            )]);
            io::print(&format!("{table}\n"));
        }
    }
    Ok(0)
}
