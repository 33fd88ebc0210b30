//! Rows in the binary format of PostgreSQL's COPY, sent in chunks of 128 kB. The writer of the client library sends chunks
//! of 4 kB, which costs a system call and two wake-ups each.

use std::pin::Pin;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::SinkExt;
use tokio_postgres::{CopyInSink, Error};

/// Bytes that are sent together.
const CHUNK: usize = 128 << 10;
/// Signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Writes rows of a fixed number of columns: [`BinaryRows::row`], then a value a column.
pub(crate) struct BinaryRows<'a> {
    sink: Pin<&'a mut CopyInSink<Bytes>>,
    buffer: BytesMut,
    columns: i16,
}

impl<'a> BinaryRows<'a> {
    pub(crate) fn new(sink: Pin<&'a mut CopyInSink<Bytes>>, columns: usize) -> Self {
        let mut buffer = BytesMut::with_capacity(CHUNK + 4096);
        buffer.put_slice(HEADER);
        Self {
            sink,
            buffer,
            columns: i16::try_from(columns).unwrap_or(i16::MAX),
        }
    }

    /// Begins a row, and sends the rows before it when they fill a chunk.
    pub(crate) async fn row(&mut self) -> Result<&mut Self, Error> {
        if self.buffer.len() > CHUNK {
            self.send().await?;
            self.buffer.reserve(CHUNK + 4096);
        }
        self.buffer.put_i16(self.columns);
        Ok(self)
    }

    pub(crate) fn int4(&mut self, value: i32) -> &mut Self {
        self.buffer.put_i32(4);
        self.buffer.put_i32(value);
        self
    }

    pub(crate) fn int8(&mut self, value: i64) -> &mut Self {
        self.buffer.put_i32(8);
        self.buffer.put_i64(value);
        self
    }

    pub(crate) fn text(&mut self, value: Option<&str>) -> &mut Self {
        // A column of a batch never has a text longer than an i32 counts.
        match value.map(|text| (text, i32::try_from(text.len()))) {
            Some((text, Ok(length))) => {
                self.buffer.put_i32(length);
                self.buffer.put_slice(text.as_bytes());
            }
            Some((_, Err(_))) | None => self.buffer.put_i32(-1),
        }
        self
    }

    /// Ends the COPY.
    pub(crate) async fn finish(mut self) -> Result<(), Error> {
        self.buffer.put_i16(-1);
        self.send().await?;
        self.sink.finish().await.map(|_| ())
    }

    async fn send(&mut self) -> Result<(), Error> {
        self.sink.send(self.buffer.split().freeze()).await
    }
}
