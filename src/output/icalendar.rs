//! Calendars (RFC 5545) in Estonian time.

use jiff::civil::DateTime;

/// What is put into people's calendars.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Its name.
    pub name: String,
    /// What takes place.
    pub events: Vec<CalendarEvent>,
}

/// One thing that takes place, once or again and again.
#[derive(Clone, Debug)]
pub struct CalendarEvent {
    /// What it is known by, the same in every build: `sundmused/laat@kadaka.example`.
    pub uid: String,
    /// When it begins, in local time.
    pub start: DateTime,
    /// When it ends.
    pub end: Option<DateTime>,
    /// It is for whole days.
    pub all_day: bool,
    /// Its title.
    pub title: String,
    /// One paragraph about it.
    pub description: String,
    /// Where it takes place.
    pub location: String,
    /// The full address of its page.
    pub url: String,
    /// It was called off.
    pub cancelled: bool,
    /// When it was last changed; the clock has no part in it.
    pub changed: DateTime,
    /// How it repeats (`RRULE`): `FREQ=WEEKLY;INTERVAL=2;UNTIL=20271231`.
    pub repeats: Option<String>,
}

/// Estonian time by the rules in force since 2002: the last Sundays of March and October.
const ZONE: &[&str] = &[
    "BEGIN:VTIMEZONE",
    "TZID:Europe/Tallinn",
    "BEGIN:DAYLIGHT",
    "DTSTART:20020331T030000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0300",
    "TZNAME:EEST",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "DTSTART:20021027T040000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "TZOFFSETFROM:+0300",
    "TZOFFSETTO:+0200",
    "TZNAME:EET",
    "END:STANDARD",
    "END:VTIMEZONE",
];

/// Writes a calendar.
#[must_use]
pub fn icalendar(calendar: &Calendar) -> String {
    let mut text = String::new();
    let mut line = |content: &str| fold(&mut text, content);
    for content in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Raekoda//ET", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"] {
        line(content);
    }
    line(&format!("X-WR-CALNAME:{}", escape(&calendar.name)));
    line("X-WR-TIMEZONE:Europe/Tallinn");
    ZONE.iter().for_each(|content| line(content));
    for event in &calendar.events {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", escape(&event.uid)));
        line(&format!("DTSTAMP:{}Z", event.changed.strftime("%Y%m%dT%H%M%S")));
        line(&time("DTSTART", event.start, event.all_day));
        if let Some(end) = event.end {
            line(&time("DTEND", end, event.all_day));
        }
        if let Some(rule) = &event.repeats {
            line(&format!("RRULE:{rule}"));
        }
        line(&format!("SUMMARY:{}", escape(&event.title)));
        for (name, value) in [("DESCRIPTION", &event.description), ("LOCATION", &event.location)] {
            if !value.is_empty() {
                line(&format!("{name}:{}", escape(value)));
            }
        }
        line(&format!("URL:{}", event.url.replace(['\r', '\n'], "")));
        line(if event.cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    text
}

fn time(name: &str, at: DateTime, all_day: bool) -> String {
    if all_day {
        format!("{name};VALUE=DATE:{}", at.strftime("%Y%m%d"))
    } else {
        format!("{name};TZID=Europe/Tallinn:{}", at.strftime("%Y%m%dT%H%M%S"))
    }
}

/// Escapes a text (§ 3.3.11); signs that control nothing in a calendar are left out.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A line of at most 75 bytes, and what is left of it in further lines (§ 3.1).
fn fold(text: &mut String, content: &str) {
    let mut width = 0;
    for c in content.chars() {
        if width + c.len_utf8() > 75 {
            text.push_str("\r\n ");
            width = 1;
        }
        text.push(c);
        width += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(title: &str) -> CalendarEvent {
        CalendarEvent {
            uid: "sundmused/laat@kadaka.example".into(),
            start: "2026-12-05T11:00".parse().unwrap(),
            end: None,
            all_day: false,
            title: title.into(),
            description: String::new(),
            location: "Kultuurimaja; saal".into(),
            url: "https://kadaka.example/sundmused/laat".into(),
            cancelled: false,
            changed: "2026-11-20T00:00".parse().unwrap(),
            repeats: None,
        }
    }

    #[test]
    fn an_event_in_estonian_time() {
        let text = icalendar(&Calendar { name: "Sündmused".into(), events: vec![event("Laat, kontsert")] });
        assert!(text.contains("DTSTART;TZID=Europe/Tallinn:20261205T110000\r\n"), "{text}");
        assert!(text.contains("SUMMARY:Laat\\, kontsert\r\n"));
        assert!(text.contains("LOCATION:Kultuurimaja\\; saal\r\n"));
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_no_text_adds_a_line(title in "\\PC{0,200}|(\r|\n|[a-zõ]){0,40}") {
            let text = icalendar(&Calendar { name: "k".into(), events: vec![event(&title)] });
            prop_assert!(text.split("\r\n").all(|line| line.len() <= 75));
            prop_assert_eq!(text.matches("\r\nEND:").count(), text.matches("BEGIN:").count());
        }
    }
}
