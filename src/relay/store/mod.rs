//! What the relay keeps, and the promise that it keeps it.
//!
//! All writing goes through one thread that commits many submissions with one flush (`writer`);
//! the statements are the same for SQLite and PostgreSQL (`sql`).

mod admin;
mod delivery;
mod intake;
mod postgres;
mod sql;
mod sqlite;
mod tls;
mod writer;

use std::{
    path::Path,
    time::{Duration, Instant},
};

pub(crate) use admin::{Counts, Measure, Query, Shown};
pub(crate) use delivery::{Job, Outcome};
pub(crate) use intake::{Attachment, NewSubmission, Rating, State, Stored};
pub(crate) use sql::Failure;
pub(crate) use writer::{CLAIM, Handle, Write, Written};

use super::{config::StoreConfig, holding::Files};
use intake::Counted;
use sql::{Sql, Value};

/// The schema's changes, oldest first. One is never edited after a release.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql")];

/// The store: a database and the folder with the attachments.
pub(crate) struct Store {
    sql: Box<dyn Sql>,
    files: Files,
    /// The last record of the audit trail, once the transaction under way has read it.
    tail: Option<(i64, Vec<u8>)>,
    /// What the transaction under way adds to the statistics when it ends.
    counted: Counted,
    /// How long the last commit took.
    flush: Duration,
}

impl Store {
    /// Opens the store below the folder `data`, making what is missing.
    pub(crate) fn open(config: &StoreConfig, data: &Path) -> Result<Self, Failure> {
        let files = Files::open(data).map_err(|error| Failure::Unavailable(error.to_string()))?;
        let sql: Box<dyn Sql> = match config {
            StoreConfig::Sqlite => Box::new(sqlite::Sqlite::open(&data.join("relay.sqlite"))?),
            StoreConfig::Postgres { address, authority } => {
                Box::new(postgres::Postgres::open(&address.expose_text(), authority.as_deref())?)
            }
        };
        let mut store = Self { sql, files, tail: None, counted: Counted::default(), flush: Duration::ZERO };
        store.migrate()?;
        Ok(store)
    }

    fn migrate(&mut self) -> Result<(), Failure> {
        let dialect = self.sql.dialect();
        let integer = dialect.integer;
        self.transaction(|store| {
            store.sql.script(&format!("CREATE TABLE IF NOT EXISTS migration (number {integer} PRIMARY KEY)"))?;
            let done = store.sql.query("SELECT COUNT(*) FROM migration", &[])?.first().map_or(0, |row| row.integer(0));
            for (number, script) in (0_i64..).zip(MIGRATIONS).skip(usize::try_from(done).unwrap_or(usize::MAX)) {
                store.sql.script(
                    &script
                        .replace("{identity}", dialect.identity)
                        .replace("{bytes}", dialect.bytes)
                        .replace("{integer}", integer),
                )?;
                store.sql.execute("INSERT INTO migration (number) VALUES ($1)", &[number.into()])?;
            }
            Ok(())
        })
    }

    /// Runs `work` in a transaction: all of it is on the disk when this returns `Ok`, or nothing.
    pub(crate) fn transaction<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Failure>) -> Result<T, Failure> {
        self.sql.begin()?;
        (self.tail, self.counted) = Default::default();
        let result = work(self).and_then(|value| {
            self.write_counted()?;
            let began = Instant::now();
            self.sql.commit()?;
            self.flush = began.elapsed();
            Ok(value)
        });
        match &result {
            Ok(_) => self.files.commit(),
            Err(_) => {
                self.sql.rollback();
                self.files.rollback();
            }
        }
        result
    }

    /// Notes an event in the audit trail, within the transaction that is under way.
    fn audit(&mut self, at: i64, event: &str, reference: &str, detail: &str) -> Result<(), Failure> {
        let (number, before) = match self.tail.take() {
            Some(tail) => tail,
            None => {
                let mut last = self.sql.query("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1", &[])?;
                last.first_mut().map_or((0, Vec::new()), |row| (row.integer(0), row.bytes(1).unwrap_or_default()))
            }
        };
        let record = super::audit::Record {
            number: number + 1,
            at,
            event: event.into(),
            reference: reference.into(),
            detail: detail.into(),
        };
        let hash = record.hash(&before).to_vec();
        self.sql.execute(
            "INSERT INTO audit (number, at, event, reference, detail, hash) VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                record.number.into(),
                at.into(),
                event.into(),
                reference.into(),
                detail.into(),
                Value::from(hash.as_slice()),
            ],
        )?;
        self.tail = Some((record.number, hash));
        Ok(())
    }
}
