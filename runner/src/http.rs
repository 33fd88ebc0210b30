//! Sends JSON to a server over HTTP.

use std::path::PathBuf;
use std::time::Duration;

/// Sends a body as an HTTP POST, with a key if the server expects one. Blocks the thread until the server has answered, at most
/// for this time. The error does not contain the address, because the address may contain a token.
pub(crate) fn post(
    address: &str,
    key: Option<&str>,
    body: &str,
    limit: Duration,
) -> Result<(), String> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(limit))
        .build()
        .into();
    let mut request = agent
        .post(address)
        .header("content-type", "application/json");
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    request.send(body).map(drop).map_err(|error| match error {
        ureq::Error::StatusCode(status) => format!("it answered with the status {status}"),
        error => error.to_string().replace(address, "(its address)"),
    })
}

/// The secret that a setting contains, or that the file of another setting contains.
///
/// # Errors
/// The file cannot be read. The error names the setting of the file.
pub(crate) fn secret(
    value: Option<&String>,
    (setting, file): (&str, Option<&PathBuf>),
) -> Result<Option<String>, String> {
    if value.is_some() {
        return Ok(value.cloned());
    }
    let read = file.map(|file| {
        let text = std::fs::read_to_string(file);
        text.map(|text| text.trim().to_owned()).map_err(|error| {
            let file = file.display();
            format!("{setting} names {file}, which cannot be read: {error}")
        })
    });
    read.transpose()
}
