//! A palette from one colour: every pair that text needs reaches its contrast, light and dark.
//!
//! Colours are moved along the lightness of OKLCH (Björn Ottosson, 2020; CSS Color 4 § 9.2–9.4), which
//! keeps the hue that people see; contrast is that of WCAG 2.2.

use std::fmt::Write as _;

/// A colour as it is written in CSS: red, green, blue from 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// Lightness 0–1, chroma from 0, hue in radians.
#[derive(Clone, Copy, Debug)]
struct Oklch {
    lightness: f64,
    chroma: f64,
    hue: f64,
}

/// The page's backgrounds, light and dark, as `tokens.css` has them.
const LIGHT: [Colour; 2] = [Colour([255, 255, 255]), Colour([246, 247, 249])];
const DARK: [Colour; 2] = [Colour([18, 22, 31]), Colour([29, 35, 48])];
const WHITE: Colour = Colour([255, 255, 255]);

impl Colour {
    /// Reads `#1d5c43` or `#fff`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#')?;
        if !digits.is_ascii() {
            return None;
        }
        let byte = |at: usize, length: usize| u8::from_str_radix(digits.get(at..at + length)?, 16).ok();
        match digits.len() {
            3 => Some(Self([byte(0, 1)? * 17, byte(1, 1)? * 17, byte(2, 1)? * 17])),
            6 => Some(Self([byte(0, 2)?, byte(2, 2)?, byte(4, 2)?])),
            _ => None,
        }
    }

    /// The colour as CSS writes it.
    pub fn css(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// The contrast of two colours, 1 to 21 (WCAG 2.2).
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn linear(self) -> [f64; 3] {
        self.0.map(|value| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn oklch(self) -> Oklch {
        let [red, green, blue] = self.linear();
        let l = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
        let m = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
        let s = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
        let lightness = 0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s;
        let a = 1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s;
        let b = 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s;
        Oklch { lightness, chroma: a.hypot(b), hue: b.atan2(a) }
    }
}

impl Oklch {
    /// The colour, with as much of its chroma as the screen can show.
    fn colour(self) -> Colour {
        let mut chroma = self.chroma;
        for _ in 0..24 {
            if let Some(colour) = self.with_chroma(chroma).in_gamut() {
                return colour;
            }
            chroma *= 0.9;
        }
        self.with_chroma(0.0).in_gamut().unwrap_or(WHITE)
    }

    fn with_chroma(self, chroma: f64) -> Self {
        Self { chroma, ..self }
    }

    fn at(self, lightness: f64, most_chroma: f64) -> Self {
        Self { lightness, chroma: self.chroma.min(most_chroma), ..self }
    }

    fn in_gamut(self) -> Option<Colour> {
        let (a, b) = (self.chroma * self.hue.cos(), self.chroma * self.hue.sin());
        let l = (self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (self.lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        let linear = [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
        ];
        if linear.iter().any(|value| !(-0.000_5..=1.000_5).contains(value)) {
            return None;
        }
        Some(Colour(linear.map(|value| {
            let value = value.clamp(0.0, 1.0);
            let encoded = if value <= 0.003_130_8 { value * 12.92 } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
            let byte = (encoded * 255.0).round() as u8;
            byte
        })))
    }

    /// The nearest colour, darker or lighter, that reaches `least` against all of `others`.
    fn reach(self, least: f64, others: &[Colour], lighter: bool) -> Colour {
        let step = if lighter { 0.004 } else { -0.004 };
        let mut tried = self;
        for _ in 0..250 {
            let colour = tried.colour();
            if others.iter().all(|other| colour.contrast(*other) >= least) {
                return colour;
            }
            tried.lightness = (tried.lightness + step).clamp(0.0, 1.0);
        }
        if lighter { WHITE } else { Colour([0, 0, 0]) }
    }
}

/// The brand's colours, each light and dark, as custom properties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Name without its dashes, the colour in light, the colour in dark.
    pub colours: Vec<(&'static str, Colour, Colour)>,
    /// The given colour would not have been readable, and another stands for it.
    pub adjusted: Option<Colour>,
}

impl Palette {
    /// Derives the palette of `brand`.
    pub fn of(brand: Colour) -> Self {
        let base = brand.oklch();
        let soft = (base.at(0.95, 0.025).colour(), base.at(0.27, 0.04).colour());
        let light = [LIGHT[0], LIGHT[1], soft.0];
        let dark = [DARK[0], DARK[1], soft.1];
        let own = base.reach(4.5, &light, false);
        let hover = own.oklch().at((own.oklch().lightness - 0.08).max(0.0), 0.4).reach(7.0, &light, false);
        let own_dark = base.at(base.lightness.max(0.72), 0.12).reach(5.5, &dark, true);
        let hover_dark = own_dark.oklch().at((own_dark.oklch().lightness + 0.1).min(1.0), 0.09).reach(7.0, &dark, true);
        let fill_dark = base.at(0.5, 0.14).reach(4.5, &[WHITE], false);
        let press_dark = base.at(0.56, 0.14).reach(4.5, &[WHITE], false);
        let deep = base.at(base.lightness.min(0.3), 0.09).reach(10.0, &[WHITE], false);
        Self {
            colours: vec![
                ("brand", own, own_dark),
                ("brand-hover", hover, hover_dark),
                ("brand-soft", soft.0, soft.1),
                ("brand-line", base.at(0.8, 0.06).colour(), base.at(0.42, 0.07).colour()),
                ("brand-fill", own, fill_dark),
                ("brand-press", hover, press_dark),
                ("brand-deep", deep, base.at(0.2, 0.05).colour()),
            ],
            adjusted: (own != brand).then_some(own),
        }
    }

    /// The style sheet `styles/brand.css`.
    pub fn css(&self) -> String {
        let mut css = ":root {\n".to_owned();
        for (name, light, dark) in &self.colours {
            // Writing into a String does not fail.
            let _ = writeln!(css, "  --{name}: light-dark({}, {});", light.css(), dark.css());
        }
        css.push_str("  --on-brand: #fff;\n}\n");
        css
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn colours_are_read_and_written() {
        assert_eq!(Colour::parse("#005aa3").map(Colour::css).as_deref(), Some("#005aa3"));
        assert_eq!(Colour::parse("#fff"), Some(WHITE));
        assert_eq!(Colour::parse("sinine"), None);
        assert_eq!(Colour::parse("#äöü"), None);
    }

    #[test]
    fn a_readable_colour_stays_as_it_is() {
        let blue = Colour::parse("#005aa3").expect("a colour");
        assert!((blue.contrast(WHITE) - 7.02).abs() < 0.01);
        assert_eq!(Palette::of(blue).adjusted, None);
    }

    proptest! {
        #[test]
        fn every_colour_gives_readable_text(red: u8, green: u8, blue: u8) {
            let palette = Palette::of(Colour([red, green, blue]));
            let get = |name: &str| palette.colours.iter().find(|c| c.0 == name).map(|c| (c.1, c.2)).expect("there");
            let (brand, brand_dark) = get("brand");
            let (soft, soft_dark) = get("brand-soft");
            for background in [LIGHT[0], LIGHT[1], soft] {
                prop_assert!(brand.contrast(background) >= 4.5);
            }
            for background in [DARK[0], DARK[1], soft_dark] {
                prop_assert!(brand_dark.contrast(background) >= 4.5);
            }
            for name in ["brand-fill", "brand-press"] {
                let (fill, fill_dark) = get(name);
                prop_assert!(fill.contrast(WHITE) >= 4.5 && fill_dark.contrast(WHITE) >= 4.5);
            }
            let (deep, deep_dark) = get("brand-deep");
            prop_assert!(deep.contrast(WHITE) >= 7.0 && deep_dark.contrast(WHITE) >= 7.0);
        }
    }
}
