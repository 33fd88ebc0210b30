//! The source of records: a file or standard input, in one of three formats.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use encoding_rs::Encoding;
use jobinsight_core::{EtlError, Result, advice};

use super::compression::{self, decompress};
use super::csv::{CsvReader, detect_delimiter};
use super::encoding::decode;
use super::error;
use super::head::{Stream, peek};
use super::json::{JsonReader, is_in_several_lines};
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
    let origin = origin(path);
    if path == Path::new("-") {
        return from_stream(Box::new(io::stdin()), form, &origin);
    }
    let failed = |source| error::open(&origin, &source);
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(failed(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    let format = form.format.or_else(|| InputFormat::of_path(path));
    let is_compressed = |extension| compression::EXTENSIONS.contains(&extension);
    let extension = path.extension().and_then(|extension| extension.to_str());
    if format == Some(InputFormat::Parquet) && !extension.is_some_and(is_compressed) {
        return parquet(file, &origin);
    }
    from_stream(Box::new(file), FileForm { format, ..form }, &origin)
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
fn from_stream(stream: Stream, form: FileForm, origin: &str) -> Result<Box<dyn RecordReader>> {
    let failed = |problem| unreadable(origin, &problem);
    let stream = decompress(stream).map_err(failed)?;
    let (head, stream) = peek(stream, |head| head.len() >= 6).map_err(failed)?;
    refuse_foreign(&head, origin)?;
    let format = form.format.or_else(|| {
        let found = InputFormat::sniff(&head);
        (found == InputFormat::Parquet).then_some(found)
    });
    if format == Some(InputFormat::Parquet) {
        return parquet(super::parquet::spool(stream).map_err(failed)?, origin);
    }
    let stream = decode(stream, form.encoding).map_err(failed)?;
    let (head, stream) = peek(stream, has_line).map_err(failed)?;
    let format = format.unwrap_or_else(|| InputFormat::sniff(&head));
    let input = BufReader::with_capacity(1 << 16, with_line_feeds(&head, stream));
    if format == InputFormat::JsonLines {
        let reader = JsonReader::new(input, is_in_several_lines(&head)).map_err(failed)?;
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

/// Refuses files that would otherwise be read as text. Every line of such a file would be a bad line.
fn refuse_foreign(head: &[u8], origin: &str) -> Result<()> {
    let import = advice::command("import -");
    let (what, help) = match head {
        [b'B', b'Z', b'h', ..] => ("compressed by bzip2", format!("bzip2 -dc FILE | {import}")),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
            ("compressed by xz", format!("xz -dc FILE | {import}"))
        }
        [b'P', b'K', 3, 4, ..] => (
            "a zip archive or a workbook",
            format!("unzip -p FILE | {import}; save a workbook of Excel as CSV UTF-8 first"),
        ),
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => (
            "written in UTF-32",
            format!("iconv -f utf-32 -t utf-8 FILE | {import}"),
        ),
        _ => return Ok(()),
    };
    Err(error::format(origin, &format!("is {what}")).help(help))
}

/// The first byte after a byte order mark and white space.
fn first_char(head: &[u8]) -> Option<u8> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.iter()
        .copied()
        .find(|byte| !byte.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes;

    fn stream(text: &'static [u8]) -> Result<Box<dyn RecordReader>> {
        from_stream(Box::new(text), FileForm::default(), "stdin")
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
    fn foreign_formats_are_refused_with_help() {
        for (head, word) in [
            (&b"BZh91"[..], "bzip2"),
            (b"\xff\xfe\0\0i\0\0\0", "UTF-32"),
            (b"PK\x03\x04", "zip"),
        ] {
            match stream(head) {
                Err(error) => assert!(error.message().contains(word), "{error}"),
                Ok(_) => panic!("{word} was accepted"),
            }
        }
        let quote = stream(b"id,\"name\n1,a\n");
        let code = quote.err().map(|error| error.code());
        assert_eq!(code, Some(codes::IMPORT_FORMAT));
    }
}
