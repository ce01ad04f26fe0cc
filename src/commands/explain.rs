//! `raekoda explain`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

use super::{SiteArguments, Voice, kept_pages::KeptPages, loader::load, timings::Timings};
use crate::{
    diagnostics::{Diagnostic, Format, Severity},
    render::Renderer,
    site::Page,
};

/// What `explain` takes.
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The page's address: /uudised/talveteed, or the whole of it.
    url: String,
    #[command(flatten)]
    site: SiteArguments,
    /// Show why the page was made again last, and whether it would be made again now.
    #[arg(long, requires = "cache")]
    why: bool,
    /// The folder where `build --cache` keeps pages.
    #[arg(long, value_name = "FOLDER")]
    cache: Option<PathBuf>,
}

pub(super) fn run(arguments: &ExplainArguments, voice: Voice) -> ExitCode {
    let request = arguments.site.request(None, false);
    let mut out = Vec::new();
    let Some(loaded) = load(&request, &mut Timings::default(), &mut out) else {
        voice.report(&out, Format::Human);
        return ExitCode::from(1);
    };
    let world = loaded.renderer.world();
    let site = &world.site;
    let url = arguments.url.strip_prefix(&site.settings.base_url).unwrap_or(&arguments.url);
    let url = if url.len() > 1 { url.trim_end_matches('/') } else { "/" };
    let url = if url.starts_with('/') { url.to_owned() } else { format!("/{url}") };
    let Some(page) = site.page_at(&url) else {
        if let Some(redirect) = site.redirects.iter().find(|redirect| redirect.from == url) {
            println!("{} → {} ({}, {})", redirect.from, redirect.to, redirect.status, redirect.place);
            return ExitCode::SUCCESS;
        }
        let pages = site.pages.iter().map(|page| &*page.url);
        voice.report(&[Diagnostic::new("commands.no-page").arg("url", &url).suggest(&url, pages)], Format::Human);
        return ExitCode::from(1);
    };
    if let Some(cache) = arguments.cache.as_deref().filter(|_| arguments.why) {
        return why(cache, &loaded.renderer, page, voice);
    }
    let rendered = loaded.renderer.render(page);
    println!("{}", voice.say("Leht", "Page"));
    println!("  {} → {}", page.url, page.file());
    if let Some(ix) = page.entry() {
        println!("{}", voice.say("Allikas", "Source"));
        println!("  {} ({})", site.entries[ix].path(), site.kind(ix).name);
    }
    println!("{}", voice.say("Mallid", "Templates"));
    for (name, file) in loaded.renderer.template_chain(&rendered.template) {
        println!("  {name:<28} {file}");
    }
    println!("{}", voice.say("Päringud", "Queries"));
    let mut seen = std::collections::BTreeSet::new();
    for (query, answer) in rendered.reads.iter().filter(|(query, _)| seen.insert(query.clone())) {
        println!("  {:016x}  {query}", answer >> 64);
    }
    let failed = rendered.diagnostics.iter().any(|d| d.severity == Severity::Error);
    voice.report(&rendered.diagnostics, Format::Human);
    ExitCode::from(u8::from(failed))
}

/// Shows the queries whose answers have changed, for the last time the page was made and for the next.
fn why(cache: &Path, renderer: &Renderer, page: &Page, voice: Voice) -> ExitCode {
    let kept = match KeptPages::open(cache) {
        Ok(kept) => kept,
        Err(problem) => {
            voice.report(&[problem], Format::Human);
            return ExitCode::from(1);
        }
    };
    let Some((made, before)) = kept.get(renderer, &page.url) else {
        println!("{}", voice.say("Lehte ei ole vahemälus.", "The page is not in the cache."));
        return ExitCode::SUCCESS;
    };
    let now: Vec<String> = renderer.changed(&made).iter().map(ToString::to_string).collect();
    let parts = [
        (
            voice.say("Viimati tehti leht uuesti, sest muutus", "The page was made again last because this changed"),
            before,
        ),
        (
            voice.say(
                "Järgmine kord tehakse leht uuesti, sest on muutunud",
                "It will be made again because this has changed",
            ),
            now,
        ),
    ];
    for (title, queries) in parts {
        println!("{title}");
        let nothing = vec![voice.say("(mitte miski)", "(nothing)")];
        for query in if queries.is_empty() { &nothing } else { &queries } {
            println!("  {query}");
        }
    }
    ExitCode::SUCCESS
}
