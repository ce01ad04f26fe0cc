//! Pictures on pages: found, measured, with sources for every screen.

use std::{collections::HashMap, sync::RwLock};

use super::query::{Query, Scope};
use crate::{
    assets::images::{self, ImageInfo, Plan, Variant},
    diagnostics::Diagnostic,
    fingerprint::{Fingerprint, fingerprint},
    source::{Folder, SourceFile},
};

/// Image variants that a page shows and that must be made.
#[derive(Clone, Debug)]
pub struct Needed {
    /// The original.
    pub file: SourceFile,
    /// What its header says.
    pub info: ImageInfo,
    /// The files that the page names.
    pub variants: Vec<Variant>,
}

type Found = Result<(SourceFile, ImageInfo), Vec<Diagnostic>>;

/// The pictures of a site, measured when they are first asked for.
#[derive(Debug)]
pub struct Images {
    folder: Folder,
    located: RwLock<HashMap<Box<str>, Option<SourceFile>>>,
    found: RwLock<HashMap<Box<str>, Found>>,
    widths: Vec<u32>,
}

/// How a picture is shown.
#[derive(Clone, Debug)]
pub struct Shown<'a> {
    /// The text for those who do not see it; empty when it is mere decoration.
    pub alt: &'a str,
    /// The title, if any.
    pub title: &'a str,
    /// The class, if any.
    pub class: &'a str,
    /// The `sizes` attribute.
    pub sizes: &'a str,
    /// It is loaded when it comes near the screen.
    pub lazy: bool,
    /// Widths in pixels, where the site's own will not do.
    pub widths: &'a [u32],
}

impl Images {
    /// The pictures of the site in `folder`; `widths` are those of variants, in pixels.
    pub fn new(folder: Folder, widths: Vec<u32>) -> Self {
        Self { folder, located: RwLock::default(), found: RwLock::default(), widths }
    }

    /// Finds the picture that `src` means in a text of the file `from`: `/images/…` is counted from the
    /// site's root, anything else from the file's own folder.
    pub fn locate(&self, src: &str, from: &str) -> Option<SourceFile> {
        let src = percent_encoding::percent_decode_str(src).decode_utf8_lossy();
        let path = match src.strip_prefix('/') {
            Some(path) => path.to_owned(),
            None => resolve(from.rsplit_once('/').map_or("", |(folder, _)| folder), &src)?,
        };
        let file = self.at(&path);
        let print = file.as_ref().map_or(0, |file| self.print(file));
        Scope::record(Query::Image(path.into()), print);
        file
    }

    /// The picture at a path: of `images/` and the folders of pages, or else of `static/`.
    pub(super) fn at(&self, path: &str) -> Option<SourceFile> {
        if let Ok(located) = self.located.read()
            && let Some(file) = located.get(path)
        {
            return file.clone();
        }
        let file = self.folder.find(path).or_else(|| self.folder.find(&format!("static/{path}")));
        if let Ok(mut located) = self.located.write() {
            located.insert(path.into(), file.clone());
        }
        file
    }

    /// The `<picture>` of a file, noted as shown on the page at hand.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn html(&self, file: &SourceFile, shown: &Shown<'_>) -> Result<String, Vec<Diagnostic>> {
        let (file, info) = self.measured(file)?;
        let widths = if shown.widths.is_empty() { &self.widths } else { shown.widths };
        let plan = images::plan(&file.path, &info, widths);
        let html = markup(&plan, shown);
        let variants = plan.variants().cloned().collect();
        Scope::with(|scope| scope.images.push(Needed { file, info, variants }));
        Ok(html)
    }

    /// The address of a picture in one width, with its size, noted as shown: for links and sharing.
    pub fn url(&self, src: &str, width: u32) -> Option<(String, u32, u32)> {
        let file = self.locate(src, "")?;
        let (file, info) = self.measured(&file).ok()?;
        let plan = images::plan(&file.path, &info, &[width]);
        let (url, width, height) = (plan.fallback.url(), plan.fallback.width, plan.fallback.height);
        let variants = vec![plan.fallback];
        Scope::with(|scope| scope.images.push(Needed { file, info, variants }));
        Some((url, width, height))
    }

    /// The fingerprint of the picture at a path; 0 where there is none.
    pub fn fingerprint(&self, path: &str) -> Fingerprint {
        self.at(path).map_or(0, |file| self.print(&file))
    }

    fn print(&self, file: &SourceFile) -> Fingerprint {
        let hash = |(file, info): (SourceFile, ImageInfo)| fingerprint(&[file.path.as_bytes(), &info.hash].concat());
        self.measured(file).map_or(1, hash)
    }

    fn measured(&self, file: &SourceFile) -> Found {
        if let Ok(found) = self.found.read()
            && let Some(found) = found.get(&*file.path)
        {
            return found.clone();
        }
        let measured = file
            .bytes()
            .map_err(|problem| vec![problem])
            .and_then(|bytes| images::probe(&file.path, &bytes))
            .map(|info| (file.clone(), info));
        if let Ok(mut found) = self.found.write() {
            found.insert((&*file.path).into(), measured.clone());
        }
        measured
    }
}

/// A path counted from a folder; nothing when it climbs out of the site.
pub(super) fn resolve(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn markup(plan: &Plan, shown: &Shown<'_>) -> String {
    use std::fmt::Write as _;
    let attribute = |html: &mut String, name: &str, value: &str| {
        if !value.is_empty() {
            let _ = write!(html, " {name}=\"{}\"", escape(value));
        }
    };
    let mut image = format!("<img src=\"{}\" alt=\"{}\"", escape(&plan.fallback.url()), escape(shown.alt));
    if plan.fallback.width > 0 {
        let _ = write!(image, " width=\"{}\" height=\"{}\"", plan.fallback.width, plan.fallback.height);
    }
    attribute(&mut image, "title", shown.title);
    if shown.lazy {
        image.push_str(" loading=\"lazy\" decoding=\"async\"");
    }
    if plan.webp.is_empty() {
        attribute(&mut image, "class", shown.class);
        image.push('>');
        return image;
    }
    image.push('>');
    let sources: Vec<String> = plan.webp.iter().map(|v| format!("{} {}w", escape(&v.url()), v.width)).collect();
    let mut html = "<picture".to_owned();
    attribute(&mut html, "class", shown.class);
    let _ = write!(html, "><source type=\"image/webp\" srcset=\"{}\"", sources.join(", "));
    attribute(&mut html, "sizes", shown.sizes);
    let _ = write!(html, ">{image}</picture>");
    html
}

/// Escapes a text for HTML, in elements and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len() + 8);
    // Writing into memory does not fail.
    let _ = tera::escape_html(text, &mut out);
    String::from_utf8(out).unwrap_or_default()
}
