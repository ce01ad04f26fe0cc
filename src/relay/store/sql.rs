//! What the store asks of a database: the same statements run on SQLite and on PostgreSQL.
//!
//! Parameters are `$1`, `$2`, … and first stand in that order, which both number alike.

use std::borrow::Cow;

/// A value to bind, or one that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Null,
    Integer(i64),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

/// One row of an answer.
pub(crate) struct Row(pub(crate) Vec<Value<'static>>);

impl Row {
    /// Column `at` as a number; 0 if it is none.
    pub(crate) fn integer(&self, at: usize) -> i64 {
        match self.0.get(at) {
            Some(Value::Integer(value)) => *value,
            _ => 0,
        }
    }

    /// Column `at` as text; empty if it is none.
    pub(crate) fn text(&mut self, at: usize) -> String {
        self.optional_text(at).unwrap_or_default()
    }

    /// Column `at` as text.
    pub(crate) fn optional_text(&mut self, at: usize) -> Option<String> {
        match self.0.get_mut(at).map(|value| std::mem::replace(value, Value::Null)) {
            Some(Value::Text(value)) => Some(value.into_owned()),
            _ => None,
        }
    }

    /// Column `at` as bytes; `None` if it is null.
    pub(crate) fn bytes(&mut self, at: usize) -> Option<Vec<u8>> {
        match self.0.get_mut(at).map(|value| std::mem::replace(value, Value::Null)) {
            Some(Value::Bytes(value)) => Some(value.into_owned()),
            Some(Value::Text(value)) => Some(value.into_owned().into_bytes()),
            _ => None,
        }
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Value::Integer(value)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Integer(value.into())
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Value::Text(Cow::Borrowed(value))
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Value::Bytes(Cow::Borrowed(value))
    }
}

impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Value::Text(Cow::Owned(value))
    }
}

impl From<Vec<u8>> for Value<'_> {
    fn from(value: Vec<u8>) -> Self {
        Value::Bytes(Cow::Owned(value))
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// Why a statement did not run. Never holds a value that was bound: those are personal data.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The disk is full, the file is locked, the connection is lost: nothing else would run either.
    #[error("the store cannot be used now: {0}")]
    Unavailable(String),
    /// This statement, or the row it reads, is at fault.
    #[error("the store refused: {0}")]
    Refused(String),
}

/// A connection to a database.
pub(crate) trait Sql: Send {
    /// Starts a transaction that may write.
    fn begin(&mut self) -> Result<(), Failure>;
    /// Ends it; when this returns, everything is on the disk.
    fn commit(&mut self) -> Result<(), Failure>;
    /// Throws it away.
    fn rollback(&mut self);
    /// Runs `sql`; how many rows it changed.
    fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, Failure>;
    /// Runs an INSERT that ends with `RETURNING id`; the new row's number, if there is one.
    fn insert(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Option<i64>, Failure> {
        Ok(self.query(sql, values)?.first().map(|row| row.integer(0)))
    }
    /// Runs `sql`; its rows.
    fn query(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, Failure>;
    /// Runs a script of statements without parameters.
    fn script(&mut self, sql: &str) -> Result<(), Failure>;
    /// What differs between the databases.
    fn dialect(&self) -> &'static Dialect;
    /// Makes what was deleted unreadable on the disk.
    fn scrub(&mut self) -> Result<(), Failure>;
    /// A consistent copy into the new file `to`, while others go on writing.
    fn backup(&mut self, to: &std::path::Path) -> Result<(), Failure>;
}

/// What differs between the databases.
#[derive(Debug)]
pub(crate) struct Dialect {
    /// The type of a row's own number.
    pub(crate) identity: &'static str,
    /// The type of bytes.
    pub(crate) bytes: &'static str,
    /// The type of a whole number of 64 bits.
    pub(crate) integer: &'static str,
    /// Claims deliveries that are due: until when, destination, now, how many.
    pub(crate) claim: &'static str,
    /// Whether several relays may write at the same time.
    pub(crate) shared: bool,
}
