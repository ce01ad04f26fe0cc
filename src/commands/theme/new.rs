//! A theme of one's own: made, and its files put in the place of another's.
#![expect(clippy::disallowed_methods, reason = "writes what the person at the keyboard asked for")]

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;

use super::Which;
use crate::{
    commands::Voice,
    diagnostics::Diagnostic,
    theme::{RECORD, Theme, recorded},
};

/// What `theme new` takes.
#[derive(Debug, Args)]
pub(super) struct NewThemeArguments {
    /// The theme's name; its folder is made here.
    name: String,
    /// The theme that it extends.
    #[arg(long, value_name = "THEME", default_value = "omavalitsus")]
    extends: String,
}

/// What `theme override` takes.
#[derive(Debug, Args)]
pub(super) struct OverrideArguments {
    /// The file's path in the theme, such as templates/news.html.
    path: String,
    #[command(flatten)]
    which: Which,
}

fn refused(path: &Path) -> impl FnOnce(io::Error) -> Diagnostic {
    move |error| Diagnostic::new("commands.cannot-write").arg("path", path.display()).arg("reason", error)
}

/// Makes a theme that extends another and changes nothing yet.
pub(super) fn new(arguments: &NewThemeArguments, voice: Voice) -> Result<(), Diagnostic> {
    let name = &arguments.name;
    let fits = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !fits || Theme::embedded_names().contains(name) {
        return Err(Diagnostic::new("theme.name").arg("name", name));
    }
    let folder = PathBuf::from(name);
    if folder.exists() {
        return Err(Diagnostic::new("commands.folder-not-empty").arg("path", folder.display()));
    }
    let mut problems = Vec::new();
    let from = if Theme::embedded_names().contains(&arguments.extends) {
        arguments.extends.clone()
    } else {
        std::path::absolute(&arguments.extends)
            .unwrap_or_else(|_| PathBuf::from(&arguments.extends))
            .display()
            .to_string()
    };
    let base = Theme::load(&from, None, &mut problems)
        .ok_or_else(|| problems.pop().unwrap_or_else(|| Diagnostic::new("theme.no-manifest")))?;
    let extends = if Theme::embedded_names().contains(&arguments.extends) {
        arguments.extends.clone()
    } else {
        format!("../{}", arguments.extends)
    };
    let manifest = format!(
        "# A theme that extends {base}. Put only what differs here: a token below, rules into styles/own.css,\n\
         # other files with `raekoda theme override PATH`.\n\n\
         name = \"{name}\"\nversion = \"0.1.0\"\nrequires = \">={version}\"\nextends = \"{extends}\"\n\n\
         [description]\net = \"Teema {name}.\"\nen = \"The theme {name}.\"\n\n\
         # [tokens]\n# \"--radius\" = \"0\"\n",
        base = base.manifest.name,
        version = env!("CARGO_PKG_VERSION"),
    );
    let own = "/* Rules of this theme; they win over all others. */\n";
    fs::create_dir_all(folder.join("styles")).map_err(refused(&folder))?;
    fs::write(folder.join("theme.toml"), manifest).map_err(refused(&folder))?;
    fs::write(folder.join("styles/own.css"), own).map_err(refused(&folder))?;
    if let Some(theirs) = base.files.get("styles/own.css") {
        record(&folder, "styles/own.css", &theirs.hash())?;
    }
    voice.tell(
        &format!("Uus teema on kaustas {name}. Saidi failis site.toml: theme = \"../{name}\""),
        &format!("The new theme is in {name}. In a site's site.toml: theme = \"../{name}\""),
    );
    Ok(())
}

/// Copies a file of the theme into the site's `theme/`, unless it is there, and records what it replaces.
/// In a theme's folder, the file is put into that theme.
pub(super) fn replace(arguments: &OverrideArguments, voice: Voice, out: &mut Vec<Diagnostic>) -> Option<()> {
    let path = arguments.path.trim_start_matches("theme/");
    let own_theme = arguments.which.theme.is_none() && arguments.which.site.join("theme.toml").is_file();
    let mut which = arguments.which.clone();
    let mut folder = which.site.join("theme");
    if own_theme {
        folder.clone_from(&which.site);
        which.theme = Some(std::path::absolute(&which.site).ok()?.display().to_string());
    }
    let used = which.load(out)?;
    if !own_theme && used.site.is_none() {
        out.push(Diagnostic::new("source.no-site").arg("path", which.site.display()));
        return None;
    }
    let layer = if own_theme { used.theme.files.chain().first().cloned() } else { None };
    let theirs = used.theme.files.get(path).and_then(|file| file.layers().find(|file| file.theme != layer));
    let Some(theirs) = theirs else {
        let problem = Diagnostic::new("theme.no-file").arg("path", path);
        out.push(problem.suggest(path, used.theme.files.below("").map(|(path, _)| path)));
        return None;
    };
    // What was said of the old record is mended now.
    out.retain(|problem| problem.code != "theme.drifted");
    let done = put(&folder, path, theirs);
    match done {
        Ok(copied) => {
            let shown = folder.join(path);
            let shown = shown.display();
            if copied {
                voice.tell(&format!("Kopeeritud: {shown}. Muutke seda."), &format!("Copied to {shown}. Change it."));
            } else {
                voice.tell(&format!("Kirja pandud: {shown}."), &format!("Recorded: {shown}."));
            }
            Some(())
        }
        Err(problem) => {
            out.push(problem);
            None
        }
    }
}

fn put(folder: &Path, path: &str, theirs: &crate::theme::File) -> Result<bool, Diagnostic> {
    let file = folder.join(path);
    let copied = !file.exists();
    if copied {
        fs::create_dir_all(file.parent().unwrap_or(folder)).map_err(refused(&file))?;
        fs::write(&file, &theirs.bytes).map_err(refused(&file))?;
    }
    record(folder, path, &theirs.hash())?;
    Ok(copied)
}

/// Writes the hash of what `path` stands in for into the folder's record.
fn record(folder: &Path, path: &str, hash: &str) -> Result<(), Diagnostic> {
    let file = folder.join(RECORD);
    let old = fs::read(&file).unwrap_or_default();
    let old = crate::theme::File { origin: String::new(), bytes: old.into(), theme: None, overridden: None };
    let mut lines: Vec<(String, String)> = recorded(&old);
    lines.retain(|(known, _)| known != path);
    lines.push((path.to_owned(), hash.to_owned()));
    lines.sort();
    let head = "# What the files here were made of; `raekoda theme override PATH` writes it.\n";
    let lines: Vec<String> = lines.iter().map(|(path, hash)| format!("\"{path}\" = \"{hash}\"")).collect();
    fs::write(&file, format!("{head}{}\n", lines.join("\n"))).map_err(refused(&file))
}
