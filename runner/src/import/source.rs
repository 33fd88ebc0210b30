//! The source of records: a file or standard input, in one of three formats.

use jobinsight_core::advice;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use jobinsight_core::Result;

use super::csv::CsvReader;
use super::error;
use super::jsonl::JsonLinesReader;
use super::parquet::ParquetReader;
use super::record::RecordReader;

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum InputFormat {
    /// Comma-separated, with a header; an empty cell is NULL.
    Csv,
    /// One JSON object per line.
    #[value(name = "jsonl", alias = "ndjson", alias = "json")]
    JsonLines,
    /// Apache Parquet.
    Parquet,
}

impl InputFormat {
    /// The format for the extension of a file, if the extension is known.
    pub(super) fn of_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" | "json" => Some(Self::JsonLines),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    /// The format for the first bytes of a file. Anything that is not JSON or Parquet counts as CSV, because CSV has no
    /// fixed first bytes.
    pub(super) fn sniff(head: &[u8]) -> Self {
        if head.starts_with(b"PAR1") {
            Self::Parquet
        } else if first_char(head) == Some(b'{') {
            Self::JsonLines
        } else {
            Self::Csv
        }
    }
}

/// Opens `path` for reading records; `-` is standard input. Without `format`, the extension decides the format. If the
/// extension is unknown, the first bytes decide.
///
/// # Errors
/// `jobinsight::import::open` when the file cannot be opened or its header cannot be read; `jobinsight::import::format`
/// when it is compressed, is a JSON array, or does not have the format.
pub fn open(path: &Path, format: Option<InputFormat>) -> Result<Box<dyn RecordReader>> {
    let origin = origin(path);
    let failed = |source| error::open(&origin, &source);
    if path == Path::new("-") {
        return from_stream(Box::new(io::stdin()), format, &origin);
    }
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(failed(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    match format.or_else(|| InputFormat::of_path(path)) {
        Some(InputFormat::Parquet) => parquet(file, &origin),
        format => from_stream(Box::new(file), format, &origin),
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

/// Does the same as [`open`], for any stream. The first bytes are read and put back, because a pipe cannot seek.
fn from_stream(
    mut stream: Box<dyn Read + Send>,
    format: Option<InputFormat>,
    origin: &str,
) -> Result<Box<dyn RecordReader>> {
    let failed = |source| error::open(origin, &source);
    let mut head = Vec::new();
    stream
        .by_ref()
        .take(64)
        .read_to_end(&mut head)
        .map_err(failed)?;
    refuse_foreign(&head, origin)?;
    let format = format.unwrap_or_else(|| InputFormat::sniff(&head));
    if format == InputFormat::JsonLines && first_char(&head) == Some(b'[') {
        return Err(
            error::format(origin, "is a JSON array, not one object per line").help(format!(
                "convert it: jq -c '.[]' FILE | {}",
                advice::command("import -")
            )),
        );
    }
    let whole = Cursor::new(head).chain(stream);
    match format {
        InputFormat::Csv => {
            let input: Box<dyn BufRead + Send> = Box::new(BufReader::with_capacity(1 << 16, whole));
            Ok(Box::new(CsvReader::new(input).map_err(failed)?))
        }
        InputFormat::JsonLines => {
            let input: Box<dyn BufRead + Send> = Box::new(BufReader::with_capacity(1 << 16, whole));
            Ok(Box::new(JsonLinesReader::new(input).map_err(failed)?))
        }
        InputFormat::Parquet => parquet(super::parquet::spool(whole).map_err(failed)?, origin),
    }
}

fn parquet(file: File, origin: &str) -> Result<Box<dyn RecordReader>> {
    let reader = ParquetReader::new(file).map_err(|problem| {
        error::format(
            origin,
            &format!("is not a readable Parquet file: {problem}"),
        )
        .help("if it is text: --input-format csv or jsonl")
    })?;
    Ok(Box::new(reader))
}

/// Refuses compressed files and UTF-16. Otherwise, every line of such a file would be a bad line.
fn refuse_foreign(head: &[u8], origin: &str) -> Result<()> {
    let (what, tool) = match head {
        [0x1f, 0x8b, ..] => ("compressed by gzip", "gzip -dc"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => ("compressed by zstd", "zstd -dc"),
        [b'P', b'K', 3, 4, ..] => ("a zip archive", "unzip -p"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => ("written in UTF-16", "iconv -f utf-16 -t utf-8"),
        _ => return Ok(()),
    };
    Err(error::format(origin, &format!("is {what}"))
        .help(format!("{tool} FILE | {}", advice::command("import -"))))
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
        from_stream(Box::new(text), None, "stdin")
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
            (&b"\x1f\x8b\x08"[..], "gzip"),
            (b"\xff\xfei\0", "UTF-16"),
            (b"PK\x03\x04", "zip"),
        ] {
            match stream(head) {
                Err(error) => assert!(error.message().contains(word), "{error}"),
                Ok(_) => panic!("{word} was accepted"),
            }
        }
        let array = from_stream(
            Box::new(&b"[{\"a\":1}]"[..]),
            Some(InputFormat::JsonLines),
            "x.json",
        );
        assert_eq!(
            array.err().map(|error| error.code()),
            Some(codes::IMPORT_FORMAT)
        );
    }
}
