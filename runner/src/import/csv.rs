//! CSV with a header. Where a record ends is found here, so that its line and its raw text are
//! known when it is bad; what its fields are is left to the `csv` crate.

use std::io::{self, BufRead, Read};

use super::lines::{Found, LONGEST, Lines};
use super::record::{BadLine, Line, Record, RecordReader};

/// Reads CSV: UTF-8, header, comma, double quotes; an empty cell is NULL.
pub(super) struct CsvReader<R> {
    /// The crate's reader sees one record at a time, the one that [`Feed`] holds.
    reader: csv::Reader<Feed>,
    lines: Lines<R>,
    columns: Vec<String>,
    fields: csv::ByteRecord,
}

/// The raw bytes of the current record, ending in one line break.
#[derive(Default)]
struct Feed {
    record: Vec<u8>,
    given: usize,
}

impl Read for Feed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = (&self.record[self.given..]).read(buffer)?;
        self.given += count;
        Ok(count)
    }
}

/// Where in a record a byte stands: what decides whether a line break ends it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote within quotes: the end of the field, or the first half of a doubled quote.
    QuoteSeen,
    /// Text behind a closing quote: the quote that seemed to close a field opens another one's.
    Broken,
}

impl State {
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Broken, _) => Self::Broken,
            (Self::Quoted, b'"') => Self::QuoteSeen,
            (Self::FieldStart | Self::QuoteSeen, b'"') | (Self::Quoted, _) => Self::Quoted,
            (_, b',') => Self::FieldStart,
            (Self::QuoteSeen, byte) if byte != b'\r' => Self::Broken,
            _ => Self::Plain,
        }
    }
}

/// What [`CsvReader::advance`] found.
enum Raw {
    Record(u64),
    Bad(BadLine),
    End,
}

impl<R: BufRead + Send> CsvReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// When reading fails, or the header is no CSV. An empty file has no columns and no records.
    pub(super) fn new(input: R) -> io::Result<Self> {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            // Lines were cut already: a lone carriage return is text, not another end.
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(Feed::default());
        let (lines, fields) = (Lines::new(input)?, csv::ByteRecord::new());
        let mut this = Self {
            reader,
            lines,
            columns: Vec::new(),
            fields,
        };
        match this.advance()? {
            Raw::End => {}
            Raw::Bad(bad) => return Err(io::Error::new(io::ErrorKind::InvalidData, bad.reason)),
            Raw::Record(_) => {
                this.parse()?;
                let name = |field| String::from_utf8_lossy(field).trim().to_owned();
                this.columns = this.fields.iter().map(name).collect();
            }
        }
        Ok(this)
    }

    /// Takes the next record's lines into the feed; empty lines between records are no records.
    fn advance(&mut self) -> io::Result<Raw> {
        let feed = self.reader.get_mut();
        feed.record.clear();
        feed.given = 0;
        let mut state = State::FieldStart;
        let mut reason = "a quote opens a field and is never closed";
        let (mut first, mut first_ends, mut seen) = (0, 0, 0);
        loop {
            let found = self.lines.next(&mut feed.record)?;
            if seen == 0 {
                first = self.lines.number();
                first_ends = feed.record.len();
            }
            match found {
                Found::End if seen == 0 => return Ok(Raw::End),
                // A field that never closes its quote: only its first line is bad, the rest of
                // what it swallowed is read again on its own.
                Found::End => break,
                Found::TooLong => {
                    let text = String::from_utf8_lossy(&feed.record);
                    return Ok(Raw::Bad(BadLine::new(
                        first,
                        &text,
                        "line longer than 16 MiB",
                    )));
                }
                Found::Line => {}
            }
            state = feed.record[seen..].iter().fold(state, |state, &byte| {
                // The line break that ends an unquoted record belongs to no field.
                if state != State::Quoted && byte == b'\n' {
                    state
                } else {
                    state.after(byte)
                }
            });
            seen = feed.record.len();
            if state == State::Broken {
                reason = "text stands behind a closing quote";
                break;
            }
            if state != State::Quoted {
                while matches!(feed.record.last(), Some(b'\n' | b'\r')) {
                    feed.record.pop();
                }
                if !feed.record.is_empty() {
                    feed.record.push(b'\n');
                    return Ok(Raw::Record(first));
                }
                (state, seen) = (State::FieldStart, 0);
            } else if feed.record.len() > LONGEST {
                break;
            }
        }
        let text = String::from_utf8_lossy(&feed.record[..first_ends])
            .trim_end()
            .to_owned();
        let again = self.lines.number() - first;
        self.lines.put_back(&feed.record[first_ends..], again);
        Ok(Raw::Bad(BadLine::new(first, &text, reason)))
    }

    fn parse(&mut self) -> io::Result<()> {
        self.reader.read_byte_record(&mut self.fields)?;
        Ok(())
    }

    fn bad(&self, line: u64, reason: impl Into<String>) -> BadLine {
        let text = String::from_utf8_lossy(&self.reader.get_ref().record);
        BadLine::new(line, text.trim_end(), reason)
    }

    fn record(&self, line: u64) -> Line {
        let (have, want) = (self.fields.len(), self.columns.len());
        if have != want {
            return Err(self.bad(line, format!("{have} fields where the header has {want}")));
        }
        let mut values = Vec::with_capacity(want);
        for (field, column) in self.fields.iter().zip(&self.columns) {
            match std::str::from_utf8(field) {
                Ok("") => values.push(None),
                Ok(text) => values.push(Some(text.to_owned())),
                Err(problem) => {
                    return Err(self.bad(line, format!("{column} is not UTF-8: {problem}")));
                }
            }
        }
        Ok(Record {
            line,
            values,
            absent: Vec::new(),
        })
    }
}

impl<R: BufRead + Send> RecordReader for CsvReader<R> {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next(&mut self) -> io::Result<Option<Line>> {
        match self.advance()? {
            Raw::End => Ok(None),
            Raw::Bad(bad) => Ok(Some(Err(bad))),
            Raw::Record(line) => {
                self.parse()?;
                Ok(Some(self.record(line)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8]) -> (Vec<String>, Vec<Line>) {
        let mut reader = CsvReader::new(text).unwrap();
        let mut lines = Vec::new();
        while let Some(line) = reader.next().unwrap() {
            lines.push(line);
        }
        (reader.columns().to_vec(), lines)
    }

    #[allow(clippy::unnecessary_wraps)] // it is compared with lines that may be bad
    fn good(line: u64, values: &[&str]) -> Line {
        let values = values
            .iter()
            .map(|v| (!v.is_empty()).then(|| (*v).to_owned()))
            .collect();
        Ok(Record {
            line,
            values,
            absent: Vec::new(),
        })
    }

    fn bad(line: &Line) -> (u64, &str) {
        let bad = line.as_ref().unwrap_err();
        (bad.line, &bad.reason)
    }

    #[test]
    fn reads_header_values_nulls_and_quotes() {
        let (columns, lines) = all(b"\xef\xbb\xbfid, name\n1,\"say \"\"hi\"\", you\"\n2,\n3,\"\"");
        assert_eq!(columns, ["id", "name"]);
        let want = [
            good(2, &["1", "say \"hi\", you"]),
            good(3, &["2", ""]),
            good(4, &["3", ""]),
        ];
        assert_eq!(lines, want);
    }

    #[test]
    fn line_numbers_are_those_of_the_file() {
        for ending in ["\n", "\r\n"] {
            let text = "id,name\n\n1,\"a\nb\n\nc\"\n\n2,x\n3\n".replace('\n', ending);
            let (_, lines) = all(text.as_bytes());
            assert_eq!(
                lines[0],
                good(3, &["1", &format!("a{ending}b{ending}{ending}c")])
            );
            assert_eq!(lines[1], good(8, &["2", "x"]));
            assert_eq!(bad(&lines[2]), (9, "1 fields where the header has 2"));
            assert_eq!(lines.len(), 3);
        }
    }

    #[test]
    fn bad_lines_do_not_stop_the_reading() {
        let (_, lines) = all(b"id,name\n1,a,b\n2,\xff\xfe\n3,c\n");
        assert_eq!(bad(&lines[0]), (2, "3 fields where the header has 2"));
        assert_eq!(lines[0].as_ref().unwrap_err().text, "1,a,b");
        let (line, reason) = bad(&lines[1]);
        assert!(
            line == 3 && reason.starts_with("name is not UTF-8"),
            "{reason}"
        );
        assert_eq!(lines[2], good(4, &["3", "c"]));
    }

    #[test]
    fn an_open_quote_costs_one_line_only() {
        let (_, lines) = all(b"id,name\n1,\"open\n2,b\n3,\"c\nd\"\n4,e\n");
        // Lines 2 to 4 close at the quote of line 4, which is how CSV is read; nothing hangs.
        assert_eq!(bad(&lines[0]).0, 2);
        assert_eq!(lines.last().unwrap(), &good(6, &["4", "e"]));
        let (_, lines) = all(b"id,name\n1,\"open\n2,b\n3,c\n");
        assert_eq!(
            bad(&lines[0]),
            (2, "a quote opens a field and is never closed")
        );
        assert_eq!(lines[1..], [good(3, &["2", "b"]), good(4, &["3", "c"])]);
    }

    #[test]
    fn a_record_larger_than_any_buffer_is_whole() {
        let long = "y\n".repeat(50_000);
        let (_, lines) = all(format!("id,name\n1,\"{long}\"\n2,z\n").as_bytes());
        assert_eq!(lines, [good(2, &["1", &long]), good(50_003, &["2", "z"])]);
    }

    #[test]
    fn a_lone_carriage_return_is_text() {
        let (_, lines) = all(b"id,name\r\n1,a\rb\r\n2,c\r\n");
        assert_eq!(lines, [good(2, &["1", "a\rb"]), good(3, &["2", "c"])]);
    }

    #[test]
    fn an_empty_file_has_no_columns() {
        assert_eq!(all(b""), (Vec::new(), Vec::new()));
    }
}
