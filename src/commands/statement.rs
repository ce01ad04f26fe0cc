//! `raekoda statement`: the accessibility statement from `accessibility.toml` and what the check finds.

use std::process::ExitCode;

use clap::Args;

use super::{SiteArguments, Voice, check};
use crate::{
    check::statement::Statement,
    diagnostics::{Diagnostic, Format, Severity},
    language::Lang,
    source::{Folder, TomlText},
};

/// What `statement` takes.
#[derive(Debug, Args)]
pub(super) struct StatementArguments {
    #[command(flatten)]
    site: SiteArguments,
    /// The language of the statement: et or en.
    #[arg(long, default_value = "et")]
    language: String,
}

const FILE: &str = "accessibility.toml";

/// Writes the statement's page to standard output: the one who answers for it reads it before it is published.
pub(super) fn run(arguments: &StatementArguments, voice: Voice) -> ExitCode {
    let mut out = Vec::new();
    let text = Folder::open(&arguments.site.site)
        .and_then(|folder| folder.find(FILE).ok_or_else(|| Diagnostic::new("commands.no-statement-file")))
        .and_then(|file| file.text());
    let text = match text {
        Ok(text) => text,
        Err(problem) => {
            voice.report(&[problem], Format::Human);
            return ExitCode::from(2);
        }
    };
    let statement = Statement::read(&TomlText::whole(FILE, &text), &mut out);
    let lang = Lang::parse(&arguments.language).unwrap_or(Lang::ET);
    let (outcome, site) = check::inspect(&arguments.site.request(None, false), false, None);
    let broken = out.iter().any(|problem| problem.severity == Severity::Error);
    let Some(site) = site.filter(|_| !broken) else {
        voice.report(if broken { &out } else { &outcome.diagnostics }, Format::Human);
        return ExitCode::from(1);
    };
    print!("{}", statement.page(&site.settings.name, lang, &outcome.diagnostics));
    ExitCode::SUCCESS
}
