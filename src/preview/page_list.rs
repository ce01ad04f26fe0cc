//! The list of all pages with their state: what is a draft, comes later, is old or lacks a translation.

use std::fmt::Write as _;

use super::{Preview, edition::Edition};
use jiff::civil::{DateTime, Time};

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
    /// Its address; nothing while it is not on the site.
    url: Option<String>,
    path: String,
    /// When it will be on the site, if that is not now.
    from: Option<DateTime>,
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
        let now = site.moment.at;
        let drafts = site.left_out.drafts.iter().map(|path| (path, say("mustand", "draft").to_owned(), Some(now)));
        let later = site.left_out.scheduled.iter();
        let later = later.map(|(path, at)| (path, scheduled(at.date(), estonian), Some(*at)));
        let gone = site.left_out.expired.iter().map(|path| (path, say("aegunud", "expired").to_owned(), None));
        rows.extend(drafts.chain(later).chain(gone).map(|(path, state, from)| Row {
            states: vec![state],
            title: path.clone(),
            url: None,
            path: path.clone(),
            from,
        }));
        rows.sort_by(|a, b| (a.states.is_empty(), &a.url, &a.path).cmp(&(b.states.is_empty(), &b.url, &b.path)));
        let mut body = String::new();
        for row in &rows {
            let title = escape(&row.title);
            let link = match (&row.url, row.from) {
                (Some(url), _) => format!("<a href=\"{}\">{title}</a>", escape(url)),
                (None, Some(from)) => open(row, from, self.wanted().at.is_some() || from > site.moment.at),
                (None, None) => title,
            };
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
             <link rel=\"icon\" href=\"/__raekoda/icon.svg\"><link rel=\"stylesheet\" href=\"/__raekoda/preview.css\">\
             <main class=\"raekoda-list\"><h1>{title} ({})</h1>\
             <table><thead><tr><th>{}<th>{}<th>{}</thead><tbody>{body}</tbody></table></main>",
            if estonian { "et" } else { "en" },
            rows.len(),
            say("Pealkiri", "Title"),
            say("Seis", "State"),
            say("Fail", "File"),
        )
    }
}

/// A button that shows the site as it will be when the page is there, drafts too, and opens the page. `other` is
/// whether that is another day than today.
fn open(row: &Row, from: DateTime, other: bool) -> String {
    // The site is shown at noon; a page may come later on its day.
    let day = if from.time() > Time::constant(12, 0, 0, 0) { from.date().tomorrow() } else { Ok(from.date()) };
    let at = day.ok().filter(|_| other).map(|day| day.to_string()).unwrap_or_default();
    format!(
        "<form method=\"post\" action=\"/__raekoda/at\"><input type=\"hidden\" name=\"at\" value=\"{at}\">\
         <input type=\"hidden\" name=\"drafts\" value=\"true\"><button name=\"open\" value=\"{}\">{}</button></form>",
        escape(&row.path),
        escape(&row.title),
    )
}

fn row(site: &Site, ix: Ix, estonian: bool) -> Row {
    let entry = &site.entries[ix];
    Row {
        states: states(site, ix, estonian),
        title: entry.title().to_owned(),
        url: Some(site.urls[ix].to_string()),
        from: None,
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
