//! Pixels: decoded once, resized for each width, encoded for each format.

use std::{collections::BTreeSet, io::Cursor};

use fast_image_resize::Resizer;
use image::{
    DynamicImage, ImageDecoder, ImageReader, Limits,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
    },
    error::ImageError,
    metadata::Orientation,
};

use super::{
    Format, ImageInfo, MOST_MEMORY, MOST_PIXELS, Variant, colour, damaged,
    header::{too_large, turns},
};
use crate::diagnostics::Diagnostic;

const WEBP_QUALITY: f32 = 78.0;
const WEBP_METHOD: i32 = 4;
const JPEG_QUALITY: u8 = 80;
/// A drawing with at most so many colours is stored without loss.
const FEW_COLOURS: usize = 256;

/// A decoded image, not turned yet.
struct Picture {
    pixels: DynamicImage,
    orientation: Orientation,
    icc: Option<Vec<u8>>,
    /// Whether loss would show: a drawing, or see-through.
    lossless: bool,
}

pub(super) fn encode(
    path: &str,
    source: &[u8],
    info: &ImageInfo,
    variants: &[Variant],
) -> Result<Vec<(Variant, Vec<u8>)>, Diagnostic> {
    let picture = decode(source).map_err(|error| match error {
        ImageError::Limits(_) => too_large(path, info.width, info.height),
        error => damaged(path, &error),
    })?;
    let make = |variant: &Variant| {
        let small = resize(&picture, variant)?;
        Ok((variant.clone(), write(&small, variant.format, picture.lossless)?))
    };
    variants.iter().map(|variant| make(variant).map_err(|reason: String| damaged(path, &reason))).collect()
}

fn decode(source: &[u8]) -> Result<Picture, ImageError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_PIXELS);
    limits.max_image_height = Some(MOST_PIXELS);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::new(Cursor::new(source)).with_guessed_format()?;
    reader.limits(limits);
    let may_be_a_drawing = reader.format() != Some(image::ImageFormat::Jpeg);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let icc = decoder.icc_profile().unwrap_or(None);
    let image = DynamicImage::from_decoder(decoder)?;
    // Grey becomes RGB, 16 bits become 8; see-through only where it is used.
    let pixels: DynamicImage = if image.color().has_alpha() {
        let rgba = image.into_rgba8();
        if rgba.pixels().all(|pixel| pixel.0[3] == 255) {
            DynamicImage::ImageRgba8(rgba).into_rgb8().into()
        } else {
            rgba.into()
        }
    } else {
        image.into_rgb8().into()
    };
    let lossless = may_be_a_drawing && (pixels.color().has_alpha() || has_few_colours(&pixels));
    Ok(Picture { pixels, orientation, icc, lossless })
}

fn has_few_colours(pixels: &DynamicImage) -> bool {
    let mut colours = BTreeSet::new();
    let mut last = None;
    for pixel in pixels.as_bytes().chunks_exact(usize::from(pixels.color().bytes_per_pixel())) {
        if last != Some(pixel) {
            colours.insert(pixel);
            last = Some(pixel);
        }
        if colours.len() > FEW_COLOURS {
            return false;
        }
    }
    true
}

/// The picture as `variant` shows it. It is turned after it has become small, which is cheaper.
fn resize(picture: &Picture, variant: &Variant) -> Result<DynamicImage, String> {
    let (mut width, mut height) = (variant.width, variant.height);
    if turns(picture.orientation) {
        std::mem::swap(&mut width, &mut height);
    }
    let source = &picture.pixels;
    let mut small = if (source.width(), source.height()) == (width, height) {
        source.clone()
    } else {
        let mut small = DynamicImage::new(width, height, source.color());
        Resizer::new().resize(source, &mut small, None).map_err(|error| error.to_string())?;
        small
    };
    if let Some(icc) = &picture.icc {
        small = colour::to_srgb(small, icc);
    }
    small.apply_orientation(picture.orientation);
    Ok(small)
}

fn write(image: &DynamicImage, format: Format, lossless: bool) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    match format {
        Format::Webp => return webp(image, lossless),
        Format::Jpeg => image.write_with_encoder(JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY)),
        _ => image.write_with_encoder(PngEncoder::new_with_quality(
            &mut out,
            CompressionType::Best,
            FilterType::Adaptive,
        )),
    }
    .map_err(|error| error.to_string())?;
    Ok(out)
}

fn webp(image: &DynamicImage, lossless: bool) -> Result<Vec<u8>, String> {
    let layout = if image.color().has_alpha() { webp::PixelLayout::Rgba } else { webp::PixelLayout::Rgb };
    let mut config = webp::WebPConfig::new().map_err(|()| "libwebp".to_owned())?;
    config.lossless = i32::from(lossless);
    config.method = WEBP_METHOD;
    config.quality = WEBP_QUALITY;
    let encoder = webp::Encoder::new(image.as_bytes(), layout, image.width(), image.height());
    encoder.encode_advanced(&config).map(|memory| memory.to_vec()).map_err(|error| format!("{error:?}"))
}
