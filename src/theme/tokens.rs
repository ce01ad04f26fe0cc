//! The values of a theme's tokens, light and dark, as its styles and settings make them.

use std::collections::BTreeMap;

use super::{Colour, Palette, Theme};

/// Which of a token's values is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// On a light page.
    Light,
    /// On a dark page.
    Dark,
}

impl Scheme {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    /// Its name in CSS.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A token's value as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The whole value in CSS.
    pub fn css(&self) -> &str {
        &self.0
    }

    /// The colour that it is; nothing when it is none, or depends on more than light and dark.
    pub fn colour(&self, scheme: Scheme) -> Option<Colour> {
        let value = match self.0.strip_prefix("light-dark(").and_then(|rest| rest.strip_suffix(')')) {
            Some(both) => {
                let (light, dark) = both.split_once(',')?;
                if scheme == Scheme::Light { light } else { dark }
            }
            None => &self.0,
        };
        Colour::parse(value)
    }
}

/// All tokens by name, with their leading dashes.
#[derive(Clone, Debug, Default)]
pub struct Tokens(BTreeMap<String, Token>);

impl Tokens {
    /// The theme's tokens with the palette of a brand colour, and what themes and the site set anew.
    pub fn of(theme: &Theme, palette: Option<&Palette>) -> Self {
        let mut tokens = Self::default();
        for path in ["styles/tokens.css", "styles/brand.css"] {
            tokens.read(theme.files.text(path).unwrap_or_default());
        }
        tokens.read(&palette.map(Palette::css).unwrap_or_default());
        for (name, value) in &theme.manifest.tokens {
            tokens.0.insert(name.clone(), Token(value.clone()));
        }
        tokens
    }

    /// The token of this name.
    pub fn get(&self, name: &str) -> Option<&Token> {
        self.0.get(name)
    }

    /// How a text stands out from what it is on, from 1 to 21 (WCAG 2.2, 1.4.3); nothing where one of them is no
    /// colour that can be read here: what CSS works out itself, a test in a browser must see.
    pub fn contrast(&self, text: &str, on: &str, scheme: Scheme) -> Option<f64> {
        let colour = |name: &str| self.get(name)?.colour(scheme);
        Some(colour(text)?.contrast(colour(on)?))
    }

    /// Reads the first `:root` of a style sheet: the values without conditions.
    fn read(&mut self, css: &str) {
        let Some(rest) = css.split_once(":root {").map(|(_, rest)| rest) else { return };
        for line in rest.split('}').next().unwrap_or_default().split(';') {
            if let Some((name, value)) = line.trim().split_once(':').filter(|(name, _)| name.starts_with("--")) {
                self.0.insert(name.trim().to_owned(), Token(value.trim().to_owned()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_a_light_and_a_dark_colour() {
        let mut tokens = Tokens::default();
        tokens.read(
            "/* :root */ :root {\n --a: light-dark(#fff, #000);\n --b: #123456; --c: 2rem;\n}\n:root { --a: red }",
        );
        let colour = |name: &str, scheme| tokens.get(name).and_then(|token| token.colour(scheme)).map(Colour::css);
        assert_eq!(colour("--a", Scheme::Light).as_deref(), Some("#ffffff"));
        assert_eq!(colour("--a", Scheme::Dark).as_deref(), Some("#000000"));
        assert_eq!(colour("--b", Scheme::Dark).as_deref(), Some("#123456"));
        assert_eq!(colour("--c", Scheme::Light), None);
    }
}
