//! What is due at a destination, and what became of it.

use super::{
    Store,
    intake::Attachment,
    sql::{Failure, Row},
};
use crate::relay::token::Nonce;

/// A submission on its way to one destination.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// The delivery's own number.
    pub(crate) delivery: i64,
    /// How many times it was tried, this time included.
    pub(crate) attempts: i64,
    pub(crate) reference: String,
    pub(crate) form: String,
    pub(crate) version: String,
    pub(crate) language: String,
    pub(crate) received: i64,
    pub(crate) deadline: Option<String>,
    pub(crate) sealed: bool,
    pub(crate) payload: Vec<u8>,
    pub(crate) attachments: Vec<(Attachment, Vec<u8>)>,
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The destination has it.
    Delivered,
    /// Not now: try again at this time.
    Later { at: i64, trouble: String },
    /// Never, until somebody says `retry`.
    Dead { trouble: String },
}

impl Store {
    /// At most `limit` deliveries to `destination` that are due at `now`; nobody else gets them
    /// before `until`. Also, when the next one is due.
    pub(super) fn claim(
        &mut self,
        destination: &str,
        now: i64,
        until: i64,
        limit: i64,
    ) -> Result<(Vec<Job>, Option<i64>), Failure> {
        let claim = self.sql.dialect().claim;
        let claimed = self.sql.query(claim, &[until.into(), destination.into(), now.into(), limit.into()])?;
        let mut jobs = Vec::with_capacity(claimed.len());
        for row in claimed {
            match self.job(row.integer(0), row.integer(1), row.integer(2)) {
                Ok(Some(job)) => jobs.push(job),
                // A row or a file that cannot be read must not stop the others.
                Ok(None) | Err(Failure::Refused(_)) => {
                    let trouble = "the stored submission cannot be read".to_owned();
                    self.settle(row.integer(0), now, &Outcome::Dead { trouble })?;
                }
                Err(error) => return Err(error),
            }
        }
        let next = self.sql.query(
            "SELECT next_at FROM delivery WHERE destination = $1 AND state = 'pending' ORDER BY next_at LIMIT 1",
            &[destination.into()],
        )?;
        Ok((jobs, next.first().map(|row| row.integer(0))))
    }

    fn job(&mut self, delivery: i64, submission: i64, attempts: i64) -> Result<Option<Job>, Failure> {
        let mut rows = self.sql.query(
            "SELECT reference, form, version, language, received, deadline, sealed, payload, nonce \
             FROM submission WHERE id = $1",
            &[submission.into()],
        )?;
        let Some(row) = rows.first_mut() else { return Ok(None) };
        let (Some(payload), Some(nonce)) = (row.bytes(7), row.bytes(8)) else { return Ok(None) };
        let Ok(nonce) = Nonce::try_from(nonce) else { return Ok(None) };
        let (reference, form, version, language) = (row.text(0), row.text(1), row.text(2), row.text(3));
        let attachments = self.attachments(submission, &nonce)?;
        Ok(Some(Job {
            delivery,
            attempts,
            reference,
            form,
            version,
            language,
            received: row.integer(4),
            deadline: row.optional_text(5),
            sealed: row.integer(6) != 0,
            payload,
            attachments,
        }))
    }

    /// The attachments of a submission with their contents.
    pub(super) fn attachments(
        &mut self,
        submission: i64,
        nonce: &Nonce,
    ) -> Result<Vec<(Attachment, Vec<u8>)>, Failure> {
        let rows = self.sql.query(
            "SELECT field, name, type, size, hash, content FROM attachment WHERE submission = $1 ORDER BY number",
            &[submission.into()],
        )?;
        rows.into_iter()
            .enumerate()
            .map(|(number, mut row)| {
                let content = match row.bytes(5) {
                    Some(content) => content,
                    None => self
                        .files
                        .kept(nonce, number)
                        .map_err(|error| Failure::Refused(format!("attachment: {}", error.kind())))?,
                };
                Ok((attachment(&mut row), content))
            })
            .collect()
    }

    /// Notes what became of an attempt.
    pub(super) fn settle(&mut self, delivery: i64, now: i64, outcome: &Outcome) -> Result<(), Failure> {
        let (state, next_at, trouble) = match outcome {
            Outcome::Delivered => ("delivered", now, None),
            Outcome::Later { at, trouble } => ("pending", *at, Some(trouble.as_str())),
            Outcome::Dead { trouble } => ("dead", now, Some(trouble.as_str())),
        };
        let mut rows = self.sql.query(
            "UPDATE delivery SET state = $1, next_at = $2, settled_at = $3, trouble = $4, claimed = 0 \
             WHERE id = $5 AND state <> 'delivered' RETURNING submission, destination",
            &[state.into(), next_at.into(), now.into(), trouble.into(), delivery.into()],
        )?;
        let Some(row) = rows.first_mut() else { return Ok(()) };
        if state != "pending" {
            let destination = row.text(1);
            let mut found =
                self.sql.query("SELECT reference FROM submission WHERE id = $1", &[row.integer(0).into()])?;
            let reference = found.first_mut().map(|row| row.text(0)).unwrap_or_default();
            self.audit(now, state, &reference, &destination)?;
        }
        Ok(())
    }

    /// What a relay that died had claimed is due again. Only where no other relay runs.
    pub(crate) fn reclaim(&mut self, now: i64) -> Result<u64, Failure> {
        if self.sql.dialect().shared {
            return Ok(0);
        }
        self.transaction(|store| {
            store.sql.execute(
                "UPDATE delivery SET claimed = 0, next_at = $1 WHERE state = 'pending' AND claimed = 1",
                &[now.into()],
            )
        })
    }
}

pub(super) fn attachment(row: &mut Row) -> Attachment {
    Attachment {
        field: row.text(0),
        name: row.text(1),
        media_type: row.text(2),
        size: u64::try_from(row.integer(3)).unwrap_or(0),
        hash: row.text(4),
    }
}
