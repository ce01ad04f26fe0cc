//! The command line: one file for each command; each wires stages and prints.

mod build;
mod calendars;
mod check;
mod compiled_forms;
mod diagnostics_page;
mod digest;
mod explain;
mod external;
mod extras;
mod fix;
mod form;
mod hosting;
mod kept_pages;
mod known_findings;
mod kov_kontroll;
mod loader;
mod municipalities;
mod new;
mod pipeline;
mod robots;
mod sbom;
mod searching;
mod serve;
mod spelling;
mod statement;
mod theme;
mod theme_assets;
mod timings;
mod types;

use std::{io::IsTerminal as _, path::PathBuf, process::ExitCode, sync::LazyLock};

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use jiff::{
    Zoned,
    civil::{Date, DateTime},
};

use crate::{
    command_line::{Help, MessageLanguage, language_of},
    diagnostics::{self, Diagnostic, Format, Language, Severity},
};

/// What `--help` says in Estonian.
static HELP: LazyLock<Help> = LazyLock::new(|| Help::parse(include_str!("help.toml")));

/// Turns a municipality's folder of Markdown and TOML into its website.
#[derive(Debug, Parser)]
#[command(name = "raekoda", version, propagate_version = true)]
struct Arguments {
    /// The language of messages; by default the system's.
    #[arg(long, global = true, value_enum)]
    lang: Option<MessageLanguage>,
    /// Say only what is wrong.
    #[arg(long, short, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the site.
    Build(build::BuildArguments),
    /// Find what a build would refuse, and what law, accessibility, privacy and good language ask for; the site is not written.
    Check(check::CheckArguments),
    /// Show what the law asks to be published, which pages answer it, how fresh they are and who looks after them.
    KovKontroll(kov_kontroll::SheetArguments),
    /// Write the accessibility statement from accessibility.toml and from what the check finds.
    Statement(statement::StatementArguments),
    /// Show the site on this computer, and follow every change.
    Serve(serve::ServeArguments),
    /// Make a new site.
    New(new::NewArguments),
    /// Show the content types and their fields.
    Types(types::TypesArguments),
    /// Show what made a page: its source, templates and queries.
    Explain(explain::ExplainArguments),
    /// The theme: its files, its colours, a theme of one's own.
    Theme(theme::ThemeArguments),
    /// Write what a web server needs to serve the site.
    Hosting(hosting::HostingArguments),
    /// The e-forms that the site can use.
    Form(form::FormArguments),
    /// Write completions for a shell.
    Completions(CompletionArguments),
    /// Write the manual page.
    Manual,
    /// Write the page of the docs that explains every message.
    #[command(hide = true)]
    Diagnostics,
}

#[derive(Debug, Args)]
struct CompletionArguments {
    /// The shell.
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// What a site is read by, common to several commands.
#[derive(Clone, Debug, Args)]
struct SiteArguments {
    /// The site's folder.
    #[arg(default_value = ".")]
    site: PathBuf,
    /// Another public address than the one in site.toml.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Another theme than the one in site.toml: a name or a folder.
    #[arg(long, value_name = "THEME")]
    theme: Option<String>,
    /// Drafts too.
    #[arg(long)]
    drafts: bool,
    /// The site as it will be on that day (2026-12-24) or at that time (2026-12-24T12:00).
    #[arg(long, value_name = "DATE", value_parser = moment)]
    at: Option<DateTime>,
    /// How many processors to use; by default all.
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
}

/// How diagnostics are shown, common to several commands.
#[derive(Clone, Copy, Debug, Args)]
struct ReportArguments {
    /// Warnings fail too.
    #[arg(long)]
    strict: bool,
    /// How problems are shown.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Show how long each stage took.
    #[arg(long)]
    timings: bool,
}

impl SiteArguments {
    fn request(&self, out: Option<PathBuf>, strict: bool) -> pipeline::Request {
        let now = now();
        pipeline::Request {
            root: self.site.clone(),
            out,
            cache: None,
            base_url: self.base_url.clone(),
            theme: self.theme.clone(),
            drafts: self.drafts,
            strict,
            dry_run: false,
            preview: false,
            sbom: false,
            at: self.at.unwrap_or_else(|| now.datetime()),
            now: now.timestamp().as_nanosecond(),
            progress: indicatif::ProgressBar::hidden(),
        }
    }

    fn use_jobs(&self) {
        if let Some(jobs) = self.jobs {
            // Fails only when a pool was made before; then that one is used.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(jobs.max(1)).build_global();
        }
    }
}

/// The one place where the clock is read: the build's date is an input of everything else.
#[expect(clippy::disallowed_methods, reason = "the clock is read here and passed on")]
fn now() -> Zoned {
    let now = Zoned::now();
    now.in_tz("Europe/Tallinn").unwrap_or(now)
}

fn moment(text: &str) -> Result<DateTime, String> {
    let day = text.parse::<Date>().map(|day| day.at(0, 0, 0, 0));
    let moment = if text.contains(':') { text.parse::<DateTime>() } else { day };
    moment.map_err(|_| "2026-12-24, 2026-12-24T12:00".to_owned())
}

/// How a command speaks.
#[derive(Clone, Copy, Debug)]
struct Voice {
    language: Language,
    quiet: bool,
}

impl Voice {
    /// The text in the language of messages.
    fn say(self, estonian: &str, english: &str) -> String {
        match self.language {
            Language::Estonian => estonian.to_owned(),
            Language::English => english.to_owned(),
        }
    }

    /// Writes diagnostics: for people to standard error, for machines to standard output.
    fn report(self, diagnostics: &[Diagnostic], format: Format) {
        let written = if format == Format::Human {
            let shown: Vec<Diagnostic> =
                diagnostics.iter().filter(|d| !self.quiet || d.severity == Severity::Error).cloned().collect();
            let mut stderr = anstream::stderr().lock();
            diagnostics::write(&mut stderr, &shown, format, self.language, true)
        } else {
            diagnostics::write(&mut std::io::stdout().lock(), diagnostics, format, self.language, false)
        };
        // A reader that has gone away is no problem of the site's.
        let _ = written;
    }

    /// A line for people, on standard error.
    fn tell(self, estonian: &str, english: &str) {
        if !self.quiet {
            anstream::eprintln!("{}", self.say(estonian, english));
        }
    }
}

/// Runs the command line.
pub fn run() -> ExitCode {
    let language = language_of(std::env::args_os());
    let command = HELP.translate(Arguments::command(), language);
    let matches = match command.try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            // Help and version are no mistakes.
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let arguments = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(2);
        }
    };
    let voice = Voice { language, quiet: arguments.quiet };
    match arguments.command {
        Command::Build(arguments) => build::build(&arguments, voice),
        Command::Check(arguments) => check::run(&arguments, voice),
        Command::KovKontroll(arguments) => kov_kontroll::run(&arguments, voice),
        Command::Statement(arguments) => statement::run(&arguments, voice),
        Command::Serve(arguments) => serve::run(&arguments, voice),
        Command::New(arguments) => new::run(&arguments, voice),
        Command::Types(arguments) => types::run(&arguments, voice),
        Command::Explain(arguments) => explain::run(&arguments, voice),
        Command::Theme(arguments) => theme::run(&arguments, voice),
        Command::Hosting(arguments) => hosting::run(&arguments, voice),
        Command::Form(arguments) => form::run(&arguments, voice),
        Command::Completions(arguments) => completions(&arguments),
        Command::Manual => manual(language),
        Command::Diagnostics => diagnostics_page::run(),
    }
}

fn completions(arguments: &CompletionArguments) -> ExitCode {
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "raekoda", &mut std::io::stdout());
    ExitCode::SUCCESS
}

fn manual(language: Language) -> ExitCode {
    let page = clap_mangen::Man::new(HELP.translate(Arguments::command(), language));
    match page.render(&mut std::io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(1),
    }
}

/// Someone looks at the terminal.
fn is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_argument_has_estonian_help() {
        assert_eq!(HELP.missing(&Arguments::command()), Vec::<String>::new());
    }
}
