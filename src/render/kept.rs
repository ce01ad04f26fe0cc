//! Pages on their way into a cache on the disk and back.

use serde::{Deserialize, Serialize};

use super::{AnchorLink, Made, Needed, Query, Rendered, Renderer};
use crate::{
    assets::images::{ImageInfo, Variant},
    diagnostics::{Diagnostic, Location},
    fingerprint::Fingerprint,
};

/// A page with all that it rests on, as it is written.
#[derive(Serialize, Deserialize)]
struct Kept {
    html: Vec<u8>,
    template: String,
    reads: Vec<(Query, Fingerprint)>,
    /// By the paths of their originals, which are found again.
    images: Vec<(String, ImageInfo, Vec<Variant>)>,
    anchors: Vec<(Box<str>, Box<str>, Location)>,
    ids: Vec<u64>,
    diagnostics: Vec<Diagnostic>,
    why: Vec<String>,
}

impl Renderer {
    /// The page as bytes, with `why` it was made; nothing when it has to be made again anyway. What is to be read by
    /// another program must not be kept under the same name: the bytes do not say how they are to be read.
    pub fn keep(made: &Made, why: Vec<String>) -> Option<Vec<u8>> {
        let Rendered { html, template, reads, images, anchors, ids, diagnostics } = &made.rendered;
        let kept = Kept {
            html: html.clone(),
            template: template.clone(),
            reads: reads.clone(),
            images: images
                .iter()
                .map(|needed| (needed.file.path.to_string(), needed.info.clone(), needed.variants.clone()))
                .collect(),
            anchors: anchors.iter().map(|link| (link.url.clone(), link.fragment.clone(), link.place.clone())).collect(),
            ids: ids.clone(),
            diagnostics: diagnostics.clone(),
            why,
        };
        made.settled.then(|| postcard::to_stdvec(&kept).ok()).flatten()
    }

    /// The page that these bytes hold, and why it was made; nothing when they are none.
    pub fn recall(&self, bytes: &[u8]) -> Option<(Made, Vec<String>)> {
        let Kept { html, template, reads, images, anchors, ids, diagnostics, why } =
            postcard::from_bytes(bytes).ok()?;
        let needed = |(path, info, variants): (String, ImageInfo, Vec<Variant>)| {
            Some(Needed { file: self.world().images.at(&path)?, info, variants })
        };
        let rendered = Rendered {
            html,
            template,
            reads,
            images: images.into_iter().map(needed).collect::<Option<_>>()?,
            anchors: anchors.into_iter().map(|(url, fragment, place)| AnchorLink { url, fragment, place }).collect(),
            ids,
            diagnostics,
        };
        Some((Made { rendered, reads: Box::default(), settled: true }, why))
    }
}
