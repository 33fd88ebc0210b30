//! The source of records: a file or standard input, in one of three formats.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use encoding_rs::Encoding;
use jobinsight_core::{EtlError, Result};

use super::compression::{self, decompress};
use super::csv::{CsvReader, detect_delimiter};
use super::encoding::decode;
use super::error;
use super::foreign;
use super::head::{Stream, peek, without_mark};
use super::json::{JsonReader, is_in_other_lines};
use super::line_ends::{has_line, with_line_feeds};
use super::parquet::ParquetReader;
use super::record::RecordReader;

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum InputFormat {
    /// Separated by commas, semicolons, tabs or bars, with a header; an empty cell is NULL.
    Csv,
    /// JSON objects, one per line or in an array.
    #[value(name = "jsonl", alias = "ndjson", alias = "json")]
    JsonLines,
    /// Apache Parquet.
    Parquet,
}

impl InputFormat {
    /// The format for the extension of a file, if the extension is known.
    pub(super) fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            packed if compression::EXTENSIONS.contains(&packed) => {
                Self::of_path(Path::new(path.file_stem()?))
            }
            "csv" | "tsv" => Some(Self::Csv),
            "jsonl" | "ndjson" | "json" => Some(Self::JsonLines),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    /// The format for the first bytes of a file. Anything that is not JSON or Parquet counts as CSV, because CSV has no
    /// fixed first bytes.
    pub(super) fn sniff(head: &[u8]) -> Self {
        // The second one begins an encrypted file.
        if head.starts_with(b"PAR1") || head.starts_with(b"PARE") {
            Self::Parquet
        } else if matches!(first_char(head), Some(b'{' | b'[')) {
            Self::JsonLines
        } else {
            Self::Csv
        }
    }
}

/// The properties of a file that the user names. Properties that are `None` are detected.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileForm {
    /// The format. Without it, the extension decides, then the first bytes.
    pub format: Option<InputFormat>,
    /// The separator of CSV. Without it, the header decides.
    pub delimiter: Option<u8>,
    /// The encoding of the text. Without it, a byte order mark decides; the default is UTF-8.
    pub encoding: Option<&'static Encoding>,
}

/// Opens `path` for reading records; `-` is standard input. Files that gzip or zstd compressed are decompressed.
///
/// # Errors
/// `jobinsight::import::open` when the file cannot be opened; `jobinsight::import::format` when it does not have the format,
/// or has one that import does not read; `jobinsight::import::read` when its beginning cannot be read.
pub fn open(path: &Path, form: FileForm) -> Result<Box<dyn RecordReader>> {
    open_counted(path, form, &Arc::default())
}

/// Opens a source as [`open`] does, and adds the number of bytes that were read to `read`. The bytes of a Parquet file are not
/// counted, because it is not read from its beginning to its end.
pub(crate) fn open_counted(
    path: &Path,
    form: FileForm,
    read: &Arc<AtomicU64>,
) -> Result<Box<dyn RecordReader>> {
    let origin = origin(path);
    let counted = |stream| CountedStream {
        stream,
        read: Arc::clone(read),
    };
    if path == Path::new("-") {
        let stdin: Stream = Box::new(io::stdin());
        return from_stream(Box::new(counted(stdin)), form, None, &origin);
    }
    let failed = |source| error::open(&origin, &source);
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(failed(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    let by_name = InputFormat::of_path(path);
    let format = form.format.or(by_name);
    let is_compressed = |extension| compression::EXTENSIONS.contains(&extension);
    let extension = path.extension().and_then(|extension| extension.to_str());
    if format == Some(InputFormat::Parquet) && !extension.is_some_and(is_compressed) {
        return parquet(file, &origin);
    }
    from_stream(Box::new(counted(Box::new(file))), form, by_name, &origin)
}

/// A stream that counts the bytes that are read from it.
struct CountedStream {
    stream: Stream,
    read: Arc<AtomicU64>,
}

impl Read for CountedStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.read.fetch_add(count as u64, Relaxed);
        Ok(count)
    }
}

/// The name of a source in messages and in the table of rejects.
pub(super) fn origin(path: &Path) -> String {
    if path == Path::new("-") {
        "stdin".to_owned()
    } else {
        path.display().to_string()
    }
}

/// Opens a stream. Its first bytes are read and put back, because a pipe cannot seek.
fn from_stream(
    stream: Stream,
    form: FileForm,
    by_name: Option<InputFormat>,
    origin: &str,
) -> Result<Box<dyn RecordReader>> {
    let failed = |problem| unreadable(origin, &problem);
    let stream = decompress(stream).map_err(failed)?;
    let (head, stream) = peek(stream, |head| head.len() >= 16).map_err(failed)?;
    foreign::refuse(&head, origin)?;
    // Parquet is recognized whatever the name of the file is.
    let found = InputFormat::sniff(&head);
    let format = form
        .format
        .or_else(|| (found == InputFormat::Parquet).then_some(found).or(by_name));
    if format == Some(InputFormat::Parquet) {
        return parquet(super::parquet::spool(stream).map_err(failed)?, origin);
    }
    let stream = decode(stream, form.encoding).map_err(failed)?;
    let (head, stream) = peek(stream, has_line).map_err(failed)?;
    let format = format.unwrap_or_else(|| InputFormat::sniff(&head));
    let input = BufReader::with_capacity(1 << 16, with_line_feeds(&head, stream));
    if format == InputFormat::JsonLines {
        let reader = JsonReader::new(input, is_in_other_lines(&head)).map_err(failed)?;
        return Ok(Box::new(reader));
    }
    let delimiter = form.delimiter.unwrap_or_else(|| detect_delimiter(&head));
    Ok(Box::new(CsvReader::new(input, delimiter).map_err(failed)?))
}

/// The error of a stream whose beginning cannot be read, or whose header is not CSV.
fn unreadable(origin: &str, problem: &io::Error) -> EtlError {
    if problem.kind() == io::ErrorKind::InvalidData {
        error::format(origin, &problem.to_string())
    } else {
        error::read(origin, 0, problem)
    }
}

fn parquet(file: File, origin: &str) -> Result<Box<dyn RecordReader>> {
    let reader = ParquetReader::new(file)
        .map_err(|refusal| error::format(origin, &refusal.problem).help(refusal.help))?;
    Ok(Box::new(reader))
}

/// The first byte after a byte order mark and white space.
fn first_char(head: &[u8]) -> Option<u8> {
    let head = without_mark(head);
    head.iter()
        .copied()
        .find(|byte| !byte.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes;

    fn stream(text: &'static [u8]) -> Result<Box<dyn RecordReader>> {
        from_stream(Box::new(text), FileForm::default(), None, "stdin")
    }

    #[test]
    fn extension_decides_before_content() {
        assert_eq!(
            InputFormat::of_path(Path::new("a.CSV")),
            Some(InputFormat::Csv)
        );
        assert_eq!(
            InputFormat::of_path(Path::new("a.ndjson")),
            Some(InputFormat::JsonLines)
        );
        assert_eq!(
            InputFormat::of_path(Path::new("a.b.parquet")),
            Some(InputFormat::Parquet)
        );
        assert_eq!(
            InputFormat::of_path(Path::new("a.jsonl.gz")),
            Some(InputFormat::JsonLines)
        );
        assert_eq!(InputFormat::of_path(Path::new("-")), None);
    }

    #[test]
    fn the_first_bytes_decide_the_format() {
        assert_eq!(InputFormat::sniff(b"PAR1\x15"), InputFormat::Parquet);
        assert_eq!(
            InputFormat::sniff(b"\xef\xbb\xbf \n{\"a\":1}"),
            InputFormat::JsonLines
        );
        assert_eq!(InputFormat::sniff(b"id,name"), InputFormat::Csv);
        assert_eq!(InputFormat::sniff(b""), InputFormat::Csv);
    }

    #[test]
    fn the_sniffed_head_is_read_again() {
        let reader = stream(b"id,name\n1,a\n").unwrap();
        assert_eq!(reader.columns(), ["id", "name"]);
    }

    #[test]
    fn a_foreign_format_and_a_header_that_is_not_csv_are_refused() {
        for text in [&b"BZh91"[..], b"id,\"name\n1,a\n"] {
            let code = stream(text).err().map(|error| error.code());
            assert_eq!(code, Some(codes::IMPORT_FORMAT));
        }
    }
}
