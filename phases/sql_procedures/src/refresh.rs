//! Refreshes `time_remaining` of the rows that are already in staging, as of the clock of the run. Writes only the texts that
//! changed.

use std::time::SystemTime;

use jobinsight_core::database::Client;
use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, PhaseContext, Result, clock, database};
use jobinsight_sql::scripts::{
    NOTE_REFRESH, READ_LAST_REFRESH, REFRESH_TIME_REMAINING, WRITE_TIME_REMAINING,
};

/// Refreshes `time_remaining`, and records the clock of the run. The next run looks only at rows that had not expired by
/// then.
pub(crate) async fn refresh(cx: &PhaseContext<'_>, client: &mut Client<'_>) -> Result<()> {
    cx.doing("refreshing time_remaining");
    let settings = cx.settings();
    let as_of = cx.run.as_of;
    let tx = database::begin(client).await?;
    cx.fence(&tx).await?;
    let last = READ_LAST_REFRESH.render(settings);
    let last = tx
        .query_opt(last.sql(), &[&cx.run.run_id])
        .await
        .map_err(|error| last.error(error, "reading when time_remaining was refreshed"))?;
    let last: Option<(SystemTime, SystemTime)> = last.map(|row| (row.get(0), row.get(1)));
    if last == Some((as_of, as_of)) {
        return Ok(());
    }
    // The clocks of earlier runs may differ. A run with a later clock may have written `expired` too early. A run with an
    // earlier clock may have written an open deadline that had expired by the last refresh.
    let since = last
        .map(|(_, earliest)| earliest)
        .filter(|earliest| *earliest < as_of);
    tx.batch_execute("SET LOCAL parallel_tuple_cost = 0")
        .await
        .map_err(|error| EtlError::database(error, "refreshing time_remaining"))?;
    let (find, write) = (
        REFRESH_TIME_REMAINING.render(settings),
        WRITE_TIME_REMAINING.render(settings),
    );
    let found = tx
        .execute(find.sql(), &[&as_of, &since])
        .await
        .map_err(|error| find.error(error, "refreshing time_remaining"))?;
    // The table is live, and shows the time that is left at a later moment. A run with an old clock must not turn it back.
    if let Some((refreshed, _)) = last
        && settings.as_of.is_some()
        && as_of < refreshed
    {
        if found > 0 {
            let (clock, later) = (clock::format(as_of), clock::format(refreshed));
            cx.note(format!(
                "time_remaining of {} stays as of {later}, because the clock of this run (as_of) is earlier; to refresh it: CALL {}.update_deadline('{clock}')",
                counted(found, "published row"),
                settings.staging_schema()
            ));
        }
        return Ok(());
    }
    if found > 0 {
        tx.execute(write.sql(), &[])
            .await
            .map_err(|error| write.error(error, "refreshing time_remaining"))?;
        tracing::info!("refreshed time_remaining of {}", counted(found, "row"));
    }
    // A run without rows shows nothing, so its clock does not count for the next run.
    if found == 0 && cx.run.counts().raw == 0 {
        return Ok(());
    }
    let note = NOTE_REFRESH.render(settings);
    tx.execute(note.sql(), &[&cx.run.run_id, &as_of])
        .await
        .map_err(|error| note.error(error, "writing when time_remaining was refreshed"))?;
    tx.commit()
        .await
        .map_err(|error| EtlError::database(error, "refreshing time_remaining"))
}
