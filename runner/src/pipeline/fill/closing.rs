//! The phase `fill_closing`, which closes a batch of a fill.

use jobinsight_core::state::BatchState;
use jobinsight_core::{
    Batch, Committed, Outcome, PhaseContext, Plugin, Result, Role, RoleKind, Save, Settings,
    async_trait, database,
};
use jobinsight_sql::scripts::LOCK_BATCH;

use super::no_settings::NoSettings;

pub(super) struct FillClosing;

impl Plugin for FillClosing {
    const NAME: &'static str = "fill_closing";
    const ABOUT: &'static str = "closes a batch and publishes nothing";
    const ROLE: RoleKind = RoleKind::Save;
    type Settings = NoSettings;

    fn build(_: NoSettings, _: &Settings) -> Result<Role> {
        Ok(Role::Save(Box::new(Self)))
    }
}

#[async_trait]
impl Save for FillClosing {
    /// The rows of the batch count as unchanged. Rows that today's rules reject are left, and so are rows that disappeared:
    /// a fill stores no rejected row, because the published one stays until a run processes it.
    async fn save(&self, cx: &PhaseContext<'_>, batch: &Batch) -> Result<Committed> {
        let mut client = cx.client().await?;
        let tx = database::begin(&mut client).await?;
        let outcome = Outcome {
            unchanged: batch.rows(),
            left: batch.expected.saturating_sub(batch.rows()),
            ..Outcome::default()
        };
        let lock = LOCK_BATCH.render(cx.settings());
        let entry = tx
            .query_one(lock.sql(), &[&cx.run.run_id, &batch.id])
            .await
            .map_err(|error| lock.error(error, "locking a batch"))?;
        if entry.get::<_, &str>(0) == BatchState::Done.as_str() {
            return cx.committed_before(batch, entry.get(10), outcome);
        }
        cx.commit(tx, batch, outcome, &[]).await
    }
}
