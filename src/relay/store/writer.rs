//! The one thread that writes: many submissions, one flush.
//!
//! A lone submission waits for nobody; while one flush is under way the next batch gathers. The
//! queue is bounded: when it is full the citizen is told to try again, and nothing is half done.

use std::time::Duration;

use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout_at},
};

use super::{
    Store,
    delivery::{Job, Outcome},
    intake::{NewSubmission, State, Stored},
    sql::Failure,
};
use crate::relay::{config::Retention, holding::Key};

/// How many writes may wait.
const QUEUE: usize = 4_096;
/// How many are committed with one flush.
const BATCH: usize = 256;
/// From how long a flush takes it pays to wait for others; the runtime's clock knows whole milliseconds.
const SLOW: Duration = Duration::from_millis(3);

/// Something to write.
#[derive(Clone, Debug)]
pub(crate) enum Write {
    Submit(Box<NewSubmission>),
    Claim {
        destination: String,
        now: i64,
        until: i64,
        limit: i64,
    },
    Settle {
        delivery: i64,
        now: i64,
        outcome: Outcome,
    },
    Versions {
        now: i64,
        forms: Vec<(String, String, String)>,
    },
    Confirm {
        reference: String,
        now: i64,
    },
    /// Lets an upload wait for its second post, if no more than `most` bytes wait then.
    Hold {
        key: Key,
        now: i64,
        content: Vec<u8>,
        most: u64,
    },
    /// Asks whether an upload waits.
    Holds {
        key: Key,
    },
    /// Removes what is over, and what was held before `held`.
    Purge {
        now: i64,
        held: i64,
    },
    Probe,
}

impl Write {
    /// The purge that is due at `now`.
    pub(crate) fn purge(retention: &Retention, now: i64) -> Self {
        let held = i64::try_from(retention.held_minutes).unwrap_or(i64::MAX).saturating_mul(60_000);
        Self::Purge { now, held: now.saturating_sub(held) }
    }
}

/// What came of a write.
#[derive(Debug)]
pub(crate) enum Written {
    Stored(Stored),
    Claimed { jobs: Vec<Job>, next: Option<i64> },
    Purged { submissions: usize },
    Holds(bool),
    Done,
}

type Reply = oneshot::Sender<Result<Written, Failure>>;

/// Sends writes to the thread.
#[derive(Clone)]
pub(crate) struct Handle(mpsc::Sender<(Write, Reply)>);

impl Handle {
    /// Starts the thread. It ends, after a last commit, when the last handle is dropped.
    pub(crate) fn start(mut store: Store) -> std::io::Result<(Self, std::thread::JoinHandle<()>)> {
        let (sender, mut receiver) = mpsc::channel::<(Write, Reply)>(QUEUE);
        let runtime = tokio::runtime::Handle::current();
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || {
            let (mut batch, mut before) = (Vec::with_capacity(BATCH), 0);
            while receiver.blocking_recv_many(&mut batch, BATCH) > 0 {
                runtime.block_on(gather(&mut receiver, &mut batch, before, store.flush));
                before = batch.len();
                let (writes, replies): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
                let results = store.write_all(&writes);
                // One of the runtime's own threads wakes those who wait and frees what they sent: that
                // is much cheaper than from here.
                runtime.spawn(async move {
                    drop(writes);
                    for (result, reply) in results.into_iter().zip(replies) {
                        // Whoever asked may be gone; what was written stays written.
                        let _ = reply.send(result);
                    }
                });
            }
        })?;
        Ok((Self(sender), thread))
    }

    /// Writes, and waits until it is on the disk. Refuses at once when too much is waiting.
    pub(crate) async fn write(&self, write: Write) -> Result<Written, Failure> {
        let (reply, answer) = oneshot::channel();
        self.0.try_send((write, reply)).map_err(|_| Failure::Unavailable("the queue is full".to_owned()))?;
        answer.await.unwrap_or_else(|_| Err(Failure::Unavailable("the store has stopped".to_owned())))
    }

    /// Writes in the background's own time: waits for room in the queue.
    pub(crate) async fn write_patiently(&self, write: Write) -> Result<Written, Failure> {
        let (reply, answer) = oneshot::channel();
        let stopped = || Failure::Unavailable("the store has stopped".to_owned());
        self.0.send((write, reply)).await.map_err(|_| stopped())?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// How many writes wait.
    pub(crate) fn waiting(&self) -> usize {
        self.0.max_capacity() - self.0.capacity()
    }
}

/// Lets a batch that is smaller than the one `before` wait for more, where a flush takes long: who was answered together
/// comes back together, and on a slow disk half as many flushes serve half as many again. A lone write waits for nobody.
async fn gather<T>(receiver: &mut mpsc::Receiver<T>, batch: &mut Vec<T>, before: usize, flush: Duration) {
    if flush < SLOW {
        return;
    }
    let until = Instant::now() + flush / 3;
    while batch.len() < before {
        let more = receiver.recv_many(batch, BATCH - batch.len());
        if timeout_at(until, more).await.unwrap_or(0) == 0 {
            break;
        }
    }
}

impl Store {
    /// Writes all of `writes` with one flush. If one of them is refused, each is tried alone, so
    /// that a bad one harms no other.
    pub(crate) fn write_all(&mut self, writes: &[Write]) -> Vec<Result<Written, Failure>> {
        let together =
            self.transaction(|store| writes.iter().map(|write| store.apply(write)).collect::<Result<Vec<_>, _>>());
        match together {
            Ok(written) => {
                if written.iter().any(|written| matches!(written, Written::Purged { submissions } if *submissions > 0))
                {
                    self.scrubbed();
                }
                written.into_iter().map(Ok).collect()
            }
            Err(Failure::Refused(_)) if writes.len() > 1 => {
                writes.iter().flat_map(|write| self.write_all(std::slice::from_ref(write))).collect()
            }
            Err(error) => {
                tracing::error!(error = %error, writes = writes.len(), "nothing was stored");
                writes
                    .iter()
                    .map(|_| {
                        Err(match &error {
                            Failure::Unavailable(words) => Failure::Unavailable(words.clone()),
                            Failure::Refused(words) => Failure::Refused(words.clone()),
                        })
                    })
                    .collect()
            }
        }
    }

    fn apply(&mut self, write: &Write) -> Result<Written, Failure> {
        Ok(match write {
            Write::Submit(new) => Written::Stored(self.submit(new)?),
            Write::Claim { destination, now, until, limit } => {
                let (jobs, next) = self.claim(destination, *now, *until, *limit)?;
                Written::Claimed { jobs, next }
            }
            Write::Settle { delivery, now, outcome } => {
                self.settle(*delivery, *now, outcome)?;
                Written::Done
            }
            Write::Versions { now, forms } => {
                self.note_versions(*now, forms)?;
                Written::Done
            }
            Write::Confirm { reference, now } => {
                self.let_out(reference, State::Unconfirmed, "confirmed", *now)?;
                Written::Done
            }
            Write::Hold { key, now, content, most } => {
                self.hold(key, *now, content, *most)?;
                Written::Done
            }
            Write::Holds { key } => Written::Holds(self.holds(key)?),
            Write::Purge { now, held } => {
                self.purge_held(*held)?;
                Written::Purged { submissions: self.purge(*now)? }
            }
            Write::Probe => {
                self.sql.query("SELECT number FROM migration LIMIT 1", &[])?;
                Written::Done
            }
        })
    }

    /// Makes what was purged unreadable; tried again at the next purge if somebody is reading.
    fn scrubbed(&mut self) {
        if let Err(error) = self.sql.scrub() {
            tracing::warn!(error = %error, "what was purged may still be readable in the log file");
        }
    }
}

/// How long a claimed delivery belongs to the relay that claimed it.
pub(crate) const CLAIM: Duration = Duration::from_mins(15);

#[cfg(test)]
mod tests {
    use super::*;

    /// A batch of one, to which `waiting` come: how large it gets after one of `before`.
    async fn gathered(waiting: usize, before: usize, flush: Duration) -> usize {
        let (sender, mut receiver) = mpsc::channel(QUEUE);
        (0..waiting).for_each(|number| sender.try_send(number).expect("room"));
        let mut batch = vec![0];
        gather(&mut receiver, &mut batch, before, flush).await;
        batch.len()
    }

    #[tokio::test]
    async fn on_a_slow_disk_those_who_come_together_share_a_flush() {
        let hour = Duration::from_hours(1);
        assert_eq!(gathered(4, 5, hour).await, 5, "as many as before: nobody waits for more");
        assert_eq!(gathered(9, 5, hour).await, 10, "whoever is there comes along");
        assert_eq!(gathered(1_000, BATCH, hour).await, BATCH);
        assert_eq!(gathered(0, 1, hour).await, 1, "a lone write waits for nobody");
        assert_eq!(gathered(4, 5, Duration::from_micros(100)).await, 1, "a quick flush is not waited for");
    }
}
