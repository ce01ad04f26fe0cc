//! E-forms in the preview: checked by the real code, answered with the real pages, stored nowhere.

use std::collections::BTreeMap;

use super::edition::Edition;
use crate::{
    diagnostics::Language,
    forms::{Catalogue, Compiled, Rehearsed, Version, html::Shell, rehearse},
};

/// Where forms are sent in a preview.
pub const FORMS: &str = "/__raekoda/forms";

/// The largest body that is read, in bytes: the relay has limits of its own.
pub(super) const LIMIT: u64 = 64 * 1024 * 1024;

/// Answers what was sent to the form `id`; nothing when the site has no such form.
pub(super) fn answer(edition: &Edition, id: &str, kind: &str, body: &[u8], speak: Language) -> Option<Rehearsed> {
    let renderer = edition.renderer();
    let (world, settings) = (renderer.world(), &edition.site().settings);
    let form = Version::new(world.forms.get(id)?.clone(), BTreeMap::new());
    let shell = |lang| renderer.shell(lang).unwrap_or_else(|_| Shell::plain(lang));
    let shells = settings.languages.iter().map(|&lang| (lang, shell(lang))).collect();
    let languages = settings.languages.clone();
    let compiled = Compiled::new(&settings.base_url, world.office(), languages, shells, vec![form]);
    let action = format!("{FORMS}/{id}");
    let rehearsed = rehearse(&Catalogue::new(compiled), id, &action, kind, body, edition.site().moment.at);
    let note = match speak {
        Language::Estonian => "Eelvaade: vastuseid kontrolliti, aga neid ei salvestata ega saadeta kuhugi.",
        Language::English => "Preview: the answers were checked, but they are neither stored nor sent anywhere.",
    };
    let note = format!("<p class=\"form-note\" role=\"note\"><strong>{note}</strong></p><h1");
    Some(Rehearsed { html: rehearsed.html.replacen("<h1", &note, 1), ..rehearsed })
}
