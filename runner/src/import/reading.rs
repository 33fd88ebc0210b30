//! Reads a file in a thread of its own, in chunks. Reading may block for minutes, for example on a pipe whose writer
//! waits.

use std::io;
use std::thread;

use tokio::sync::mpsc;

use super::record::{Line, RecordReader};

/// Most records of a chunk.
const CHUNK_RECORDS: usize = 1_000;
/// Bytes of text after which a chunk ends, so that long records need no more memory than short ones.
const CHUNK_BYTES: usize = 8 << 20;
/// Chunks that are read before the first of them is written.
const AHEAD: usize = 1;

/// A part of a file.
pub(super) enum Part {
    /// The next records and bad lines, in order.
    Chunk(Vec<Line>),
    /// The end of the file.
    End(FileEnd),
    /// Reading failed after this line.
    Failed(u64, io::Error),
}

/// Facts that are known only at the end of a file.
#[derive(Debug, Default)]
pub(super) struct FileEnd {
    /// The names in the records that are not columns of the table.
    pub(super) unknown: Vec<String>,
    /// Lines that are not records by the rules of their format.
    pub(super) skipped: u64,
}

/// Starts reading. The thread ends when the file ends, or when the receiver is dropped. Nobody waits for it, because it may
/// be blocked.
pub(super) fn start(source: Box<dyn RecordReader>) -> io::Result<mpsc::Receiver<Part>> {
    let (parts, receiver) = mpsc::channel(AHEAD);
    thread::Builder::new()
        .name("import".to_owned())
        .spawn(move || read(source, &parts))?;
    Ok(receiver)
}

fn read(mut source: Box<dyn RecordReader>, parts: &mpsc::Sender<Part>) {
    let (mut chunk, mut bytes, mut last) = (Vec::new(), 0, 0);
    loop {
        let next = source.next();
        let is_end = !matches!(next, Ok(Some(_)));
        let rest = match next {
            Ok(Some(line)) => {
                (bytes, last) = match &line {
                    Ok(record) => {
                        let texts = record.values.iter().flatten();
                        (bytes + texts.map(String::len).sum::<usize>(), record.line)
                    }
                    Err(bad) => (bytes + bad.text.len(), bad.line),
                };
                chunk.push(line);
                None
            }
            Ok(None) => Some(Part::End(FileEnd {
                unknown: source.unknown(),
                skipped: source.skipped(),
            })),
            Err(problem) => Some(Part::Failed(last, problem)),
        };
        let is_full = chunk.len() == CHUNK_RECORDS || bytes >= CHUNK_BYTES;
        if is_full || (is_end && !chunk.is_empty()) {
            bytes = 0;
            if parts
                .blocking_send(Part::Chunk(std::mem::take(&mut chunk)))
                .is_err()
            {
                return;
            }
        }
        if let Some(part) = rest {
            // If nobody receives it, the import has failed already.
            let _ = parts.blocking_send(part);
            return;
        }
    }
}
