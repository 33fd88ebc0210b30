//! Durations after which a process treats another process, or the server, as dead. SQL gets them as parameters, and
//! messages format them, so that no number is written twice.

use std::time::Duration;

/// Time between two heartbeats of a process, which it writes into the ledger. Shorter where `lock_timeout` is short.
pub const INTERVAL: Duration = Duration::from_secs(2);

/// Time without a heartbeat after which a process counts as dead: others take over its run lock and its batches.
pub const LEASE: Duration = Duration::from_secs(30);

/// Time without a heartbeat after which the batches of a process with a closed connection are free. It is short, because
/// such a process cannot come back.
pub const LEASE_OF_CLOSED: Duration = Duration::from_secs(5);

/// Time within which the server must answer the simplest query. After it, the process closes all its connections.
pub const SERVER_TIMEOUT: Duration = Duration::from_secs(15);

// At least two heartbeats fit into the shortest lease, so that one late heartbeat does not end it. A process closes its
// connections to a silent server before its own lease ends, so that it stops before others take over its batches.
const _: () = assert!(
    2 * INTERVAL.as_secs() < LEASE_OF_CLOSED.as_secs()
        && LEASE_OF_CLOSED.as_secs() < SERVER_TIMEOUT.as_secs()
        && SERVER_TIMEOUT.as_secs() < LEASE.as_secs()
);
