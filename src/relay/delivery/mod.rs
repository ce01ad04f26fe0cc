//! Delivery, at least once: a scheduler for each destination, so that a hanging one delays no other.

mod folder;
mod mail;
mod smtp;
mod webhook;

pub(crate) use mail::for_office;

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
    time,
};

use super::{
    clock,
    config::{Config, Retry},
    document::Payload,
    metrics::Metrics,
    store::{CLAIM, Handle, Job, Outcome, Write, Written},
    token::{Confirm, Signer},
};

/// How often a destination looks for work that somebody else put there: another relay, or `retry`.
const LOOK: Duration = Duration::from_secs(15);

/// How long a stop waits for deliveries under way.
const LAST: Duration = Duration::from_secs(10);

/// Why an attempt failed, in a few words without anything of the citizen's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It may work later.
    Temporary(String),
    /// It will not work until somebody changes something.
    Permanent(String),
}

/// Where submissions go.
pub(crate) enum Destination {
    Mailbox(smtp::Mailbox),
    Confirmation(smtp::Mailbox, Links),
    Webhook(webhook::Webhook),
    Folder(folder::Folder),
}

impl Destination {
    async fn deliver(&self, job: &Job, payload: &Payload) -> Result<(), Trouble> {
        match self {
            Self::Mailbox(mailbox) => mailbox.deliver(job, payload).await,
            Self::Confirmation(mailbox, links) => mailbox.confirm(job, payload, links).await,
            Self::Webhook(webhook) => webhook.deliver(job, payload).await,
            Self::Folder(folder) => folder.deliver(job, payload).await,
        }
    }

    /// Whether the destination can be reached, without sending anybody's data.
    pub(crate) async fn check(&self) -> Result<(), Trouble> {
        match self {
            Self::Mailbox(mailbox) | Self::Confirmation(mailbox, _) => mailbox.check().await,
            Self::Webhook(webhook) => webhook.check().await,
            Self::Folder(folder) => folder.check().await,
        }
    }
}

/// All destinations of `config` by name; the error names the one that cannot be used.
pub(crate) fn destinations(config: &Config) -> Result<Vec<(String, Destination)>, (String, String)> {
    let mut all = Vec::new();
    let mailbox = |name: &str| {
        let smtp = config.smtp.get(name).ok_or_else(|| (name.to_owned(), "no [smtp] of this name".to_owned()))?;
        smtp::Mailbox::new(smtp, config).map_err(|reason| (name.to_owned(), reason))
    };
    for (name, _) in config.smtp.iter().filter(|(_, smtp)| !smtp.to.is_empty()) {
        all.push((name.clone(), Destination::Mailbox(mailbox(name)?)));
    }
    for (name, webhook) in &config.webhook {
        let webhook = webhook::Webhook::new(webhook, &config.retry).map_err(|reason| (name.clone(), reason))?;
        all.push((name.clone(), Destination::Webhook(webhook)));
    }
    for (name, folder) in &config.folder {
        all.push((name.clone(), Destination::Folder(folder::Folder::new(folder.path.clone()))));
    }
    if let Some(confirmation) = &config.confirmation {
        let name = || super::config::CONFIRMATION.to_owned();
        let secret = config.secret.read().map_err(|reason| (name(), reason.to_string()))?;
        let links = Links { signer: Signer::new(&secret), public_url: config.public_url.clone() };
        all.push((name(), Destination::Confirmation(mailbox(&confirmation.through)?, links)));
    }
    Ok(all)
}

/// Makes the links that confirm an address.
pub(crate) struct Links {
    signer: Signer,
    public_url: String,
}

impl Links {
    fn confirm(&self, job: &Job) -> String {
        let (form, language, reference) = (job.form.clone(), job.language.clone(), job.reference.clone());
        let token = self.signer.sign(&Confirm { form, language, reference });
        format!("{}/{}/confirm/{token}", self.public_url, job.form)
    }
}

/// What the schedulers share.
pub(crate) struct Dispatch {
    pub(crate) store: Handle,
    pub(crate) metrics: Metrics,
    pub(crate) retry: Retry,
    pub(crate) alert: Option<Alert>,
    /// Told when something new may be due.
    pub(crate) news: Arc<Notify>,
}

/// Tells the operator of dead letters; at most one mail an hour.
pub(crate) struct Alert {
    mailbox: smtp::Mailbox,
    to: Vec<String>,
    last: std::sync::Mutex<i64>,
}

impl Alert {
    const EVERY: i64 = 3_600_000;

    pub(crate) fn new(config: &Config) -> Result<Option<Self>, String> {
        let Some(alert) = &config.alert else { return Ok(None) };
        let smtp = config.smtp.get(&alert.through).ok_or("no [smtp] of this name")?;
        let mailbox = smtp::Mailbox::new(smtp, config)?;
        Ok(Some(Self { mailbox, to: alert.to.clone(), last: std::sync::Mutex::new(i64::MIN) }))
    }

    async fn tell(&self, destination: &str, trouble: &str) {
        let now = clock::now();
        {
            let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if now.saturating_sub(*last) < Self::EVERY {
                return;
            }
            *last = now;
        }
        if self.mailbox.alert(&self.to, destination, trouble).await.is_err() {
            tracing::error!(destination, "the operator could not be told of a dead letter");
        }
    }
}

impl Dispatch {
    /// Delivers what is due at `destination` until `stopped`; what is under way then may end.
    pub(crate) async fn run(
        self: Arc<Self>,
        name: String,
        destination: Destination,
        mut stopped: watch::Receiver<bool>,
    ) {
        let destination = Arc::new(destination);
        let mut sending = JoinSet::new();
        loop {
            // Asked for before looking, so that what comes in between is not missed.
            let news = self.news.notified();
            let room = self.retry.parallel.saturating_sub(sending.len());
            let mut pause = LOOK;
            if room > 0 {
                match self.claim(&name, room).await {
                    Some((jobs, next)) => {
                        let full = jobs.len() == room;
                        for job in jobs {
                            sending.spawn(attempt(Arc::clone(&self), name.clone(), Arc::clone(&destination), job));
                        }
                        pause = match next {
                            _ if full => LOOK,
                            Some(next) => {
                                LOOK.min(Duration::from_millis(u64::try_from(next - clock::now()).unwrap_or(0)))
                            }
                            None => LOOK,
                        };
                    }
                    // The store cannot be used now.
                    None => pause = Duration::from_secs(1),
                }
            }
            tokio::select! {
                () = news, if room > 0 => {}
                Some(_) = sending.join_next() => while sending.try_join_next().is_some() {},
                () = time::sleep(pause) => {}
                _ = stopped.wait_for(|stopped| *stopped) => break,
            }
        }
        let _ = time::timeout(LAST, async { while sending.join_next().await.is_some() {} }).await;
    }

    async fn claim(&self, name: &str, room: usize) -> Option<(Vec<Job>, Option<i64>)> {
        let now = clock::now();
        let claim = Write::Claim {
            destination: name.to_owned(),
            now,
            until: now + i64::try_from(CLAIM.as_millis()).unwrap_or(0),
            limit: i64::try_from(room).unwrap_or(1),
        };
        match self.store.write_patiently(claim).await {
            Ok(Written::Claimed { jobs, next }) => Some((jobs, next)),
            _ => None,
        }
    }
}

/// One attempt, with its outcome written down.
async fn attempt(dispatch: Arc<Dispatch>, name: String, destination: Arc<Destination>, job: Job) {
    let result = match Payload::of(&job) {
        Ok(payload) => {
            let most = Duration::from_secs(dispatch.retry.attempt_seconds);
            time::timeout(most, destination.deliver(&job, &payload))
                .await
                .unwrap_or_else(|_| Err(Trouble::Temporary("no answer in time".to_owned())))
        }
        Err(reason) => Err(Trouble::Permanent(reason)),
    };
    let now = clock::now();
    let outcome = outcome(result, &job, now, &dispatch.retry, rand::random());
    let word = match &outcome {
        Outcome::Delivered => "delivered",
        Outcome::Later { .. } => "later",
        Outcome::Dead { .. } => "dead",
    };
    dispatch.metrics.count("form_relay_attempts_total", &[("destination", &name), ("outcome", word)]);
    match &outcome {
        Outcome::Delivered => tracing::info!(reference = job.reference, destination = name, "delivered"),
        Outcome::Later { trouble, .. } => {
            tracing::warn!(
                reference = job.reference,
                destination = name,
                trouble,
                attempt = job.attempts,
                "not delivered yet"
            );
        }
        Outcome::Dead { trouble } => {
            tracing::error!(reference = job.reference, destination = name, trouble, "given up");
            if let Some(alert) = &dispatch.alert {
                alert.tell(&name, trouble).await;
            }
        }
    }
    // What cannot be written down now is delivered again: better twice than never.
    for pause in [0, 1, 5, 30, 120] {
        time::sleep(Duration::from_secs(pause)).await;
        let settle = Write::Settle { delivery: job.delivery, now, outcome: outcome.clone() };
        if dispatch.store.write_patiently(settle).await.is_ok() {
            return;
        }
    }
}

/// What follows from an attempt's result; `chance` spreads the next tries.
fn outcome(result: Result<(), Trouble>, job: &Job, now: i64, retry: &Retry, chance: u32) -> Outcome {
    match result {
        Ok(()) => Outcome::Delivered,
        Err(Trouble::Permanent(trouble)) => Outcome::Dead { trouble },
        Err(Trouble::Temporary(trouble)) if waited(job.attempts, retry) > retry.give_up_days * 86_400 => {
            Outcome::Dead { trouble }
        }
        Err(Trouble::Temporary(trouble)) => {
            let pause = pause(job.attempts, retry) * 1_000;
            // Between three and five quarters of it.
            let jitter = pause / 2 * i64::from(chance % 1_000) / 1_000;
            Outcome::Later { at: now + pause * 3 / 4 + jitter, trouble }
        }
    }
}

/// How long to wait after so many attempts, in seconds, before chance spreads it.
fn pause(attempts: i64, retry: &Retry) -> i64 {
    let doubled = retry.first_seconds.saturating_mul(1 << (attempts - 1).clamp(0, 30));
    doubled.min(retry.longest_seconds.max(1))
}

/// How long so many attempts have waited, in seconds. This, and not the submission's age, decides when a delivery is
/// given up: a relay that was off, a wrong clock or a dead letter that is sent again months later begin anew.
fn waited(attempts: i64, retry: &Retry) -> i64 {
    let doubling = attempts.min(31);
    (1..=doubling)
        .map(|attempt| pause(attempt, retry))
        .fold((attempts - doubling).saturating_mul(pause(31, retry)), i64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(attempts: i64) -> Job {
        Job {
            delivery: 1,
            attempts,
            reference: "T-1".into(),
            form: "f".into(),
            version: "v".into(),
            language: "et".into(),
            received: 0,
            deadline: None,
            sealed: false,
            payload: Vec::new(),
            attachments: Vec::new(),
        }
    }

    fn next(attempts: i64, chance: u32) -> i64 {
        match outcome(Err(Trouble::Temporary("x".into())), &job(attempts), 0, &Retry::default(), chance) {
            Outcome::Later { at, .. } => at,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn pauses_double_and_spread_and_end() {
        assert_eq!((next(1, 0), next(1, 999)), (22_500, 37_485));
        assert_eq!(next(2, 500), 60_000);
        assert_eq!(next(80, 500), 4 * 3_600_000);
    }

    #[test]
    fn permanent_trouble_and_two_weeks_make_a_dead_letter() {
        let dead = Outcome::Dead { trouble: "x".into() };
        let retry = Retry::default();
        assert_eq!(outcome(Err(Trouble::Permanent("x".into())), &job(1), 0, &retry, 0), dead);
        let later = |attempts| outcome(Err(Trouble::Temporary("x".into())), &job(attempts), 0, &retry, 0);
        assert_eq!(later(100), dead);
        assert_ne!(later(80), dead, "eighty attempts take less than two weeks");
    }

    #[test]
    fn a_dead_letter_that_is_sent_again_is_given_time_again() {
        let months = 90 * 86_400_000;
        let again = outcome(Err(Trouble::Temporary("x".into())), &job(1), months, &Retry::default(), 0);
        assert!(matches!(again, Outcome::Later { .. }), "{again:?}");
    }
}
