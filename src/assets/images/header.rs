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
    let header = read_as(format, bytes).map_err(|error| damaged(path, &error))?.ok_or_else(unknown)?;
    let Header { width, height, orientation, format, moving } = header;
    if width == 0 || height == 0 {
        return Err(damaged(path, &"0 × 0"));
    }
    if width.max(height) > MOST_PIXELS {
        return Err(too_large(path, width, height));
    }
    let (width, height) = if turns(orientation) { (height, width) } else { (width, height) };
    Ok(ImageInfo { width, height, format, hash, as_it_is: moving })
}

/// The header of a file in one of the formats that are published.
fn read_as(format: ImageFormat, bytes: &[u8]) -> ImageResult<Option<Header>> {
    let bytes = Cursor::new(bytes);
    Ok(Some(match format {
        ImageFormat::Jpeg => header(JpegDecoder::new(bytes)?, Format::Jpeg, false),
        ImageFormat::Png => {
            let decoder = PngDecoder::new(bytes)?;
            let moving = decoder.is_apng()?;
            header(decoder, Format::Png, moving)
        }
        ImageFormat::WebP => {
            let decoder = WebPDecoder::new(bytes)?;
            let moving = decoder.has_animation();
            header(decoder, Format::Webp, moving)
        }
        ImageFormat::Gif => header(GifDecoder::new(bytes)?, Format::Gif, true),
        _ => return Ok(None),
    }))
}

fn header<D: ImageDecoder>(mut decoder: D, format: Format, moving: bool) -> Header {
    let (width, height) = decoder.dimensions();
    // A damaged orientation is none.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Header { width, height, orientation, format, moving }
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
