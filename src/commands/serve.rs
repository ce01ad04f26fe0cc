//! `raekoda serve`.

use std::{
    process::ExitCode,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use clap::Args;

use super::{SiteArguments, Voice, build, extras, loader::Loader, timings::Timings};
use crate::{
    diagnostics::{self, Diagnostic, Format, Severity},
    output::Cache,
    preview::{Edition, Preview, Server, Source, Watch, Words},
    source::Changes,
};

/// What `serve` takes.
#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    #[command(flatten)]
    site: SiteArguments,
    /// The port; when it is taken, the next free one.
    #[arg(long, short, default_value_t = 8080)]
    port: u16,
    /// The address to listen on; others than this computer can reach it when it is not the usual one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: String,
    /// Look for changes every so many seconds: for network drives, which do not tell of them.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "1")]
    poll: Option<u64>,
    /// The address that opens a file in your editor.
    #[arg(long, value_name = "URL", default_value = "vscode://file{path}:{line}")]
    editor: String,
}

pub(super) fn run(arguments: &ServeArguments, voice: Voice) -> ExitCode {
    arguments.site.use_jobs();
    let fail = |problem: Diagnostic| {
        voice.report(&[problem], Format::Human);
        ExitCode::from(1)
    };
    let server = match Server::bind(&arguments.host, arguments.port) {
        Ok(server) => server,
        Err(problem) => return fail(problem),
    };
    let mut request = arguments.site.request(None, false);
    request.preview = true;
    request.base_url.get_or_insert_with(|| server.address());
    let root = request.root.clone();
    let poll = arguments.poll.map(|seconds| Duration::from_secs(seconds.max(1)));
    let (mut watch, _waker) = match Watch::new(&root, None, poll) {
        Ok(watch) => watch,
        Err(problem) => return fail(problem),
    };
    let absolute = std::path::absolute(&root).unwrap_or(root.clone());
    let words =
        Words { language: voice.language, root: absolute.display().to_string(), editor: arguments.editor.clone() };
    let preview = Arc::new(Preview::new(Cache::new(root.join(".raekoda").join("images")), words));
    let mut follower = Follower { loader: Loader::new(request), preview: preview.clone(), voice, good: false };
    let progress = build::progress(voice, "Loen saiti …", "Reading the site …");
    follower.follow(&Changes::All);
    progress.finish_and_clear();
    if preview.edition().is_none()
        && preview.problems().iter().any(|p| p.code == "source.no-site" || p.code == "source.not-found")
    {
        return ExitCode::from(2);
    }
    server.start(&preview);
    let address = server.address();
    let (et, en) = (format!("Sait on aadressil {address}"), format!("The site is at {address}"));
    voice.tell(&format!("{et} (lõpetamiseks Ctrl+C)."), &format!("{en} (Ctrl+C ends)."));
    while let Some(changes) = watch.next(None) {
        follower.follow(&changes);
    }
    ExitCode::SUCCESS
}

/// Brings the preview up to what is on the disk.
struct Follower {
    loader: Loader,
    preview: Arc<Preview>,
    voice: Voice,
    /// What is shown was read without mistakes.
    good: bool,
}

impl Follower {
    fn follow(&mut self, changes: &Changes) {
        let began = Instant::now();
        let mut found = Vec::new();
        let loaded = self.loader.load(changes, &mut Timings::default(), &mut found);
        diagnostics::sort(&mut found);
        found.dedup();
        let errors: Vec<Diagnostic> = found.iter().filter(|d| d.severity == Severity::Error).cloned().collect();
        let good = errors.is_empty() && loaded.is_some();
        if !good {
            self.voice.report(&errors, Format::Human);
        }
        match loaded.filter(|_| good || !self.good) {
            Some(loaded) => {
                let source = Source { renderer: loaded.renderer, copies: loaded.copies, extras: made_extras };
                let edition = self.preview.show(source, errors);
                self.good = good;
                self.voice.tell(
                    &format!("Näidatud {} ms.", began.elapsed().as_millis()),
                    &format!("Shown in {} ms.", began.elapsed().as_millis()),
                );
                self.finish(edition);
            }
            None => self.preview.refuse(errors),
        }
    }

    /// Makes the pages that nobody looks at, to find what is wrong with them.
    fn finish(&self, edition: Arc<Edition>) {
        let (preview, voice) = (self.preview.clone(), self.voice);
        thread::spawn(move || {
            if edition.make_all() {
                let mut found = edition.diagnostics();
                diagnostics::sort(&mut found);
                found.dedup();
                let _ = (preview, voice);
            }
        });
    }
}

fn made_extras(renderer: &crate::render::Renderer) -> Vec<(String, Vec<u8>)> {
    extras::all(renderer, &mut Vec::new())
}
