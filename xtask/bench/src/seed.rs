//! Fills a raw table with generated rows.

use std::ops::Range;
use std::pin::pin;

use futures_util::SinkExt;
use tokio_postgres::Client;

use crate::postings::Posting;
use crate::rows::Rows;

/// Bytes of a message.
const CHUNK: usize = 1 << 20;

/// Copies a range of the rows of a raw table with `total` rows into `raw_jobs`.
pub(crate) async fn copy(
    client: &Client,
    postings: &[Posting],
    total: u64,
    range: Range<u64>,
) -> Result<(), String> {
    let fail = crate::server::message;
    let rows = Rows::new(postings, total);
    let sink = client
        .copy_in("COPY raw_jobs FROM STDIN")
        .await
        .map_err(fail)?;
    let mut sink = pin!(sink);
    let mut chunk = String::with_capacity(CHUNK + 8192);
    for index in range {
        rows.write(&mut chunk, index, 0);
        if chunk.len() >= CHUNK {
            let full = std::mem::replace(&mut chunk, String::with_capacity(CHUNK + 8192));
            sink.send(bytes::Bytes::from(full)).await.map_err(fail)?;
        }
    }
    sink.send(bytes::Bytes::from(chunk)).await.map_err(fail)?;
    sink.finish().await.map_err(fail)?;
    client
        .batch_execute("VACUUM (ANALYZE) raw_jobs")
        .await
        .map_err(fail)
}
