//! What the people who run the relay ask for: lists, a single submission, retries, the purge.

use super::{
    Store,
    intake::{Attachment, Rating, State},
    sql::Failure,
};
use crate::relay::{
    audit::{Record, Verifier},
    clock,
    token::Nonce,
};

/// Which submissions are asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    /// Of this form only.
    pub(crate) form: Option<String>,
    /// In this state only: accepted, quarantined, purged; or dead, pending: of a delivery.
    pub(crate) state: Option<String>,
    /// At most so many, the newest first.
    pub(crate) limit: i64,
}

/// A submission in a list: nothing of what the citizen wrote.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Listed {
    pub(crate) reference: String,
    pub(crate) form: String,
    pub(crate) language: String,
    /// In milliseconds of the Unix epoch.
    pub(crate) received: i64,
    pub(crate) deadline: Option<String>,
    pub(crate) state: String,
    pub(crate) deliveries: Vec<Delivery>,
}

/// How far a submission is at one destination.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Delivery {
    pub(crate) destination: String,
    pub(crate) state: String,
    pub(crate) attempts: i64,
    pub(crate) trouble: Option<String>,
}

/// A submission with what the citizen wrote.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) listed: Listed,
    pub(crate) version: String,
    pub(crate) sealed: bool,
    pub(crate) payload: Option<Vec<u8>>,
    pub(crate) attachments: Vec<(Attachment, Vec<u8>)>,
}

/// One line of the statistics.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Measure {
    pub(crate) month: String,
    pub(crate) form: String,
    pub(crate) page: String,
    pub(crate) service: String,
    pub(crate) rating: i64,
    pub(crate) count: i64,
}

/// How much of each there is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// Deliveries by destination and state.
    pub(crate) deliveries: Vec<(String, String, i64)>,
    /// Submissions by state.
    pub(crate) submissions: Vec<(String, i64)>,
    /// When the oldest delivery that still waits was received.
    pub(crate) oldest: Option<i64>,
}

/// No delivery is ever put off for so long, in milliseconds; see `retry.longest_seconds`.
const FURTHEST: i64 = 2 * 86_400_000;

impl Store {
    /// The submissions that `query` asks for, the newest first.
    pub(crate) fn list(&mut self, query: &Query) -> Result<Vec<Listed>, Failure> {
        let form = query.form.as_deref().unwrap_or("");
        let state = query.state.as_deref().unwrap_or("");
        let rows = self.sql.query(
            "SELECT id, reference, form, language, received, deadline, state FROM submission \
             WHERE ($1 = '' OR form = $1) AND ($2 = '' OR state = $2 OR EXISTS (SELECT 1 FROM delivery \
             WHERE delivery.submission = submission.id AND delivery.state = $2)) ORDER BY id DESC LIMIT $3",
            &[form.into(), state.into(), query.limit.into()],
        )?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Listed {
                    reference: row.text(1),
                    form: row.text(2),
                    language: row.text(3),
                    received: row.integer(4),
                    deadline: row.optional_text(5),
                    state: row.text(6),
                    deliveries: self.deliveries(row.integer(0))?,
                })
            })
            .collect()
    }

    fn deliveries(&mut self, submission: i64) -> Result<Vec<Delivery>, Failure> {
        let rows = self.sql.query(
            "SELECT destination, state, attempts, trouble FROM delivery WHERE submission = $1 ORDER BY destination",
            &[submission.into()],
        )?;
        Ok(rows
            .into_iter()
            .map(|mut row| Delivery {
                destination: row.text(0),
                state: row.text(1),
                attempts: row.integer(2),
                trouble: row.optional_text(3),
            })
            .collect())
    }

    /// One submission with its content; that it was looked at is noted as `event`.
    pub(crate) fn show(&mut self, reference: &str, event: &str, now: i64) -> Result<Option<Shown>, Failure> {
        self.transaction(|store| {
            let mut rows = store.sql.query(
                "SELECT id, reference, form, language, received, deadline, state, version, sealed, payload, nonce \
                 FROM submission WHERE reference = $1",
                &[reference.into()],
            )?;
            let Some(row) = rows.first_mut() else { return Ok(None) };
            let id = row.integer(0);
            let nonce = row.bytes(10).and_then(|bytes| Nonce::try_from(bytes).ok()).unwrap_or_default();
            let shown = Shown {
                listed: Listed {
                    reference: row.text(1),
                    form: row.text(2),
                    language: row.text(3),
                    received: row.integer(4),
                    deadline: row.optional_text(5),
                    state: row.text(6),
                    deliveries: store.deliveries(id)?,
                },
                version: row.text(7),
                sealed: row.integer(8) != 0,
                payload: row.bytes(9),
                attachments: store.attachments(id, &nonce)?,
            };
            store.audit(now, event, reference, "")?;
            Ok(Some(shown))
        })
    }

    /// Tries dead letters again: those of one submission, or all. How many.
    pub(crate) fn retry(&mut self, reference: Option<&str>, now: i64) -> Result<u64, Failure> {
        self.transaction(|store| {
            let count = store.sql.execute(
                "UPDATE delivery SET state = 'pending', attempts = 0, claimed = 0, next_at = $1 WHERE state = 'dead' AND \
                 ($2 = '' OR submission IN (SELECT id FROM submission WHERE reference = $2))",
                &[now.into(), reference.unwrap_or("").into()],
            )?;
            if count > 0 {
                store.audit(now, "retried", reference.unwrap_or(""), &count.to_string())?;
            }
            Ok(count)
        })
    }

    /// Lets a submission out of quarantine: it is delivered like any other. Whether it was in it.
    pub(crate) fn release(&mut self, reference: &str, now: i64) -> Result<bool, Failure> {
        self.transaction(|store| store.let_out(reference, State::Quarantined, "released", now))
    }

    /// Delivers what was held because of its state. Whether it was in that state.
    pub(super) fn let_out(&mut self, reference: &str, from: State, event: &str, now: i64) -> Result<bool, Failure> {
        let rows = self.sql.query(
            "UPDATE submission SET state = 'accepted' WHERE reference = $1 AND state = $2 \
             RETURNING id, form, received",
            &[reference.into(), from.name().into()],
        )?;
        let Some(mut row) = rows.into_iter().next() else { return Ok(false) };
        // Now it counts; what was rated stands in its content, which may be sealed.
        let month = clock::local_ms(row.integer(2)).date().first_of_month();
        *self.counted.entry((month, row.text(1), Rating::default())).or_default() += 1;
        self.sql.execute(
            "UPDATE delivery SET state = 'pending', next_at = $1 WHERE submission = $2 AND state = 'held'",
            &[now.into(), row.integer(0).into()],
        )?;
        self.audit(now, event, reference, "")?;
        Ok(true)
    }

    /// Removes what was written in submissions whose time is over and which every destination has.
    /// What is not delivered is never purged. How many were.
    pub(super) fn purge(&mut self, now: i64) -> Result<usize, Failure> {
        self.mend_times(now)?;
        let rows = self.sql.query(
            "SELECT id, reference, nonce FROM submission WHERE purge_at <= $1 AND state <> 'purged' AND NOT EXISTS \
             (SELECT 1 FROM delivery WHERE delivery.submission = submission.id AND delivery.state IN ('pending', 'dead')) \
             ORDER BY purge_at LIMIT 200",
            &[now.into()],
        )?;
        let purged = rows.len();
        for mut row in rows {
            let id = row.integer(0);
            // The files first: if this is not committed, the next purge finds them gone and goes on.
            if let Some(nonce) = row.bytes(2).and_then(|bytes| Nonce::try_from(bytes).ok()) {
                self.files.forget(&nonce).map_err(|error| Failure::Unavailable(error.to_string()))?;
            }
            self.sql.execute(
                "UPDATE submission SET state = 'purged', payload = NULL, language = '' WHERE id = $1",
                &[id.into()],
            )?;
            self.sql.execute("DELETE FROM attachment WHERE submission = $1", &[id.into()])?;
            self.audit(now, "purged", &row.text(1), "")?;
        }
        Ok(purged)
    }

    /// What was put off while the clock was far ahead would wait until then: it is due now.
    fn mend_times(&mut self, now: i64) -> Result<(), Failure> {
        self.sql.execute(
            "UPDATE delivery SET next_at = $1 WHERE state = 'pending' AND next_at > $2",
            &[now.into(), now.saturating_add(FURTHEST).into()],
        )?;
        Ok(())
    }

    /// Notes the versions of forms that are in use: (form, version, definition).
    pub(super) fn note_versions(&mut self, now: i64, forms: &[(String, String, String)]) -> Result<(), Failure> {
        for (form, version, definition) in forms {
            self.sql.execute(
                "INSERT INTO form_version (form, version, seen, definition) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (form, version) DO UPDATE SET seen = excluded.seen",
                &[form.as_str().into(), version.as_str().into(), now.into(), definition.as_str().into()],
            )?;
        }
        Ok(())
    }

    /// The versions of forms that were seen since `since`: (form, version, definition).
    pub(crate) fn versions(&mut self, since: i64) -> Result<Vec<(String, String, String)>, Failure> {
        let rows =
            self.sql.query("SELECT form, version, definition FROM form_version WHERE seen >= $1", &[since.into()])?;
        Ok(rows.into_iter().map(|mut row| (row.text(0), row.text(1), row.text(2))).collect())
    }

    /// How many of everything.
    pub(crate) fn counts(&mut self) -> Result<Counts, Failure> {
        let deliveries = self
            .sql
            .query("SELECT destination, state, COUNT(*) FROM delivery GROUP BY 1, 2 ORDER BY 1, 2", &[])?
            .into_iter()
            .map(|mut row| (row.text(0), row.text(1), row.integer(2)))
            .collect();
        let submissions = self
            .sql
            .query("SELECT state, COUNT(*) FROM submission GROUP BY 1 ORDER BY 1", &[])?
            .into_iter()
            .map(|mut row| (row.text(0), row.integer(1)))
            .collect();
        let oldest = self.sql.query(
            "SELECT MIN(submission.received) FROM delivery JOIN submission ON submission.id = delivery.submission \
             WHERE delivery.state = 'pending'",
            &[],
        )?;
        Ok(Counts {
            deliveries,
            submissions,
            oldest: oldest.first().map(|row| row.integer(0)).filter(|&oldest| oldest > 0),
        })
    }

    /// The statistics, by month and form.
    pub(crate) fn measures(&mut self) -> Result<Vec<Measure>, Failure> {
        let rows = self.sql.query(
            "SELECT month, form, page, service, rating, count FROM measure ORDER BY month, form, page, service, rating",
            &[],
        )?;
        Ok(rows
            .into_iter()
            .map(|mut row| Measure {
                month: row.text(0),
                form: row.text(1),
                page: row.text(2),
                service: row.text(3),
                rating: row.integer(4),
                count: row.integer(5),
            })
            .collect())
    }

    /// Walks the audit trail: the last hash and how many records, or the first that does not fit.
    pub(crate) fn verify_audit(&mut self) -> Result<Result<(String, i64), i64>, Failure> {
        let mut verifier = Verifier::default();
        loop {
            let rows = self.sql.query(
                "SELECT number, at, event, reference, detail, hash FROM audit WHERE number > $1 ORDER BY number LIMIT 1000",
                &[verifier.length().into()],
            )?;
            if rows.is_empty() {
                return Ok(Ok((verifier.head(), verifier.length())));
            }
            for mut row in rows {
                let record = Record {
                    number: row.integer(0),
                    at: row.integer(1),
                    event: row.text(2).into(),
                    reference: row.text(3).into(),
                    detail: row.text(4).into(),
                };
                if !verifier.follows(&record, &row.bytes(5).unwrap_or_default()) {
                    return Ok(Err(record.number));
                }
            }
        }
    }

    /// Mends what a crash left of attachments. How many folders.
    pub(crate) fn sweep(&mut self) -> Result<usize, Failure> {
        if self.sql.dialect().shared {
            return Ok(0);
        }
        let files = self.files.clone();
        let mut failure = None;
        let removed = files.sweep(|nonce| {
            let found = self
                .sql
                .query("SELECT 1 FROM submission WHERE nonce = $1 AND state <> 'purged'", &[nonce.as_slice().into()]);
            found.map_or_else(
                |error| {
                    failure = Some(error);
                    true
                },
                |rows| !rows.is_empty(),
            )
        });
        failure.map_or(Ok(removed), Err)
    }

    /// A consistent copy of everything into the new folder `to`, while others go on writing.
    pub(crate) fn backup(&mut self, to: &std::path::Path) -> Result<usize, Failure> {
        self.sql.backup(&to.join("relay.sqlite"))?;
        self.files.backup(to).map_err(|error| Failure::Unavailable(error.to_string()))
    }

    /// Notes something that a person did.
    pub(crate) fn note(&mut self, event: &str, detail: &str, now: i64) -> Result<(), Failure> {
        self.transaction(|store| store.audit(now, event, "", detail))
    }
}
