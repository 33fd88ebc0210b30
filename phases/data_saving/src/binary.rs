//! Sends rows in the binary format of COPY, in chunks of 128 kB. The writer of the client library sends chunks of 4 kB, and
//! each chunk costs a system call and two wake-ups.

use std::pin::Pin;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::SinkExt;
use tokio_postgres::{CopyInSink, Error};

/// The number of bytes that are sent together.
const CHUNK: usize = 128 << 10;
/// The header of the format: the signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Writes rows with a fixed number of columns: call [`BinaryRows::row`], then write one value for each column.
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

    /// Begins a row. Before that, sends the earlier rows if they fill a chunk.
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
        // A text in a batch is never longer than the largest i32, because its offsets have this type.
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
