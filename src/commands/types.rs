//! `raekoda types`.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::Voice;
use crate::{
    diagnostics::{Diagnostic, Format, Language},
    language::Lang,
    source::Folder,
    theme::Theme,
};

/// What `types` takes.
#[derive(Debug, Args)]
pub(super) struct TypesArguments {
    /// One type; without it, all are listed.
    name: Option<String>,
    /// The type as a JSON Schema (draft 2020-12), for editors.
    #[arg(long)]
    json_schema: bool,
    /// All types as one page of Markdown.
    #[arg(long, conflicts_with_all = ["name", "json_schema"])]
    markdown: bool,
    /// The site whose own types are shown too.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    site: PathBuf,
    /// The theme: a name or a folder.
    #[arg(long, value_name = "THEME", default_value = "omavalitsus")]
    theme: String,
}

pub(super) fn run(arguments: &TypesArguments, voice: Voice) -> ExitCode {
    let lang = if voice.language == Language::Estonian { Lang::ET } else { Lang::EN };
    let folder = Folder::open(&arguments.site).ok().filter(|folder| folder.find("site.toml").is_some());
    let mut out = Vec::new();
    let Some(theme) = Theme::load(&arguments.theme, folder.as_ref(), &mut out) else {
        voice.report(&out, Format::Human);
        return ExitCode::from(1);
    };
    let types = &theme.types;
    if arguments.markdown {
        print!("{}", types.markdown(lang));
        return ExitCode::SUCCESS;
    }
    let Some(name) = &arguments.name else {
        for at in 0..types.len() {
            let kind = types.at(at);
            println!("{:<20} {}", kind.name, kind.description.get(lang).or_else(|| kind.label.get(lang)).unwrap_or(""));
        }
        return ExitCode::SUCCESS;
    };
    let Some(kind) = types.find(name).map(|at| types.at(at)) else {
        let problem = Diagnostic::new("content.unknown-type").arg("type", name);
        voice.report(&[problem.suggest(name, types.names())], Format::Human);
        return ExitCode::from(2);
    };
    if arguments.json_schema {
        println!("{:#}", kind.json_schema(lang));
    } else {
        print!("{}", kind.reference(lang));
    }
    ExitCode::SUCCESS
}
