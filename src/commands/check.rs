//! `raekoda check`: everything that is wrong with a site, for people, editors and CI.

use std::{collections::HashMap, path::PathBuf, process::ExitCode, sync::Arc};

use clap::Args;
use rayon::prelude::*;

use super::{
    ReportArguments, SiteArguments, Voice,
    build::{code, left_out, progress, report, summary},
    digest, external, fix,
    known_findings::KnownFindings,
    pipeline::{self, Outcome},
    spelling,
};
use crate::{
    check::{
        self, Inspector,
        documents::{self, Facts},
    },
    diagnostics::{Diagnostic, Format, Location},
    output::Cache,
    site::Site,
    source::SourceFile,
};

/// What `check` takes.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(super) struct CheckArguments {
    #[command(flatten)]
    site: SiteArguments,
    #[command(flatten)]
    report: ReportArguments,
    /// Only what is not in this report, made with `--format json`: what was wrong before does not fail.
    #[arg(long, value_name = "FILE")]
    new_since: Option<PathBuf>,
    /// See too whether links to other sites work (asked slowly; answers are kept for a week).
    #[arg(long)]
    external: bool,
    /// See too which words the Hunspell dictionaries of this computer do not know.
    #[arg(long)]
    spelling: bool,
    /// Show what can be mended by itself as a diff, and ask whether to mend it.
    #[arg(long)]
    fix: bool,
    /// Mend without asking.
    #[arg(long, requires = "fix")]
    yes: bool,
    /// Write a letter to each owner into this folder, with what is new since the last.
    #[arg(long, value_name = "FOLDER")]
    digest: Option<PathBuf>,
}

pub(super) fn run(arguments: &CheckArguments, voice: Voice) -> ExitCode {
    arguments.site.use_jobs();
    let known = match arguments.new_since.as_ref().map(baseline).transpose() {
        Ok(known) => known,
        Err(problem) => {
            voice.report(&[problem], Format::Human);
            return ExitCode::from(2);
        }
    };
    let mut request = arguments.site.request(None, arguments.report.strict);
    request.progress = progress(voice, "Kontrollin saiti …", "Checking the site …");
    let (mut outcome, site) = inspect(&request, arguments.external, arguments.spelling.then_some(voice));
    request.progress.finish_and_clear();
    let before = known.map_or(0, |known| leave_out(&mut outcome, known));
    if arguments.fix {
        let mended = fix::run(&request.root, &outcome.diagnostics, arguments.yes, voice);
        voice.tell(&format!("Parandatud: {mended}."), &format!("Mended: {mended}."));
        return ExitCode::SUCCESS;
    }
    show(&outcome, arguments.report, voice);
    if before > 0 {
        voice.tell(&format!("Varasemast teada: {before}."), &format!("Known from before: {before}."));
    }
    if let (Some(folder), Some(site)) = (&arguments.digest, &site) {
        match digest::write(folder, site, &outcome.diagnostics, voice) {
            Ok(count) => voice.tell(&format!("Kirju: {count}."), &format!("Letters: {count}.")),
            Err(error) => {
                let problem = Diagnostic::new("commands.cannot-write").arg("path", folder.display());
                voice.report(&[problem.arg("reason", error)], Format::Human);
                return ExitCode::from(2);
            }
        }
    }
    if !outcome.failed(arguments.report.strict) {
        voice.tell(&format!("Korras: {} lehte.", outcome.pages), &format!("All is well: {} pages.", outcome.pages));
        left_out(&outcome, voice);
    }
    code(&outcome, arguments.report.strict)
}

/// Everything that is wrong with a site, and the site.
pub(super) fn inspect(
    request: &pipeline::Request,
    ask_others: bool,
    spelling: Option<Voice>,
) -> (Outcome, Option<Arc<Site>>) {
    let mut site = None;
    let outcome = pipeline::check(request, |loaded, visit| {
        let world = loaded.renderer.world();
        site = Some(world.site.clone());
        let inspector = Inspector::new(&world.site, &loaded.check);
        let caches = request.root.join(".raekoda");
        let known = KnownFindings::of(loaded, Cache::new(caches.join("findings")));
        visit(&|page, html| known.page(&inspector, page, html));
        known.keep();
        let documents = Cache::new(caches.join("documents"));
        let mut found: Vec<Diagnostic> =
            loaded.copies.par_iter().flat_map_iter(|(_, file)| file_findings(&inspector, file, &documents)).collect();
        found.extend(inspector.theme(&world.theme.files));
        found.extend(inspector.site());
        if let Some(voice) = spelling {
            let (misspelt, missing) = spelling::check(&world.site, &loaded.check.words);
            found.extend(misspelt);
            for lang in missing {
                voice.tell(
                    &format!("Hunspelli sõnastikku ei ole: {lang}. Õigekirja selles keeles ei vaadatud."),
                    &format!(
                        "There is no Hunspell dictionary: {lang}. The spelling in that language was not looked at."
                    ),
                );
            }
        }
        if ask_others {
            let now = i64::try_from(request.now / 1_000_000_000).unwrap_or_default();
            found.extend(external::check(&inspector, &Cache::new(caches.join("links")), now));
        }
        found
    });
    (outcome, site)
}

/// Shows findings; for people by page, with how many each has.
fn show(outcome: &Outcome, arguments: ReportArguments, voice: Voice) {
    if arguments.format != Format::Human || voice.quiet {
        report(outcome, arguments, voice);
        return;
    }
    let file = |finding: &Diagnostic| finding.location.as_ref().map(|place| place.file.clone());
    for group in outcome.diagnostics.chunk_by(|a, b| file(a) == file(b)) {
        let name = file(&group[0]);
        let name = name.as_deref().map_or_else(|| voice.say("Kogu sait", "The whole site"), ToOwned::to_owned);
        voice.tell(&format!("── {name} ({})\n", group.len()), &format!("── {name} ({})\n", group.len()));
        voice.report(group, Format::Human);
    }
    summary(outcome, arguments, voice);
}

/// What is wrong with a file that is published as it is: its name, its size, and what is in it.
fn file_findings(inspector: &Inspector<'_>, file: &SourceFile, cache: &Cache) -> Vec<Diagnostic> {
    let mut found = inspector.file(&file.path, file.size);
    if file.size > documents::LARGEST {
        return found;
    }
    let path = file.path.to_lowercase();
    if documents::is_document(&path) {
        if let Ok(bytes) = file.bytes() {
            found.extend(inspector.document(&file.path, &facts(&file.path, &bytes, cache)));
        }
    } else if check::is_picture(&path) {
        if file.bytes().is_ok_and(|bytes| check::metadata::has_place(&bytes)) {
            found.push(Diagnostic::new("privacy.picture-place").at(Location::file(file.path.clone())));
        }
    } else if check::is_script_or_style(&path) {
        if let Ok(text) = file.text() {
            found.extend(inspector.script(&file.path, &text));
        }
    } else if [".csv", ".txt", ".json", ".ics", ".tsv", ".xml"].iter().any(|ending| path.ends_with(ending))
        && let Ok(text) = file.text()
    {
        found.extend(inspector.text(&file.path, &text));
    }
    found
}

/// What a document says of itself; it is read once for each of its states.
fn facts(path: &str, bytes: &[u8], cache: &Cache) -> Facts {
    let key = format!("{} {} {}", pipeline::PROGRAM, path.ends_with("pdf"), blake3::hash(bytes).to_hex());
    if let Some(facts) = cache.get(&key).and_then(|kept| postcard::from_bytes(&kept).ok()) {
        return facts;
    }
    let facts = documents::read(path, bytes);
    if let Ok(kept) = postcard::to_stdvec(&facts) {
        // Without the cache the next check reads it again.
        let _ = cache.put(&key, &kept);
    }
    facts
}

/// How often each finding stands in an earlier report.
#[expect(clippy::disallowed_methods, reason = "the report lies outside of the site")]
fn baseline(path: &PathBuf) -> Result<HashMap<String, usize>, Diagnostic> {
    let wrong = |reason: &dyn std::fmt::Display| {
        Diagnostic::new("check.baseline").arg("path", path.display()).arg("reason", reason)
    };
    let bytes = std::fs::read(path).map_err(|error| wrong(&error))?;
    let report: Vec<serde_json::Value> = serde_json::from_slice(&bytes).map_err(|error| wrong(&error))?;
    let mut known = HashMap::new();
    for finding in &report {
        if let Some(fingerprint) = finding["fingerprint"].as_str() {
            *known.entry(fingerprint.to_owned()).or_default() += 1;
        }
    }
    Ok(known)
}

/// Leaves out what was known, and says how much that is.
fn leave_out(outcome: &mut Outcome, mut known: HashMap<String, usize>) -> usize {
    let all = outcome.diagnostics.len();
    outcome.diagnostics.retain(|finding| match known.get_mut(&finding.fingerprint()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    all - outcome.diagnostics.len()
}
