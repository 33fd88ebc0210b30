//! JSON: one object per line, or objects in an array or in several lines.

mod object;
mod values;

use std::collections::BTreeSet;
use std::io::{self, BufRead};

use serde::de::IgnoredAny;
use serde_json::Value;

use self::object::{NotRecord, Object, parse};
use self::values::Values;
use super::head::without_mark;
use super::lines::{Found, Lines, cut};
use super::names::Names;
use super::record::{BadLine, Cause, EXACT, Line, Record, RecordReader};

/// The largest number of unknown keys that the report lists. There is a limit, because a file may use data as keys.
const MOST_UNKNOWN: usize = 50;

/// The actions of Elasticsearch's bulk format that stand before a record.
const BULK_ACTIONS: [&str; 2] = ["index", "create"];

/// The texts of the records of a file.
enum RecordTexts<R> {
    /// One per line, so that a bad line does not affect the next one.
    Lines(Lines<R>),
    Values(Values<R>),
}

/// Reads JSON. The columns are the columns of the target, because each object may have other names.
pub(super) struct JsonReader<R> {
    texts: RecordTexts<R>,
    text: Vec<u8>,
    columns: Vec<String>,
    names: Names,
    unknown: BTreeSet<String>,
    skipped: u64,
}

/// Whether the records are not one per line: the file begins with an array, with an object of several lines, or with two
/// objects in one line.
pub(super) fn is_in_other_lines(head: &[u8]) -> bool {
    let head = without_mark(head);
    let head = head.trim_ascii_start();
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let next = head[line.len()..].trim_ascii_start().first();
    match head {
        [b'[', ..] => true,
        [b'{', ..] => {
            let mut values = serde_json::Deserializer::from_slice(line).into_iter::<IgnoredAny>();
            match values.next() {
                Some(Ok(_)) => line[values.byte_offset()..].trim_ascii().starts_with(b"{"),
                // If the object continues, the next line begins with a name, a comma or the closing brace. After a line that
                // was cut, the next line is a record, which begins with an opening brace.
                Some(Err(problem)) => {
                    problem.is_eof()
                        && !ends_in_string(line)
                        && next.is_some_and(|byte| b"\",}".contains(byte))
                }
                None => false,
            }
        }
        _ => false,
    }
}

fn ends_in_string(line: &[u8]) -> bool {
    let (mut is_string, mut is_escaped) = (false, false);
    for byte in line {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_string,
            b'"' => is_string = !is_string,
            _ => {}
        }
    }
    is_string
}

impl<R: BufRead + Send> JsonReader<R> {
    /// # Errors
    /// When the first bytes cannot be read.
    pub(super) fn new(input: R, is_in_other_lines: bool) -> io::Result<Self> {
        Ok(Self {
            texts: if is_in_other_lines {
                RecordTexts::Values(Values::new(input)?)
            } else {
                RecordTexts::Lines(Lines::new(input)?)
            },
            text: Vec::new(),
            columns: Vec::new(),
            names: Names::default(),
            unknown: BTreeSet::new(),
            skipped: 0,
        })
    }

    fn bad(&self, line: u64, problem: NotRecord) -> BadLine {
        let text = String::from_utf8_lossy(&self.text);
        BadLine::new(line, text.trim_end(), problem.reason).of(problem.cause)
    }

    /// Reads the next text. Returns the line in which it begins, and whether it fits into memory.
    fn advance(&mut self) -> io::Result<Option<(u64, bool)>> {
        loop {
            self.text.clear();
            return Ok(match &mut self.texts {
                RecordTexts::Values(values) => match values.next(&mut self.text)? {
                    values::Value::Text(line) => Some((line, true)),
                    values::Value::TooLong(line) => Some((line, false)),
                    values::Value::End => None,
                },
                RecordTexts::Lines(lines) => match lines.next(&mut self.text)? {
                    Found::Line if self.text.trim_ascii().is_empty() => continue,
                    Found::Line => Some((lines.number(), true)),
                    Found::TooLong => Some((lines.number(), false)),
                    Found::End => None,
                },
            });
        }
    }

    /// Whether this is the last line of the file, and it may be cut.
    fn may_be_cut(&self) -> bool {
        matches!(self.texts, RecordTexts::Lines(_)) && !self.text.ends_with(b"\n")
    }

    fn record(&mut self, line: u64, object: Object) -> Result<Record, NotRecord> {
        let mut values = vec![None; self.columns.len()];
        let mut names = vec![None::<String>; self.columns.len()];
        for (name, value) in object.0 {
            let Some(at) = self.names.find(&name) else {
                if self.unknown.len() < MOST_UNKNOWN {
                    self.unknown.insert(name);
                }
                continue;
            };
            let column = &self.columns[at];
            if let Some(first) = &names[at] {
                let reason = format!("`{first}` and `{name}` are both the column {column}");
                return Err(NotRecord::new(Cause::RepeatedName, reason));
            }
            values[at] = text(value)
                .map_err(|why| NotRecord::new(Cause::Refused, format!("{column}: {why}")))?;
            names[at] = Some(name);
        }
        let absent = names.iter().enumerate().filter(|(_, name)| name.is_none());
        Ok(Record {
            line,
            values,
            absent: absent.map(|(at, _)| at).collect(),
        })
    }

    /// Whether the object is an action line of Elasticsearch's bulk format: `{"index":{"_id":"1"}}`.
    fn is_bulk_action(&self, object: &Object) -> bool {
        let [(name, Value::Object(action))] = object.0.as_slice() else {
            return false;
        };
        BULK_ACTIONS.contains(&name.as_str())
            && self.names.find(name).is_none()
            && (action.is_empty() || action.keys().any(|key| key.starts_with('_')))
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

impl<R: BufRead + Send> RecordReader for JsonReader<R> {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn bind(&mut self, target: &[String]) {
        self.columns = target.to_vec();
        self.names = Names::new(target.iter());
    }

    fn unknown(&self) -> Vec<String> {
        self.unknown.iter().cloned().collect()
    }

    fn skipped(&self) -> u64 {
        self.skipped
    }

    fn next(&mut self) -> io::Result<Option<Line>> {
        while let Some((line, is_whole)) = self.advance()? {
            if !is_whole {
                let problem = NotRecord::new(Cause::TooLong, "line longer than 16 MiB");
                return Ok(Some(Err(self.bad(line, problem))));
            }
            let read = match parse(&self.text) {
                Ok(object) if self.is_bulk_action(&object) => {
                    self.skipped += 1;
                    continue;
                }
                Ok(object) => self.record(line, object),
                Err(problem) if problem.is_cut && self.may_be_cut() => return Err(cut(line)),
                Err(problem) => Err(problem),
            };
            return Ok(Some(read.map_err(|problem| self.bad(line, problem))));
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
