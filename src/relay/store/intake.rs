//! Taking a submission in.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;

use super::{Store, sql::Failure};
use crate::{
    forms::Version,
    language::Lang,
    relay::{config::CONFIRMATION, holding::Key, reference, token::Nonce},
};

/// A submission that was checked and is to be stored.
#[derive(Clone, Debug)]
pub(crate) struct NewSubmission {
    pub(crate) nonce: Nonce,
    /// What the same post was named if it came before.
    pub(crate) before: Option<Nonce>,
    pub(crate) version: Arc<Version>,
    pub(crate) language: Lang,
    /// In milliseconds of the Unix epoch.
    pub(crate) received: i64,
    /// The same on Estonian calendars.
    pub(crate) day: Date,
    pub(crate) deadline: Option<Date>,
    pub(crate) purge_at: i64,
    pub(crate) state: State,
    pub(crate) sealed: bool,
    /// JSON, or what age made of it.
    pub(crate) payload: Vec<u8>,
    /// What is known of the attachments, and under which names they are held.
    pub(crate) attachments: Vec<(Attachment, Key)>,
    pub(crate) destinations: Vec<String>,
    pub(crate) rating: Rating,
}

/// How a submission begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It is delivered.
    Accepted,
    /// Probably a robot's: it is delivered if somebody releases it.
    Quarantined,
    /// It is delivered when the citizen confirms the address; only the letter that asks goes out.
    Unconfirmed,
}

impl State {
    /// As the store and the metrics name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Quarantined => "quarantined",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}

/// What is known of an attachment besides its content.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Attachment {
    /// The question that it answers.
    pub(crate) field: String,
    /// The cleaned name.
    pub(crate) name: String,
    /// By its content.
    #[serde(rename = "type")]
    pub(crate) media_type: String,
    /// In bytes, before sealing.
    pub(crate) size: u64,
    /// SHA-256 of the content before sealing, in hexadecimal.
    pub(crate) hash: String,
}

/// What `stats` counts of a submission.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rating {
    pub(crate) page: String,
    pub(crate) service: String,
    /// 1 to 5; 0 where nothing was rated.
    pub(crate) rating: u8,
}

/// How many submissions of a month (its first day), a form and a rating.
pub(super) type Counted = BTreeMap<(Date, String, Rating), i64>;

/// That a submission is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) reference: String,
    pub(crate) received: i64,
    pub(crate) deadline: Option<Date>,
    /// False if the same was stored before.
    pub(crate) new: bool,
}

impl Store {
    /// Stores `new` within the transaction that is under way, or finds that it was stored before.
    pub(super) fn submit(&mut self, new: &NewSubmission) -> Result<Stored, Failure> {
        if let Some(before) = &new.before
            && let Some(stored) = self.find(before)?
        {
            return Ok(stored);
        }
        for _ in 0..4 {
            let reference = reference::new(&new.version.form.prefix);
            if let Some(id) = self.insert(new, &reference)? {
                self.attach(id, new)?;
                self.queue(id, new)?;
                self.count(new);
                let event = if new.state == State::Quarantined { "quarantined" } else { "received" };
                self.audit(
                    new.received,
                    event,
                    &reference,
                    &format!("{} {}", new.version.form.id, new.version.version),
                )?;
                return Ok(Stored { reference, received: new.received, deadline: new.deadline, new: true });
            }
            if let Some(stored) = self.find(&new.nonce)? {
                return Ok(stored);
            }
        }
        Err(Failure::Refused("no free reference number".to_owned()))
    }

    fn find(&mut self, nonce: &Nonce) -> Result<Option<Stored>, Failure> {
        let mut rows = self.sql.query(
            "SELECT reference, received, deadline FROM submission WHERE nonce = $1",
            &[nonce.as_slice().into()],
        )?;
        Ok(rows.first_mut().map(|row| Stored {
            reference: row.text(0),
            received: row.integer(1),
            deadline: row.optional_text(2).and_then(|date| date.parse().ok()),
            new: false,
        }))
    }

    fn insert(&mut self, new: &NewSubmission, reference: &str) -> Result<Option<i64>, Failure> {
        self.sql.insert(
            "INSERT INTO submission (reference, nonce, form, version, language, received, deadline, purge_at, state, \
             sealed, payload) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT DO NOTHING RETURNING id",
            &[
                reference.into(),
                new.nonce.as_slice().into(),
                new.version.form.id.as_str().into(),
                new.version.version.as_str().into(),
                new.language.as_str().into(),
                new.received.into(),
                new.deadline.map(|date| date.to_string()).into(),
                new.purge_at.into(),
                new.state.name().into(),
                new.sealed.into(),
                new.payload.as_slice().into(),
            ],
        )
    }

    fn attach(&mut self, id: i64, new: &NewSubmission) -> Result<(), Failure> {
        if new.attachments.is_empty() {
            return Ok(());
        }
        let shared = self.sql.dialect().shared;
        if !shared {
            let keys = new.attachments.iter().map(|(_, key)| key);
            self.files
                .keep(&new.nonce, keys)
                .map_err(|error| Failure::Refused(format!("attachments: {}", error.kind())))?;
        }
        for (number, (attachment, key)) in new.attachments.iter().enumerate() {
            self.sql.execute(
                "INSERT INTO attachment (submission, number, field, name, type, size, hash, content) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT content FROM held WHERE key = $8))",
                &[
                    id.into(),
                    i64::try_from(number).unwrap_or(i64::MAX).into(),
                    attachment.field.as_str().into(),
                    attachment.name.as_str().into(),
                    attachment.media_type.as_str().into(),
                    i64::try_from(attachment.size).unwrap_or(i64::MAX).into(),
                    attachment.hash.as_str().into(),
                    key.as_slice().into(),
                ],
            )?;
            if shared && !self.holds(key)? {
                return Err(Failure::Refused("attachments: not held any more".to_owned()));
            }
        }
        Ok(())
    }

    /// Lets an upload wait for its second post where all relays find it.
    pub(super) fn hold(&mut self, key: &Key, now: i64, content: &[u8], most: u64) -> Result<(), Failure> {
        let held = self.sql.query("SELECT CAST(COALESCE(SUM(LENGTH(content)), 0) AS BIGINT) FROM held", &[])?;
        let held = held.first().map_or(0, |row| u64::try_from(row.integer(0)).unwrap_or(0));
        if held.saturating_add(content.len() as u64) > most {
            return Err(Failure::Refused("no room for one more upload".to_owned()));
        }
        let values = [key.as_slice().into(), now.into(), content.into()];
        self.sql.execute("INSERT INTO held (key, at, content) VALUES ($1, $2, $3)", &values)?;
        Ok(())
    }

    /// Whether an upload waits.
    pub(super) fn holds(&mut self, key: &Key) -> Result<bool, Failure> {
        Ok(!self.sql.query("SELECT at FROM held WHERE key = $1", &[key.as_slice().into()])?.is_empty())
    }

    /// Removes uploads that wait since before `at`: no page with them is good any more.
    pub(super) fn purge_held(&mut self, at: i64) -> Result<(), Failure> {
        self.sql.execute("DELETE FROM held WHERE at < $1", &[at.into()]).map(drop)
    }

    fn queue(&mut self, id: i64, new: &NewSubmission) -> Result<(), Failure> {
        for destination in &new.destinations {
            let goes = match new.state {
                State::Accepted => true,
                State::Quarantined => false,
                State::Unconfirmed => destination == CONFIRMATION,
            };
            let state = if goes { "pending" } else { "held" };
            self.sql.execute(
                "INSERT INTO delivery (submission, destination, state, next_at) VALUES ($1, $2, $3, $4)",
                &[id.into(), destination.as_str().into(), state.into(), new.received.into()],
            )?;
        }
        Ok(())
    }

    /// Counts `new`; written once for all that the transaction stores.
    fn count(&mut self, new: &NewSubmission) {
        if new.state != State::Accepted {
            return;
        }
        let key = (new.day.first_of_month(), new.version.form.id.clone(), new.rating.clone());
        *self.counted.entry(key).or_default() += 1;
    }

    pub(super) fn write_counted(&mut self) -> Result<(), Failure> {
        for ((month, form, rating), count) in std::mem::take(&mut self.counted) {
            self.sql.execute(
                "INSERT INTO measure (month, form, page, service, rating, count) VALUES ($1, $2, $3, $4, $5, $6) \
                 ON CONFLICT (month, form, page, service, rating) DO UPDATE SET count = measure.count + excluded.count",
                &[
                    month.strftime("%Y-%m").to_string().into(),
                    form.into(),
                    rating.page.into(),
                    rating.service.into(),
                    i64::from(rating.rating).into(),
                    count.into(),
                ],
            )?;
        }
        Ok(())
    }
}
