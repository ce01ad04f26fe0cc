//! `form-relay`: the commands of those who run it.

mod records;
mod submissions;

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand, ValueEnum};

use super::{config::Config, serve};
use crate::diagnostics::{self, Diagnostic, Format, Language};

/// Takes in what citizens send with e-forms, keeps it safe, delivers it, forgets it in time.
#[derive(Debug, Parser)]
#[command(name = "form-relay", version)]
struct Arguments {
    /// The configuration.
    #[arg(long, global = true, default_value = "relay.toml", value_name = "FILE")]
    config: PathBuf,
    /// How results are written.
    #[arg(long, global = true, value_enum, default_value_t = Shape::Text)]
    format: Shape,
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
        /// Only accepted, quarantined or purged ones, or those with a pending, held, delivered or dead delivery.
        #[arg(long)]
        state: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
    /// Shows what was written in a submission; that it was looked at is noted in the audit trail.
    Show {
        /// The reference number.
        reference: String,
    },
    /// Sends dead letters again.
    Retry {
        /// The reference number of one.
        #[arg(required_unless_present = "all")]
        reference: Option<String>,
        /// All of them.
        #[arg(long, conflicts_with = "reference")]
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

/// The program.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    match run(&arguments) {
        Ok(text) => match std::io::stdout().lock().write_all(text.as_bytes()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        },
        Err(problems) => {
            let format = if arguments.format == Shape::Json { Format::Json } else { Format::Human };
            let _ = diagnostics::write(&mut std::io::stderr().lock(), &problems, format, language(), false);
            ExitCode::FAILURE
        }
    }
}

fn language() -> Language {
    let estonian = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .is_some_and(|value| value.starts_with("et"));
    if estonian { Language::Estonian } else { Language::English }
}

/// What a command says, or what is wrong.
type Said = Result<String, Vec<Diagnostic>>;

fn run(arguments: &Arguments) -> Said {
    if let Command::Open { file, key, out } = &arguments.command {
        return records::open(file, key, out.as_deref());
    }
    let config = Config::read(&arguments.config)?;
    let shape = arguments.format;
    match &arguments.command {
        Command::Serve => {
            log();
            serve::serve(config).map(|()| String::new())
        }
        Command::Check => check(&config),
        Command::List { form, state, limit } => submissions::list(&config, shape, form.clone(), state.clone(), *limit),
        Command::Show { reference } => submissions::show(&config, shape, reference),
        Command::Retry { reference, .. } => submissions::retry(&config, reference.as_deref()),
        Command::Release { reference } => submissions::release(&config, reference),
        Command::Export { form } => submissions::export(&config, shape, form),
        Command::Purge => records::purge(&config),
        Command::Stats => records::stats(&config, shape),
        Command::Audit => records::audit(&config, shape),
        Command::Backup { folder } => records::backup(&config, folder),
        Command::Open { .. } => Ok(String::new()),
    }
}

fn check(config: &Config) -> Said {
    let mut problems = serve::forms(config).err().unwrap_or_default();
    problems.extend(serve::open(config).err().unwrap_or_default());
    problems.extend(serve::check(config));
    if problems.is_empty() { Ok("Everything works.\n".to_owned()) } else { Err(problems) }
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
