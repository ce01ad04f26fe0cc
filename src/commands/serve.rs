//! `raekoda serve`.

use std::{
    collections::BTreeSet,
    process::ExitCode,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use clap::Args;

use super::{
    SiteArguments, Voice, build,
    compiled_forms::{self, Uses},
    extras,
    loader::Loader,
    now, pipeline, searching,
    timings::Timings,
};
use crate::{
    diagnostics::{self, Diagnostic, Format, Severity},
    output::Cache,
    preview::{Edition, Preview, Server, Source, Wanted, Watch, Words},
    site::Moment,
    source::{Changes, Folder},
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
    /// The address that opens a file in your editor; {path} and {line} stand for the place.
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
    let own_computer = ["127.0.0.1", "localhost", "::1"].contains(&arguments.host.as_str());
    if !own_computer {
        voice.report(&[Diagnostic::new("preview.open").arg("host", &arguments.host)], Format::Human);
    }
    let mut request = arguments.site.request(None, false);
    request.preview = true;
    request.base_url.get_or_insert_with(|| server.address());
    let wanted = Wanted { at: arguments.site.at, drafts: request.drafts };
    let root = request.root.clone();
    let theme = request
        .theme
        .clone()
        .or_else(|| Folder::open(&root).ok().and_then(|folder| pipeline::theme_named(&folder)))
        .map(|theme| root.join(theme));
    let theme = theme.and_then(|theme| std::path::absolute(theme).ok()).filter(|theme| theme.is_dir());
    let poll = arguments.poll.map(|seconds| Duration::from_secs(seconds.max(1)));
    let (mut watch, waker) = match Watch::new(&root, theme.as_deref(), poll) {
        Ok(watch) => watch,
        Err(problem) if poll.is_none() && problem.code == "preview.watch-limit" => {
            voice.report(&[problem], Format::Human);
            match Watch::new(&root, theme.as_deref(), Some(Duration::from_secs(2))) {
                Ok(watch) => watch,
                Err(problem) => return fail(problem),
            }
        }
        Err(problem) => return fail(problem),
    };
    let absolute = std::path::absolute(&root).unwrap_or(root.clone());
    let words =
        Words { language: voice.language, root: absolute.display().to_string(), editor: arguments.editor.clone() };
    let cache = Cache::new(root.join(".raekoda").join("images"));
    let preview = Arc::new(Preview::new(cache, words, wanted, waker));
    let mut follower = Follower { loader: Loader::new(request), preview: preview.clone(), voice, good: false, wanted };
    let progress = build::progress(voice, "Loen saiti …", "Reading the site …");
    follower.follow(&Changes::All);
    progress.finish_and_clear();
    let no_site = |problem: &Diagnostic| ["source.no-site", "source.not-found"].contains(&problem.code.as_str());
    if preview.problems().iter().any(no_site) {
        return ExitCode::from(2);
    }
    server.start(&preview);
    let address = server.address();
    let (et, en) = (format!("Sait on aadressil {address}"), format!("The site is at {address}"));
    voice.tell(&format!("{et} (lõpetamiseks Ctrl+C)."), &format!("{en} (Ctrl+C ends)."));
    loop {
        let due = follower.due();
        match watch.next(due) {
            Some(changes) => follower.follow(&changes),
            None if due.is_some() => follower.follow(&Changes::Paths(BTreeSet::new())),
            None => return ExitCode::SUCCESS,
        }
    }
}

/// Brings the preview up to what is on the disk.
struct Follower {
    loader: Loader,
    preview: Arc<Preview>,
    voice: Voice,
    /// What is shown was read without mistakes.
    good: bool,
    wanted: Wanted,
}

impl Follower {
    fn follow(&mut self, changes: &Changes) {
        let began = Instant::now();
        self.turn_to_wanted();
        if let Some(edition) = self.preview.edition() {
            edition.supersede();
        }
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
                let source = Source {
                    renderer: loaded.renderer,
                    copies: loaded.copies,
                    extras: made_extras,
                    gathered: made_of_pages,
                    check: loaded.check,
                };
                let edition = self.preview.show(source, errors);
                self.good = good;
                let took = began.elapsed().as_millis();
                self.voice.tell(&format!("Näidatud, {took} ms."), &format!("Shown, {took} ms."));
                self.finish(edition);
            }
            None => {
                self.preview.refuse(errors);
                self.preview.edition().into_iter().for_each(|edition| self.finish(edition));
            }
        }
    }

    /// Turns to the day that those who look want to see, or to now where the day has changed.
    fn turn_to_wanted(&mut self) {
        let wanted = self.preview.wanted();
        let at = wanted.at.unwrap_or_else(|| now().datetime());
        let shown = self.preview.edition().map(|edition| edition.site().moment.at);
        let due = self.preview.edition().and_then(|edition| edition.site().next_due);
        let over = shown.is_some_and(|shown| shown.date() != at.date()) || due.is_some_and(|due| due <= at);
        if wanted != self.wanted || (over && wanted.at.is_none()) {
            self.loader.at(Moment { at, drafts: wanted.drafts });
            self.wanted = wanted;
        }
    }

    /// When the site changes by itself: a page is due, or the day ends.
    fn due(&self) -> Option<Instant> {
        if self.wanted.at.is_some() {
            return None;
        }
        let now = now().datetime();
        let midnight = now.date().tomorrow().ok().map(|day| day.at(0, 0, 0, 0));
        let next = self.preview.edition().and_then(|edition| edition.site().next_due);
        let due = [midnight, next].into_iter().flatten().filter(|due| *due > now).min()?;
        let wait = now.duration_until(due).unsigned_abs();
        // A computer that slept finds its clock moved.
        Some(Instant::now() + wait.min(Duration::from_hours(1)) + Duration::from_millis(20))
    }

    /// Makes the pages that nobody looks at, to find what is wrong with them.
    fn finish(&self, edition: Arc<Edition>) {
        let voice = self.voice;
        thread::spawn(move || {
            if edition.make_all() {
                let mut found = edition.diagnostics();
                diagnostics::sort(&mut found);
                found.dedup();
                found.retain(|found| found.severity == Severity::Error);
                voice.report(&found, Format::Human);
            }
        });
    }
}

fn made_extras(edition: &Edition) -> Vec<(String, Vec<u8>)> {
    extras::all(edition.renderer(), &mut Vec::new())
}

fn made_of_pages(edition: &Edition) -> Vec<(String, Vec<u8>)> {
    let (site, renderer) = (edition.site(), edition.renderer());
    let (searched, mut uses) = (searching::Gathered::default(), Uses::default());
    for page in site.pages.iter() {
        if let Some(shown) = edition.read(&page.url) {
            searched.page(site, page, &shown.html);
            uses.keep(renderer, page, &renderer.queries(&shown.made));
        }
    }
    let mut files = searched.files(site, &mut Vec::new());
    files.extend(compiled_forms::file(renderer, uses, &mut Vec::new()));
    files
}
