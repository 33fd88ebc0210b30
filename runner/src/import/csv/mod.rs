//! CSV with a header. This module finds the end of each record, so that the line and the text of a bad record are known.
//! The `csv` crate reads the fields.

mod delimiter;

use std::io::{self, BufRead, Read};

use self::delimiter::declared;
pub(super) use self::delimiter::detect as detect_delimiter;
pub(crate) use self::delimiter::parse as parse_delimiter;
use super::lines::{Found, LONGEST, Lines, cut};
use super::record::{BadLine, Cause, Line, Record, RecordReader};

/// Bytes of a file that are read again behind quotes that are not closed. A file with more of them is an error, because the
/// time for it would grow with the square of its length.
const MOST_READ_AGAIN: usize = 4 * LONGEST;

/// Reads CSV: UTF-8, header, a separator, double quotes; an empty cell is NULL.
pub(super) struct CsvReader<R> {
    /// The reader of the crate sees one record at a time, which is in [`Feed`].
    reader: csv::Reader<Feed>,
    lines: Lines<R>,
    delimiter: u8,
    columns: Vec<String>,
    fields: csv::ByteRecord,
    /// Bytes that were read more than once, because a quote in front of them is not closed.
    read_again: usize,
    /// Whether the line of the last record has no line break, as only the last line of a file may have.
    is_cut: bool,
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

/// The place of a byte in a record. It decides whether a line break ends the record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote in a quoted field. It is the end of the field, or the first half of a doubled quote.
    QuoteSeen,
    /// Text after a closing quote. The quotes of this record do not match.
    Broken,
}

impl State {
    fn after(self, byte: u8, delimiter: u8) -> Self {
        match (self, byte) {
            (Self::Broken, _) => Self::Broken,
            (Self::Quoted, b'"') => Self::QuoteSeen,
            (Self::FieldStart | Self::QuoteSeen, b'"') | (Self::Quoted, _) => Self::Quoted,
            (_, byte) if byte == delimiter => Self::FieldStart,
            (Self::QuoteSeen, byte) if byte != b'\r' => Self::Broken,
            _ => Self::Plain,
        }
    }

    /// The state after a line with its line break, and whether a quote opens in the line and stays open. A line break
    /// outside of quotes ends the record and is not part of a field.
    fn after_line(self, line: &[u8], delimiter: u8) -> (Self, bool) {
        let mut is_opened = false;
        let end = line.iter().fold(self, |state, &byte| {
            if state != Self::Quoted && byte == b'\n' {
                return state;
            }
            let after = state.after(byte, delimiter);
            is_opened |= after == Self::Quoted && state == Self::FieldStart;
            after
        });
        (end, is_opened && end == Self::Quoted)
    }
}

/// The result of [`CsvReader::advance`].
enum Raw {
    Record(u64),
    Bad(BadLine),
    End,
}

impl<R: BufRead + Send> CsvReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// When reading fails, or the header is not CSV. An empty file has no columns and no records.
    pub(super) fn new(input: R, delimiter: u8) -> io::Result<Self> {
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            // The lines are cut already, so a single carriage return is text and not a line end.
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(Feed::default());
        let (lines, fields) = (Lines::new(input)?, csv::ByteRecord::new());
        let mut this = Self {
            reader,
            lines,
            delimiter,
            columns: Vec::new(),
            fields,
            read_again: 0,
            is_cut: false,
        };
        let mut first = this.advance()?;
        if matches!(first, Raw::Record(_)) && declared(&this.reader.get_ref().record).is_some() {
            first = this.advance()?;
        }
        match first {
            Raw::End => {}
            Raw::Bad(bad) => return Err(io::Error::new(io::ErrorKind::InvalidData, bad.reason)),
            Raw::Record(_) => {
                this.parse()?;
                this.columns = this.fields.iter().map(name_of).collect();
            }
        }
        Ok(this)
    }

    /// Reads the lines of the next record into the feed. Empty lines between records are skipped.
    fn advance(&mut self) -> io::Result<Raw> {
        let feed = self.reader.get_mut();
        feed.record.clear();
        feed.given = 0;
        let mut state = State::FieldStart;
        let mut is_closed = false;
        let (mut first, mut first_ends, mut opened, mut seen) = (0, 0, 0, 0);
        loop {
            let found = self.lines.next(&mut feed.record)?;
            if seen == 0 {
                first = self.lines.number();
                first_ends = feed.record.len();
            }
            match found {
                Found::End if seen == 0 => return Ok(Raw::End),
                Found::End if self.lines.number() == first && !feed.record.ends_with(b"\n") => {
                    return Err(cut(first));
                }
                // A quote is never closed. Only the first line of the record is bad; the lines after it are read again as
                // records.
                Found::End => break,
                Found::TooLong => {
                    let text = String::from_utf8_lossy(&feed.record);
                    return Ok(Raw::Bad(
                        BadLine::new(first, &text, "line longer than 16 MiB").of(Cause::TooLong),
                    ));
                }
                Found::Line => {}
            }
            let (after, is_opened) = state.after_line(&feed.record[seen..], self.delimiter);
            if is_opened {
                opened = self.lines.number();
            }
            state = after;
            seen = feed.record.len();
            if state == State::Broken {
                is_closed = true;
                break;
            }
            if state != State::Quoted {
                self.is_cut = !feed.record.ends_with(b"\n");
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
        let reason = if is_closed {
            "text follows a closing quote".to_owned()
        } else {
            format!("a quote opens a field in line {opened} and is never closed")
        };
        self.read_again += feed.record.len() - first_ends;
        if self.read_again > MOST_READ_AGAIN {
            let what = format!("line {first}: {reason}, as in earlier lines of this file");
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        let again = self.lines.number() - first;
        self.lines.put_back(&feed.record[first_ends..], again);
        Ok(Raw::Bad(
            BadLine::new(first, &text, reason).of(Cause::Quote),
        ))
    }

    fn parse(&mut self) -> io::Result<()> {
        self.reader.read_byte_record(&mut self.fields)?;
        Ok(())
    }

    fn bad(&self, line: u64, reason: impl Into<String>) -> BadLine {
        let text = String::from_utf8_lossy(&self.reader.get_ref().record);
        BadLine::new(line, text.trim_end(), reason)
    }

    /// Whether the record has the names of the header.
    fn is_header(&self) -> bool {
        let mut pairs = self.fields.iter().zip(&self.columns);
        pairs.all(|(field, name)| name_of(field) == *name)
    }

    fn record(&self, line: u64) -> Line {
        let (have, want) = (self.fields.len(), self.columns.len());
        if have != want {
            let mut reason = format!("{have} fields where the header has {want}");
            if self.fields.iter().any(has_carriage_return) {
                reason += ", and carriage returns within them; if each of them ends a line: tr '\\r' '\\n'";
            }
            return Err(self.bad(line, reason).of(Cause::FieldCount));
        }
        if self.is_header() {
            let reason = "the line is the header again, as in files that were joined";
            return Err(self.bad(line, reason).of(Cause::RepeatedHeader));
        }
        if self.fields.iter().any(has_blank_before_quote) {
            let reason = "there is a blank before the quote of a field, so the quotes would become part of the value";
            return Err(self.bad(line, reason).of(Cause::Quote));
        }
        let mut values = Vec::with_capacity(want);
        for (field, column) in self.fields.iter().zip(&self.columns) {
            match std::str::from_utf8(field) {
                Ok("") => values.push(None),
                Ok(text) => values.push(Some(text.to_owned())),
                Err(problem) => {
                    let reason = format!("{column} is not UTF-8: {problem}");
                    return Err(self.bad(line, reason).of(Cause::NotText));
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

/// The name of a column. A file that was joined to another one may begin with a byte order mark.
fn name_of(field: &[u8]) -> String {
    let text = String::from_utf8_lossy(field);
    text.trim_start_matches('\u{feff}').trim().to_owned()
}

fn has_carriage_return(field: &[u8]) -> bool {
    field.contains(&b'\r')
}

/// Whether a field begins with blanks and a quote: `1, "a"`. Such a quote is a part of the value.
fn has_blank_before_quote(field: &[u8]) -> bool {
    let text = field.trim_ascii_start();
    text.len() < field.len()
        && text.len() > 1
        && text.starts_with(b"\"")
        && text.trim_ascii_end().ends_with(b"\"")
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
                if self.is_cut && self.fields.len() < self.columns.len() {
                    // Programs of DOS end a text file with this character.
                    let is_end = self.reader.get_ref().record.trim_ascii_end() == b"\x1a";
                    return if is_end { Ok(None) } else { Err(cut(line)) };
                }
                Ok(Some(self.record(line)))
            }
        }
    }
}

#[cfg(test)]
mod tests;
