//! `form-relay`: the commands of those who run it.

mod records;
mod submissions;

use std::{io::Write as _, path::PathBuf, process::ExitCode, sync::LazyLock};

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use super::{config::Config, serve};
use crate::{
    command_line::{Help, MessageLanguage, language_of},
    diagnostics::{self, Diagnostic, Format, Language},
};

/// What `--help` says in Estonian.
static HELP: LazyLock<Help> = LazyLock::new(|| Help::parse(include_str!("help.toml")));

const EXIT_CODES: &str = "\
Exit codes: 0 when all is well, 1 when something is wrong (it is said on standard error), 2 when the command was used \
wrongly.
Messages are in Estonian where the system's language is (LANG=et_EE.UTF-8) or with --lang et, else in English.";

/// Takes in what citizens send with e-forms, keeps it safe, delivers it, forgets it in time.
#[derive(Debug, Parser)]
#[command(name = "form-relay", version, after_help = EXIT_CODES)]
struct Arguments {
    /// The configuration.
    #[arg(long, global = true, default_value = "relay.toml", value_name = "FILE")]
    config: PathBuf,
    /// How results are written; csv is for list, export and stats.
    #[arg(long, global = true, value_enum, default_value_t = Shape::Text)]
    format: Shape,
    /// The language of messages; by default the system's.
    #[arg(long, global = true, value_enum)]
    lang: Option<MessageLanguage>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shape {
    Text,
    Json,
    Csv,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Takes in and delivers, until it is told to stop.
    Serve,
    /// Checks the configuration and the forms, and tries every destination.
    Check,
    /// Lists submissions, the newest first, without what was written in them.
    List {
        /// Only of this form.
        #[arg(long)]
        form: Option<String>,
        /// Only those in this state, or with a delivery in it.
        #[arg(long, value_enum)]
        state: Option<State>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
    /// Shows what was written in a submission; that it was looked at is noted in the audit trail. A sealed one is
    /// taken out as JSON, for `open`.
    Show {
        /// The reference number.
        reference: String,
    },
    /// Sends dead letters again.
    #[command(group = clap::ArgGroup::new("which").required(true).args(["reference", "all"]))]
    Retry {
        /// The reference number of one.
        reference: Option<String>,
        /// All of them.
        #[arg(long)]
        all: bool,
    },
    /// Lets a submission out of quarantine, to be delivered.
    Release {
        /// The reference number.
        reference: String,
    },
    /// Writes the submissions of a form out, as CSV or JSON.
    Export {
        /// The form.
        #[arg(long)]
        form: String,
    },
    /// Removes now what is over its time.
    Purge,
    /// How many submissions, and how satisfied people were, by month, form, service and page.
    Stats,
    /// Opens what was sealed: a `submission.json` with sealed content, or a sealed attachment.
    Open {
        /// The file.
        file: PathBuf,
        /// The file with the age identity.
        #[arg(long)]
        key: PathBuf,
        /// Where to write the content; otherwise it is printed.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Verifies the audit trail.
    Audit,
    /// Copies the store into a new folder while the relay runs.
    Backup {
        /// The folder, which must not exist yet.
        folder: PathBuf,
    },
}

/// A submission's state, or that of one of its deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum State {
    /// Taken in, for everyone that it goes to.
    Accepted,
    /// The citizen has not yet confirmed the address.
    Unconfirmed,
    /// What the trap for robots caught.
    Quarantined,
    /// Removed at the end of its retention.
    Purged,
    /// A delivery that is still tried.
    Pending,
    /// A delivery that waits for `release` or for the citizen's word.
    Held,
    /// A delivery that was taken.
    Delivered,
    /// A delivery that was given up and waits for `retry`.
    Dead,
}

/// How a command speaks.
#[derive(Clone, Copy, Debug)]
struct Voice {
    shape: Shape,
    language: Language,
}

impl Voice {
    /// Of an Estonian and an English text the one in the language of messages.
    fn pick<T>(self, [estonian, english]: [T; 2]) -> T {
        match self.language {
            Language::Estonian => estonian,
            Language::English => english,
        }
    }

    /// That something was done: as data, or in Estonian and English.
    fn done(self, data: &serde_json::Value, words: [String; 2]) -> String {
        if self.shape == Shape::Json { json(data) } else { self.pick(words) + "\n" }
    }

    /// Rows below their headings: as CSV with the headings' own names, or as a table with Estonian ones for those who
    /// read that.
    fn rows<const N: usize>(self, names: [&str; N], estonian: [&str; N], rows: &[Vec<String>]) -> String {
        if self.shape != Shape::Csv {
            return table(&self.pick([estonian, names]), rows);
        }
        let lines = rows.iter().map(|cells| csv_line(cells.iter().map(String::as_str)));
        std::iter::once(csv_line(names.into_iter())).chain(lines).collect()
    }
}

/// The program.
pub fn main() -> ExitCode {
    let language = language_of(std::env::args_os());
    let mut command = HELP.translate(Arguments::command(), language);
    let matches = command.try_get_matches_from_mut(std::env::args_os());
    let arguments = match matches.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let voice = Voice { shape: arguments.format, language };
    if voice.shape == Shape::Csv
        && !matches!(arguments.command, Command::List { .. } | Command::Export { .. } | Command::Stats)
    {
        let words = voice.pick([
            "--format csv on käskude list, export ja stats jaoks",
            "--format csv is for list, export and stats",
        ]);
        let _ = command.error(clap::error::ErrorKind::ArgumentConflict, words).print();
        return ExitCode::from(2);
    }
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    match run(&arguments, voice) {
        Ok(text) => match std::io::stdout().lock().write_all(text.as_bytes()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        },
        Err(problems) => {
            let format = if voice.shape == Shape::Json { Format::Json } else { Format::Human };
            let _ = diagnostics::write(&mut std::io::stderr().lock(), &problems, format, language, false);
            ExitCode::FAILURE
        }
    }
}

/// What a command says, or what is wrong.
type Said = Result<String, Vec<Diagnostic>>;

fn run(arguments: &Arguments, voice: Voice) -> Said {
    if let Command::Open { file, key, out } = &arguments.command {
        return records::open(file, key, out.as_deref());
    }
    let config = Config::read(&arguments.config)?;
    match &arguments.command {
        Command::Serve => {
            log();
            serve::serve(config).map(|()| String::new())
        }
        Command::Check => check(&config, voice),
        Command::List { form, state, limit } => {
            let state = state.and_then(|state| Some(state.to_possible_value()?.get_name().to_owned()));
            submissions::list(&config, voice, form.clone(), state, *limit)
        }
        Command::Show { reference } => submissions::show(&config, voice, reference),
        Command::Retry { reference, .. } => submissions::retry(&config, voice, reference.as_deref()),
        Command::Release { reference } => submissions::release(&config, voice, reference),
        Command::Export { form } => submissions::export(&config, voice, form),
        Command::Purge => records::purge(&config, voice),
        Command::Stats => records::stats(&config, voice),
        Command::Audit => records::audit(&config, voice),
        Command::Backup { folder } => records::backup(&config, voice, folder),
        Command::Open { .. } => Ok(String::new()),
    }
}

fn check(config: &Config, voice: Voice) -> Said {
    let mut problems = serve::forms(config).err().unwrap_or_default();
    problems.extend(serve::open(config).err().unwrap_or_default());
    problems.extend(serve::check(config));
    if !problems.is_empty() {
        return Err(problems);
    }
    let words = ["Kõik töötab.".to_owned(), "Everything works.".to_owned()];
    Ok(voice.done(&serde_json::json!({ "works": true }), words))
}

/// One JSON object a line, on standard error.
fn log() {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_max_level(tracing::Level::INFO)
        .with_writer(std::io::stderr)
        .init();
}

/// A line of CSV (RFC 4180). What a spreadsheet would take for a formula is made a text.
fn csv_line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let quoted = cells.map(|cell| {
        let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        format!("\"{guard}{}\"", cell.replace('"', "\"\""))
    });
    quoted.collect::<Vec<_>>().join(",") + "\r\n"
}

/// A table with columns as wide as they need.
fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
        cells.chain([header[at].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells: Vec<String> = cells.zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    let mut out = line(&mut header.iter().copied());
    for row in rows {
        out.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    out
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

/// The moment on Estonian clocks, as people write it.
fn moment(at: i64) -> String {
    super::clock::local_ms(at).strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_argument_has_estonian_help() {
        assert_eq!(HELP.missing(&Arguments::command()), Vec::<String>::new());
    }

    #[test]
    fn a_cell_is_no_formula() {
        assert_eq!(csv_line(["=1+1", "ütles \"ei\"", "a,b"].into_iter()), "\"'=1+1\",\"ütles \"\"ei\"\"\",\"a,b\"\r\n");
    }
}
