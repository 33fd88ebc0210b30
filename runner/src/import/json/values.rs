//! JSON values that are not one per line: an array of objects, or objects in several lines. The module finds the end of each
//! value; serde_json reads it.

use std::io::{self, BufRead};

use crate::import::head::skip_mark;
use crate::import::lines::{LONGEST, cut};

/// The values of a file, one after the other. The elements of arrays on the top level are values, too.
pub(super) struct Values<R> {
    input: R,
    line: u64,
    is_in_array: bool,
}

/// The result of [`Values::next`].
#[derive(Debug, PartialEq)]
pub(super) enum Value {
    /// A value that begins in this line.
    Text(u64),
    /// A value that is longer than [`LONGEST`]; only its beginning is in memory.
    TooLong(u64),
    /// No more values.
    End,
}

impl<R: BufRead> Values<R> {
    pub(super) fn new(mut input: R) -> io::Result<Self> {
        skip_mark(&mut input)?;
        Ok(Self {
            input,
            line: 1,
            is_in_array: false,
        })
    }

    /// Appends the next value to `text`.
    pub(super) fn next(&mut self, text: &mut Vec<u8>) -> io::Result<Value> {
        loop {
            match self.peek()? {
                None if self.is_in_array => return Err(cut(self.line)),
                None => return Ok(Value::End),
                Some(b'[') if !self.is_in_array => self.is_in_array = true,
                Some(b']') if self.is_in_array => self.is_in_array = false,
                Some(b',') if self.is_in_array => {}
                Some(byte) if byte.is_ascii_whitespace() => {}
                Some(_) => return self.value(text),
            }
            self.advance();
        }
    }

    fn value(&mut self, text: &mut Vec<u8>) -> io::Result<Value> {
        let (first, mut depth, mut is_string, mut is_escaped) = (self.line, 0_u32, false, false);
        let mut length = 0;
        loop {
            let Some(byte) = self.peek()? else {
                if depth > 0 || is_string {
                    return Err(cut(first));
                }
                break;
            };
            let is_outside = depth == 0 && !is_string;
            // A value without brackets ends before the next separator.
            if is_outside
                && length > 0
                && (byte.is_ascii_whitespace() || matches!(byte, b',' | b']' | b'[' | b'{'))
            {
                break;
            }
            self.advance();
            length += 1;
            if length <= LONGEST {
                text.push(byte);
            }
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if is_string => is_escaped = true,
                b'"' => is_string = !is_string,
                b'{' | b'[' if !is_string => depth += 1,
                b'}' | b']' if !is_string => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && !is_string && matches!(byte, b'}' | b']' | b'"') {
                break;
            }
        }
        Ok(if length > LONGEST {
            Value::TooLong(first)
        } else {
            Value::Text(first)
        })
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.input.fill_buf() {
                Ok(buffer) => return Ok(buffer.first().copied()),
                Err(problem) if problem.kind() == io::ErrorKind::Interrupted => {}
                Err(problem) => return Err(problem),
            }
        }
    }

    /// Goes on to the byte after the one that was peeked at.
    fn advance(&mut self) {
        if let Ok(&[byte, ..]) = self.input.fill_buf() {
            self.line += u64::from(byte == b'\n');
            self.input.consume(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> io::Result<Vec<(u64, String)>> {
        let mut values = Values::new(text.as_bytes())?;
        let mut found = Vec::new();
        loop {
            let mut text = Vec::new();
            match values.next(&mut text)? {
                Value::End => return Ok(found),
                Value::Text(line) => found.push((line, String::from_utf8(text).unwrap())),
                Value::TooLong(_) => panic!("no long value"),
            }
        }
    }

    #[test]
    fn elements_of_arrays_and_objects_in_several_lines_are_values() {
        let text = "\u{feff}[\n {\"a\": \"]}\\\"[\"},\n {\n \"b\": [1,\n {}]\n }, 3, \"x,]\", [4]]\n[{\"c\":1}]\n{\n}{} nan";
        let values: Vec<_> = all(text).unwrap();
        let lines: Vec<u64> = values.iter().map(|(line, _)| *line).collect();
        let texts: Vec<&str> = values.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(lines, [2, 3, 6, 6, 6, 7, 8, 9, 9]);
        assert_eq!(
            texts,
            [
                "{\"a\": \"]}\\\"[\"}",
                "{\n \"b\": [1,\n {}]\n }",
                "3",
                "\"x,]\"",
                "[4]",
                "{\"c\":1}",
                "{\n}",
                "{}",
                "nan"
            ]
        );
    }

    #[test]
    fn a_file_that_ends_within_a_value_or_an_array_is_an_error() {
        for text in ["[{\"a\":1}", "[{\"a\":1},\n", "{\n\"a\":", "[{\"a\":\"b"] {
            assert!(all(text).is_err(), "{text}");
        }
    }
}
