//! Sends rows in the binary format of COPY, in chunks of 128 kB. The writer of the client library sends chunks of 4 kB, and
//! each chunk costs a system call and two wake-ups.

use std::pin::Pin;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::SinkExt;
use tokio_postgres::{CopyInSink, Error};
use uuid::Uuid;

/// The number of bytes that are sent together.
const CHUNK: usize = 128 << 10;
/// The header of the format: the signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// The number of the type `text` in every PostgreSQL.
const TEXT: i32 = 25;

/// Writes rows with a fixed number of columns: call [`BinaryRows::row`], then write one value for each column.
pub struct BinaryRows<'a> {
    sink: Pin<&'a mut CopyInSink<Bytes>>,
    buffer: BytesMut,
    columns: i16,
}

impl<'a> BinaryRows<'a> {
    /// Rows for a COPY that has begun, each with this number of columns.
    pub fn new(sink: Pin<&'a mut CopyInSink<Bytes>>, columns: usize) -> Self {
        let mut buffer = BytesMut::with_capacity(CHUNK + 4096);
        buffer.put_slice(HEADER);
        Self {
            sink,
            buffer,
            columns: i16::try_from(columns).unwrap_or(i16::MAX),
        }
    }

    /// Begins a row. Before that, sends the earlier rows if they fill a chunk.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn row(&mut self) -> Result<&mut Self, Error> {
        if self.buffer.len() > CHUNK {
            self.send().await?;
            self.buffer.reserve(CHUNK + 4096);
        }
        self.buffer.put_i16(self.columns);
        Ok(self)
    }

    /// An `INTEGER`.
    pub fn int4(&mut self, value: i32) -> &mut Self {
        self.buffer.put_i32(4);
        self.buffer.put_i32(value);
        self
    }

    /// A `BIGINT`.
    pub fn int8(&mut self, value: Option<i64>) -> &mut Self {
        match value {
            Some(value) => {
                self.buffer.put_i32(8);
                self.buffer.put_i64(value);
            }
            None => self.null(),
        }
        self
    }

    /// A `TEXT`.
    pub fn text(&mut self, value: Option<&str>) -> &mut Self {
        // A text in a batch is never longer than the largest i32, because its offsets have this type.
        match value.map(|text| (text, i32::try_from(text.len()))) {
            Some((text, Ok(length))) => {
                self.buffer.put_i32(length);
                self.buffer.put_slice(text.as_bytes());
            }
            Some((_, Err(_))) | None => self.null(),
        }
        self
    }

    /// A `TEXT[]`. An empty list is NULL.
    pub fn texts<T: AsRef<str>>(&mut self, values: &[T]) -> &mut Self {
        let count = i32::try_from(values.len()).unwrap_or(0);
        if count == 0 {
            self.null();
            return self;
        }
        self.sized(|rows| {
            // One dimension, no NULL, the type of the items, their number, the index of the first.
            for number in [1, 0, TEXT, count, 1] {
                rows.buffer.put_i32(number);
            }
            for value in values {
                rows.text(Some(value.as_ref()));
            }
        })
    }

    /// A `NUMERIC` with as many decimals as the number has. A number that is negative or not finite is NULL.
    ///
    /// PostgreSQL stores digits of base 10,000, and the power of the first. Example: 12.5 is 12 and 5000, and the power of 12
    /// is 0.
    pub fn numeric(&mut self, value: Option<f64>) -> &mut Self {
        let Some(value) = value.filter(|value| value.is_finite() && !value.is_sign_negative())
        else {
            self.null();
            return self;
        };
        let text = value.to_string();
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let whole = format!("{}{whole}", "0".repeat(whole.len().wrapping_neg() % 4));
        let rest = format!(
            "{decimals}{}",
            "0".repeat(decimals.len().wrapping_neg() % 4)
        );
        let short = |number: usize| i16::try_from(number).unwrap_or(i16::MAX);
        let digits = whole.as_bytes().chunks(4).chain(rest.as_bytes().chunks(4));
        self.sized(|rows| {
            rows.buffer.put_i16(short((whole.len() + rest.len()) / 4));
            rows.buffer.put_i16(short(whole.len() / 4) - 1);
            rows.buffer.put_i16(0); // the sign
            rows.buffer.put_i16(short(decimals.len()));
            for digit in digits {
                let digit = digit
                    .iter()
                    .fold(0, |sum, byte| sum * 10 + i16::from(byte - b'0'));
                rows.buffer.put_i16(digit);
            }
        })
    }

    /// A `UUID`.
    pub fn uuid(&mut self, value: Uuid) -> &mut Self {
        self.buffer.put_i32(16);
        self.buffer.put_slice(value.as_bytes());
        self
    }

    fn null(&mut self) {
        self.buffer.put_i32(-1);
    }

    /// Writes a value, and its length before it.
    fn sized(&mut self, write: impl FnOnce(&mut Self)) -> &mut Self {
        let at = self.buffer.len();
        self.buffer.put_i32(0);
        write(self);
        let length = i32::try_from(self.buffer.len() - at - 4).unwrap_or(0);
        self.buffer[at..at + 4].copy_from_slice(&length.to_be_bytes());
        self
    }

    /// Ends the COPY.
    ///
    /// # Errors
    /// PostgreSQL refuses a row; the connection is lost.
    pub async fn finish(mut self) -> Result<(), Error> {
        self.buffer.put_i16(-1);
        self.send().await?;
        self.sink.finish().await.map(|_| ())
    }

    async fn send(&mut self) -> Result<(), Error> {
        self.sink.send(self.buffer.split().freeze()).await
    }
}
