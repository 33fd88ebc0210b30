//! The phase `fill_closing`, which closes a batch of a fill.

use jobinsight_core::state::BatchState;
use jobinsight_core::{
    Batch, Committed, Outcome, PhaseContext, Plugin, Result, Role, RoleKind, Save, Settings,
    async_trait, database,
};
use jobinsight_sql::BatchEntry;

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
        let entry = BatchEntry::lock(&tx, cx.settings(), cx.run.run_id, batch.id).await?;
        if entry.state == BatchState::Done {
            return cx.committed_before(batch, entry.worker, outcome);
        }
        cx.commit(tx, batch, outcome, &[]).await
    }
}
