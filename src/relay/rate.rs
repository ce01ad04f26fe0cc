//! How often one client, and everybody together on one form, may post.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

/// Above so many keys those that are at rest are forgotten.
const MANY: usize = 10_000;
/// Above so many nothing new is let in: somebody has a whole network to ask from.
const TOO_MANY: usize = 200_000;

/// A bucket of tokens for each key, filled evenly within its time.
pub(crate) struct Rate<K> {
    most: u32,
    /// In milliseconds.
    within: f64,
    buckets: Mutex<HashMap<K, Bucket>>,
}

struct Bucket {
    left: f64,
    at: i64,
}

impl<K: Hash + Eq> Rate<K> {
    /// At most `most` a minute for each key; 0: no limit.
    pub(crate) fn a_minute(most: u32) -> Self {
        Self { most, within: 60_000.0, buckets: Mutex::default() }
    }

    /// At most `most` an hour for each key; 0: no limit.
    pub(crate) fn an_hour(most: u32) -> Self {
        Self { most, within: 3_600_000.0, buckets: Mutex::default() }
    }

    /// Takes one at `now` (milliseconds); how many seconds to wait if there is none.
    pub(crate) fn take(&self, key: K, now: i64) -> Result<(), u64> {
        if self.most == 0 {
            return Ok(());
        }
        let most = f64::from(self.most);
        let each = self.within / most;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > MANY {
            buckets.retain(|_, bucket| bucket.left + since(bucket.at, now) / each < most);
        }
        if buckets.len() > TOO_MANY {
            return Err(60);
        }
        let bucket = buckets.entry(key).or_insert(Bucket { left: most, at: now });
        bucket.left = (bucket.left + since(bucket.at, now) / each).min(most);
        bucket.at = now;
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return Ok(());
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and an hour")]
        Err(((1.0 - bucket.left) * each / 1_000.0).ceil() as u64)
    }
}

/// A clock that was set back gives nothing and takes nothing.
#[expect(clippy::cast_precision_loss, reason = "milliseconds between two requests")]
fn since(before: i64, now: i64) -> f64 {
    now.saturating_sub(before).max(0) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_gives_what_it_promises() {
        let rate = Rate::a_minute(2);
        assert_eq!([rate.take("a", 0), rate.take("a", 0), rate.take("a", 0)], [Ok(()), Ok(()), Err(30)]);
        assert_eq!(rate.take("b", 0), Ok(()));
        assert_eq!(rate.take("a", 29_000), Err(1));
        assert_eq!(rate.take("a", 30_000), Ok(()));
        assert_eq!(rate.take("a", -900_000), Err(30));
        let hourly = Rate::an_hour(1);
        assert_eq!([hourly.take("a", 0), hourly.take("a", 60_000)], [Ok(()), Err(3_540)]);
        assert_eq!(Rate::a_minute(0).take("a", 0), Ok(()));
    }
}
