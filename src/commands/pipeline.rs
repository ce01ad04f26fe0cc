//! The order of the stages, in one place: from a site's folder to pages, and to the written site.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use indicatif::ProgressBar;
use jiff::civil::DateTime;
use rayon::prelude::*;

use super::{
    compiled_forms::{self, Uses},
    extras,
    kept_pages::KeptPages,
    loader::{Loaded, load},
    sbom, searching,
    timings::Timings,
};
use crate::{
    check,
    content::Origin,
    diagnostics::{self, Diagnostic, Severity},
    fingerprint::{Fingerprint, fingerprint},
    output::{self, Cache, Changes, Input, Inputs, OutputFolder, Staging, Stamp, Summary, stage_picture},
    render::{AnchorLink, Needed, Rendered, Renderer},
    site::{LeftOut, Page, Site},
    source::{Folder, SourceFile},
};

/// What is to be built.
#[expect(clippy::struct_excessive_bools, reason = "they are the options of one command line")]
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// The site's folder.
    pub root: PathBuf,
    /// Where the site is written; by default `public` in the site's folder.
    pub out: Option<PathBuf>,
    /// Where pages are kept between builds.
    pub cache: Option<PathBuf>,
    /// The site's public address, where it is not the one in `site.toml`.
    pub base_url: Option<String>,
    /// The theme, where it is not the one in `site.toml`.
    pub theme: Option<String>,
    /// Drafts are built too.
    pub drafts: bool,
    /// Warnings fail.
    pub strict: bool,
    /// Only what would change is said; the site stays as it is.
    pub dry_run: bool,
    /// The site is built to be previewed.
    pub preview: bool,
    /// A bill of materials is written too.
    pub sbom: bool,
    /// The local time for which the site is built.
    pub at: DateTime,
    /// The time at which the build began, in nanoseconds since 1970.
    pub now: i128,
    /// Moves with each page that is made.
    pub progress: ProgressBar,
}

/// The fingerprint of the program: what one program kept, another does not take up.
pub(super) const PROGRAM: &str = env!("RAEKODA_FINGERPRINT");

impl Request {
    /// Begins the hash of all that decides what is made besides the site's files: the program and its options. What
    /// is kept of one build for another is kept under this.
    pub(super) fn key(&self) -> blake3::Hasher {
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("{PROGRAM} {:?}", (&self.base_url, &self.theme, self.preview)).as_bytes());
        hasher
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Everything that is wrong or worth knowing, in order of place.
    pub diagnostics: Vec<Diagnostic>,
    /// What was written; nothing when the build failed or only checked.
    pub summary: Option<Summary>,
    /// What would be written, when nothing was to be.
    pub changes: Option<Changes>,
    /// What is not on the site now.
    pub left_out: LeftOut,
    /// How many pages the site has.
    pub pages: usize,
    /// When the site changes by itself.
    pub next_due: Option<DateTime>,
    /// Nothing had changed since the last build.
    pub up_to_date: bool,
    /// How long the stages took.
    pub timings: Timings,
}

impl Outcome {
    /// The build failed.
    pub(super) fn failed(&self, strict: bool) -> bool {
        let limit = if strict { Severity::Warning } else { Severity::Error };
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity >= limit)
    }
}

/// What a build remembers for the next one that finds nothing changed.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
struct Memo {
    diagnostics: Vec<Diagnostic>,
    left_out: LeftOut,
    pages: usize,
    next_due: Option<DateTime>,
}

/// The folders of a site that a build reads.
const PARTS: [&str; 6] = ["content", "data", "forms", "images", "static", "theme"];

/// Makes every page without writing, and reports all that a build would refuse and all that `inspect` finds: it is
/// given a way to have all pages made and looked at.
pub(super) fn check(
    request: &Request,
    inspect: impl FnOnce(&Loaded, &mut dyn FnMut(&Look<'_>)) -> Vec<Diagnostic>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut out = Vec::new();
    if let Some(loaded) = load(request, &mut outcome.timings, &mut out) {
        let progress = &request.progress;
        let found = inspect(&loaded, &mut |look| make(&loaded, Purpose::Look(look), progress, &mut outcome, &mut out));
        out.extend(found);
        check::once(&mut out);
        out = loaded.check.judge(out, request.at.date());
        outcome.timings.stage("check");
    }
    finish(&mut outcome, out);
    outcome
}

/// What looks at a finished page.
pub(super) type Look<'a> = dyn Fn(&Page, &[u8]) -> Vec<Diagnostic> + Sync + 'a;

/// Builds the site. When anything is wrong, the last good site stays.
pub(super) fn build(request: &Request) -> Outcome {
    let mut outcome = Outcome::default();
    let mut out = Vec::new();
    if let Err(problem) = write(request, &mut outcome, &mut out) {
        out.push(problem);
    }
    finish(&mut outcome, out);
    outcome
}

fn finish(outcome: &mut Outcome, mut out: Vec<Diagnostic>) {
    diagnostics::sort(&mut out);
    out.dedup();
    outcome.diagnostics = out;
}

fn write(request: &Request, outcome: &mut Outcome, out: &mut Vec<Diagnostic>) -> Result<(), Diagnostic> {
    let folder = Folder::open(&request.root)?;
    if folder.find("site.toml").is_none() {
        return Err(Diagnostic::new("source.no-site").arg("path", request.root.display()));
    }
    let target = request.out.clone().unwrap_or_else(|| request.root.join("public"));
    let sources: Vec<PathBuf> = PARTS.iter().map(|part| request.root.join(part)).collect();
    let sources: Vec<&Path> = sources.iter().map(PathBuf::as_path).collect();
    let mut staging = Staging::open(OutputFolder::new(&target, &sources)?)?;
    let mut unreadable = Vec::new();
    let files = inputs(&folder, &mut unreadable);
    let settings = settings_key(request, &folder);
    outcome.timings.stage("look");
    // A file that cannot be read is not among the inputs, so that they alone may look unchanged.
    if unreadable.is_empty()
        && let Some(memo) = staging.up_to_date(&files, &settings, request.now)
        && let Ok(memo) = serde_json::from_slice::<Memo>(memo)
    {
        outcome.up_to_date = true;
        outcome.changes = request.dry_run.then(Changes::default);
        outcome.summary = Some(Summary::default());
        outcome.left_out = memo.left_out;
        outcome.pages = memo.pages;
        outcome.next_due = memo.next_due;
        out.extend(memo.diagnostics);
        return Ok(());
    }
    let Some(loaded) = load(request, &mut outcome.timings, out) else { return Ok(()) };
    let kept = request.cache.as_deref().map(KeptPages::open).transpose()?;
    let pictures = Cache::new(request.root.join(".raekoda").join("images"));
    let purpose = Purpose::Write { staging: &staging, pictures: &pictures, kept: kept.as_ref(), sbom: request.sbom };
    make(&loaded, purpose, &request.progress, outcome, out);
    let limit = if request.strict { Severity::Warning } else { Severity::Error };
    if out.iter().any(|diagnostic| diagnostic.severity >= limit) {
        return Ok(());
    }
    if request.dry_run {
        outcome.changes = Some(staging.compare());
        return Ok(());
    }
    finish(outcome, std::mem::take(out));
    let memo = Memo {
        diagnostics: outcome.diagnostics.clone(),
        left_out: outcome.left_out.clone(),
        pages: outcome.pages,
        next_due: outcome.next_due,
    };
    let stamp = Stamp {
        inputs: Some(Inputs {
            files: inputs_of(&files, &staging, &loaded.renderer.world().site)?,
            settings,
            built_at: request.now,
            valid_until: outcome.next_due.and_then(nanoseconds),
        }),
        memo: serde_json::to_vec(&memo).unwrap_or_default(),
    };
    let summary = staging.commit(stamp)?;
    if let Some(kept) = kept {
        kept.sweep(&loaded.renderer.world().site);
    }
    out.append(&mut outcome.diagnostics);
    out.extend(summary.diagnostics.iter().cloned());
    outcome.summary = Some(summary);
    outcome.timings.stage("commit");
    // The process is at its end: to free a site piece by piece takes longer than some of its stages.
    std::mem::forget(loaded);
    Ok(())
}

/// Every file that a build reads, in order.
fn inputs(folder: &Folder, out: &mut Vec<Diagnostic>) -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = PARTS.iter().flat_map(|part| folder.walk(part, out)).collect();
    files.extend(["site.toml", "redirects.toml"].iter().filter_map(|path| folder.find(path)));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The files with their fingerprints. What was read for the site or by the last build is not read again.
fn inputs_of(files: &[SourceFile], staging: &Staging, site: &Site) -> Result<Vec<Input>, Diagnostic> {
    let read: HashMap<&str, Fingerprint> = site
        .entries
        .iter()
        .filter_map(|entry| match &entry.origin {
            // A byte order mark is no part of the text.
            Origin::Page { file, body, .. } if body.end as u64 == file.size => {
                Some((&*file.path, entry.text_fingerprint))
            }
            _ => None,
        })
        .collect();
    let input = |file: &SourceFile| {
        let read = read.get(&*file.path).copied();
        let known = || staging.previous_inputs().and_then(|inputs| inputs.known_print(file));
        let print = match read.or_else(known) {
            Some(print) => print,
            None => fingerprint(&file.bytes()?),
        };
        Ok(Input { path: (&*file.path).into(), size: file.size, modified: file.modified, print })
    };
    files.par_iter().map(input).collect()
}

/// A hash of all that decides what is written besides the site's files.
fn settings_key(request: &Request, folder: &Folder) -> [u8; 32] {
    let mut hasher = request.key();
    hasher.update(format!("{:?}", (request.drafts, request.sbom, request.at.date())).as_bytes());
    // A theme in a folder of its own lies outside of the site's files.
    let theme = request.theme.clone().or_else(|| theme_named(folder));
    if let Some(theme) = theme.and_then(|theme| Folder::open(&folder.root().join(theme)).ok()) {
        for file in theme.walk("", &mut Vec::new()) {
            hasher.update(format!("{} {} {}\n", file.path, file.size, file.modified).as_bytes());
        }
    }
    *hasher.finalize().as_bytes()
}

/// The theme that `site.toml` names, if it names one.
pub(super) fn theme_named(folder: &Folder) -> Option<String> {
    let settings: toml::Table = folder.find("site.toml")?.text().ok()?.parse().ok()?;
    settings.get("theme")?.as_str().map(ToOwned::to_owned)
}

/// A local time in Estonia as nanoseconds since 1970.
fn nanoseconds(at: DateTime) -> Option<i128> {
    at.in_tz("Europe/Tallinn").ok().map(|zoned| zoned.timestamp().as_nanosecond())
}

/// What all pages are made for.
#[derive(Clone, Copy)]
enum Purpose<'a> {
    /// To be looked at.
    Look(&'a Look<'a>),
    /// To be written, with pictures from a cache, pages that were kept, and perhaps a bill of materials.
    Write { staging: &'a Staging, pictures: &'a Cache, kept: Option<&'a KeptPages>, sbom: bool },
}

/// Makes all pages and what goes with them, and writes them where there is somewhere to.
fn make(
    loaded: &Loaded,
    purpose: Purpose<'_>,
    progress: &ProgressBar,
    outcome: &mut Outcome,
    out: &mut Vec<Diagnostic>,
) {
    let site = &loaded.renderer.world().site;
    outcome.left_out = site.left_out.clone();
    outcome.next_due = site.next_due;
    outcome.pages = site.pages.len();
    let broken = out.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    // A broken site is not written; its pages are made to find what is wrong with them.
    let (look, target, kept, bill) = match purpose {
        Purpose::Look(look) => (Some(look), None, None, false),
        Purpose::Write { staging, pictures, kept, sbom } => {
            (None, Some((staging, pictures)).filter(|_| !broken), kept, sbom)
        }
    };

    let (shared, uses) = (Shared::default(), Mutex::new(Uses::default()));
    // A theme without a search page has no use for an index.
    let searches = target.is_some() && loaded.renderer.world().theme.files.get("templates/search.html").is_some();
    let searched = searching::Gathered::default();
    progress.set_length(site.pages.len() as u64);
    site.pages.par_iter().for_each(|page| {
        let Some(rendered) = page_made(&loaded.renderer, page, kept) else { return };
        let asked = rendered.reads.iter().map(|(query, _)| query);
        uses.lock().unwrap_or_else(PoisonError::into_inner).keep(&loaded.renderer, page, asked);
        if searches {
            searched.page(site, page, &rendered.html);
        }
        let mut found = rendered.diagnostics;
        if let Some(look) = look.filter(|_| !rendered.html.is_empty()) {
            found.extend(look(page, &rendered.html));
        }
        if let Some((staging, _)) = target
            && !rendered.html.is_empty()
            && let Err(problem) = extras::put(staging, site, &page.file(), &rendered.html)
        {
            found.push(problem);
        }
        // The frames are for the policy that is written.
        if target.is_some() {
            shared.frames(&rendered.html);
        }
        shared.keep(&page.url, rendered.ids, rendered.anchors, rendered.images, found);
        progress.inc(1);
    });
    let Gathered { ids, anchors, images, frames, mut found } = shared.into_inner();
    if broken {
        // A page that lacks what it must have breaks its template too; the first message is the one.
        found.retain(|diagnostic| diagnostic.code != "theme.template-page");
    }
    out.append(&mut found);
    report_anchors(&ids, &anchors, out);
    let uses = uses.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcome.next_due = [outcome.next_due, uses.next_change(&loaded.renderer)].into_iter().flatten().min();
    let forms = compiled_forms::file(&loaded.renderer, uses, out);
    outcome.timings.stage("pages");

    let Some((staging, pictures)) = target else { return };
    let problems: Vec<Diagnostic> = images
        .into_par_iter()
        .filter_map(|(_, Needed { file, info, variants })| {
            stage_picture(staging, pictures, &file, &info, &variants).err()
        })
        .collect();
    out.extend(problems);
    outcome.timings.stage("pictures");

    let copied = loaded.copies.par_iter().filter_map(|(path, file)| staging.copy(path, file).err());
    out.par_extend(copied);
    let world = loaded.renderer.world();
    let assets = world.assets.to_write();
    out.extend(assets.into_iter().filter_map(|(path, bytes)| extras::put(staging, site, path, bytes).err()));
    let mut written = extras::all(&loaded.renderer, out);
    written.extend(extras::for_hosts(site, &frames, out));
    written.extend(forms);
    written.extend(bill.then(|| sbom::file(world, &loaded.copies, out)));
    outcome.timings.stage("files");
    if searches {
        written.extend(searched.files(site, out));
        outcome.timings.stage("search");
    }
    out.par_extend(written.into_par_iter().filter_map(|(path, bytes)| extras::put(staging, site, &path, &bytes).err()));
    extras::report_vanished(staging, site, out);
    outcome.timings.stage("files");
}

/// A page as it was kept, or made anew.
fn page_made(renderer: &Renderer, page: &Page, kept: Option<&KeptPages>) -> Option<Rendered> {
    let earlier = kept.and_then(|kept| kept.get(renderer, &page.url)).map(|(made, _)| made);
    let made = renderer.make(page, earlier.as_ref());
    if let Some(kept) = kept.filter(|_| earlier.as_ref().is_none_or(|earlier| !Arc::ptr_eq(earlier, &made))) {
        kept.put(renderer, &page.url, &made, earlier.as_deref());
    }
    drop(earlier);
    Arc::into_inner(made).map(|made| made.rendered)
}

/// What the pages leave behind, gathered from all threads.
#[derive(Default)]
struct Shared(Mutex<Gathered>);

#[derive(Default)]
struct Gathered {
    ids: HashMap<Box<str>, Box<[u64]>>,
    anchors: Vec<AnchorLink>,
    images: BTreeMap<Arc<str>, Needed>,
    frames: BTreeSet<String>,
    found: Vec<Diagnostic>,
}

impl Shared {
    /// Few pages have frames, so that the others do not wait for each other.
    fn frames(&self, html: &[u8]) {
        for frame in output::frames(html) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).frames.insert(frame);
        }
    }

    fn keep(&self, url: &str, ids: Vec<u64>, anchors: Vec<AnchorLink>, images: Vec<Needed>, found: Vec<Diagnostic>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.ids.insert(url.into(), ids.into());
        all.anchors.extend(anchors);
        all.found.extend(found);
        for image in images {
            let known = all
                .images
                .entry(image.file.path.clone())
                .or_insert_with(|| Needed { variants: Vec::new(), ..image.clone() });
            for variant in image.variants {
                if !known.variants.contains(&variant) {
                    known.variants.push(variant);
                }
            }
        }
    }

    fn into_inner(self) -> Gathered {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Links to places within pages are checked when all pages are made.
fn report_anchors(ids: &HashMap<Box<str>, Box<[u64]>>, anchors: &[AnchorLink], out: &mut Vec<Diagnostic>) {
    out.extend(anchors.iter().filter_map(|link| link.problem(ids.get(&link.url)?)));
}
