//! The table of rejected lines and records.

use std::collections::HashMap;

use jobinsight_sql::tables;
use sha2::{Digest, Sha256};
use tokio_postgres::{Error, Transaction};
use uuid::Uuid;

use super::record::BadLine;

/// The table for rejects.
#[derive(Clone, Copy, Debug)]
pub struct Rejects<'a> {
    /// The quoted schema of the table `import_rejects`.
    pub schema: &'a str,
    /// The statement that creates the table, or adds the columns that an older version did not have.
    pub ddl: &'a str,
    /// The statement that stores lines in it.
    pub insert: &'a str,
}

/// Stores the bad lines of one file. A line that the table has already, from an earlier import, is counted there.
pub(super) struct Store<'a> {
    rejects: Rejects<'a>,
    is_ready: bool,
    /// The number of equal lines in this file, by digest.
    equal: HashMap<Uuid, i32>,
}

impl<'a> Store<'a> {
    pub(super) fn new(rejects: Rejects<'a>) -> Self {
        Self {
            rejects,
            is_ready: false,
            equal: HashMap::new(),
        }
    }

    /// Stores the lines with one statement. Creates the table before the first of them.
    pub(super) async fn write(
        &mut self,
        tx: &Transaction<'_>,
        origin: &str,
        bad: &[BadLine],
    ) -> Result<(), Error> {
        if !self.is_ready {
            let table = format!("{}.import_rejects", self.rejects.schema);
            if !tables::has_column(tx, &table, "digest").await? {
                tx.batch_execute(self.rejects.ddl).await?;
            }
            self.is_ready = true;
        }
        let lines: Vec<i64> = bad.iter().map(|bad| bad.line.cast_signed()).collect();
        let causes: Vec<&str> = bad.iter().map(|bad| bad.cause.name()).collect();
        let reasons: Vec<&str> = bad.iter().map(|bad| bad.reason.as_str()).collect();
        let contents: Vec<&str> = bad.iter().map(|bad| bad.text.as_str()).collect();
        let digests: Vec<Uuid> = bad.iter().map(digest).collect();
        // Equal lines of one file stay apart, so the table shows each of them.
        let copies: Vec<i32> = digests
            .iter()
            .map(|digest| {
                let copy = self.equal.entry(*digest).or_default();
                *copy += 1;
                *copy
            })
            .collect();
        tx.execute(
            self.rejects.insert,
            &[
                &origin, &lines, &causes, &reasons, &contents, &digests, &copies,
            ],
        )
        .await?;
        Ok(())
    }
}

/// The digest of the text and the cause. The file and the line are not part of it, because the next export has another
/// name, and the line another number. The reason may contain a number of a line, too.
fn digest(bad: &BadLine) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(bad.cause.name());
    hash.update([0]);
    hash.update(&bad.text);
    let (mut first, hash) = ([0; 16], hash.finalize());
    first.copy_from_slice(&hash[..16]);
    Uuid::from_bytes(first)
}
