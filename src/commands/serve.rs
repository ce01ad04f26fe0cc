//! `raekoda serve`.

use std::process::ExitCode;

use clap::Args;

use super::{ReportArguments, SiteArguments, Voice, build, pipeline};
use crate::{diagnostics::Format, preview};

/// What `serve` takes.
#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    #[command(flatten)]
    site: SiteArguments,
    /// The port; when it is taken, the next free one.
    #[arg(long, short, default_value_t = 8080)]
    port: u16,
}

pub(super) fn run(arguments: &ServeArguments, voice: Voice) -> ExitCode {
    arguments.site.use_jobs();
    let server = match preview::Server::bind(arguments.port) {
        Ok(server) => server,
        Err(problem) => {
            voice.report(&[problem], Format::Human);
            return ExitCode::from(1);
        }
    };
    let folder = arguments.site.site.join(".raekoda").join("preview");
    let mut request = arguments.site.request(Some(folder.clone()), false);
    request.preview = true;
    request.base_url.get_or_insert_with(|| server.address());
    let progress = build::progress(voice, "Ehitan saiti …", "Building the site …");
    let outcome = pipeline::build(&request);
    progress.finish_and_clear();
    build::report(&outcome, ReportArguments { strict: false, format: Format::Human, timings: false }, voice);
    if outcome.failed(false) {
        return build::code(&outcome, false);
    }
    let address = server.address();
    let (et, en) = (format!("Sait on aadressil {address}"), format!("The site is at {address}"));
    voice.tell(&format!("{et} (lõpetamiseks Ctrl+C)."), &format!("{en} (Ctrl+C ends)."));
    server.serve(&folder);
    ExitCode::SUCCESS
}
