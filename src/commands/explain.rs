//! `raekoda explain`.

use std::process::ExitCode;

use clap::Args;

use super::{SiteArguments, Voice, loader::load, timings::Timings};
use crate::diagnostics::{Diagnostic, Format, Severity};

/// What `explain` takes.
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The page's address: /uudised/talveteed, or the whole of it.
    url: String,
    #[command(flatten)]
    site: SiteArguments,
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
