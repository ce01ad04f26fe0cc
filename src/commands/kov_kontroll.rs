//! `raekoda kov-kontroll`: the control sheet of public information, in the terminal.

use std::process::ExitCode;

use clap::Args;

use super::{SiteArguments, Voice, loader, timings::Timings};
use crate::{check::sheet, diagnostics::Format};

/// What `kov-kontroll` takes.
#[derive(Debug, Args)]
pub(super) struct SheetArguments {
    #[command(flatten)]
    site: SiteArguments,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &SheetArguments, voice: Voice) -> ExitCode {
    let mut out = Vec::new();
    let request = arguments.site.request(None, false);
    let Some(loaded) = loader::load(&request, &mut Timings::default(), &mut out) else {
        voice.report(&out, Format::Human);
        return ExitCode::from(2);
    };
    let site = &loaded.renderer.world().site;
    let lines = sheet::sheet(site);
    if arguments.json {
        println!("{:#}", sheet::json(site, &lines));
    } else {
        print!("{}", sheet::text(&lines, voice.language));
    }
    let missing = lines.iter().any(|line| line.standing == sheet::Standing::Missing);
    ExitCode::from(u8::from(missing))
}
