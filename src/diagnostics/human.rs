//! Diagnostics for a terminal: the sentence, the place with its line, the mend.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Language, Location, Severity};

/// One diagnostic as text of several lines, ending with a line break.
pub(super) fn render(diagnostic: &Diagnostic, language: Language, colour: bool) -> String {
    let level = match (diagnostic.severity, language) {
        (Severity::Error, Language::Estonian) => Level::ERROR.with_name("viga"),
        (Severity::Error, Language::English) => Level::ERROR,
        (Severity::Warning, Language::Estonian) => Level::WARNING.with_name("hoiatus"),
        (Severity::Warning, Language::English) => Level::WARNING,
        (Severity::Note, Language::Estonian) => Level::NOTE.with_name("märkus"),
        (Severity::Note, Language::English) => Level::NOTE,
    };
    let message = diagnostic.message(language);
    let help = diagnostic.help(language);
    let title = level.primary_title(message.as_str()).id(diagnostic.code.as_str());
    let places: Vec<(&Location, AnnotationKind)> = diagnostic
        .location
        .iter()
        .map(|place| (place, AnnotationKind::Primary))
        .chain(diagnostic.related.iter().map(|place| (place, AnnotationKind::Context)))
        .collect();
    let mut group = Group::with_title(title);
    for (place, kind) in &places {
        group = if place.text.is_empty() {
            group.element(Origin::path(place.to_string()))
        } else {
            group.element(snippet(place, *kind))
        };
    }
    if let Some(help) = &help {
        let name = match language {
            Language::Estonian => "abi",
            Language::English => "help",
        };
        group = group.element(Level::HELP.with_name(name).message(help.as_str()));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut text = renderer.render(&[group]);
    text.push_str("\n\n");
    text
}

fn snippet(place: &Location, kind: AnnotationKind) -> Snippet<'_, Annotation<'_>> {
    let start =
        place.text.char_indices().nth(place.column.saturating_sub(1) as usize).map_or(place.text.len(), |(at, _)| at);
    let end =
        place.text[start..].char_indices().nth(place.length as usize).map_or(place.text.len(), |(at, _)| start + at);
    Snippet::source(place.text.as_str())
        .line_start(place.line as usize)
        .path(&*place.file)
        .annotation(kind.span(start..end))
}
