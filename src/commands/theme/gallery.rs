//! `raekoda theme gallery`: a site of every component and every template of a theme.
//!
//! What the theme has in `gallery/` is the site to begin with: settings, pictures, people. A page for each
//! component is written from what the component says of itself, and an example entry of each content type
//! from the type's fields, so that nothing of the theme can be left out.
#![expect(clippy::disallowed_methods, reason = "the gallery's site is written into a folder of its own first")]

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use jiff::civil::date;

use super::{Used, Which, example};
use crate::{
    commands::{Voice, build, pipeline},
    diagnostics::{Diagnostic, Format},
    language::Lang,
    render::{Component, Templates},
    schema::ContentType,
    site::Minify,
};

/// What `theme gallery` takes.
#[derive(Debug, Args)]
pub(super) struct GalleryArguments {
    #[command(flatten)]
    which: Which,
    /// Where to write the gallery.
    #[arg(long, short, value_name = "FOLDER", default_value = "gallery")]
    out: PathBuf,
    /// The gallery's public address.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

const LANGUAGES: [Lang; 3] = [Lang::ET, Lang::EN, Lang::RU];

pub(super) fn run(arguments: &GalleryArguments, voice: Voice) -> ExitCode {
    let mut out = Vec::new();
    let made = arguments.which.load(&mut out).and_then(|used| {
        let components = Templates::read(&used.theme, Minify::Off, &mut out)?.components();
        write(&used, &components).map_err(|problem| out.push(problem)).ok().map(|folder| (used, folder))
    });
    let Some((used, folder)) = made else {
        voice.report(&out, Format::Human);
        return ExitCode::from(1);
    };
    let now = super::super::now();
    let outcome = pipeline::build(&pipeline::Request {
        progress: indicatif::ProgressBar::hidden(),
        root: folder.path().to_owned(),
        out: Some(arguments.out.clone()),
        cache: None,
        base_url: arguments.base_url.clone(),
        theme: Some(used.place),
        drafts: false,
        strict: false,
        dry_run: false,
        preview: false,
        sbom: false,
        // The examples are about one day, so that the gallery does not change by itself.
        at: date(2026, 11, 22).at(12, 0, 0, 0),
        now: now.timestamp().as_nanosecond(),
    });
    voice.report(&outcome.diagnostics, Format::Human);
    if outcome.summary.is_some() {
        let (pages, out) = (outcome.pages, arguments.out.display());
        voice.tell(
            &format!("Galerii on kaustas {out}: {pages} lehte."),
            &format!("The gallery is in {out}: {pages} pages."),
        );
    }
    build::code(&outcome, false)
}

/// Writes the gallery's site into a folder that goes when it is no longer held.
fn write(used: &Used, components: &[Component]) -> Result<tempfile::TempDir, Diagnostic> {
    let refused = |error: io::Error| {
        let path = std::env::temp_dir();
        Diagnostic::new("commands.cannot-write").arg("path", path.display()).arg("reason", error)
    };
    let folder = tempfile::tempdir().map_err(refused)?;
    let put = |path: &str, bytes: &[u8]| -> Result<(), Diagnostic> {
        let file = folder.path().join(path);
        let parent = file.parent().unwrap_or(Path::new(".")).to_owned();
        fs::create_dir_all(parent).and_then(|()| fs::write(file, bytes)).map_err(refused)
    };
    let mut sections = BTreeSet::new();
    for (path, file) in used.theme.files.below("gallery/") {
        let path = path.trim_start_matches("gallery/");
        sections
            .extend(path.strip_prefix("content/").and_then(|inner| inner.split_once('/')).map(|(section, _)| section));
        match (path, used.settings.text("brand_colour"), std::str::from_utf8(&file.bytes)) {
            ("site.toml", Some(colour), Ok(text)) => put(path, text.replace("#005aa3", colour).as_bytes())?,
            _ => put(path, &file.bytes)?,
        }
    }
    for (path, file) in used.theme.files.below("").filter(|(_, file)| file.theme.is_none()) {
        put(&format!("theme/{path}"), &file.bytes)?;
    }
    for lang in LANGUAGES {
        for component in components.iter().filter(|component| component.inside.is_none()) {
            let path = format!("content/komponendid/{}{}", component.name, ending(lang));
            put(&path, component_page(component, components, lang).as_bytes())?;
        }
        for kind in used.theme.types.iter() {
            let Some(section) = kind.folder.as_deref().filter(|section| !sections.contains(section)) else { continue };
            let index = format!(
                "+++\ntitle = {:?}\npublished = 2026-11-02\n+++\n",
                kind.plural.get(lang).unwrap_or(&kind.name)
            );
            put(&format!("content/{section}/_index{}", ending(lang)), index.as_bytes())?;
            for (name, whole) in [("naide", true), ("luhike", false)] {
                let entry = example::entry(kind, &used.theme.types, whole, lang);
                put(&format!("content/{section}/{name}{}", ending(lang)), entry_page(&entry).as_bytes())?;
            }
        }
        let all = used.theme.types.iter().filter(|kind| kind.folder.is_some()).collect::<Vec<_>>();
        put(&format!("content/_index{}", ending(lang)), front_page(components, &all, lang).as_bytes())?;
    }
    Ok(folder)
}

/// How the name of a page in a language ends.
fn ending(lang: Lang) -> String {
    if lang == Lang::ET { ".md".to_owned() } else { format!(".{lang}.md") }
}

fn say(lang: Lang, words: [&'static str; 3]) -> &'static str {
    words[LANGUAGES.iter().position(|known| *known == lang).unwrap_or(1)]
}

fn words(all: &std::collections::BTreeMap<String, String>, lang: Lang) -> &str {
    [lang.as_str(), "en", "et"].into_iter().find_map(|lang| all.get(lang)).map_or("", String::as_str)
}

/// An entry with its own source below it.
fn entry_page(front: &str) -> String {
    format!("+++\n{front}+++\n\n```toml\n{front}```\n")
}

/// A component's page: what it is for, what it looks like, how it is written, what may be said to it.
fn component_page(component: &Component, all: &[Component], lang: Lang) -> String {
    let example = words(&component.examples, lang);
    let mut page = format!(
        "+++\ntitle = {:?}\nsummary = {:?}\npublished = 2026-11-02\n+++\n\n## {}\n\n{example}\n\n## {}\n\n`````markdown\n{example}\n`````\n",
        component.name,
        words(&component.words, lang),
        say(lang, ["Näide", "Example", "Пример"]),
        say(lang, ["Kuidas kirjutada", "How it is written", "Как написать"]),
    );
    for part in all.iter().filter(|part| part.name == component.name || part.inside.as_ref() == Some(&component.name)) {
        if part.parameters.is_empty() {
            continue;
        }
        // Writing into a String does not fail.
        let _ = write!(page, "\n## {} `{}`\n\n", say(lang, ["Parameetrid:", "Parameters:", "Параметры:"]), part.name);
        for parameter in &part.parameters {
            let _ = write!(page, "`{}` ({})\n: {}\n\n", parameter.name, parameter.kind, words(&parameter.words, lang));
        }
    }
    page
}

fn front_page(components: &[Component], kinds: &[&ContentType], lang: Lang) -> String {
    let mut page = format!(
        "+++\ntitle = {:?}\nsummary = {:?}\npublished = 2026-11-02\n+++\n\n## {}\n\n",
        say(lang, ["Teema galerii", "Gallery of the theme", "Галерея темы"]),
        say(
            lang,
            [
                "Kõik komponendid ja mallid, näidetega.",
                "All components and templates, with examples.",
                "Все компоненты и шаблоны с примерами.",
            ]
        ),
        say(lang, ["Komponendid", "Components", "Компоненты"]),
    );
    for component in components.iter().filter(|component| component.inside.is_none()) {
        let _ = writeln!(page, "- [{}](@/komponendid/{})", component.name, component.name);
    }
    let _ = write!(page, "\n## {}\n\n", say(lang, ["Mallid", "Templates", "Шаблоны"]));
    for kind in kinds {
        let section = kind.folder.as_deref().unwrap_or_default();
        let _ = writeln!(page, "- [{}](@/{section})", kind.plural.get(lang).unwrap_or(&kind.name));
    }
    page
}
