//! `raekoda theme`: what a theme is made of, whether it holds, and how to make one's own.

mod contract;
mod example;
mod gallery;
mod new;
mod palette;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};

use super::Voice;
use crate::{
    diagnostics::{Diagnostic, Format, Severity},
    render::Templates,
    schema::{Fields, TomlText},
    site::Minify,
    source::Folder,
    theme::{self, Theme},
};

/// What `theme` takes.
#[derive(Debug, Args)]
pub(super) struct ThemeArguments {
    #[command(subcommand)]
    command: ThemeCommand,
}

#[derive(Debug, Subcommand)]
enum ThemeCommand {
    /// Show the themes there are, and which of them the site uses.
    List(Which),
    /// Show every file of the theme, and which file stands in for which.
    Files(Which),
    /// Check templates, overrides and colours; show every pair of colours with its contrast.
    Check(Which),
    /// Make a theme of one's own that extends another.
    New(new::NewThemeArguments),
    /// Put a file of one's own in the place of the theme's, and record what it replaces.
    Override(new::OverrideArguments),
    /// Build a site of all components and templates of the theme.
    Gallery(gallery::GalleryArguments),
    /// Write what the theme promises to those who build on it.
    Contract(contract::ContractArguments),
}

/// Which theme is meant.
#[derive(Clone, Debug, Args)]
struct Which {
    /// The site's folder.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    site: PathBuf,
    /// The theme: a name or a folder; by default the site's, or omavalitsus.
    #[arg(long, value_name = "THEME")]
    theme: Option<String>,
}

/// A theme as a site uses it.
struct Used {
    theme: Theme,
    /// The theme's settings, as the site makes them.
    settings: Fields,
    site: Option<Folder>,
    /// What names the theme from anywhere: its name, or the path of its folder.
    place: String,
}

impl Which {
    /// Loads the theme, with the overrides and settings of the site where there is one.
    fn load(&self, out: &mut Vec<Diagnostic>) -> Option<Used> {
        let site = Folder::open(&self.site).ok().filter(|folder| folder.find("site.toml").is_some());
        let text = site.as_ref().and_then(|folder| folder.find("site.toml")?.text().ok()).unwrap_or_default();
        let named = text.parse::<toml::Table>().ok().and_then(|table| Some(table.get("theme")?.as_str()?.to_owned()));
        let name = self.theme.clone().or(named).unwrap_or_else(|| "omavalitsus".to_owned());
        let theme = Theme::load(&name, site.as_ref(), out)?;
        let settings = theme.manifest.read_settings(&TomlText::whole("site.toml", &text), out);
        let root = site.as_ref().map_or(self.site.as_path(), Folder::root);
        let folder = root.join(&name);
        let place = if Theme::embedded_names().contains(&name) {
            name
        } else {
            std::path::absolute(&folder).unwrap_or(folder).display().to_string()
        };
        Some(Used { theme, settings, site, place })
    }
}

pub(super) fn run(arguments: &ThemeArguments, voice: Voice) -> ExitCode {
    let mut out = Vec::new();
    let done = match &arguments.command {
        ThemeCommand::List(which) => which.load(&mut out).map(|used| list(&used)),
        ThemeCommand::Files(which) => which.load(&mut out).map(|used| files(&used)),
        ThemeCommand::Check(which) => which.load(&mut out).and_then(|used| check(&used, voice, &mut out)),
        ThemeCommand::New(arguments) => new::new(arguments, voice).map_err(|problem| out.push(problem)).ok(),
        ThemeCommand::Override(arguments) => new::replace(arguments, voice, &mut out),
        ThemeCommand::Gallery(arguments) => return gallery::run(arguments, voice),
        ThemeCommand::Contract(arguments) => contract::run(arguments, &mut out),
    };
    crate::diagnostics::sort(&mut out);
    voice.report(&out, Format::Human);
    let broken = done.is_none() || out.iter().any(|problem| problem.severity == Severity::Error);
    ExitCode::from(u8::from(broken))
}

fn list(used: &Used) {
    let chain = used.theme.files.chain();
    for name in Theme::embedded_names().iter().filter(|name| !chain.iter().any(|used| **used == **name)) {
        println!("  {name}");
    }
    let version = used.theme.manifest.version.as_ref().map(ToString::to_string).unwrap_or_default();
    println!("* {} {version}", chain.iter().map(|name| &**name).collect::<Vec<_>>().join(" → "));
}

/// One line for each file: the path, and where it comes from, the nearest first.
fn files(used: &Used) {
    for (path, file) in used.theme.files.below("") {
        let from: Vec<&str> = file.layers().map(|layer| layer.theme.as_deref().unwrap_or("theme/")).collect();
        println!("{path:<44} {}", from.join(" → "));
    }
}

fn check(used: &Used, voice: Voice, out: &mut Vec<Diagnostic>) -> Option<()> {
    let theme = &used.theme;
    super::theme_assets::make(theme, &used.settings, out);
    let records: Vec<(String, String)> =
        theme.files.get(theme::RECORD).into_iter().flat_map(|file| file.layers().flat_map(theme::recorded)).collect();
    for (path, file) in theme.overrides().filter(|(path, _)| !records.iter().any(|(known, _)| known == path)) {
        let place = crate::diagnostics::Location::file(file.origin.as_str());
        out.push(Diagnostic::new("theme.unrecorded").arg("path", path).at(place));
    }
    let colour = super::theme_assets::palette(&used.settings, &mut Vec::new());
    palette::print(theme, colour.as_ref(), voice);
    Templates::read(theme, Minify::Off, out).map(drop)
}
