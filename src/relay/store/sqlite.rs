//! SQLite: write-ahead log, flushed at every commit.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, ErrorCode, params_from_iter, types};

use super::sql::{Dialect, Failure, Row, Sql, Value};

/// How long a write waits for another process (the command line's) to finish its own.
const PATIENCE: Duration = Duration::from_secs(2);

static DIALECT: Dialect = Dialect {
    identity: "INTEGER PRIMARY KEY",
    bytes: "BLOB",
    integer: "INTEGER",
    claim: "UPDATE delivery SET next_at = $1, claimed = 1, attempts = attempts + 1 WHERE id IN \
            (SELECT id FROM delivery WHERE state = 'pending' AND destination = $2 AND next_at <= $3 \
             ORDER BY next_at LIMIT $4) RETURNING id, submission, attempts, destination",
    shared: false,
};

/// One connection to the file.
pub(crate) struct Sqlite(Connection);

impl Sqlite {
    /// Opens the file, making it if it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA secure_delete = ON;
             PRAGMA foreign_keys = ON;
             PRAGMA wal_autocheckpoint = 4000;
             PRAGMA journal_size_limit = 33554432;",
        )?;
        Ok(Self(connection))
    }
}

impl Sql for Sqlite {
    fn begin(&mut self) -> Result<(), Failure> {
        Ok(self.0.execute_batch("BEGIN IMMEDIATE")?)
    }

    fn commit(&mut self) -> Result<(), Failure> {
        Ok(self.0.execute_batch("COMMIT")?)
    }

    fn rollback(&mut self) {
        if !self.0.is_autocommit() {
            let _ = self.0.execute_batch("ROLLBACK");
        }
    }

    fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, Failure> {
        Ok(self.0.prepare_cached(sql)?.execute(params_from_iter(values))? as u64)
    }

    /// SQLite knows the number anyway; its own `RETURNING` costs a table in memory and a journal.
    fn insert(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Option<i64>, Failure> {
        let changed = self.execute(sql.strip_suffix("RETURNING id").unwrap_or(sql), values)?;
        Ok((changed > 0).then(|| self.0.last_insert_rowid()))
    }

    fn query(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, Failure> {
        let mut statement = self.0.prepare_cached(sql)?;
        let columns = statement.column_count();
        let rows = statement.query_map(params_from_iter(values), |row| {
            (0..columns).map(|at| row.get::<_, types::Value>(at).map(owned)).collect::<Result<Vec<_>, _>>().map(Row)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn script(&mut self, sql: &str) -> Result<(), Failure> {
        Ok(self.0.execute_batch(sql)?)
    }

    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn scrub(&mut self) -> Result<(), Failure> {
        // Deleted text would otherwise stay readable in the log until it is next overwritten.
        self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    fn backup(&mut self, to: &Path) -> Result<(), Failure> {
        let mut copy = Connection::open(to)?;
        rusqlite::backup::Backup::new(&self.0, &mut copy)?.run_to_completion(
            256,
            Duration::from_millis(1),
            None::<fn(rusqlite::backup::Progress)>,
        )?;
        Ok(())
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<types::ToSqlOutput<'_>> {
        use types::{ToSqlOutput::Borrowed, ValueRef};
        Ok(Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Integer(value) => ValueRef::Integer(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

fn owned(value: types::Value) -> Value<'static> {
    match value {
        types::Value::Null => Value::Null,
        types::Value::Integer(value) => Value::Integer(value),
        #[expect(clippy::cast_possible_truncation, reason = "no column holds a fraction")]
        types::Value::Real(value) => Value::Integer(value as i64),
        types::Value::Text(value) => value.into(),
        types::Value::Blob(value) => value.into(),
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        // Only SQLite's own words: never the statement with its values.
        let words = match &error {
            rusqlite::Error::SqliteFailure(code, _) => code.to_string(),
            _ => "unexpected answer".to_owned(),
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig) | None => {
                Failure::Refused(words)
            }
            Some(_) => Failure::Unavailable(words),
        }
    }
}
