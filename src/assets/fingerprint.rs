//! Addresses that change with the content, so that browsers may keep the files for ever.

use std::collections::BTreeMap;

/// Where fingerprinted files are served.
const FOLDER: &str = "assets";

/// A file that pages refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// The address from the site's root: `/assets/main.1a2b3c4d5e.css`.
    pub url: String,
    /// For the attribute `integrity` (W3C Subresource Integrity): `sha384-…`.
    pub integrity: String,
    /// What is served.
    pub bytes: Vec<u8>,
}

impl Asset {
    /// The path in the output folder.
    #[must_use]
    pub fn path(&self) -> &str {
        self.url.trim_start_matches('/')
    }
}

/// All files that templates name, by the names they give them: `styles/main.css`.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    files: BTreeMap<String, Asset>,
}

impl Assets {
    /// Takes a file in and gives it its address.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) -> &Asset {
        let asset = Asset { url: fingerprinted(name, &bytes), integrity: integrity(&bytes), bytes };
        self.files.entry(name.to_owned()).insert_entry(asset).into_mut()
    }

    /// The file that templates call `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Asset> {
        self.files.get(name)
    }

    /// All names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// What is to be written, each address once.
    #[must_use]
    pub fn to_write(&self) -> BTreeMap<&str, &[u8]> {
        self.files.values().map(|asset| (asset.path(), &*asset.bytes)).collect()
    }
}

/// The address of a file with this name and content: `styles/main.css` →
/// `/assets/main.1a2b3c4d5e.css`.
#[must_use]
pub fn fingerprinted(name: &str, bytes: &[u8]) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    let hash = blake3::hash(bytes).to_hex();
    match file.rsplit_once('.') {
        Some((stem, extension)) => format!("/{FOLDER}/{stem}.{}.{extension}", &hash[..10]),
        None => format!("/{FOLDER}/{file}.{}", &hash[..10]),
    }
}

fn integrity(bytes: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use sha2::{Digest as _, Sha384};
    format!("sha384-{}", STANDARD.encode(Sha384::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_follows_the_content() {
        let one = fingerprinted("styles/main.css", b"a{}");
        let hash = one.strip_prefix("/assets/main.").and_then(|rest| rest.strip_suffix(".css"));
        assert_eq!(hash.map(str::len), Some(10), "{one}");
        assert_eq!(one, fingerprinted("styles/main.css", b"a{}"));
        assert_ne!(one, fingerprinted("styles/main.css", b"b{}"));
        assert!(fingerprinted("LICENSE", b"x").starts_with("/assets/LICENSE."));
    }

    #[test]
    fn a_file_is_found_by_its_name_and_written_once() {
        let mut assets = Assets::default();
        assets.add("icons/a.svg", b"<svg/>".to_vec());
        assets.add("theme/a.svg", b"<svg/>".to_vec());
        let asset = assets.add("scripts/menu.js", b"export {}".to_vec()).clone();
        assert_eq!(assets.get("scripts/menu.js"), Some(&asset));
        assert_eq!(assets.get("menu.js"), None);
        assert_eq!(assets.to_write().len(), 2);
        assert_eq!(assets.to_write()[asset.path()], b"export {}");
    }

    #[test]
    fn integrity_is_as_the_standard_says() {
        // The hash of nothing, as FIPS 180-4's test vectors give it.
        assert_eq!(integrity(b""), "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb");
    }
}
