//! The bill of materials of a written site: what it is made of, in `CycloneDX` 1.6 (ECMA-424).

use std::fmt::Write as _;

use jiff::civil::Date;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A site, its themes and their files.
#[derive(Clone, Debug)]
pub struct Materials<'a> {
    /// The site's name.
    pub name: &'a str,
    /// Its address.
    pub url: &'a str,
    /// The program that wrote it.
    pub program: &'a str,
    /// The day on which it was written.
    pub day: Date,
    /// The themes, the nearest first.
    pub themes: Vec<Part>,
    /// The files that are published and of which code, style or look is made.
    pub files: Vec<ShippedFile>,
}

/// A theme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Its licence, as an SPDX expression.
    pub licence: Option<String>,
}

/// A file of the written site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShippedFile {
    /// Its path in the written site.
    pub path: String,
    /// The theme that it comes from; nothing when it is the site's own.
    pub theme: Option<String>,
    /// Its licence, as an SPDX expression, where it says so itself.
    pub licence: Option<String>,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

impl ShippedFile {
    /// A file with these bytes. `source` is what it was made of, where that says its licence.
    #[must_use]
    pub fn new(path: &str, theme: Option<&str>, bytes: &[u8], source: &[u8]) -> Self {
        Self {
            path: path.to_owned(),
            theme: theme.map(ToOwned::to_owned),
            licence: licence(source),
            sha256: hexadecimal(&Sha256::digest(bytes)),
        }
    }
}

/// Whether a file of this name belongs into a bill of materials: scripts, styles, fonts and drawings.
#[must_use]
pub fn is_material(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    ["js", "mjs", "wasm", "css", "woff", "woff2", "ttf", "otf", "svg"].contains(&ending.as_str())
}

/// The licence that a file names in its first lines (`SPDX-License-Identifier`, as REUSE has it).
fn licence(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]);
    let line = head.split_once("SPDX-License-Identifier:")?.1.lines().next()?;
    let expression = line.trim().trim_end_matches("*/").trim_end_matches("-->").trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || " .-+()".contains(c);
    (!expression.is_empty() && expression.chars().all(plain)).then(|| expression.to_owned())
}

/// Writes the bill. The same site makes the same bytes: its serial number is made of what it says.
#[must_use]
pub fn sbom(materials: &Materials<'_>) -> String {
    let site = format!("site:{}", materials.name);
    let theme = |name: &str| format!("theme:{name}");
    let file = |file: &ShippedFile| format!("file:{}", file.path);
    let mut components: Vec<Value> = materials
        .themes
        .iter()
        .map(|part| {
            component("framework", &theme(&part.name), &part.name, part.version.as_deref(), part.licence.as_deref())
        })
        .collect();
    components.extend(materials.files.iter().map(|shipped| {
        let from = materials.themes.iter().find(|part| Some(&part.name) == shipped.theme.as_ref());
        let licence = shipped.licence.as_deref().or_else(|| from?.licence.as_deref());
        let mut shown = component("file", &file(shipped), &shipped.path, None, licence);
        shown["hashes"] = json!([{ "alg": "SHA-256", "content": shipped.sha256 }]);
        shown
    }));
    let below = |theme: Option<&String>| {
        let files = materials.files.iter().filter(|shipped| shipped.theme.as_ref() == theme).map(file);
        files.collect::<Vec<String>>()
    };
    // The site rests on its theme and each theme on the one that it extends.
    let names: Vec<String> = materials.themes.iter().map(|part| theme(&part.name)).collect();
    let on = |next: usize, mut files: Vec<String>| {
        files.extend(names.get(next).cloned());
        files
    };
    let mut dependencies = vec![json!({ "ref": site, "dependsOn": on(0, below(None)) })];
    dependencies.extend(
        materials
            .themes
            .iter()
            .enumerate()
            .map(|(place, part)| json!({ "ref": names[place], "dependsOn": on(place + 1, below(Some(&part.name))) })),
    );
    let mut bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "",
        "version": 1,
        "metadata": {
            "timestamp": format!("{}T00:00:00Z", materials.day),
            "tools": { "components": [{
                "type": "application", "name": "raekoda", "version": materials.program,
                "licenses": [{ "expression": "EUPL-1.2" }],
            }] },
            "component": {
                "type": "application", "bom-ref": site, "name": materials.name,
                "externalReferences": [{ "type": "website", "url": materials.url }],
            },
        },
        "components": components,
        "dependencies": dependencies,
    });
    bill["serialNumber"] = serial(&bill.to_string()).into();
    format!("{bill:#}\n")
}

fn component(kind: &str, id: &str, name: &str, version: Option<&str>, licence: Option<&str>) -> Value {
    let mut component = json!({ "type": kind, "bom-ref": id, "name": name });
    if let Some(version) = version {
        component["version"] = version.into();
    }
    if let Some(licence) = licence {
        component["licenses"] = json!([{ "expression": licence }]);
    }
    component
}

/// A UUID of version 8 (RFC 9562) made of a text.
fn serial(text: &str) -> String {
    let mut bytes: [u8; 32] = Sha256::digest(text).into();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hexadecimal(&bytes[..16]);
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn materials() -> Materials<'static> {
        let part = |name: &str, version: &str| Part {
            name: name.to_owned(),
            version: Some(version.to_owned()),
            licence: Some("EUPL-1.2".to_owned()),
        };
        Materials {
            name: "Kadaka vald",
            url: "https://kadaka.example",
            program: "1.0.0",
            day: date(2026, 11, 22),
            themes: vec![part("kadaka", "2.0.0"), part("omavalitsus", "1.0.0")],
            files: vec![
                ShippedFile::new("assets/a.js", Some("omavalitsus"), b"", b"/* SPDX-License-Identifier: MIT */"),
                ShippedFile::new("assets/b.css", Some("kadaka"), b"a{}", b"a {}"),
                ShippedFile::new("failid/vapp.svg", None, b"<svg/>", b"<svg/>"),
            ],
        }
    }

    #[test]
    fn every_file_has_its_hash_its_licence_and_its_place() {
        let bill: Value = serde_json::from_str(&sbom(&materials())).expect("JSON");
        let part = |name: &str| {
            let all = bill["components"].as_array().expect("a list");
            all.iter().find(|part| part["name"] == name).cloned().expect("there")
        };
        assert_eq!(part("omavalitsus")["version"], "1.0.0");
        assert_eq!(part("assets/a.js")["licenses"][0]["expression"], "MIT");
        assert_eq!(part("assets/b.css")["licenses"][0]["expression"], "EUPL-1.2");
        assert!(part("failid/vapp.svg")["licenses"].is_null());
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(part("assets/a.js")["hashes"][0]["content"], empty);
        let on = |at: usize| bill["dependencies"][at]["dependsOn"].to_string();
        assert_eq!(on(0), r#"["file:failid/vapp.svg","theme:kadaka"]"#);
        assert_eq!(on(1), r#"["file:assets/b.css","theme:omavalitsus"]"#);
        assert_eq!(on(2), r#"["file:assets/a.js"]"#);
    }

    #[test]
    fn the_number_follows_what_the_bill_says() {
        let one = sbom(&materials());
        assert_eq!(one, sbom(&materials()));
        assert_ne!(one, sbom(&Materials { program: "1.0.1", ..materials() }));
        let number = serial("");
        assert!(number.len() == 45 && &number[23..24] == "8", "{number}");
    }

    #[test]
    fn licences_are_read_where_they_stand() {
        assert_eq!(licence(b"<!-- SPDX-License-Identifier: CC0-1.0 -->").as_deref(), Some("CC0-1.0"));
        assert_eq!(
            licence(b"// SPDX-License-Identifier: MIT OR Apache-2.0\nlet a;").as_deref(),
            Some("MIT OR Apache-2.0")
        );
        assert_eq!(licence(b"// SPDX-License-Identifier: \"x\"\n"), None);
        assert_eq!(licence(b"let a;"), None);
    }
}
