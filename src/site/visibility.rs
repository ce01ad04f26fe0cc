//! What is on the site at a given time: drafts, what is scheduled, what has run out.

use jiff::civil::DateTime;

use crate::{
    content::Entry,
    schema::{ContentType, Expiry, Value},
};

/// Whether an entry is on the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is.
    Live,
    /// Its time has passed; its page stays, listings leave it out.
    Archived,
    /// It is a draft.
    Draft,
    /// It comes later.
    Scheduled(DateTime),
    /// Its time has passed, and it is taken down.
    Expired,
}

/// What was left out and why, for people to read.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LeftOut {
    /// Files of drafts.
    pub drafts: Vec<String>,
    /// Files that come later, with their times.
    pub scheduled: Vec<(String, DateTime)>,
    /// Files whose time has passed.
    pub expired: Vec<String>,
}

/// The state of `entry` at `at`, and when it will change next by itself.
pub(super) fn state(entry: &Entry, content_type: &ContentType, at: DateTime) -> (State, Option<DateTime>) {
    let field = |name: &str| entry.fields.get(name);
    if field("draft").and_then(|value| value.as_bool()) == Some(true) {
        return (State::Draft, None);
    }
    let from = field("publish_from").or_else(|| field("published")).and_then(Value::begins);
    if let Some(from) = from
        && from > at
    {
        return (State::Scheduled(from), Some(from));
    }
    let until = field("publish_until").and_then(Value::ends);
    if until.is_some_and(|until| until <= at) {
        return (State::Expired, None);
    }
    let expires = content_type.expires_at(&entry.fields);
    match expires {
        Some(end) if end <= at => match content_type.expiry {
            Expiry::Remove => (State::Expired, None),
            Expiry::Archive => (State::Archived, until),
        },
        _ => (State::Live, [until, expires].into_iter().flatten().min()),
    }
}
