//! The kind of an error, which decides what happens next.

/// The consequence of an error: repeat the work, wait, stop, or go on. It also decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The cause may pass soon: a conflict with another transaction, no free connection, work that a crash of the server
    /// erased. The run repeats the work of the phase up to three times. If that does not help, the run fails; exit 75.
    Passing,
    /// The server is unreachable or restarting. A run that has begun repeats the work until its timeout; before a run begins,
    /// it waits for 30 s. Then exit 75.
    Away,
    /// The server needs an operator: a privilege, disk space, a lock, a timeout. Exit 1.
    Server,
    /// An operator must act, and the server is not the cause. Exit 1.
    Operator,
    /// PostgreSQL refused a value (SQLSTATE classes 22 and 23). A row that can be named is rejected, and the batch goes
    /// on; exit 1 if no row can be named.
    Data,
    /// The command or its settings are wrong. Exit 2.
    Usage,
    /// Too many rows were rejected, or the rows do not add up. Exit 3.
    Quality,
    /// The raw table differs from what was agreed. Exit 4.
    Contract,
    /// Another run has the lock, or another process took over the run or a batch. Exit 5.
    Locked,
    /// Ctrl-C (SIGINT) stopped the run. Exit 130.
    Interrupted,
    /// SIGTERM stopped the run. Exit 143.
    Terminated,
    /// A defect of this program or of a phase, such as a panic. Exit 1.
    Bug,
    /// Nothing failed: the message is logged, and the work goes on. Exit 0.
    Warning,
}

impl Kind {
    /// The exit code of the process.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Warning => 0,
            Self::Server | Self::Operator | Self::Data | Self::Bug => 1,
            Self::Usage => 2,
            Self::Quality => 3,
            Self::Contract => 4,
            Self::Locked => 5,
            Self::Passing | Self::Away => 75,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// Whether the same work may succeed when it is repeated.
    pub const fn is_repeatable(self) -> bool {
        match self {
            Self::Passing | Self::Away => true,
            Self::Server
            | Self::Operator
            | Self::Data
            | Self::Usage
            | Self::Quality
            | Self::Contract
            | Self::Locked
            | Self::Interrupted
            | Self::Terminated
            | Self::Bug
            | Self::Warning => false,
        }
    }
}
