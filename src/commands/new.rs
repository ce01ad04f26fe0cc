//! `raekoda new`.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::{Voice, municipalities};

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

pub(super) fn run(arguments: &NewArguments, voice: Voice) -> ExitCode {
    let _ = (arguments, voice, municipalities::find("0171"));
    ExitCode::from(1)
}
