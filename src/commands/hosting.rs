//! `raekoda hosting`.

use std::{
    collections::BTreeSet,
    process::ExitCode,
    sync::{Mutex, PoisonError},
};

use clap::{Args, ValueEnum};

use super::{SiteArguments, Voice, pipeline};
use crate::{
    diagnostics::Format,
    output::{self, Hosting},
};

/// What `hosting` takes.
#[derive(Debug, Args)]
pub(super) struct HostingArguments {
    /// The server.
    #[arg(value_enum)]
    server: Server,
    #[command(flatten)]
    site: SiteArguments,
    /// Where the server finds the site's files.
    #[arg(long, value_name = "FOLDER", default_value = "/srv/www")]
    root: String,
    /// Where it listens: a port for nginx, an address for Caddy.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// nginx has the module for brotli side files.
    #[arg(long)]
    brotli: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Server {
    /// A file for nginx' conf.d.
    Nginx,
    /// A Caddyfile.
    Caddy,
    /// Rules for Apache's <Directory>, or a .htaccess.
    Apache,
    /// A `_headers` file for Netlify and Cloudflare Pages.
    Headers,
}

pub(super) fn run(arguments: &HostingArguments, voice: Voice) -> ExitCode {
    let request = arguments.site.request(None, false);
    let (mut hosting, frames) = (None, Mutex::new(BTreeSet::new()));
    let outcome = pipeline::check(&request, |loaded, visit| {
        visit(&|_, html| {
            let mut found = output::frames(html).peekable();
            if found.peek().is_some() {
                frames.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
            }
            Vec::new()
        });
        let frames = frames.lock().unwrap_or_else(PoisonError::into_inner);
        hosting = Some(Hosting::of(&loaded.renderer.world().site, &frames));
        Vec::new()
    });
    let Some(hosting) = hosting else {
        voice.report(&outcome.diagnostics, Format::Human);
        return ExitCode::from(1);
    };
    let listen = |default: &str| arguments.listen.clone().unwrap_or_else(|| default.to_owned());
    let text = match arguments.server {
        Server::Nginx => output::nginx(&hosting, &arguments.root, &listen("80"), arguments.brotli),
        Server::Caddy => output::caddy(&hosting, &arguments.root, &listen(&hosting.host)),
        Server::Apache => output::apache(&hosting),
        Server::Headers => output::headers(&hosting),
    };
    print!("{text}");
    ExitCode::SUCCESS
}
