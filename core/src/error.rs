//! Errors as part of the interface: a code, one sentence, the place, what to type.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use tokio_postgres::error::SqlState;

/// The result of everything that a phase or the runner does.
pub type Result<T, E = EtlError> = std::result::Result<T, E>;

/// What follows from an error: wait and repeat, leave it to the operator, or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It may pass by itself (deadlock, serialization): repeated a few times; exit 75 when it does not pass.
    Passing,
    /// The server can't be reached, or restarts: waited for, for as long as the run may last; exit 75 when it stays away.
    Away,
    /// Somebody must act (privileges, disk, timeouts): exit 1.
    Operator,
    /// The data of a row is at fault (SQLSTATE classes 22 and 23): the row is rejected, never the batch; exit 1 if no row can be named.
    Data,
    /// The command or its settings are wrong: exit 2.
    Usage,
    /// Too many rows were rejected, or rows do not add up: exit 3.
    Quality,
    /// The raw table is not what we agreed on: exit 4.
    Contract,
    /// Another run holds the lock: exit 5.
    Locked,
    /// A signal asked us to stop: exit 130 (Ctrl-C) or 143 (terminate).
    Interrupted(u8),
    /// Our own mistake (a panic, a statement that PostgreSQL does not understand): exit 1.
    Bug,
}

impl Kind {
    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Operator | Self::Data | Self::Bug => 1,
            Self::Usage => 2,
            Self::Quality => 3,
            Self::Contract => 4,
            Self::Locked => 5,
            Self::Passing | Self::Away => 75,
            Self::Interrupted(code) => code,
        }
    }

    /// Whether the same thing may work when it is done again.
    pub fn is_passing(self) -> bool {
        match self {
            Self::Passing | Self::Away => true,
            Self::Operator
            | Self::Data
            | Self::Usage
            | Self::Quality
            | Self::Contract
            | Self::Locked
            | Self::Interrupted(_)
            | Self::Bug => false,
        }
    }
}

/// An error that a person can act on.
pub struct EtlError(Box<Inner>);

struct Inner {
    kind: Kind,
    code: Cow<'static, str>,
    message: String,
    help: Option<String>,
    phase: Option<String>,
    place: Option<Place>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

struct Place {
    source: NamedSource<String>,
    label: LabeledSpan,
}

impl EtlError {
    /// An error with its stable code and one sentence.
    pub fn new(kind: Kind, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            code: code.into(),
            message: message.into(),
            help: None,
            phase: None,
            place: None,
            source: None,
        }))
    }

    /// What to type to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Which phase it stopped; the innermost that says so stays.
    #[must_use]
    pub fn in_phase(mut self, phase: &str) -> Self {
        if self.0.phase.is_none() {
            self.0.phase = Some(phase.to_owned());
            self.0.message = format!("{phase}: {}", self.0.message);
        }
        self
    }

    /// Adds to its sentence.
    #[must_use]
    pub fn and(mut self, more: &str) -> Self {
        self.0.message.push_str("; ");
        self.0.message.push_str(more);
        self
    }

    /// What caused it.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Where in a text (a settings file, an SQL file) it is: `offset` and `length` in bytes.
    #[must_use]
    pub fn at(mut self, name: &str, text: &str, offset: usize, length: usize, label: &str) -> Self {
        self.0.place = Some(Place {
            source: NamedSource::new(name, text.to_owned()),
            label: LabeledSpan::new(Some(label.to_owned()), offset.min(text.len()), length),
        });
        self
    }

    /// An error of PostgreSQL or of the way to it, met while `doing` something.
    pub fn database(error: tokio_postgres::Error, doing: &str) -> Self {
        let (kind, code, help) = classify(&error);
        let text = error
            .as_db_error()
            .map_or_else(|| causes(&error), |db| db.message().to_owned());
        let state = error
            .code()
            .map(|state| format!(" (SQLSTATE {})", state.code()))
            .unwrap_or_default();
        let detail = error
            .as_db_error()
            .and_then(tokio_postgres::error::DbError::detail)
            .map(|d| format!("; {d}"))
            .unwrap_or_default();
        let new = Self::new(kind, code, format!("{doing}: {text}{detail}{state}")).caused_by(error);
        match help {
            Some(help) => new.help(help),
            None => new,
        }
    }

    /// A mistake of ours.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(Kind::Bug, "jobinsight::internal::bug", message)
            .help("this is a defect of jobinsight: please report it with the log of the run")
    }

    /// A batch that another process has by now.
    pub fn batch_lost(batch: i64) -> Self {
        Self::new(
            Kind::Locked,
            "jobinsight::batch::lost",
            format!("batch {batch} was given to another process, as this one gave no sign of life"),
        )
    }

    /// What follows from it.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Its stable code, such as `jobinsight::contract::missing_column`.
    pub fn stable_code(&self) -> &str {
        &self.0.code
    }

    /// Its one sentence.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The phase that it stopped, if it stopped one.
    pub fn phase(&self) -> Option<&str> {
        self.0.phase.as_deref()
    }

    /// What to type, if anything helps.
    pub fn help_text(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The error of PostgreSQL in its chain.
    pub fn postgres(&self) -> Option<&tokio_postgres::Error> {
        self.0
            .source
            .as_ref()
            .and_then(|source| source.downcast_ref())
    }
}

/// What an error says, and what those say that caused it, each once.
fn causes(error: &tokio_postgres::Error) -> String {
    let mut said = vec![error.to_string()];
    let mut source = StdError::source(error);
    while let Some(inner) = source {
        said.push(inner.to_string());
        source = inner.source();
    }
    said.dedup();
    said.join(": ")
}

/// Whether the way to the server broke; other errors without an SQLSTATE are mistakes (a value that does not fit its
/// type), or a handshake that will fail again.
fn is_broken(error: &tokio_postgres::Error) -> bool {
    let mut source = StdError::source(error);
    let mut io = false;
    while let Some(inner) = source {
        io |= inner.is::<std::io::Error>();
        source = inner.source();
    }
    error.is_closed() || io || error.to_string().starts_with("timeout")
}

/// SQLSTATE decides what follows; what has none did not reach the server.
fn classify(error: &tokio_postgres::Error) -> (Kind, &'static str, Option<&'static str>) {
    let Some(state) = error.code() else {
        if !is_broken(error) {
            return (Kind::Operator, "jobinsight::database::failed", None);
        }
        return (
            Kind::Away,
            "jobinsight::database::connection",
            Some(
                "check that the server runs and can be reached: psql \"$DATABASE_URL\" -c 'select 1'",
            ),
        );
    };
    match state {
        &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => {
            (Kind::Passing, "jobinsight::database::conflict", None)
        }
        &SqlState::ADMIN_SHUTDOWN | &SqlState::CRASH_SHUTDOWN | &SqlState::CANNOT_CONNECT_NOW => {
            (Kind::Away, "jobinsight::database::restarting", None)
        }
        &SqlState::TOO_MANY_CONNECTIONS => (
            Kind::Passing,
            "jobinsight::database::too_many_connections",
            Some("lower ETL_MAX_WORKERS, or raise max_connections of the server"),
        ),
        &SqlState::QUERY_CANCELED
            if error
                .as_db_error()
                .is_some_and(|db| db.message().contains("user request")) =>
        {
            (
                Kind::Operator,
                "jobinsight::database::cancelled",
                Some(
                    "somebody cancelled the statement (pg_cancel_backend); ask who, then: jobinsight retry",
                ),
            )
        }
        &SqlState::QUERY_CANCELED => (
            Kind::Operator,
            "jobinsight::database::statement_timeout",
            Some("raise ETL_STATEMENT_TIMEOUT or ETL_TIMEOUT, or lower ETL_BATCH_SIZE"),
        ),
        &SqlState::LOCK_NOT_AVAILABLE => (
            Kind::Operator,
            "jobinsight::database::lock_timeout",
            Some(
                "end that session (SELECT pg_terminate_backend(PID)), or wait; then: jobinsight retry; or raise ETL_LOCK_TIMEOUT",
            ),
        ),
        &SqlState::DISK_FULL => (
            Kind::Operator,
            "jobinsight::database::disk_full",
            Some("free space on the server's disk, then run again"),
        ),
        &SqlState::INSUFFICIENT_PRIVILEGE => (
            Kind::Operator,
            "jobinsight::database::privilege",
            Some("let an administrator grant what the message names (docs/04, privileges)"),
        ),
        &SqlState::READ_ONLY_SQL_TRANSACTION => (
            Kind::Usage,
            "jobinsight::database::read_only",
            Some("connect to the primary: this server is a read-only standby"),
        ),
        &SqlState::INVALID_PASSWORD
        | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION
        | &SqlState::INVALID_CATALOG_NAME => (
            Kind::Usage,
            "jobinsight::database::login",
            Some(
                "check user, password and database name; `jobinsight config show --origin` tells where they come from",
            ),
        ),
        state if state.code().starts_with("08") => {
            (Kind::Away, "jobinsight::database::connection", None)
        }
        state if state.code().starts_with("22") || state.code().starts_with("23") => {
            (Kind::Data, "jobinsight::database::data", None)
        }
        _ => (Kind::Operator, "jobinsight::database::failed", None),
    }
}

impl fmt::Display for EtlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for EtlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.message)?;
        match &self.0.source {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

impl StdError for EtlError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // All that it says is in the sentence already: the chain would only say it twice.
        if self.postgres().is_some() {
            return None;
        }
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

impl Diagnostic for EtlError {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.0.code))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0
            .help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0
            .place
            .as_ref()
            .map(|place| &place.source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.0.place.as_ref().map(|place| {
            Box::new(std::iter::once(place.label.clone())) as Box<dyn Iterator<Item = _>>
        })
    }
}
