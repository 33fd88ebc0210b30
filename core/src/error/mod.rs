//! Errors are part of the interface: a code, one sentence, the place, what to type.
//!
//! A [`Code`] is a constant that [`codes!`](crate::codes!) declares and registers. It has a [`Kind`], which decides the
//! exit code and whether the work is repeated. An [`EtlError`] is a code with the sentence of one case.

mod classify;
mod code;
pub mod codes;
mod kind;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

use crate::heartbeat;

pub use classify::{is_raised_by_user, raised_by_user_in_sql};
pub use code::Code;
pub(crate) use code::sorted as all_codes;
pub use kind::Kind;

/// The result of everything that a phase or the runner does.
pub type Result<T, E = EtlError> = std::result::Result<T, E>;

/// An error that a person can act on.
pub struct EtlError(Box<Inner>);

struct Inner {
    code: Code,
    message: String,
    help: Option<String>,
    phase: Option<String>,
    excerpt: Option<Excerpt>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The text that an error points into, such as a settings file.
struct Excerpt {
    source: NamedSource<String>,
    label: LabeledSpan,
}

impl EtlError {
    /// An error with its code and one sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            help: None,
            phase: None,
            excerpt: None,
            source: None,
        }))
    }

    /// Sets the help: what to type. Without it, the help is [`Code::fix`]. A command in it comes from
    /// [`advice::command`](crate::advice::command).
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Sets the phase that failed, if none is set.
    #[must_use]
    pub fn in_phase(mut self, phase: &str) -> Self {
        if self.0.phase.is_none() {
            self.0.phase = Some(phase.to_owned());
            self.0.message = format!("{phase}: {}", self.0.message);
        }
        self
    }

    /// Adds to the message, after a semicolon.
    #[must_use]
    pub fn and(mut self, more: &str) -> Self {
        self.0.message.push_str("; ");
        self.0.message.push_str(more);
        self
    }

    /// Replaces the code, when the caller knows the cause better than the server.
    #[must_use]
    pub fn with_code(mut self, code: Code) -> Self {
        self.0.code = code;
        self
    }

    /// Sets the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Sets the place in a text (a settings file, an SQL file): `offset` and `length` are in bytes.
    #[must_use]
    pub fn at(mut self, name: &str, text: &str, offset: usize, length: usize, label: &str) -> Self {
        self.0.excerpt = Some(Excerpt {
            source: NamedSource::new(name, text.to_owned()),
            label: LabeledSpan::new(Some(label.to_owned()), offset.min(text.len()), length),
        });
        self
    }

    /// An error of PostgreSQL, or of the connection to it, that happened while `doing` something.
    pub fn database(error: tokio_postgres::Error, doing: &str) -> Self {
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
        Self::new(
            classify::classify(&error),
            format!("{doing}: {text}{detail}{state}"),
        )
        .caused_by(error)
    }

    /// A defect of this program or of a phase.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(codes::INTERNAL_BUG, message)
    }

    /// A batch that another process has taken over.
    pub fn batch_lost(batch: i64) -> Self {
        Self::new(
            codes::BATCH_LOST,
            format!(
                "another process took over batch {batch}, because this process sent no heartbeat for {} s",
                heartbeat::LEASE.as_secs()
            ),
        )
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The kind of the error.
    pub fn kind(&self) -> Kind {
        self.0.code.kind()
    }

    /// The one sentence.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The phase that failed, if one did.
    pub fn phase(&self) -> Option<&str> {
        self.0.phase.as_deref()
    }

    /// The help that was set, else the fix of the code.
    pub fn help_text(&self) -> Cow<'_, str> {
        match &self.0.help {
            Some(help) => Cow::Borrowed(help),
            None => self.0.code.fix(),
        }
    }

    /// The error of PostgreSQL that caused this one.
    pub fn postgres(&self) -> Option<&tokio_postgres::Error> {
        self.0
            .source
            .as_ref()
            .and_then(|source| source.downcast_ref())
    }
}

/// The text of an error and of its causes, each once.
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

impl fmt::Display for EtlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for EtlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.name(), self.0.message)?;
        match &self.0.source {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

impl StdError for EtlError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // The message already contains the text of PostgreSQL, which the chain would repeat.
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
        Some(Box::new(self.0.code.name()))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.help_text()))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0
            .excerpt
            .as_ref()
            .map(|excerpt| &excerpt.source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.0.excerpt.as_ref().map(|excerpt| {
            Box::new(std::iter::once(excerpt.label.clone())) as Box<dyn Iterator<Item = _>>
        })
    }
}
