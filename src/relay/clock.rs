//! What time it is, and in Estonia.

use jiff::{Timestamp, Zoned, tz::TimeZone};

/// Now, in milliseconds of the Unix epoch.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

/// The time on Estonian clocks, without needing the system's list of time zones.
pub(crate) fn local(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::posix("EET-2EEST,M3.5.0/3,M10.5.0/4").unwrap_or(TimeZone::UTC))
}

/// `at`, in milliseconds of the Unix epoch, on Estonian clocks.
pub(crate) fn local_ms(at: i64) -> Zoned {
    local(Timestamp::from_millisecond(at).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_and_winter() {
        let hour = |text: &str| local(text.parse().expect("a time")).hour();
        assert_eq!((hour("2026-01-15T10:00:00Z"), hour("2026-07-15T10:00:00Z")), (12, 13));
    }
}
