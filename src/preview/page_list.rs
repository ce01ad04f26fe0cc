//! The list of all pages with their state: what is a draft, comes later, is old or lacks a translation.

use std::fmt::Write as _;

use super::{Preview, edition::Edition};
use crate::{
    diagnostics::Language,
    forms::html::escape,
    language::{Lang, date_short},
    site::{Ix, Site, State},
};

/// How a page stands.
struct Row {
    states: Vec<String>,
    title: String,
    url: String,
    path: String,
}

impl Preview {
    /// The list as a page of its own.
    pub(super) fn page_list(&self, edition: &Edition) -> String {
        let estonian = self.words.language == Language::Estonian;
        let say = |et: &'static str, en: &'static str| if estonian { et } else { en };
        let site = edition.site();
        let mut rows: Vec<Row> = (0..site.entries.len())
            .filter(|&ix| site.kind(ix).page || site.entries[ix].section)
            .map(|ix| row(site, ix, estonian))
            .collect();
        let hidden = site.left_out.drafts.iter().map(|path| (path, say("mustand", "draft").to_owned()));
        let later = site.left_out.scheduled.iter().map(|(path, at)| (path, scheduled(at.date(), estonian)));
        let gone = site.left_out.expired.iter().map(|path| (path, say("aegunud", "expired").to_owned()));
        rows.extend(hidden.chain(later).chain(gone).map(|(path, state)| Row {
            states: vec![state],
            title: path.clone(),
            url: String::new(),
            path: path.clone(),
        }));
        rows.sort_by(|a, b| (a.states.is_empty(), &a.url, &a.path).cmp(&(b.states.is_empty(), &b.url, &b.path)));
        let mut body = String::new();
        for row in &rows {
            let title = escape(&row.title);
            let link = if row.url.is_empty() { title } else { format!("<a href=\"{}\">{title}</a>", escape(&row.url)) };
            let _ = write!(
                body,
                "<tr><td>{link}<td>{}<td><code>{}</code>",
                escape(&row.states.join(", ")),
                escape(&row.path)
            );
        }
        let title = say("Kõik lehed", "All pages");
        format!(
            "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><title>{title}</title>\
             <link rel=\"stylesheet\" href=\"/__raekoda/preview.css\"><main class=\"raekoda-list\"><h1>{title} ({})</h1>\
             <table><thead><tr><th>{}<th>{}<th>{}</thead><tbody>{body}</tbody></table></main>",
            if estonian { "et" } else { "en" },
            rows.len(),
            say("Pealkiri", "Title"),
            say("Seis", "State"),
            say("Fail", "File"),
        )
    }
}

fn row(site: &Site, ix: Ix, estonian: bool) -> Row {
    let entry = &site.entries[ix];
    Row {
        states: states(site, ix, estonian),
        title: entry.title().to_owned(),
        url: site.urls[ix].to_string(),
        path: entry.path().to_string(),
    }
}

/// What is to be known of an entry, in words; nothing when it is simply on the site.
pub(super) fn states(site: &Site, ix: Ix, estonian: bool) -> Vec<String> {
    let say = |et: &str, en: &str| if estonian { et.to_owned() } else { en.to_owned() };
    let entry = &site.entries[ix];
    let today = site.moment.at.date();
    let mut states = Vec::new();
    match site.state(ix) {
        State::Draft => states.push(say("mustand", "draft")),
        State::Scheduled(at) => states.push(scheduled(at.date(), estonian)),
        State::Archived => states.push(say("arhiivis", "archived")),
        State::Expired => states.push(say("aegunud", "expired")),
        State::Live => {}
    }
    let review = entry.fields.get("review_by").and_then(|value| value.as_date());
    if review.is_some_and(|day| day < today) {
        states.push(say("vajab ülevaatamist", "to be reviewed"));
    }
    if entry.lang == site.settings.default_language() {
        let missing = site.settings.languages.iter().filter(|&&lang| {
            lang != entry.lang && site.front_page(lang).is_some() && site.find(&entry.id, lang).is_none()
        });
        let missing: Vec<&str> = missing.map(|lang| lang.as_str()).collect();
        if !missing.is_empty() {
            states.push(format!("{} {}", say("tõlkimata:", "not translated:"), missing.join(", ")));
        }
    }
    states
}

fn scheduled(day: jiff::civil::Date, estonian: bool) -> String {
    if estonian {
        format!("ajastatud {}", date_short(Lang::ET, day))
    } else {
        format!("scheduled {}", date_short(Lang::EN, day))
    }
}
