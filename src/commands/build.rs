//! `raekoda build`.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::DateTime;

use super::{
    ReportArguments, SiteArguments, Voice, is_terminal,
    pipeline::{self, Outcome},
};
use crate::{
    diagnostics::{Format, Severity},
    language::{self, Lang},
    output::Changes,
};

/// What `build` takes.
#[derive(Debug, Args)]
pub(super) struct BuildArguments {
    #[command(flatten)]
    site: SiteArguments,
    /// Where to write the site; by default the folder `public` of the site.
    #[arg(long, short, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Keep pages in this folder, and take from it those that nothing has changed for.
    #[arg(long, value_name = "FOLDER")]
    cache: Option<PathBuf>,
    /// Say which files would change, and leave the site as it is; with --theme, what another theme would change.
    #[arg(long)]
    dry_run: bool,
    /// Write a bill of materials too: sbom.cdx.json (`CycloneDX`) with the theme and the scripts, styles, fonts and
    /// drawings of the site.
    #[arg(long)]
    sbom: bool,
    #[command(flatten)]
    report: ReportArguments,
}

/// How many changed files of each kind are named; more are counted.
const NAMED: usize = 25;

pub(super) fn build(arguments: &BuildArguments, voice: Voice) -> ExitCode {
    arguments.site.use_jobs();
    let mut request = arguments.site.request(arguments.out.clone(), arguments.report.strict);
    request.cache.clone_from(&arguments.cache);
    request.dry_run = arguments.dry_run;
    request.sbom = arguments.sbom;
    request.progress = progress(voice, "Ehitan saiti …", "Building the site …");
    let outcome = pipeline::build(&request);
    request.progress.finish_and_clear();
    report(&outcome, arguments.report, voice);
    if outcome.failed(arguments.report.strict) && outcome.summary.is_none() {
        voice.tell("Saiti ei muudetud.", "The site was not changed.");
    }
    if let Some(changes) = &outcome.changes {
        tell(changes, voice);
    } else if let Some(summary) = outcome.summary.as_ref().filter(|_| !outcome.failed(arguments.report.strict)) {
        if outcome.up_to_date {
            voice.tell(
                &format!("Midagi ei ole muutunud (lehti {}).", outcome.pages),
                &format!("Nothing has changed (pages: {}).", outcome.pages),
            );
        } else {
            voice.tell(
                &format!(
                    "Valmis. Lehti {}; faile kirjutatud {}, samaks jäi {}, eemaldatud {}.",
                    outcome.pages, summary.written, summary.unchanged, summary.removed
                ),
                &format!(
                    "Done. Pages: {}; files written: {}, unchanged: {}, removed: {}.",
                    outcome.pages, summary.written, summary.unchanged, summary.removed
                ),
            );
        }
        left_out(&outcome, voice);
    }
    code(&outcome, arguments.report.strict)
}

/// What a build would change.
fn tell(changes: &Changes, voice: Voice) {
    let Changes { added, changed, removed } = changes;
    voice.tell(
        &format!(
            "Saiti ei muudetud. Muutuks {}, lisanduks {}, eemaldataks {}.",
            changed.len(),
            added.len(),
            removed.len()
        ),
        &format!(
            "The site was not changed. Files that would change: {}, be added: {}, be removed: {}.",
            changed.len(),
            added.len(),
            removed.len()
        ),
    );
    for (paths, et, en) in
        [(changed, "muutuks", "change"), (added, "lisanduks", "add"), (removed, "eemaldataks", "remove")]
    {
        for path in paths.iter().take(NAMED) {
            voice.tell(&format!("  {et:<11}  {path}"), &format!("  {en:<6}  {path}"));
        }
        if let Some(more) = paths.len().checked_sub(NAMED).filter(|more| *more > 0) {
            voice.tell(&format!("  {et:<11}  … ja veel {more}"), &format!("  {en:<6}  … and {more} more"));
        }
    }
}

/// Something that moves while one waits; only where someone looks.
pub(super) fn progress(voice: Voice, estonian: &str, english: &str) -> ProgressBar {
    if voice.quiet || !is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::no_length().with_message(voice.say(estonian, english));
    // The template is the program's own: a mistake in it shows at the first start.
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {bar:40} {human_pos}/{human_len}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// Shows diagnostics and how many there are.
pub(super) fn report(outcome: &Outcome, arguments: ReportArguments, voice: Voice) {
    voice.report(&outcome.diagnostics, arguments.format);
    summary(outcome, arguments, voice);
}

/// How many findings there are, and how long the stages took.
pub(super) fn summary(outcome: &Outcome, arguments: ReportArguments, voice: Voice) {
    let count = |severity| outcome.diagnostics.iter().filter(|d| d.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if arguments.format == Format::Human && errors + warnings > 0 {
        voice
            .tell(&format!("Vigu {errors}, hoiatusi {warnings}."), &format!("Errors: {errors}, warnings: {warnings}."));
    }
    if arguments.timings {
        anstream::eprint!("{}", outcome.timings.table());
    }
}

pub(super) fn left_out(outcome: &Outcome, voice: Voice) {
    let left_out = &outcome.left_out;
    let (drafts, scheduled, expired) = (left_out.drafts.len(), left_out.scheduled.len(), left_out.expired.len());
    if drafts + scheduled + expired > 0 {
        let next = |lang| left_out.scheduled.first().map(|(_, at)| shown(lang, *at));
        let et = next(Lang::ET).map(|at| format!(" (järgmine {at})")).unwrap_or_default();
        let en = next(Lang::EN).map(|at| format!(" (next {at})")).unwrap_or_default();
        voice.tell(
            &format!("Välja jäi: mustandeid {drafts}, ajastatud {scheduled}{et}, aegunud {expired}."),
            &format!("Left out: drafts {drafts}, scheduled {scheduled}{en}, expired {expired}."),
        );
        let scheduled = left_out.scheduled.iter().map(|(path, _)| path);
        let words = [(&left_out.drafts, "mustand", "draft"), (&left_out.expired, "aegunud", "expired")];
        for path in scheduled {
            voice.tell(&format!("  ajastatud  {path}"), &format!("  scheduled  {path}"));
        }
        for (paths, et, en) in words {
            for path in paths {
                voice.tell(&format!("  {et:<9}  {path}"), &format!("  {en:<9}  {path}"));
            }
        }
    }
    if let Some(due) = outcome.next_due {
        let (et, en) = (shown(Lang::ET, due), shown(Lang::EN, due));
        voice.tell(&format!("Sait muutub ise: {et}."), &format!("The site changes by itself on {en}."));
    }
}

fn shown(lang: Lang, at: DateTime) -> String {
    let day = language::date_long(lang, at.date());
    if at.time() == jiff::civil::Time::midnight() { day } else { format!("{day} {}", language::time(lang, at.time())) }
}

pub(super) fn code(outcome: &Outcome, strict: bool) -> ExitCode {
    if !outcome.failed(strict) {
        return ExitCode::SUCCESS;
    }
    // No site at all is a wrong use of the command, not a fault of the site.
    let no_site = outcome.diagnostics.iter().any(|d| ["source.not-found", "source.no-site"].contains(&d.code.as_str()));
    ExitCode::from(if no_site { 2 } else { 1 })
}
