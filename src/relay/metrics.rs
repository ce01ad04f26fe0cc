//! Numbers for the operator, in Prometheus' text format. None of them names a person.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::store::Counts;

/// Everything that is counted since the start.
#[derive(Clone, Default)]
pub(crate) struct Metrics {
    /// Open connections.
    pub(crate) connections: Arc<AtomicUsize>,
    counters: Arc<Mutex<BTreeMap<Series, u64>>>,
}

/// A counter's name and its labels, as they are written.
type Series = (&'static str, String);

impl Metrics {
    /// Adds one to the counter `name` with the labels `labels`. Their values are form ids,
    /// destination names and words of ours, so that there are few of them.
    pub(crate) fn count(&self, name: &'static str, labels: &[(&str, &str)]) {
        let mut written = String::with_capacity(64);
        for (key, value) in labels {
            let comma = if written.is_empty() { "" } else { "," };
            written.extend([comma, key, "=\""]);
            written.extend(value.chars().map(|c| if matches!(c, '"' | '\\' | '\n') { '_' } else { c }));
            written.push('"');
        }
        *self.counters.lock().unwrap_or_else(PoisonError::into_inner).entry((name, written)).or_default() += 1;
    }

    /// All of it, with what the store says and how many writes wait.
    pub(crate) fn text(&self, store: &Counts, waiting: usize, now: i64) -> String {
        let mut out = String::new();
        let mut last = "";
        for ((name, labels), count) in &*self.counters.lock().unwrap_or_else(PoisonError::into_inner) {
            if last != *name {
                let _ = writeln!(out, "# TYPE {name} counter");
                last = name;
            }
            let _ = if labels.is_empty() {
                writeln!(out, "{name} {count}")
            } else {
                writeln!(out, "{name}{{{labels}}} {count}")
            };
        }
        let mut gauge = |name: &str, values: &[(String, i64)]| {
            let _ = writeln!(out, "# TYPE {name} gauge");
            for (labels, value) in values {
                let _ = writeln!(out, "{name}{labels} {value}");
            }
        };
        let one = |value: usize| [(String::new(), i64::try_from(value).unwrap_or(i64::MAX))];
        gauge("form_relay_connections", &one(self.connections.load(Ordering::Relaxed)));
        gauge("form_relay_writes_waiting", &one(waiting));
        let age = store.oldest.map_or(0, |oldest| (now - oldest).max(0) / 1_000);
        gauge("form_relay_oldest_undelivered_seconds", &[(String::new(), age)]);
        let labelled = |(destination, state, count): &(String, String, i64)| {
            (format!("{{destination=\"{destination}\",state=\"{state}\"}}"), *count)
        };
        gauge("form_relay_deliveries", &store.deliveries.iter().map(labelled).collect::<Vec<_>>());
        let by_state = |(state, count): &(String, i64)| (format!("{{state=\"{state}\"}}"), *count);
        gauge("form_relay_submissions", &store.submissions.iter().map(by_state).collect::<Vec<_>>());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_prometheus() {
        let metrics = Metrics::default();
        metrics.count("form_relay_stored_total", &[("form", "memorandum")]);
        metrics.count("form_relay_stored_total", &[("form", "memorandum")]);
        let counts = Counts {
            deliveries: vec![("registry".into(), "dead".into(), 1)],
            submissions: vec![("accepted".into(), 2)],
            oldest: Some(1_000),
        };
        insta::assert_snapshot!(metrics.text(&counts, 3, 61_000), @r#"
        # TYPE form_relay_stored_total counter
        form_relay_stored_total{form="memorandum"} 2
        # TYPE form_relay_connections gauge
        form_relay_connections 0
        # TYPE form_relay_writes_waiting gauge
        form_relay_writes_waiting 3
        # TYPE form_relay_oldest_undelivered_seconds gauge
        form_relay_oldest_undelivered_seconds 60
        # TYPE form_relay_deliveries gauge
        form_relay_deliveries{destination="registry",state="dead"} 1
        # TYPE form_relay_submissions gauge
        form_relay_submissions{state="accepted"} 2
        "#);
    }
}
