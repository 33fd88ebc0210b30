//! The control connection of a run, the run lock, and how a run is stopped.

pub(crate) mod connect;
pub(crate) mod control_connection;
pub(crate) mod run_lock;
pub(crate) mod shutdown;
mod watcher;
