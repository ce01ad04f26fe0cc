//! Real pictures, made here.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

/// Something like a photo: no two neighbours are alike.
fn photo(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let wave = |n: u32| u8::try_from((x * n + y * (n + 3) + x * y / 7) % 256).unwrap();
        Rgb([wave(3), wave(5), wave(11)])
    })
}

fn stored(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image.into().write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// The JPEG with an EXIF part after its beginning: an orientation, and text as a camera leaves it.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"GPS 58.3776 26.7290 Mari Maasikas");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
}

fn all(path: &str, source: &[u8], widths: &[u32]) -> Vec<(Variant, DynamicImage)> {
    let info = probe(path, source).unwrap();
    let variants: Vec<Variant> = plan(path, &info, widths).variants().cloned().collect();
    let made = encode(path, source, &info, &variants).unwrap();
    assert_eq!(made.len(), variants.len());
    made.into_iter()
        .map(|(variant, bytes)| {
            let image = image::load_from_memory(&bytes).unwrap();
            assert_eq!((image.width(), image.height()), (variant.width, variant.height), "{}", variant.path);
            (variant, image)
        })
        .collect()
}

#[test]
fn a_photo_becomes_webp_in_each_width_and_one_jpeg() {
    let made = all("images/järv.jpg", &stored(photo(900, 600), ImageFormat::Jpeg), &[300, 600, 1600]);
    let sizes: Vec<_> = made.iter().map(|(v, _)| (v.format, v.width, v.height)).collect();
    let webp = [(300, 200), (600, 400), (900, 600)].map(|(width, height)| (Format::Webp, width, height));
    assert_eq!(sizes, [&webp[..], &[(Format::Jpeg, 900, 600)]].concat());
}

#[test]
fn the_same_photo_gives_the_same_bytes() {
    let source = stored(photo(300, 200), ImageFormat::Jpeg);
    let info = probe("a.jpg", &source).unwrap();
    let variants: Vec<Variant> = plan("a.jpg", &info, &[100]).variants().cloned().collect();
    let once = encode("a.jpg", &source, &info, &variants).unwrap();
    assert_eq!(once, encode("a.jpg", &source, &info, &variants).unwrap());
}

#[test]
fn a_photo_is_turned_as_the_camera_says_and_its_metadata_goes() {
    // The left half is dark; turned by 90° clockwise it is on top.
    let half = RgbImage::from_fn(80, 40, |x, _| if x < 40 { Rgb([10, 10, 10]) } else { Rgb([240, 240, 240]) });
    let source = with_exif(&stored(half, ImageFormat::Jpeg), 6);
    let info = probe("a.jpg", &source).unwrap();
    assert_eq!((info.width, info.height), (40, 80));
    for (variant, image) in all("a.jpg", &source, &[20, 40]) {
        let image = image.into_rgb8();
        let at = |y: u32| image.get_pixel(variant.width / 2, y).0[0];
        assert!(at(2) < 60 && at(variant.height - 3) > 200, "{}", variant.path);
    }
    let plan = plan("a.jpg", &info, &[20]);
    for (_, bytes) in encode("a.jpg", &source, &info, &plan.variants().cloned().collect::<Vec<_>>()).unwrap() {
        assert!(!bytes.windows(4).any(|part| part == b"Exif" || part == b"Mari"));
    }
}

#[test]
fn a_drawing_and_what_is_see_through_lose_nothing() {
    let drawing =
        RgbImage::from_fn(64, 64, |x, y| if (x / 8 + y / 8) % 2 == 0 { Rgb([0, 90, 170]) } else { Rgb([255; 3]) });
    let source = stored(drawing.clone(), ImageFormat::Png);
    for (variant, image) in all("a.png", &source, &[64]) {
        assert_eq!(image.into_rgb8(), drawing, "{}", variant.path);
    }
    let mut glass = RgbaImage::from_pixel(64, 64, Rgba([200, 30, 30, 255]));
    glass.put_pixel(5, 5, Rgba([10, 20, 30, 0]));
    glass.put_pixel(6, 6, Rgba([10, 20, 30, 128]));
    for (variant, image) in all("a.png", &stored(glass, ImageFormat::Png), &[64]) {
        let image = image.into_rgba8();
        assert_eq!(image.get_pixel(6, 6).0, [10, 20, 30, 128], "{}", variant.path);
        assert_eq!(image.get_pixel(5, 5).0[3], 0, "{}", variant.path);
    }
}

#[test]
fn every_way_to_store_pixels_is_read() {
    let photo = DynamicImage::from(photo(64, 48));
    for (name, image) in [
        ("grey", DynamicImage::from(photo.to_luma8())),
        ("grey 16", DynamicImage::from(photo.to_luma16())),
        ("16 bits", DynamicImage::from(photo.to_rgb16())),
        ("grey alpha", DynamicImage::from(photo.to_luma_alpha8())),
    ] {
        assert_eq!(all("a.png", &stored(image, ImageFormat::Png), &[32]).len(), 2, "{name}");
    }
    let webp = all("a.webp", &stored(photo, ImageFormat::WebP), &[32]);
    assert!(webp.iter().all(|(variant, _)| variant.format == Format::Webp));
}

#[test]
fn a_gif_is_published_as_it_is() {
    let source = stored(photo(20, 10), ImageFormat::Gif);
    let info = probe("liikuv.gif", &source).unwrap();
    assert_eq!((info.width, info.height, info.as_it_is), (20, 10, true));
    assert_eq!(plan("liikuv.gif", &info, &[5]).webp, []);
}

#[test]
fn colours_of_another_profile_become_srgb() {
    let icc = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let green = DynamicImage::from(RgbImage::from_pixel(8, 8, Rgb([0, 200, 0])));
    let shown = colour::to_srgb(green.clone(), &icc).into_rgb8();
    assert!(shown.get_pixel(0, 0).0[1] > 200, "the green of a phone is beyond sRGB's: {:?}", shown.get_pixel(0, 0));
    assert_eq!(colour::to_srgb(green.clone(), b"damaged"), green);
}

#[test]
fn what_is_damaged_is_one_diagnostic() {
    let code = |result: Result<ImageInfo, Vec<Diagnostic>>| {
        let found = result.unwrap_err();
        assert_eq!(found.len(), 1);
        found[0].code.clone()
    };
    assert_eq!(code(probe("a.jpg", b"")), "assets.image-format");
    assert_eq!(code(probe("a.jpg", b"<html>")), "assets.image-format");
    assert_eq!(code(probe("a.png", b"\x89PNG\r\n\x1a\n")), "assets.image-damaged");
    assert_eq!(code(probe("a.svg", b"\xFF")), "assets.image-damaged");
    assert_eq!(code(probe("a.svg", b"<svg onload='a()'/>")), "assets.svg-unsafe");

    let source = stored(photo(200, 200), ImageFormat::Png);
    let cut = &source[..source.len() / 2];
    let info = probe("a.png", cut).expect("the header is whole");
    let variants = [plan("a.png", &info, &[100]).fallback];
    assert_eq!(encode("a.png", cut, &info, &variants).unwrap_err().code, "assets.image-damaged");
}

#[test]
fn a_picture_that_claims_to_be_huge_is_refused_without_being_decoded() {
    let mut source = stored(photo(8, 8), ImageFormat::Png);
    // The width in the header, and its checksum.
    source[16..20].copy_from_slice(&50_000_u32.to_be_bytes());
    let mut crc = 0xFFFF_FFFF_u32;
    for byte in &source[12..29] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    source[29..33].copy_from_slice(&(!crc).to_be_bytes());
    assert_eq!(probe("a.png", &source).unwrap_err()[0].code, "assets.image-too-large");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    /// Whatever happened to a file on its way, it is a picture or a diagnostic.
    #[test]
    fn damage_is_no_panic(at in 0_usize..2000, byte: u8, format in 0_usize..3) {
        let format = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP][format];
        let mut source = stored(photo(40, 30), format);
        let at = at % source.len();
        source[at] = byte;
        if let Ok(info) = probe("a", &source) {
            let variants = [plan("a", &info, &[20]).fallback];
            let _ = encode("a", &source, &info, &variants);
        }
    }
}
