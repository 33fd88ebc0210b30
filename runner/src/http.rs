//! Sends JSON to a server over HTTP.

use std::path::PathBuf;
use std::time::Duration;

/// Sends a body as an HTTP POST, with a key if the server expects one, and returns the HTTP status. Blocks the thread until the
/// server has answered, at most for this time. The error does not contain the address, because the address may contain a token.
pub(crate) fn post(
    address: &str,
    key: Option<&str>,
    body: &str,
    limit: Duration,
) -> Result<u16, String> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(limit))
        // A redirected POST becomes a GET without a body, and a page that asks for a login answers it with the status 200.
        .max_redirects(0)
        .build()
        .into();
    let mut request = agent
        .post(address)
        .header("content-type", "application/json");
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    match request.send(body).map(|answer| answer.status()) {
        Ok(status) if status.is_success() => Ok(status.as_u16()),
        Ok(status) => Err(answered(status.as_u16())),
        Err(ureq::Error::StatusCode(status)) => Err(answered(status)),
        Err(error) => Err(error.to_string().replace(address, "(its address)")),
    }
}

fn answered(status: u16) -> String {
    format!("it answered with the status {status}")
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
