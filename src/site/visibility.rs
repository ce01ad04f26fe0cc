//! What is on the site at a given time: drafts, what is scheduled, what has run out.

use jiff::civil::{Date, DateTime};

use crate::{content::Entry, schema::{ContentType, Expiry}};

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
pub fn state(entry: &Entry, content_type: &ContentType, at: DateTime) -> (State, Option<DateTime>) {
    let time = |field: &str| entry.fields.get(field).and_then(|value| value.as_datetime());
    let day = |field: &str| entry.fields.get(field).and_then(|value| value.as_date());
    if entry.fields.get("draft").and_then(|value| value.as_bool()) == Some(true) {
        return (State::Draft, None);
    }
    let from = time("publish_from").or_else(|| day("published").map(start_of));
    if let Some(from) = from
        && from > at
    {
        return (State::Scheduled(from), Some(from));
    }
    let until = time("publish_until");
    if until.is_some_and(|until| until <= at) {
        return (State::Expired, None);
    }
    // The last day counts: what expires on the 5th is current all that day.
    let expires = content_type.expires.as_deref().and_then(|field| time(field).or_else(|| day(field).and_then(end_of)));
    match expires {
        Some(end) if end <= at => match content_type.expiry {
            Expiry::Remove => (State::Expired, None),
            Expiry::Archive => (State::Archived, until),
        },
        _ => (State::Live, [until, expires].into_iter().flatten().min()),
    }
}

fn start_of(day: Date) -> DateTime {
    day.at(0, 0, 0, 0)
}

fn end_of(day: Date) -> Option<DateTime> {
    day.tomorrow().ok().map(start_of)
}
