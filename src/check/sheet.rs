//! The control sheet: what the Public Information Act (AvTS § 28 (1), § 32 (1) 7) asks a municipality to publish,
//! and which pages answer it, how fresh they are and who looks after them.

use std::{collections::BTreeMap, fmt::Write as _, sync::LazyLock};

use jiff::{ToSpan as _, civil::Date};

use super::care::touched;
use crate::{
    diagnostics::{Diagnostic, Language, Location},
    language::Lang,
    site::{Ix, Site},
};

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Duty {
    law: Option<String>,
    point: String,
    et: String,
    en: String,
    #[serde(default)]
    answers: Vec<String>,
    link: Option<String>,
    #[serde(default = "yes")]
    needed: bool,
    days: Option<i32>,
}

fn yes() -> bool {
    true
}

#[derive(serde::Deserialize)]
struct Duties {
    duty: Vec<Duty>,
}

static DUTIES: LazyLock<Vec<Duty>> = LazyLock::new(|| {
    // The file is part of the program; a test reads it.
    toml::from_str::<Duties>(include_str!("duties.toml")).expect("the duties are valid").duty
});

/// How a duty stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Pages answer it, and are fresh.
    Answered,
    /// Pages answer it, but the newest is too old.
    Stale,
    /// Nothing answers it, and nothing needs to at the moment.
    Empty,
    /// Nothing answers it.
    Missing,
}

/// A page that answers a duty.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Answer {
    /// Its title.
    pub title: String,
    /// Its address from the root, or that of another site.
    pub url: String,
    /// The day on which it was last changed.
    pub day: Option<Date>,
    /// Who looks after it.
    pub owner: Option<String>,
}

/// One line of the sheet.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Line {
    /// The law, with paragraph and point.
    pub law: String,
    /// What is to be published.
    pub duty: BTreeMap<&'static str, String>,
    /// How it stands.
    pub standing: Standing,
    /// How many pages answer it.
    pub count: usize,
    /// The newest of them.
    pub answers: Vec<Answer>,
}

/// So many pages are named for each duty; of the others the number.
const NAMED: usize = 5;

/// Whether the site is a municipality's: it has a code of EHAK or the registry code of a public authority, which
/// begins with 7. A club's or a product's site has no such duties.
#[must_use]
pub fn is_authority(site: &Site) -> bool {
    site.settings.ehak.is_some() || site.settings.contact.get("registry_code").is_some_and(|code| code.starts_with('7'))
}

/// The control sheet of a site, by its first language.
#[must_use]
pub fn sheet(site: &Site) -> Vec<Line> {
    DUTIES.iter().map(|duty| line(site, duty)).collect()
}

fn line(site: &Site, duty: &Duty) -> Line {
    let lang = site.settings.default_language();
    let mut found: Vec<Ix> = (0..site.entries.len())
        .filter(|&ix| site.entries[ix].lang == lang && !site.entries[ix].section)
        .filter(|&ix| duty.answers.iter().any(|answer| answers(site, ix, answer)))
        .collect();
    found.sort_by_key(|&ix| (std::cmp::Reverse(touched(&site.entries[ix])), site.urls[ix].clone()));
    let mut named: Vec<Answer> = found.iter().take(NAMED).map(|&ix| answer(site, ix)).collect();
    let linked = duty.link.as_ref().and_then(|link| Some((link, site.settings.links.get(link)?)));
    named.extend(linked.map(|(_, url)| Answer { title: url.clone(), url: url.clone(), day: None, owner: None }));
    let today = site.moment.at.date();
    let newest = found.first().and_then(|&ix| touched(&site.entries[ix]));
    let late = |day: Date| duty.days.is_some_and(|days| day.checked_add(days.days()).is_ok_and(|end| end < today));
    let standing = match (named.is_empty(), duty.needed) {
        (true, true) => Standing::Missing,
        (true, false) => Standing::Empty,
        (false, _) if newest.is_some_and(late) => Standing::Stale,
        (false, _) => Standing::Answered,
    };
    Line {
        law: duty.law.clone().unwrap_or_else(|| format!("AvTS § 28 (1) {}", duty.point)),
        duty: BTreeMap::from([("et", duty.et.clone()), ("en", duty.en.clone())]),
        standing,
        count: found.len() + usize::from(linked.is_some()),
        answers: named,
    }
}

/// Whether an entry is of the type, and has the field (with the value), that an answer names.
fn answers(site: &Site, ix: Ix, answer: &str) -> bool {
    let (kind, condition) = answer.split_once(':').map_or((answer, None), |(kind, rest)| (kind, Some(rest)));
    if *site.kind(ix).name != *kind {
        return false;
    }
    let Some(condition) = condition else { return true };
    let fields = &site.entries[ix].fields;
    match condition.split_once('=') {
        Some((field, value)) => fields.text(field) == Some(value),
        None => fields.get(condition).is_some_and(|value| !value.is_empty()),
    }
}

fn answer(site: &Site, ix: Ix) -> Answer {
    let entry = &site.entries[ix];
    Answer {
        title: entry.title().to_owned(),
        url: site.urls[ix].to_string(),
        day: touched(entry),
        owner: owner(site, ix).map(|(name, _)| name),
    }
}

/// Who looks after an entry: the name, and the e-mail where there is one.
#[must_use]
pub fn owner(site: &Site, ix: Ix) -> Option<(String, Option<String>)> {
    let entry = &site.entries[ix];
    let reference = ["owner", "responsible", "contact", "provider"].iter().find_map(|field| entry.text(field))?;
    let known = site.entry_meant(reference, site.settings.default_language());
    Some(match known {
        Some(ix) => {
            let entry = &site.entries[ix];
            (entry.title().to_owned(), entry.text("email").map(ToOwned::to_owned))
        }
        None => (reference.to_owned(), None),
    })
}

/// What the sheet says in diagnostics: duties that nothing answers, or only what is too old.
pub(super) fn check(site: &Site, out: &mut Vec<Diagnostic>) {
    if !is_authority(site) {
        return;
    }
    for line in sheet(site) {
        let code = match line.standing {
            Standing::Missing => "law.missing",
            Standing::Stale => "law.stale",
            Standing::Answered | Standing::Empty => continue,
        };
        let finding = Diagnostic::new(code).arg("law", &line.law).arg("duty_et", &line.duty["et"]);
        let day = line.answers.first().and_then(|answer| answer.day).map(|day| day.to_string()).unwrap_or_default();
        let finding = finding.arg("duty_en", &line.duty["en"]).arg("day", day);
        out.push(finding.at(Location::file("site.toml")));
    }
}

/// The sheet as text, for a terminal.
#[must_use]
pub fn text(lines: &[Line], language: Language) -> String {
    let tag = if language == Language::Estonian { "et" } else { "en" };
    let mut out = String::new();
    for line in lines {
        let newest =
            line.answers.first().and_then(|answer| answer.day).map(|day| format!(", {day}")).unwrap_or_default();
        let owner = line.answers.first().and_then(|answer| answer.owner.as_ref()).map(|who| format!(", {who}"));
        let _ = write!(
            out,
            "{:<10} {:<20} {}\n{:32}{}{newest}{}\n",
            standing(line.standing, language),
            line.law,
            line.duty[tag],
            "",
            count(line.count, language),
            owner.unwrap_or_default(),
        );
    }
    out
}

fn count(count: usize, language: Language) -> String {
    match language {
        Language::Estonian => format!("lehti {count}"),
        Language::English => format!("{count} pages"),
    }
}

fn standing(standing: Standing, language: Language) -> &'static str {
    match (standing, language) {
        (Standing::Answered, Language::Estonian) => "olemas",
        (Standing::Answered, Language::English) => "there",
        (Standing::Stale, Language::Estonian) => "vananenud",
        (Standing::Stale, Language::English) => "stale",
        (Standing::Empty, Language::Estonian) => "praegu pole",
        (Standing::Empty, Language::English) => "none now",
        (Standing::Missing, Language::Estonian) => "PUUDUB",
        (Standing::Missing, Language::English) => "MISSING",
    }
}

/// The sheet as a page of the site, with the theme's style sheet `style`.
#[must_use]
pub fn html(site: &Site, lines: &[Line], style: Option<&str>) -> String {
    let language = if site.settings.default_language() == Lang::ET { Language::Estonian } else { Language::English };
    let tag = if language == Language::Estonian { "et" } else { "en" };
    let (title, about, heads) = match language {
        Language::Estonian => (
            "Avaliku teabe kontroll-leht",
            "Mida avaliku teabe seadus nõuab ja kus see sellel saidil on. Lehe teeb sait ise igal ehitamisel.",
            ["Alus", "Teave", "Seis", "Lehed"],
        ),
        Language::English => (
            "Control sheet of public information",
            "What the Public Information Act asks for, and where it is on this site. The site makes this page itself.",
            ["Law", "Information", "State", "Pages"],
        ),
    };
    let style = style.map(|style| format!("<link rel=\"stylesheet\" href=\"{}\">", escape(style))).unwrap_or_default();
    let mut out = format!(
        "<!doctype html><html lang=\"{tag}\"><head><meta charset=\"utf-8\"><title>{title} | {name}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         {style}</head><body class=\"page\"><div class=\"frame body\"><nav aria-label=\"{name}\"><a href=\"/\">{name}</a></nav>\
         <main id=\"main\"><h1>{title}</h1><p>{about}</p><div class=\"prose\"><table><thead><tr>",
        name = escape(&site.settings.name),
    );
    for head in heads {
        let _ = write!(out, "<th scope=\"col\">{head}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for line in lines {
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>",
            escape(&line.law),
            escape(&line.duty[tag]),
            standing(line.standing, language)
        );
        row(&mut out, line, language);
        out.push_str("</td></tr>");
    }
    out.push_str("</tbody></table></div></main></div></body></html>\n");
    out
}

fn row(out: &mut String, line: &Line, language: Language) {
    if line.answers.is_empty() {
        out.push('–');
        return;
    }
    out.push_str("<ul>");
    for answer in &line.answers {
        let day = answer.day.map(|day| format!(", <time datetime=\"{day}\">{day}</time>")).unwrap_or_default();
        let owner = answer.owner.as_ref().map(|owner| format!(", {}", escape(owner))).unwrap_or_default();
        let _ = write!(out, "<li><a href=\"{}\">{}</a>{day}{owner}</li>", escape(&answer.url), escape(&answer.title));
    }
    if line.count > line.answers.len() {
        let more = line.count - line.answers.len();
        let words = if language == Language::Estonian { "veel" } else { "more:" };
        let _ = write!(out, "<li>{words} {more}</li>");
    }
    out.push_str("</ul>");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The sheet for machines.
#[must_use]
pub fn json(site: &Site, lines: &[Line]) -> serde_json::Value {
    serde_json::json!({
        "site": site.settings.base_url,
        "date": site.moment.at.date(),
        "duties": lines,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_duties_can_be_read() {
        assert!(DUTIES.len() > 20);
        assert!(DUTIES.iter().all(|duty| duty.link.is_some() == duty.answers.is_empty()));
    }
}
