//! JSON Lines: one object per line.

use std::collections::BTreeSet;
use std::io::{self, BufRead};

use serde_json::{Map, Value};

use super::lines::{Found, Lines, cut};
use super::record::{BadLine, Line, Record, RecordReader};

/// The largest number of unknown keys that the report lists. There is a limit, because a file may use data as keys.
const MOST_UNKNOWN: usize = 50;

/// The smallest integer that a floating-point number cannot represent exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads JSON Lines. The columns are the columns of the target, because each line may have other keys.
pub(super) struct JsonLinesReader<R> {
    lines: Lines<R>,
    line: Vec<u8>,
    columns: Vec<String>,
    unknown: BTreeSet<String>,
}

impl<R: BufRead + Send> JsonLinesReader<R> {
    /// # Errors
    /// When the first bytes cannot be read.
    pub(super) fn new(input: R) -> io::Result<Self> {
        Ok(Self {
            lines: Lines::new(input)?,
            line: Vec::new(),
            columns: Vec::new(),
            unknown: BTreeSet::new(),
        })
    }

    fn bad(&self, reason: impl Into<String>) -> BadLine {
        let text = String::from_utf8_lossy(&self.line);
        BadLine::new(self.lines.number(), text.trim_end(), reason)
    }

    fn record(&mut self, line: u64, mut object: Map<String, Value>) -> Result<Record, String> {
        let mut record = Record {
            line,
            values: Vec::new(),
            absent: Vec::new(),
        };
        for (at, column) in self.columns.iter().enumerate() {
            let value = object.remove(column);
            if value.is_none() {
                record.absent.push(at);
            }
            let value = value
                .map(text)
                .transpose()
                .map_err(|why| format!("{column}: {why}"))?;
            record.values.push(value.flatten());
        }
        for (key, _) in object {
            if self.unknown.len() < MOST_UNKNOWN {
                self.unknown.insert(key);
            }
        }
        Ok(record)
    }
}

/// A value as PostgreSQL reads it: strings as they are, the rest in its JSON spelling.
fn text(value: Value) -> Result<Option<String>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() >= EXACT => {
                Err("the number is too large to be kept exactly; write it as a string".to_owned())
            }
            _ => Ok(Some(number.to_string())),
        },
        other => Ok(Some(other.to_string())),
    }
}

impl<R: BufRead + Send> RecordReader for JsonLinesReader<R> {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn bind(&mut self, target: &[String]) {
        self.columns = target.to_vec();
    }

    fn unknown(&self) -> Vec<String> {
        self.unknown.iter().cloned().collect()
    }

    fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            self.line.clear();
            match self.lines.next(&mut self.line)? {
                Found::End => return Ok(None),
                Found::TooLong => return Ok(Some(Err(self.bad("line longer than 16 MiB")))),
                Found::Line if self.line.trim_ascii().is_empty() => {}
                Found::Line => break,
            }
        }
        let is_cut = !self.line.ends_with(b"\n");
        let line = match serde_json::from_slice::<Value>(&self.line) {
            Ok(Value::Object(object)) => self
                .record(self.lines.number(), object)
                .map_err(|reason| self.bad(reason)),
            Ok(_) => Err(self.bad("is JSON, but not an object")),
            Err(problem) if is_cut && problem.is_eof() => {
                return Err(cut(self.lines.number()));
            }
            Err(problem) => Err(self.bad(describe(&problem))),
        };
        Ok(Some(line))
    }
}

/// Describes a problem without its line number, because the parser sees one line at a time and always counts 1.
fn describe(problem: &serde_json::Error) -> String {
    let (line, column) = (problem.line(), problem.column());
    let whole = problem.to_string();
    let what = whole
        .strip_suffix(&format!(" at line {line} column {column}"))
        .unwrap_or(&whole);
    format!("is not JSON: {what} at column {column}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8]) -> (Vec<Line>, Vec<String>) {
        let mut reader = JsonLinesReader::new(text).unwrap();
        reader.bind(&["id".to_owned(), "name".to_owned()]);
        let mut lines = Vec::new();
        while let Some(line) = reader.next().unwrap() {
            lines.push(line);
        }
        (lines, reader.unknown())
    }

    #[test]
    fn values_become_text_and_null_is_not_absent() {
        let text = concat!(
            "{\"name\":\"n\\u00e9\",\"id\":12}\n\n",
            "{\"id\":true,\"name\":null}\n",
            "{\"id\":[1,{\"a\":\"b\"}],\"more\":1}\n",
        );
        let (lines, unknown) = all(text.as_bytes());
        let some = |text: &str| Some(text.to_owned());
        let record = |line, values, absent| {
            Ok(Record {
                line,
                values,
                absent,
            })
        };
        assert_eq!(lines[0], record(1, vec![some("12"), some("né")], vec![]));
        assert_eq!(lines[1], record(3, vec![some("true"), None], vec![]));
        assert_eq!(
            lines[2],
            record(4, vec![some("[1,{\"a\":\"b\"}]"), None], vec![1])
        );
        assert_eq!(unknown, ["more"]);
    }

    #[test]
    fn each_bad_line_has_a_reason_and_is_skipped() {
        let (lines, _) = all(b"{\"id\":\n[1]\n{\"id\":\"\xff\"}\n{\"id\":1}");
        let bad = |at: usize| lines[at].as_ref().unwrap_err();
        assert_eq!((bad(0).line, bad(0).text.as_str()), (1, "{\"id\":"));
        assert!(
            bad(0).reason.starts_with("is not JSON: EOF"),
            "{}",
            bad(0).reason
        );
        assert_eq!(
            (bad(1).line, bad(1).reason.as_str()),
            (2, "is JSON, but not an object")
        );
        assert_eq!(bad(2).line, 3);
        assert_eq!(lines[3].as_ref().unwrap().line, 4);
    }

    #[test]
    fn a_number_that_would_change_is_refused() {
        let (lines, _) = all(b"{\"id\":123456789012345678901234567890}\n{\"id\":1.5}");
        assert!(
            lines[0]
                .as_ref()
                .unwrap_err()
                .reason
                .contains("as a string")
        );
        assert_eq!(lines[1].as_ref().unwrap().values[0].as_deref(), Some("1.5"));
    }
}
