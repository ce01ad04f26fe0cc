//! Reads a site and resolves its model; after a change, only the stages that the change can reach.

use std::{collections::BTreeSet, sync::Arc};

use super::{pipeline::Request, theme_assets, timings::Timings};
use crate::{
    assets::Assets,
    check,
    content::{Content, Memory, News, Reading},
    diagnostics::Diagnostic,
    fingerprint::{Fingerprint, fingerprint},
    forms::Library,
    language::Lang,
    preview,
    render::{Answers, Images, Parts, Renderer, Templates, World},
    schema::Fields,
    site::{self, Moment, Settings, Site},
    source::{Changes, Folder, SourceFile, TomlText},
    theme::Theme,
};

/// Files that are published as they are: the path in the output, and the file.
type Copies = Arc<[(String, SourceFile)]>;

/// A site that was read and can be rendered.
pub(super) struct Loaded {
    /// Makes the pages.
    pub renderer: Arc<Renderer>,
    /// Files that are copied as they are: the path in the output, and the file.
    pub copies: Copies,
    /// What the site says of its own check.
    pub check: Arc<check::Settings>,
}

/// Reads one site again and again. What each stage made is kept, and made again when something changed
/// on which it rests; the first time that is everything.
pub(super) struct Loader {
    request: Request,
    answers: Arc<Answers>,
    look: Option<Stage<Look>>,
    memory: Memory,
    forms: Option<Stage<Arc<Library>>>,
    copies: Option<Stage<(Copies, Arc<BTreeSet<String>>)>>,
    model: Option<Stage<World>>,
    renderer: Option<Arc<Renderer>>,
    /// Changes that could not be taken in yet.
    pending: Changes,
    /// The model is of another time.
    moved: bool,
}

/// What a stage made, with what it found wrong.
struct Stage<T> {
    made: T,
    found: Vec<Diagnostic>,
}

/// What comes from `site.toml` and the theme.
struct Look {
    settings: Arc<Settings>,
    theme: Arc<Theme>,
    theme_settings: Arc<Fields>,
    assets: Arc<Assets>,
    templates: Option<Arc<Templates>>,
    frame: Fingerprint,
    check: Arc<check::Settings>,
}

/// Reads a site once. Nothing comes back when it cannot be rendered at all.
pub(super) fn load(request: &Request, timings: &mut Timings, out: &mut Vec<Diagnostic>) -> Option<Loaded> {
    Loader::new(request.clone()).load(&Changes::All, timings, out)
}

impl Loader {
    pub(super) fn new(request: Request) -> Self {
        let answers = Arc::default();
        Self {
            request,
            answers,
            look: None,
            memory: Memory::default(),
            forms: None,
            copies: None,
            model: None,
            renderer: None,
            pending: Changes::All,
            moved: false,
        }
    }

    /// From now on the site as it is at another time, or with drafts.
    pub(super) fn at(&mut self, moment: Moment) {
        (self.request.at, self.request.drafts) = (moment.at, moment.drafts);
        self.moved = true;
    }

    /// The site after `changes`. Nothing comes back when it cannot be rendered at all.
    pub(super) fn load(
        &mut self,
        changes: &Changes,
        timings: &mut Timings,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Loaded> {
        self.pending.extend(changes.clone());
        let folder = Folder::open(&self.request.root).map_err(|problem| out.push(problem)).ok()?;
        // Editors make files beside a page for a moment. What came and went is no change.
        let fleeting = |path: &str| path.starts_with("content/") && !folder.has(path) && !self.memory.knows(path);
        let changes = &self.pending.without(fleeting);
        if self.look.is_none() || changes.touch("site.toml") || changes.touch("theme") {
            let before = self.look.take();
            let mut found = Vec::new();
            let made = look(&self.request, &folder, &mut found);
            let Some(made) = made else {
                out.append(&mut found);
                return None;
            };
            if before.is_none_or(|before| before.made.frame != made.frame) {
                (self.memory, self.model, self.forms) = (Memory::default(), None, None);
            }
            self.look = Some(Stage { made, found });
        }
        let Stage { made: look, found } = self.look.as_ref()?;
        out.extend(found.iter().cloned());
        // What is wrong with templates is said; everything else waits.
        let templates = look.templates.clone()?;
        timings.stage("theme");

        let reading = Reading { folder: &folder, types: &look.theme.types, languages: &look.settings.languages };
        let news = self.memory.read(&reading, changes, out);
        timings.stage("content");

        if self.forms.is_none() || changes.touch("forms") {
            let mut found = Vec::new();
            let made = forms(&folder, &look.settings.languages, &mut found).into();
            self.forms = Some(Stage { made, found });
        }
        let Stage { made: forms, found } = self.forms.as_ref()?;
        out.extend(found.iter().cloned());

        let pictures = changes.touch("images")
            || changes.touch("static")
            || changes.any(|path| path.starts_with("content") && !path.ends_with(".md"));
        if pictures || self.copies.is_none() {
            let mut found = Vec::new();
            let made: Copies = copies(&folder, self.memory.resources(), &mut found).into();
            let paths = made.iter().map(|(path, _)| path.clone()).collect();
            self.copies = Some(Stage { made: (made, Arc::new(paths)), found });
        }
        let Stage { made: (copies, paths), found } = self.copies.as_ref()?;
        out.extend(found.iter().cloned());
        timings.stage("files");

        let images = match &self.model {
            Some(model) if !pictures => model.made.images.clone(),
            _ => Arc::new(Images::new(folder.clone(), look.settings.image_widths.clone())),
        };
        let parts = |site: Arc<Site>| Parts {
            site,
            theme: look.theme.clone(),
            settings: look.theme_settings.clone(),
            assets: look.assets.clone(),
            images: images.clone(),
            forms: forms.clone(),
            files: paths.clone(),
            preview: self.request.preview,
            templates: templates.clone(),
            frame: look.frame,
        };
        let mut only_bodies = !changes.touch("theme") && !changes.touch("forms");
        let model = match (self.model.take(), news) {
            (Some(model), News::Bodies(bodies)) if !self.moved && !pictures && !changes.touch("redirects.toml") => {
                let site = if bodies.is_empty() {
                    model.made.site.clone()
                } else {
                    model.made.site.with_bodies(&bodies).into()
                };
                Stage { made: model.made.with(parts(site)), found: model.found }
            }
            (earlier, _) => {
                only_bodies = false;
                let mut found = Vec::new();
                let site = build(&self.request, &folder, look, self.memory.content(), copies, &mut found);
                timings.stage("site");
                let made = World::new(parts(site.into()), earlier.as_ref().map(|stage| &stage.made));
                Stage { made, found }
            }
        };
        out.extend(model.found.iter().cloned());
        timings.stage("cards");
        let renderer = match self.renderer.take().filter(|_| only_bodies) {
            Some(earlier) => Renderer::after_bodies(model.made.clone(), &earlier),
            None => Renderer::new(model.made.clone(), self.answers.clone()),
        };
        let renderer = Arc::new(renderer);
        (self.pending, self.moved) = (Changes::Paths(BTreeSet::new()), false);
        (self.model, self.renderer) = (Some(model), Some(renderer.clone()));
        Some(Loaded { renderer, copies: copies.clone(), check: look.check.clone() })
    }
}

/// Reads the settings and the theme.
fn look(request: &Request, folder: &Folder, out: &mut Vec<Diagnostic>) -> Option<Look> {
    let Some(file) = folder.find("site.toml") else {
        out.push(Diagnostic::new("source.no-site").arg("path", request.root.display()));
        return None;
    };
    let text = file.text().map_err(|problem| out.push(problem)).ok()?;
    let toml = TomlText::whole("site.toml", &text);
    let mut settings = Settings::read(&toml, out);
    let syntax = |found: &Diagnostic| found.code.starts_with("source.toml-");
    if out.iter().any(syntax) {
        // What broken settings seem to lack is what could not be read.
        out.retain(syntax);
        return None;
    }
    if let Some(base_url) = &request.base_url {
        base_url.trim_end_matches('/').clone_into(&mut settings.base_url);
    }
    if request.preview {
        settings.relay_url = Some(preview::FORMS.to_owned());
    }
    let check = check::Settings::read(&toml, out);
    let name = request.theme.as_ref().unwrap_or(&settings.theme);
    let theme = Theme::load(name, Some(folder), out)?;
    let theme_settings = theme.manifest.read_settings(&toml, out);
    let assets = theme_assets::make(&theme, &theme_settings, out);
    let templates = Templates::read(&theme, settings.minify, out);
    Some(Look {
        frame: frame(request, &text, &theme),
        check: check.into(),
        settings: settings.into(),
        theme: theme.into(),
        theme_settings: theme_settings.into(),
        assets: assets.into(),
        templates: templates.map(Arc::new),
    })
}

/// The parts of a theme that pages ask for one by one, or not at all.
const ASKED_FOR: [&str; 7] = ["templates/", "components/", "styles/", "scripts/", "fonts/", "images/", "gallery/"];

/// A fingerprint of what every page rests on. Templates and published files are not part of it: pages
/// ask for these one by one.
fn frame(request: &Request, settings: &str, theme: &Theme) -> Fingerprint {
    let mut hasher = request.key();
    hasher.update(settings.as_bytes());
    for (path, file) in theme.files.below("").filter(|(path, _)| !ASKED_FOR.iter().any(|part| path.starts_with(part))) {
        hasher.update(path.as_bytes());
        hasher.update(&(file.bytes.len() as u64).to_le_bytes());
        hasher.update(&file.bytes);
    }
    fingerprint(hasher.finalize().as_bytes())
}

fn build(
    request: &Request,
    folder: &Folder,
    look: &Look,
    content: Content,
    copies: &[(String, SourceFile)],
    out: &mut Vec<Diagnostic>,
) -> Site {
    let redirects =
        folder.find("redirects.toml").and_then(|file| file.text().map_err(|problem| out.push(problem)).ok());
    let parts = site::Parts {
        settings: look.settings.clone(),
        types: Arc::new(look.theme.types.clone()),
        content,
        redirects: redirects.as_deref().map(|text| TomlText::whole("redirects.toml", text)),
        files: copies.iter().map(|(path, _)| format!("/{path}")).collect(),
        moment: Moment { at: request.at, drafts: request.drafts },
    };
    Site::build(parts, out)
}

/// The catalogue's forms and the site's own.
pub(super) fn forms(folder: &Folder, languages: &[Lang], out: &mut Vec<Diagnostic>) -> Library {
    let files = folder.walk("forms", out).into_iter().filter(|file| file.path.ends_with(".toml"));
    let read = |file: SourceFile| match file.text() {
        Ok(text) => Some((file.path, text)),
        Err(problem) => {
            out.push(problem);
            None
        }
    };
    let own: Vec<_> = files.filter_map(read).collect();
    Library::new(own.iter().map(|(path, text)| (&**path, &**text)), languages, out)
}

/// What is published as it is: `static/` at the root, and files beside pages except pictures, which
/// are published in their sizes.
fn copies(folder: &Folder, resources: &[SourceFile], out: &mut Vec<Diagnostic>) -> Vec<(String, SourceFile)> {
    let inside = |file: SourceFile, root: &str| {
        let path = file.path.strip_prefix(root).unwrap_or(&file.path).to_owned();
        (path, file)
    };
    let is_picture = |path: &str| {
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
        ["jpg", "jpeg", "png", "webp", "gif", "svg"].contains(&ending.as_str())
    };
    let beside = resources.iter().filter(|file| !is_picture(&file.path)).cloned();
    let mut copies: Vec<_> = folder.walk("static", out).into_iter().map(|file| inside(file, "static/")).collect();
    copies.extend(beside.map(|file| inside(file, "content/")));
    copies.sort_by(|a, b| a.0.cmp(&b.0));
    copies
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests make the files")]
mod tests;
