//! `raekoda check`: everything that is wrong with a site, for people, editors and CI.

use std::{collections::HashMap, path::PathBuf, process::ExitCode};

use clap::Args;

use super::{
    ReportArguments, SiteArguments, Voice,
    build::{code, left_out, progress, report},
    pipeline::{self, Outcome},
};
use crate::{
    check::{self, Inspector},
    diagnostics::{Diagnostic, Format},
};

/// What `check` takes.
#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    site: SiteArguments,
    #[command(flatten)]
    report: ReportArguments,
    /// Only what is not in this report, made with `--format json`: what was wrong before does not fail.
    #[arg(long, value_name = "FILE")]
    new_since: Option<PathBuf>,
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
    let request = arguments.site.request(None, arguments.report.strict);
    let progress = progress(voice, "Kontrollin saiti …", "Checking the site …");
    let mut outcome = pipeline::check(&request, |loaded, visit, out| {
        let inspector = Inspector::new(&loaded.renderer.world().site, &loaded.check);
        visit(Some(&|page, html| inspector.page(page, html)));
        out.append(&mut Vec::new());
    });
    progress.finish_and_clear();
    check::once(&mut outcome.diagnostics);
    let before = known.map_or(0, |known| leave_out(&mut outcome, known));
    report(&outcome, arguments.report, voice);
    if before > 0 {
        voice.tell(&format!("Varasemast teada: {before}."), &format!("Known from before: {before}."));
    }
    if !outcome.failed(arguments.report.strict) {
        voice.tell(&format!("Korras: {} lehte.", outcome.pages), &format!("All is well: {} pages.", outcome.pages));
        left_out(&outcome, voice);
    }
    code(&outcome, arguments.report.strict)
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
