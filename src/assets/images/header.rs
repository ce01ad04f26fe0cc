//! What an image's header says.

use std::io::Cursor;

use image::{
    ImageDecoder, ImageFormat, ImageResult,
    codecs::{gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder},
    metadata::Orientation,
};

use super::{Format, ImageInfo, MOST_PIXELS, damaged};
use crate::diagnostics::{Diagnostic, Location};

/// What the header alone tells.
struct Header {
    width: u32,
    height: u32,
    orientation: Orientation,
    format: Format,
    moving: bool,
}

pub(super) fn read(path: &str, bytes: &[u8], hash: [u8; 32]) -> Result<ImageInfo, Diagnostic> {
    let unknown = || Diagnostic::new("assets.image-format").at(Location::file(path));
    let format = image::guess_format(bytes).map_err(|_| unknown())?;
    let header = match format {
        ImageFormat::Jpeg => JpegDecoder::new(Cursor::new(bytes)).and_then(|d| header(d, Format::Jpeg, |_| false)),
        ImageFormat::Png => PngDecoder::new(Cursor::new(bytes))
            .and_then(|d| header(d, Format::Png, |d| d.is_apng().unwrap_or_default())),
        ImageFormat::WebP => {
            WebPDecoder::new(Cursor::new(bytes)).and_then(|d| header(d, Format::Webp, WebPDecoder::has_animation))
        }
        ImageFormat::Gif => GifDecoder::new(Cursor::new(bytes)).and_then(|d| header(d, Format::Gif, |_| true)),
        _ => return Err(unknown()),
    };
    let Header { width, height, orientation, format, moving } = header.map_err(|error| damaged(path, &error))?;
    if width == 0 || height == 0 {
        return Err(damaged(path, &"0 × 0"));
    }
    if width.max(height) > MOST_PIXELS {
        return Err(too_large(path, width, height));
    }
    let (width, height) = if turns(orientation) { (height, width) } else { (width, height) };
    Ok(ImageInfo { width, height, format, hash, as_it_is: moving })
}

fn header<D: ImageDecoder>(mut decoder: D, format: Format, moving: impl FnOnce(&D) -> bool) -> ImageResult<Header> {
    let (width, height) = decoder.dimensions();
    // A damaged orientation is none.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok(Header { width, height, orientation, format, moving: moving(&decoder) })
}

/// Whether width and height change places.
pub(super) fn turns(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}

pub(super) fn too_large(path: &str, width: u32, height: u32) -> Diagnostic {
    Diagnostic::new("assets.image-too-large")
        .arg("width", width)
        .arg("height", height)
        .arg("limit", MOST_PIXELS)
        .at(Location::file(path))
}
