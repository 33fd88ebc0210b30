//! The connection that controls a run, the lock of runs, and how a run is stopped.

pub(crate) mod control_connection;
pub(crate) mod run_lock;
pub(crate) mod shutdown;
