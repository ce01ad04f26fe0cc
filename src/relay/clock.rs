//! What time it is, and in Estonia.

use std::{sync::LazyLock, time::Instant};

use jiff::{Timestamp, Zoned, tz::TimeZone};

/// Now, in milliseconds of the Unix epoch.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

/// The time on Estonian clocks, without needing the system's list of time zones.
pub(crate) fn local(at: Timestamp) -> Zoned {
    static ESTONIA: LazyLock<TimeZone> =
        LazyLock::new(|| TimeZone::posix("EET-2EEST,M3.5.0/3,M10.5.0/4").unwrap_or(TimeZone::UTC));
    at.to_zoned(ESTONIA.clone())
}

/// `at`, in milliseconds of the Unix epoch, on Estonian clocks.
pub(crate) fn local_ms(at: i64) -> Zoned {
    local(Timestamp::from_millisecond(at).unwrap_or_default())
}

/// Tells whether the clock goes as time does. What is removed by its age waits while it does not.
pub(crate) struct Steady {
    at: i64,
    since: Instant,
}

impl Steady {
    /// Nothing takes or gives an hour: not summer time, which is none of this clock's, nor a leap second.
    const MOST: i64 = 3_600_000;

    pub(crate) fn new() -> Self {
        Self { at: now(), since: Instant::now() }
    }

    /// Whether the clock has gone evenly since it was last asked.
    pub(crate) fn goes_evenly(&mut self) -> bool {
        let elapsed = i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX);
        let before = std::mem::replace(self, Self::new());
        even(before.at, elapsed, self.at)
    }
}

fn even(before: i64, elapsed: i64, now: i64) -> bool {
    now.saturating_sub(before).saturating_sub(elapsed).abs() < Steady::MOST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_jumps_is_noticed() {
        assert!(even(1_000_000, 3_600_000, 4_600_900) && Steady::new().goes_evenly());
        assert!(!even(1_000_000, 3_600_000, 315_360_000_000), "ten years on");
        assert!(!even(315_360_000_000, 3_600_000, 1_000_000), "and back");
    }

    #[test]
    fn summer_and_winter() {
        let hour = |text: &str| local(text.parse().expect("a time")).hour();
        assert_eq!((hour("2026-01-15T10:00:00Z"), hour("2026-07-15T10:00:00Z")), (12, 13));
    }
}
