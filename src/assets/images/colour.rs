//! Colours: what is published is sRGB, since its profile is not published with it.

use image::DynamicImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// Turns the colours of an image with the ICC profile `icc` into sRGB. A profile that is damaged, or
/// not of an RGB screen, leaves them as they are.
pub(super) fn to_srgb(image: DynamicImage, icc: &[u8]) -> DynamicImage {
    let Ok(profile) = ColorProfile::new_from_slice(icc) else { return image };
    if profile.color_space != DataColorSpace::Rgb {
        return image;
    }
    let convert = |layout: Layout, pixels: &[u8]| -> Option<Vec<u8>> {
        let srgb = ColorProfile::new_srgb();
        let transform = profile.create_transform_8bit(layout, &srgb, layout, TransformOptions::default()).ok()?;
        let mut out = vec![0; pixels.len()];
        transform.transform(pixels, &mut out).ok()?;
        Some(out)
    };
    match image {
        DynamicImage::ImageRgb8(mut rgb) => {
            if let Some(pixels) = convert(Layout::Rgb, rgb.as_raw()) {
                rgb.copy_from_slice(&pixels);
            }
            rgb.into()
        }
        DynamicImage::ImageRgba8(mut rgba) => {
            if let Some(pixels) = convert(Layout::Rgba, rgba.as_raw()) {
                rgba.copy_from_slice(&pixels);
            }
            rgba.into()
        }
        other => other,
    }
}
