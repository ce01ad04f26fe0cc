//! Calendars of the site: all events, each event, sessions, days on which waste is collected.

use jiff::{ToSpan as _, civil::Date};

use crate::{
    diagnostics::{Diagnostic, Location},
    language::{Lang, slug},
    output::{Calendar, CalendarEvent, icalendar},
    schema::Value,
    site::{Ix, Site},
};

/// The table of waste collection, `data/waste-days.toml` or `.csv`: `area`, `kind`, `first`, `weeks`, `until`.
const WASTE: &str = "waste-days";
/// Where its calendars are.
const WASTE_URL: &str = "/jaatmevedu";

/// Every calendar: its path and its text.
pub(super) fn all(site: &Site, out: &mut Vec<Diagnostic>) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for kind in ["event", "council-session"] {
        let Some(at) = site.types.find(kind) else { continue };
        for &lang in &site.settings.languages {
            let events: Vec<Ix> = site.of_type(at, lang).to_vec();
            let label = site.types.at(at).plural.get(lang).unwrap_or(kind);
            // The calendar of all that a section has stands at the section's address.
            let mut sections: std::collections::BTreeMap<Ix, Vec<CalendarEvent>> = std::collections::BTreeMap::new();
            for &ix in &events {
                if let (Some(section), Some(event)) = (site.parent(ix), event(site, ix)) {
                    sections.entry(section).or_default().push(event);
                }
            }
            files.extend(sections.into_iter().map(|(section, events)| {
                let name = format!("{label} – {}", site.settings.name);
                (format!("{}.ics", site.urls[section]), icalendar(&Calendar { name, events }))
            }));
            files.extend(events.iter().filter_map(|&ix| {
                let name = site.entries[ix].title().to_owned();
                let calendar = Calendar { name, events: vec![event(site, ix)?] };
                Some((format!("{}.ics", site.urls[ix]), icalendar(&calendar)))
            }));
        }
    }
    files.extend(waste(site, out));
    files
}

fn event(site: &Site, ix: Ix) -> Option<CalendarEvent> {
    let entry = &site.entries[ix];
    let time = |field: &str| entry.fields.get(field).and_then(Value::as_datetime);
    let start = time("start")?;
    let changed = entry.fields.get("updated").or_else(|| entry.fields.get("published")).and_then(Value::as_date);
    let address = entry.fields.get("address").map(Value::to_text).unwrap_or_default();
    let place: Vec<&str> =
        [entry.text("location").unwrap_or_default(), &address].into_iter().filter(|text| !text.is_empty()).collect();
    Some(CalendarEvent {
        uid: format!("{}:{}@{}", entry.id, entry.lang, host(site)),
        start,
        // The rule of the content type reports an end before the start; a calendar must not have one.
        end: time("end").filter(|end| *end > start),
        all_day: false,
        title: entry.title().to_owned(),
        description: entry.summary.to_string(),
        location: place.join(", "),
        url: site.settings.absolute(&site.urls[ix]),
        cancelled: entry.text("status") == Some("cancelled"),
        changed: changed.unwrap_or_else(|| start.date()).at(0, 0, 0, 0),
        repeats: None,
    })
}

/// A calendar for each area.
fn waste(site: &Site, out: &mut Vec<Diagnostic>) -> Vec<(String, String)> {
    let Some(table) = site.tables.get(WASTE) else { return Vec::new() };
    let place = || Location::file(table.file.path.clone());
    let rows = table.value.as_array().cloned().unwrap_or_else(|| {
        table.value.as_object().and_then(|map| map.values().next()?.as_array().cloned()).unwrap_or_default()
    });
    let mut areas: std::collections::BTreeMap<String, Vec<CalendarEvent>> = std::collections::BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        let text = |name: &str| row.get(name).and_then(|value| value.as_str()).unwrap_or_default().trim().to_owned();
        let day = |name: &str| text(name).get(..10).and_then(|day| day.parse::<Date>().ok());
        let weeks = row.get("weeks").and_then(|w| w.as_u64().or_else(|| w.as_str()?.parse().ok())).unwrap_or(0);
        let (area, kind) = (text("area"), text("kind"));
        let (Some(first), Some(until)) = (day("first"), day("until")) else {
            out.push(Diagnostic::new("output.waste-days").arg("row", number + 1).at(place()));
            continue;
        };
        if area.is_empty() || kind.is_empty() || !(1..=52).contains(&weeks) || until < first {
            out.push(Diagnostic::new("output.waste-days").arg("row", number + 1).at(place()));
            continue;
        }
        let next = first.checked_add(1.day()).unwrap_or(first);
        areas.entry(area.clone()).or_default().push(CalendarEvent {
            uid: format!("{}-{}-{first}@{}", slug(&area), slug(&kind), host(site)),
            start: first.at(0, 0, 0, 0),
            end: Some(next.at(0, 0, 0, 0)),
            all_day: true,
            title: kind,
            description: area,
            location: String::new(),
            url: site.settings.absolute("/"),
            cancelled: false,
            changed: first.at(0, 0, 0, 0),
            repeats: Some(format!("FREQ=WEEKLY;INTERVAL={weeks};UNTIL={}", until.strftime("%Y%m%d"))),
        });
    }
    let calendar = |(area, events): (String, Vec<CalendarEvent>)| {
        (format!("{WASTE_URL}/{}.ics", slug(&area)), icalendar(&Calendar { name: area, events }))
    };
    areas.into_iter().map(calendar).collect()
}

fn host(site: &Site) -> &str {
    site.settings.base_url.split("://").nth(1).unwrap_or("localhost")
}

/// The alerts of all languages, those of today and those to come, as pages read them without a rebuild.
pub(super) fn alerts(site: &Site) -> String {
    let Some(kind) = site.types.find("alert") else { return "[]".to_owned() };
    let mut alerts = Vec::new();
    let languages: Vec<Lang> = site.settings.languages.clone();
    for lang in languages {
        for &ix in site.of_type(kind, lang) {
            let entry = &site.entries[ix];
            let time = |field: &str| {
                let at = entry.fields.get(field).and_then(Value::as_datetime);
                at.and_then(|at| at.in_tz("Europe/Tallinn").ok()).map(|zoned| zoned.timestamp().to_string())
            };
            alerts.push(serde_json::json!({
                "id": entry.id,
                "lang": lang.as_str(),
                "severity": entry.text("severity"),
                "title": entry.title(),
                "text": entry.summary,
                "link": entry.text("link"),
                "starts": time("starts"),
                "ends": time("ends"),
                "pages": entry.fields.get("pages").map(|v| v.texts().map(ToOwned::to_owned).collect::<Vec<_>>()),
            }));
        }
    }
    serde_json::Value::from(alerts).to_string()
}
