//! What can go wrong between us and a database, and whether trying again may help.

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL names no database we speak.
    #[error(
        "`{scheme}` is not a database this program speaks; write `sqlite:noroshi.db` for a file or `postgres://user@host/name` for a server"
    )]
    UnknownScheme {
        /// What stood before the colon, or the whole text.
        scheme: String,
    },
    /// A SQLite database in memory has no place for several connections, and forgets.
    #[error("a database in memory forgets what it was told; name a file, for example `sqlite:noroshi.db`")]
    InMemory,
    /// The database cannot be opened.
    #[error("cannot open the database {place}: {source}; check that it exists and that this user may write there")]
    Open {
        /// The URL without a password.
        place: String,
        /// What the driver said.
        source: sqlx::Error,
    },
    /// A newer program has been here.
    #[error(
        "the database has schema {found} and this program knows {known}; start the newer program, or restore the backup from before the upgrade"
    )]
    NewerSchema {
        /// What the database says.
        found: i64,
        /// What this program knows.
        known: i64,
    },
    /// A migration was changed after it had run.
    #[error(
        "migration {number} was applied with another text than this program carries; the program or the database is not what it claims"
    )]
    ChangedMigration {
        /// Which.
        number: i64,
    },
    /// A statement failed.
    #[error("`{tx}`: {source}")]
    Sql {
        /// Name of the transaction or question.
        tx: &'static str,
        /// What the driver said.
        source: sqlx::Error,
    },
    /// The commit that this transaction shared with others failed.
    #[error("`{tx}` was not committed: {source}; nothing was written")]
    NotCommitted {
        /// Name of the transaction.
        tx: &'static str,
        /// What the driver said.
        source: std::sync::Arc<sqlx::Error>,
    },
    /// The transaction that it shared was rolled back because of another's work.
    #[error("`{tx}` was rolled back with a transaction that it shared; nothing was written, ask again")]
    Lost {
        /// Name of the transaction.
        tx: &'static str,
    },
    /// Others were always faster.
    #[error("`{tx}` lost against other transactions {tries} times and was given up; nothing was written, ask again")]
    TooBusy {
        /// Name of the transaction.
        tx: &'static str,
        /// How often it was tried.
        tries: u32,
    },
    /// A row that this program cannot have written.
    #[error("table `{table}` holds something this program never writes: {what}; run `noroshi doctor`")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// More than is taken at once.
    #[error("{what}: {found}, and at most {max} is taken")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// How much there was.
        found: usize,
        /// How much is taken.
        max: usize,
    },
    /// Something cannot be written as JSON.
    #[error("cannot write {what} as JSON: {source}")]
    Json {
        /// What.
        what: &'static str,
        /// Why.
        source: serde_json::Error,
    },
    /// The group commit has been shut down.
    #[error("the store is shutting down; nothing was written")]
    Closed,
}

/// What [`crate::Db::run_tx`] needs to know of a transaction's error.
pub trait TxError: From<StoreError> + Send {
    /// The store's error inside, if that is what it is.
    fn store(&self) -> Option<&StoreError>;
}

impl TxError for StoreError {
    fn store(&self) -> Option<&StoreError> {
        Some(self)
    }
}

/// Codes after which the same transaction may succeed: PostgreSQL's serialization failure and
/// deadlock, SQLite's busy, busy-snapshot, busy-recovery and locked.
const TRY_AGAIN: [&str; 6] = ["40001", "40P01", "5", "517", "261", "6"];

impl StoreError {
    /// Whether the same transaction may succeed when tried again.
    pub(crate) fn may_pass(&self) -> bool {
        let error = match self {
            Self::Lost { .. } => return true,
            Self::NotCommitted { source, .. } => match &**source {
                sqlx::Error::Database(error) => error,
                _ => return false,
            },
            Self::Sql { source: sqlx::Error::Database(error), .. } => error,
            _ => return false,
        };
        let code = error.code().unwrap_or_default();
        // Two writers of the same version: the second sees the first when it reads again.
        TRY_AGAIN.contains(&code.as_ref()) || (error.is_unique_violation() && error.message().contains("event"))
    }

    /// Whether a row with this key is there already.
    pub(crate) fn is_taken(&self) -> bool {
        matches!(self, Self::Sql { source: sqlx::Error::Database(error), .. } if error.is_unique_violation())
    }

    pub(crate) fn sql(tx: &'static str) -> impl Fn(sqlx::Error) -> Self {
        move |source| Self::Sql { tx, source }
    }
}

/// At most `max` of `what`.
pub(crate) fn at_most(what: &'static str, found: usize, max: usize) -> Result<(), StoreError> {
    if found > max { Err(StoreError::TooMuch { what, found, max }) } else { Ok(()) }
}
