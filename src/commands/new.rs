//! `raekoda new`: a small site that builds and checks clean, to be filled.

use std::{
    borrow::Cow,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::LazyLock,
};

use clap::Args;
use jiff::civil::Date;
use regex::Regex;
use rust_embed::RustEmbed;

use super::{
    Voice,
    municipalities::{self, Municipality},
};
use crate::{
    diagnostics::{Diagnostic, Format},
    language,
};

/// What `new` takes.
#[derive(Debug, Args)]
pub(super) struct NewArguments {
    /// The new site's folder.
    folder: PathBuf,
    /// The municipality's code in the classification of administrative units (EHAK).
    #[arg(long, value_name = "CODE", required_unless_present = "name")]
    ehak: Option<String>,
    /// The name, for anyone who is no municipality.
    #[arg(long, conflicts_with = "ehak")]
    name: Option<String>,
}

/// The files of a new site. `{name}`, `{date}` and the like stand for what is filled in, in paths too;
/// a file with a language before its ending is written only for a site with that language, and tables
/// lose their Russian words where the site has no Russian.
#[derive(RustEmbed)]
#[folder = "src/commands/starter/"]
struct Starter;

/// Counties where Russian is the first language of many; there a new site has it from the start.
const RUSSIAN_TOO: [&str; 2] = ["Harju maakond", "Ida-Viru maakond"];

/// The Russian of a text in several languages.
static RUSSIAN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#", ru = "[^"]*"|ru = "[^"]*"\n"#).expect("valid"));

pub(super) fn run(arguments: &NewArguments, voice: Voice) -> ExitCode {
    let site = match (&arguments.ehak, &arguments.name) {
        (Some(ehak), _) => match municipalities::find(ehak) {
            Some(municipality) => NewSite::of(municipality),
            None => {
                let problem = Diagnostic::new("commands.no-municipality").arg("ehak", ehak);
                let codes: Vec<&str> = municipalities::all().map(|municipality| municipality.ehak).collect();
                voice.report(&[problem.suggest(ehak, codes)], Format::Human);
                return ExitCode::from(2);
            }
        },
        (None, name) => NewSite::named(name.as_deref().unwrap_or_default()),
    };
    match write(&arguments.folder, &site.files(super::now().date())) {
        Ok(count) => {
            next_steps(&arguments.folder, count, voice);
            ExitCode::SUCCESS
        }
        Err(problem) => {
            voice.report(&[problem], Format::Human);
            ExitCode::from(1)
        }
    }
}

fn next_steps(folder: &Path, count: usize, voice: Voice) {
    let folder = folder.display();
    voice.tell(
        &format!(
            "Uus sait on kaustas {folder} ({count} faili). Edasi:\n\
             \x20 raekoda serve {folder}   vaadake saiti selles arvutis\n\
             \x20 {folder}/site.toml       muutke read, mille juures on MUUTKE\n\
             \x20 {folder}/data/           lisage oma üksused ja inimesed\n\
             \x20 raekoda check {folder}   leidke vead enne avaldamist"
        ),
        &format!(
            "The new site is in {folder} ({count} files). Next:\n\
             \x20 raekoda serve {folder}   see it on this computer\n\
             \x20 {folder}/site.toml       change the lines marked MUUTKE\n\
             \x20 {folder}/data/           add your units and people\n\
             \x20 raekoda check {folder}   find mistakes before publishing"
        ),
    );
}

/// Whose site it will be.
#[derive(Debug)]
struct NewSite {
    name: String,
    municipality: Option<Municipality>,
}

impl NewSite {
    fn of(municipality: Municipality) -> Self {
        Self { name: municipality.name.to_owned(), municipality: Some(municipality) }
    }

    fn named(name: &str) -> Self {
        let words: Vec<&str> = name.split(|c: char| c.is_whitespace() || c.is_control()).collect();
        Self { name: words.join(" ").trim().to_owned(), municipality: None }
    }

    fn languages(&self) -> &'static [&'static str] {
        let russian = self.municipality.is_some_and(|municipality| RUSSIAN_TOO.contains(&municipality.county));
        if russian { &["et", "en", "ru"] } else { &["et", "en"] }
    }

    /// The site's files: the path in its folder, and the text.
    fn files(&self, date: Date) -> Vec<(String, String)> {
        let host = language::slug(&self.name).replace('-', "");
        let languages: Vec<String> = self.languages().iter().map(|lang| format!("\"{lang}\"")).collect();
        let place = self.municipality.map_or_else(String::new, |municipality| {
            format!("ehak = \"{}\"\ncounty = \"{}\"\n", municipality.ehak, municipality.county)
        });
        let values = [
            ("{date}", date.to_string()),
            ("{host}", if host.is_empty() { "omavalitsus".to_owned() } else { host }),
            ("{languages}", languages.join(", ")),
            ("{place}", place),
            // Last: a name may hold what looks like another of these.
            ("{name}", self.name.replace('\\', "\\\\").replace('"', "\\\"")),
        ];
        let filled = |text: &str| values.iter().fold(text.to_owned(), |text, (mark, value)| text.replace(mark, value));
        Starter::iter()
            .filter(|path| language_of(path).is_none_or(|lang| self.languages().contains(&lang)))
            .filter_map(|path| {
                let bytes = Starter::get(&path)?.data;
                let mut text = String::from_utf8_lossy(&bytes);
                if path.ends_with(".toml") && !self.languages().contains(&"ru") {
                    text = Cow::Owned(RUSSIAN.replace_all(&text, "").into_owned());
                }
                let path = if path == "gitignore" { ".gitignore".into() } else { path };
                Some((filled(&path), filled(&text)))
            })
            .collect()
    }
}

/// The language in a file's name: `en` in `_index.en.md`.
fn language_of(path: &str) -> Option<&str> {
    path.strip_suffix(".md")?.rsplit_once('.').map(|(_, lang)| lang)
}

/// Writes the files into a folder that is new or empty; a fresh git repository is empty too.
#[expect(clippy::disallowed_methods, reason = "a new site is written where no site is yet")]
fn write(folder: &Path, files: &[(String, String)]) -> Result<usize, Diagnostic> {
    let refused = |path: &Path, error: &io::Error| {
        Diagnostic::new("commands.cannot-write").arg("path", path.display()).arg("reason", error)
    };
    fs::create_dir_all(folder).map_err(|error| refused(folder, &error))?;
    let mut there = fs::read_dir(folder).map_err(|error| refused(folder, &error))?;
    if there.any(|entry| entry.is_ok_and(|entry| entry.file_name() != ".git")) {
        return Err(Diagnostic::new("commands.folder-not-empty").arg("path", folder.display()));
    }
    for (path, text) in files {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| refused(parent, &error))?;
        fs::write(&path, text).map_err(|error| refused(&path, &error))?;
    }
    Ok(files.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{site::Settings, source::TomlText};

    fn settings(site: &NewSite) -> (Settings, Vec<Diagnostic>) {
        let files = site.files(jiff::civil::date(2026, 11, 22));
        let (_, text) = files.iter().find(|(path, _)| path == "site.toml").expect("there");
        let mut problems = Vec::new();
        (Settings::read(&TomlText::whole("site.toml", text), &mut problems), problems)
    }

    #[test]
    fn every_municipality_gets_valid_settings() {
        for municipality in municipalities::all() {
            let (settings, problems) = settings(&NewSite::of(municipality));
            assert_eq!(problems, [], "{}", municipality.name);
            assert_eq!(settings.name, municipality.name);
            assert_eq!(settings.ehak.as_deref(), Some(municipality.ehak));
            assert_eq!(settings.county.as_deref(), Some(municipality.county));
            let russian = municipality.county.starts_with("Harju") || municipality.county.starts_with("Ida-Viru");
            assert_eq!(settings.languages.len(), if russian { 3 } else { 2 });
        }
    }

    #[test]
    fn any_name_can_be_written() {
        for name in ["Sõprade \"Selts\" \\ MTÜ", "{date}", "!", "kaks\nrida"] {
            let (settings, problems) = settings(&NewSite::named(name));
            assert_eq!(problems, []);
            assert_eq!(settings.name, name.replace('\n', " "));
        }
    }

    #[test]
    fn nothing_is_left_to_fill() {
        let site = NewSite::of(municipalities::find("0321").expect("there"));
        for (path, text) in site.files(jiff::civil::date(2026, 11, 22)) {
            for mark in ["{date}", "{host}", "{languages}", "{place}", "{name}"] {
                assert!(!path.contains(mark) && !text.contains(mark), "{path}: {mark}");
            }
        }
    }
}
