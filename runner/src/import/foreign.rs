//! Files in formats that import does not read. They are refused, and the message names the format, because every
//! line of such a file would be a bad line.

use jobinsight_core::{EtlError, advice};

use super::error;

/// The first bytes of each format, the words for a file in it, and the advice.
const FORMATS: [(&[u8], &str, Fix); 20] = [
    (b"BZh", "compressed by bzip2", Fix::Pipe("bzip2 -dc FILE")),
    (b"\xfd7zXZ\0", "compressed by xz", Fix::Pipe("xz -dc FILE")),
    (
        b"\x04\x22\x4d\x18",
        "compressed by lz4",
        Fix::Pipe("lz4 -dc FILE"),
    ),
    (b"LZIP", "compressed by lzip", Fix::Pipe("lzip -dc FILE")),
    (
        b"\x1f\x9d",
        "compressed by compress",
        Fix::Pipe("gzip -dc FILE"),
    ),
    (
        b"7z\xbc\xaf\x27\x1c",
        "a 7z archive",
        Fix::Pipe("7z x -so FILE"),
    ),
    (b"Rar!", "a rar archive", Fix::Pipe("unrar p -inul FILE")),
    (
        b"PK\x03\x04",
        "a zip archive or a workbook",
        Fix::PipeOr(
            "unzip -p FILE",
            "save a workbook of Excel as CSV UTF-8 first",
        ),
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "a workbook of Excel",
        Fix::Do(WORKBOOK),
    ),
    (b"\xff\xfe\0\0", "written in UTF-32", Fix::Pipe(UTF_32)),
    (b"\0\0\xfe\xff", "written in UTF-32", Fix::Pipe(UTF_32)),
    (b"Obj\x01", "an Avro file", Fix::Do(CONVERT)),
    (b"ARROW1", "an Arrow file", Fix::Do(CONVERT)),
    (b"FEA1", "a Feather file", Fix::Do(CONVERT)),
    (
        b"SQLite format 3\0",
        "a database of SQLite",
        Fix::Do(CONVERT),
    ),
    (
        b"PGCOPY\n",
        "a binary COPY file",
        Fix::Do("write it with COPY … WITH (FORMAT csv, HEADER)"),
    ),
    (
        b"PGDMP",
        "a dump of pg_dump",
        Fix::Do("restore it with pg_restore"),
    ),
    (b"%PDF", "a PDF file", Fix::Do(CONVERT)),
    (b"<", "HTML or XML", Fix::Do(PAGE)),
    (b"\xef\xbb\xbf<", "HTML or XML", Fix::Do(PAGE)),
];

const UTF_32: &str = "iconv -f utf-32 -t utf-8 FILE";
const WORKBOOK: &str = "save it as CSV UTF-8, and import that file";
const CONVERT: &str = "write the data as CSV, JSON Lines or Parquet, and import that file";
const PAGE: &str = "look at the file (head FILE), because it may be an error page or a login page of the server that it was downloaded from";

/// The advice for a file.
#[derive(Clone, Copy)]
enum Fix {
    /// A program that writes what the file contains.
    Pipe(&'static str),
    /// A program, and a sentence for other files with these first bytes.
    PipeOr(&'static str, &'static str),
    /// A sentence.
    Do(&'static str),
}

/// The place and the text by which a tar archive is known.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// Refuses a file whose first bytes belong to a format that import does not read.
///
/// # Errors
/// `jobinsight::import::format`.
pub(super) fn refuse(head: &[u8], origin: &str) -> Result<(), EtlError> {
    let import = advice::command("import -");
    let is_tar = head
        .get(TAR.0..)
        .is_some_and(|rest| rest.starts_with(TAR.1));
    let known = FORMATS.iter().find(|(first, ..)| head.starts_with(first));
    let (what, fix) = match known {
        _ if is_tar => ("a tar archive", Fix::Pipe("tar -xOf FILE")),
        // Without a byte order mark. The names of columns are ASCII.
        _ if matches!(
            head,
            [1..=255, 0, 0, 0, 1..=255, 0, 0, 0, ..] | [0, 0, 0, 1..=255, 0, 0, 0, 1..=255, ..]
        ) =>
        {
            ("written in UTF-32", Fix::Pipe(UTF_32))
        }
        Some((_, what, fix)) => (*what, *fix),
        None => return Ok(()),
    };
    let help = match fix {
        Fix::Pipe(program) => format!("{program} | {import}"),
        Fix::PipeOr(program, sentence) => format!("{program} | {import}; {sentence}"),
        Fix::Do(sentence) => sentence.to_owned(),
    };
    Err(error::format(origin, &format!("is {what}")).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_format_is_named() {
        let tar = [&[b'a'; 257][..], b"ustar\0"].concat();
        for (head, word, help) in [
            (&b"BZh91"[..], "bzip2", "bzip2 -dc FILE | "),
            (b"\xff\xfe\0\0i\0\0\0", "UTF-32", "iconv"),
            (b"j\0\0\0o\0\0\0", "UTF-32", "iconv"),
            (b"PK\x03\x04", "zip", "import -; save a workbook"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", "Excel", "CSV UTF-8"),
            (b"<!DOCTYPE html>", "HTML", "login page"),
            (&tar, "tar", "tar -xOf FILE | "),
        ] {
            let error = refuse(head, "a.csv").unwrap_err();
            assert!(error.message().contains(word), "{error}");
            assert!(error.help_text().contains(help), "{error:?}");
        }
        for text in [
            &b"job_id,title"[..],
            b"{\"a\":1}",
            b"ORCID,job_id",
            b"PAR1",
            b"LZ",
        ] {
            assert!(refuse(text, "a.csv").is_ok());
        }
    }
}
