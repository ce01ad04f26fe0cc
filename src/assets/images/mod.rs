//! Images: from the header the sizes that pages will name, later the files themselves.
//!
//! [`probe`] reads only the header, so that a page never waits for pixels; [`plan`] says which variants
//! there will be and under which names; [`encode`] makes them, in the parallel list of jobs.
//!
//! A photo becomes WebP in several widths, and one file in its own format for what cannot show WebP
//! (mail programs, some social networks). It is never made larger, it is turned as its orientation
//! says, its colours are sRGB, and nothing of its metadata (place, camera, names) is published.

#[cfg(feature = "images")]
mod colour;
#[cfg(feature = "images")]
mod encode;
#[cfg(feature = "images")]
mod header;

use serde::{Deserialize, Serialize};

use super::svg;
use crate::{
    diagnostics::{Diagnostic, Location},
    language,
};

/// Where images are served.
pub const FOLDER: &str = "images";
/// The most pixels that an image may have in either direction.
pub const MOST_PIXELS: u32 = 12_000;
/// The most memory that a decoded image may take, in bytes.
pub const MOST_MEMORY: u64 = 512 * 1024 * 1024;

/// The widest file in the original format; social networks ask for 1,200 pixels.
const FALLBACK_WIDTH: u32 = 1200;
/// Everything besides the source that decides the bytes of a variant. The names of variants depend on
/// it: change the number whenever the same source would give other bytes.
const RECIPE: &str = "1: lanczos3, srgb, webp q78 m4, jpeg q80, png";

/// How an image is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// GIF.
    Gif,
    /// SVG.
    Svg,
}

impl Format {
    /// The end of a file's name, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Svg => "svg",
        }
    }

    /// The media type (IANA).
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// What is known of an image without decoding it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageInfo {
    /// In pixels, as it is shown: after its orientation is applied. 0 where it is not known.
    pub width: u32,
    /// In pixels, as it is shown. 0 where it is not known.
    pub height: u32,
    /// How it is stored.
    pub format: Format,
    /// blake3 of the file.
    pub hash: [u8; 32],
    /// Whether it is published as it is: SVG, moving pictures.
    pub as_it_is: bool,
}

/// A file that will be published.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Variant {
    /// The path in the output folder: `images/talv-1a2b3c4d5e-480.webp`. It says everything that decides
    /// the content.
    pub path: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// How it is stored.
    pub format: Format,
}

impl Variant {
    /// The address from the site's root.
    #[must_use]
    pub fn url(&self) -> String {
        format!("/{}", self.path)
    }
}

/// The files of one image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// WebP, the narrowest first; empty when the image is published as it is.
    pub webp: Vec<Variant>,
    /// For what cannot show WebP: the `src` of `<img>`.
    pub fallback: Variant,
}

impl Plan {
    /// All files.
    pub fn variants(&self) -> impl Iterator<Item = &Variant> {
        self.webp.iter().chain([&self.fallback])
    }
}

/// Reads the header of the image `bytes` of the file `path`.
///
/// # Errors
/// `assets.image-format` when it is none of the formats, `assets.image-damaged`,
/// `assets.image-too-large`, and for SVG those of [`svg::check`].
pub fn probe(path: &str, bytes: &[u8]) -> Result<ImageInfo, Vec<Diagnostic>> {
    let hash = *blake3::hash(bytes).as_bytes();
    if path.to_ascii_lowercase().ends_with(".svg") {
        let text = std::str::from_utf8(bytes).map_err(|error| vec![damaged(path, &error)])?;
        let (width, height) = svg::check(path, text)?.unwrap_or_default();
        return Ok(ImageInfo { width, height, format: Format::Svg, hash, as_it_is: true });
    }
    raster(path, bytes, hash).map_err(|diagnostic| vec![diagnostic])
}

#[cfg(feature = "images")]
fn raster(path: &str, bytes: &[u8], hash: [u8; 32]) -> Result<ImageInfo, Diagnostic> {
    header::read(path, bytes, hash)
}

/// A program built without the feature `images` publishes them as they are.
#[cfg(not(feature = "images"))]
fn raster(path: &str, bytes: &[u8], hash: [u8; 32]) -> Result<ImageInfo, Diagnostic> {
    let format = match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Format::Jpeg,
        [0x89, b'P', b'N', b'G', ..] => Format::Png,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Format::Webp,
        [b'G', b'I', b'F', b'8', ..] => Format::Gif,
        _ => return Err(Diagnostic::new("assets.image-format").at(Location::file(path))),
    };
    Ok(ImageInfo { width: 0, height: 0, format, hash, as_it_is: true })
}

/// The files that the image `path` gets for a page that asks for `widths` (pixels, in any order).
///
/// A width that the image does not have becomes the image's own.
#[must_use]
pub fn plan(path: &str, info: &ImageInfo, widths: &[u32]) -> Plan {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = language::slug(name.rsplit_once('.').map_or(name, |(stem, _)| stem));
    let stem = if stem.is_empty() { "image" } else { stem.as_str() };
    if info.as_it_is {
        let hash = blake3::Hash::from_bytes(info.hash).to_hex();
        let path = format!("{FOLDER}/{stem}-{}.{}", &hash[..10], info.format.extension());
        let fallback = Variant { path, width: info.width, height: info.height, format: info.format };
        return Plan { webp: Vec::new(), fallback };
    }
    let hash = blake3::Hasher::new().update(RECIPE.as_bytes()).update(&info.hash).finalize().to_hex();
    let variant = |width: u32, format: Format| Variant {
        path: format!("{FOLDER}/{stem}-{}-{width}.{}", &hash[..10], format.extension()),
        width,
        height: scaled(info.height, width, info.width),
        format,
    };
    let mut sizes: Vec<u32> = widths.iter().map(|&width| width.clamp(1, info.width.max(1))).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let fallback = sizes.iter().rev().find(|&&width| width <= FALLBACK_WIDTH).or(sizes.first());
    let fallback = fallback.copied().unwrap_or(info.width.min(FALLBACK_WIDTH));
    Plan {
        webp: sizes.into_iter().map(|width| variant(width, Format::Webp)).collect(),
        fallback: variant(fallback, info.format),
    }
}

/// `height` in the proportion of `width` to `full_width`, rounded, at least 1.
fn scaled(height: u32, width: u32, full_width: u32) -> u32 {
    let full = u64::from(full_width.max(1));
    let exact = (u64::from(height) * u64::from(width) + full / 2) / full;
    u32::try_from(exact).unwrap_or(u32::MAX).max(1)
}

/// Makes `variants` of the image `source`, the content of the file `path`, of which `info` was read.
///
/// # Errors
/// `assets.image-damaged` when it cannot be decoded, `assets.image-too-large` when that would take too
/// much memory.
pub fn encode(
    path: &str,
    source: &[u8],
    info: &ImageInfo,
    variants: &[Variant],
) -> Result<Vec<(Variant, Vec<u8>)>, Diagnostic> {
    if info.as_it_is {
        return Ok(variants.iter().map(|variant| (variant.clone(), source.to_vec())).collect());
    }
    #[cfg(feature = "images")]
    return encode::encode(path, source, info, variants);
    #[cfg(not(feature = "images"))]
    Err(damaged(path, &"no decoder"))
}

fn damaged(path: &str, reason: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::new("assets.image-damaged").arg("reason", reason).at(Location::file(path))
}

#[cfg(all(test, feature = "images"))]
mod pixel_tests;

#[cfg(test)]
mod tests {
    use super::*;

    fn photo(width: u32, height: u32) -> ImageInfo {
        ImageInfo { width, height, format: Format::Jpeg, hash: [7; 32], as_it_is: false }
    }

    fn widths(plan: &Plan) -> Vec<u32> {
        plan.webp.iter().map(|variant| variant.width).collect()
    }

    #[test]
    fn a_large_photo_gets_every_width() {
        let plan = plan("images/Kadaka järv.JPG", &photo(4000, 3000), &[1600, 480, 960]);
        assert_eq!(widths(&plan), [480, 960, 1600]);
        assert_eq!(plan.webp[0].height, 360);
        assert_eq!((plan.fallback.width, plan.fallback.format), (960, Format::Jpeg));
        assert!(plan.webp[0].path.starts_with("images/kadaka-jarv-"), "{}", plan.webp[0].path);
        assert!(plan.webp[0].path.ends_with("-480.webp"), "{}", plan.webp[0].path);
    }

    #[test]
    fn nothing_is_made_larger() {
        assert_eq!(widths(&plan("a.jpg", &photo(700, 500), &[480, 960, 1600])), [480, 700]);
        let tiny = plan("a.jpg", &photo(1, 9000), &[480, 960]);
        assert_eq!(widths(&tiny), [1]);
        assert_eq!(tiny.fallback.height, 9000);
        assert_eq!(plan("a.jpg", &photo(9000, 1), &[480]).webp[0].height, 1);
    }

    #[test]
    fn the_name_follows_the_content() {
        let other = ImageInfo { hash: [8; 32], ..photo(700, 500) };
        assert_ne!(plan("a.jpg", &photo(700, 500), &[480]), plan("a.jpg", &other, &[480]));
    }

    #[test]
    fn what_is_published_as_it_is_has_one_file() {
        let svg = ImageInfo { format: Format::Svg, as_it_is: true, ..photo(300, 200) };
        let plan = plan("images/vapp.svg", &svg, &[480, 960]);
        assert_eq!(plan.variants().count(), 1);
        let made = encode("images/vapp.svg", b"<svg/>", &svg, std::slice::from_ref(&plan.fallback)).unwrap();
        assert_eq!(made, [(plan.fallback, b"<svg/>".to_vec())]);
    }
}
