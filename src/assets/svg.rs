//! SVG images: what a browser would do with them beyond showing them is refused.
//!
//! An SVG file opened by its own address is a document that may run scripts in the site's name. Editors
//! get such files from anywhere, so nothing is mended silently: the image is refused with each place
//! that is not allowed.

use std::ops::Range;

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use crate::diagnostics::{Diagnostic, Location};

/// Elements that run something, or bring in something that is not a picture.
const FORBIDDEN: &[&str] =
    &["script", "foreignobject", "iframe", "object", "embed", "audio", "video", "handler", "listener", "applet"];
/// The entities that XML itself knows; any other could hide anything.
const ENTITIES: &[&str] = &["amp", "lt", "gt", "quot", "apos"];

/// Checks the SVG image `text` of the file `path`, and gives its size in pixels where it says one.
///
/// # Errors
/// `assets.svg-unsafe` for each script, event handler, reference to elsewhere or foreign content, at its
/// place; `assets.svg-damaged` when it is not XML or not SVG.
pub fn check(path: &str, text: &str) -> Result<Option<(u32, u32)>, Vec<Diagnostic>> {
    let mut check = Check { path, text, found: Vec::new(), size: None, root: false, depth: 0, style: false };
    check.run();
    if !check.root && check.found.is_empty() {
        check.damaged(0..0, &"no <svg>");
    }
    if check.found.is_empty() { Ok(check.size) } else { Err(check.found) }
}

struct Check<'a> {
    path: &'a str,
    text: &'a str,
    found: Vec<Diagnostic>,
    size: Option<(u32, u32)>,
    /// Whether the root element was seen.
    root: bool,
    /// How many elements are open.
    depth: usize,
    /// Whether the text that is being read is that of `<style>`.
    style: bool,
}

impl Check<'_> {
    fn run(&mut self) {
        let mut reader = Reader::from_str(self.text);
        let mut start = 0;
        loop {
            let event = reader.read_event();
            let end = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let range = start..end;
            start = end;
            match event {
                Err(error) => return self.damaged(range, &error),
                Ok(Event::Eof) if self.depth > 0 => return self.damaged(range, &"…"),
                Ok(Event::Eof) => return,
                Ok(Event::Start(element)) => {
                    self.depth += 1;
                    self.element(&element, &range);
                    self.style = element.local_name().as_ref() == "style";
                }
                Ok(Event::Empty(element)) => self.element(&element, &range),
                Ok(Event::End(_)) => {
                    self.depth = self.depth.saturating_sub(1);
                    self.style = false;
                }
                Ok(Event::Text(text)) if self.style => self.css(&text, &range),
                Ok(Event::CData(text)) if self.style => self.css(&text, &range),
                Ok(Event::DocType(doctype)) if doctype.contains('[') => self.refuse(&range, "<!DOCTYPE … [ ]>"),
                Ok(Event::PI(_)) => self.refuse(&range, "<?…?>"),
                Ok(Event::GeneralRef(entity)) => {
                    let name: &str = &entity;
                    if !name.starts_with('#') && !ENTITIES.contains(&name) {
                        self.refuse(&range, &format!("&{name};"));
                    }
                }
                Ok(_) => {}
            }
        }
    }

    fn element(&mut self, element: &BytesStart<'_>, range: &Range<usize>) {
        let name = element.local_name().as_ref().to_ascii_lowercase();
        if !self.root {
            self.root = true;
            if name != "svg" {
                return self.damaged(range.clone(), &format!("<{name}>"));
            }
            self.size = size(element);
        }
        if FORBIDDEN.contains(&name.as_str()) {
            self.refuse(range, &format!("<{name}>"));
        }
        for attribute in element.attributes() {
            let attribute = match attribute {
                Ok(attribute) => attribute,
                Err(error) => return self.damaged(range.clone(), &error),
            };
            let key = attribute.key.local_name().as_ref().to_ascii_lowercase();
            match attribute.normalized_value(XmlVersion::default()) {
                Ok(value) => self.attribute(&name, &key, &value, range),
                Err(error) => return self.damaged(range.clone(), &error),
            }
        }
    }

    fn attribute(&mut self, element: &str, key: &str, value: &str, range: &Range<usize>) {
        let refused = || format!("{key}=\"{value}\"");
        match key {
            key if key.starts_with("on") => self.refuse(range, &refused()),
            "href" | "src" | "base" if !stays_inside(value) => self.refuse(range, &refused()),
            // An animation may set an attribute that could not be written.
            "attributename" if value.to_ascii_lowercase().contains("href") || value.starts_with("on") => {
                self.refuse(range, &format!("<{element} attributeName=\"{value}\">"));
            }
            _ => self.css(value, range),
        }
    }

    /// A style sheet, or an attribute that may hold a `url(…)`.
    fn css(&mut self, css: &str, range: &Range<usize>) {
        let lower = css.to_ascii_lowercase();
        // With an escape anything can be written in another way.
        if self.style && (lower.contains("@import") || lower.contains('\\')) {
            self.refuse(range, "@import");
        }
        for (at, _) in lower.match_indices("url(") {
            let inner = css[at + 4..].split(')').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
            if !stays_inside(inner) {
                self.refuse(range, &format!("url({inner})"));
            }
        }
        if lower.contains("javascript:") || lower.contains("expression(") {
            self.refuse(range, css.trim());
        }
    }

    fn refuse(&mut self, range: &Range<usize>, what: &str) {
        let what: String = what.chars().take(80).collect();
        let place = self.place(range.clone());
        self.found.push(Diagnostic::new("assets.svg-unsafe").arg("what", what).at(place));
    }

    fn damaged(&mut self, range: Range<usize>, reason: &dyn std::fmt::Display) {
        let place = self.place(range);
        self.found.push(Diagnostic::new("assets.svg-damaged").arg("reason", reason).at(place));
    }

    fn place(&self, range: Range<usize>) -> Location {
        // White space before an element belongs to it for the reader, not for people.
        let text = self.text.get(range.clone()).unwrap_or_default();
        let start = range.start + (text.len() - text.trim_start().len());
        Location::in_text(self.path, self.text, start..range.end)
    }
}

/// Whether an address is a part of the image itself, or an image inside it.
fn stays_inside(address: &str) -> bool {
    let address: String = address.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let address = address.to_ascii_lowercase();
    let images = ["data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp"];
    address.is_empty() || address.starts_with('#') || images.iter().any(|kind| address.starts_with(kind))
}

/// By `width` and `height` in pixels, else by `viewBox`.
fn size(root: &BytesStart<'_>) -> Option<(u32, u32)> {
    let value = |name: &str| {
        let attribute = root.try_get_attribute(name).ok()??;
        Some(attribute.value.into_owned())
    };
    let pixels = |text: &str| {
        let number: f64 = text.trim().trim_end_matches("px").parse().ok()?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within the range")]
        (1.0..=1e6).contains(&number).then(|| number.round() as u32)
    };
    let given = |name: &str| pixels(&value(name)?);
    if let (Some(width), Some(height)) = (given("width"), given("height")) {
        return Some((width, height));
    }
    let view = value("viewBox")?;
    let numbers: Vec<&str> = view.split([' ', ',']).filter(|part| !part.is_empty()).collect();
    match numbers[..] {
        [_, _, width, height] => Some((pixels(width)?, pixels(height)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn codes(text: &str) -> Vec<String> {
        check("images/a.svg", text).err().unwrap_or_default().into_iter().map(|d| d.code).collect()
    }

    #[test]
    fn a_drawing_is_fine_and_its_size_is_known() {
        let text = r##"<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 120,5 80">
 <style>.a { fill: url(#g) }</style>
 <defs><linearGradient id="g"/></defs>
 <title>Kadaka &amp; valla&#160;vapp</title>
 <use xlink:href="#x"/><image href="data:image/png;base64,AAAA"/>
 <rect class="a" style="clip-path:url('#c')" width="10"/>
</svg>"##;
        assert_eq!(check("a.svg", text), Ok(None), "five numbers are no size");
        assert_eq!(check("a.svg", &text.replace("120,5", "120.4")), Ok(Some((120, 80))));
        assert_eq!(check("a.svg", "<svg width=\"300px\" height='200' viewBox='0 0 1 1'/>"), Ok(Some((300, 200))));
        assert_eq!(check("a.svg", "<svg width=\"100%\" height='-5'/>"), Ok(None));
    }

    #[test]
    fn whatever_is_more_than_a_picture_is_refused() {
        for inner in [
            "<script>alert(1)</script>",
            "<s:script xmlns:s='http://www.w3.org/2000/svg'/>",
            "<SCRIPT/>",
            "<rect onclick='alert(1)'/>",
            "<rect ONLOAD='alert(1)'/>",
            "<a href='javascript:alert(1)'/>",
            "<a xlink:href=' java&#10;script:alert(1)'/>",
            "<a href='https://elsewhere.example'/>",
            "<image href='//elsewhere.example/a.png'/>",
            "<image href='data:image/svg+xml,x'/>",
            "<use href='other.svg#a'/>",
            "<foreignObject><b/></foreignObject>",
            "<style>@import 'https://elsewhere.example/a.css';</style>",
            "<style><![CDATA[a { fill: URL( \"https://elsewhere.example\" ) }]]></style>",
            "<style>@\\69mport 'x';</style>",
            "<rect style='fill:url(https://elsewhere.example)'/>",
            "<rect fill='url(//elsewhere.example#a)'/>",
            "<set attributeName='href' to='javascript:alert(1)'/>",
            "<animate attributeName='xlink:href' values='javascript:alert(1)'/>",
            "<set attributeName='onclick' to='alert(1)'/>",
            "<animate values='javascript:alert(1)'/>",
            "<?xml-stylesheet href='a.css'?>",
            "<text>&x;</text>",
        ] {
            assert_eq!(codes(&format!("<svg>{inner}</svg>"))[..1], ["assets.svg-unsafe"], "{inner}");
        }
        assert_eq!(codes("<!DOCTYPE svg [<!ENTITY x '<script/>'>]><svg/>"), ["assets.svg-unsafe"]);
        assert_eq!(codes("<svg onload='a()'/>"), ["assets.svg-unsafe"]);
    }

    #[test]
    fn each_is_shown_at_its_line() {
        let text = "<svg>\n  <script/>\n  <g>\n    <a onclick=''/>\n  </g>\n</svg>";
        let found = check("images/a.svg", text).unwrap_err();
        let places: Vec<_> = found.iter().map(|d| d.location.as_ref().unwrap().to_string()).collect();
        assert_eq!(places, ["images/a.svg:2:3", "images/a.svg:4:5"]);
    }

    #[test]
    fn what_is_no_svg_is_refused() {
        for text in
            ["", "tere", "<html/>", "<svg", "<svg><g></svg>", "<svg><a b=c/></svg>", "<svg a='1' a='2'/>", "<svg>"]
        {
            assert_eq!(codes(text), ["assets.svg-damaged"], "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_no_panic(text in "(<svg|<a|>|/>|</svg>|'|\"|=|href|url\\(|&|;|õ|\\PC){0,40}") {
            let _ = check("a.svg", &text);
        }
    }
}
