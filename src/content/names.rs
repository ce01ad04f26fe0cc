//! What a file's name says: id, language, section.

use crate::language::Lang;

/// What the path of a Markdown file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The id of the entry.
    pub id: String,
    /// Its language.
    pub lang: Lang,
    /// It is the page of a section.
    pub section: bool,
}

/// Why a file is no page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Its name ends with a language that the site does not have.
    OtherLanguage(String),
}

impl Name {
    /// Reads a path below `content/` that ends with `.md`. `name.md` and `name.et.md` are the same
    /// where Estonian is the first of `languages`.
    pub fn of(path: &str, languages: &[Lang]) -> Result<Self, Refused> {
        let stem = path.strip_suffix(".md").unwrap_or(path);
        let (directory, file) = stem.rsplit_once('/').map_or(("", stem), |(directory, file)| (directory, file));
        let (file, lang) = match file.rsplit_once('.') {
            Some((name, tag)) if !name.is_empty() => match Lang::parse(tag) {
                Some(lang) if languages.contains(&lang) => (name, lang),
                Some(_) if tag.len() == 2 => return Err(Refused::OtherLanguage(tag.to_owned())),
                _ => (file, languages[0]),
            },
            _ => (file, languages[0]),
        };
        let section = file == "_index";
        let id = match (directory, section || file == "index") {
            (directory, true) => directory.to_owned(),
            ("", false) => file.to_owned(),
            (directory, false) => format!("{directory}/{file}"),
        };
        Ok(Self { id, lang, section: section || path.is_empty() })
    }
}

/// A file's name without the date that many put before it: `2026-11-20-talveteed` is `talveteed`.
pub fn fold_date(name: &str) -> &str {
    let bytes = name.as_bytes();
    let dated = bytes.len() > 11
        && bytes[..10].iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
        && bytes[10] == b'-';
    if dated { &name[11..] } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(path: &str) -> (String, &'static str, bool) {
        let name = Name::of(path, &[Lang::ET, Lang::EN]).expect("a page");
        (name.id, if name.lang == Lang::ET { "et" } else { "en" }, name.section)
    }

    #[test]
    fn paths_say_id_language_and_section() {
        assert_eq!(name("_index.md"), (String::new(), "et", true));
        assert_eq!(name("_index.en.md"), (String::new(), "en", true));
        assert_eq!(name("uudised/_index.md"), ("uudised".into(), "et", true));
        assert_eq!(name("uudised/talv.md"), ("uudised/talv".into(), "et", false));
        assert_eq!(name("uudised/talv.et.md"), ("uudised/talv".into(), "et", false));
        assert_eq!(name("uudised/talv.en.md"), ("uudised/talv".into(), "en", false));
        assert_eq!(name("kontakt/index.md"), ("kontakt".into(), "et", false));
        assert_eq!(name("määrus nr 1.5.md"), ("määrus nr 1.5".into(), "et", false));
    }

    #[test]
    fn a_language_the_site_does_not_have_is_noticed() {
        assert_eq!(Name::of("a.fi.md", &[Lang::ET]), Err(Refused::OtherLanguage("fi".into())));
    }

    #[test]
    fn dates_before_names_fall_away() {
        assert_eq!(fold_date("2026-11-20-talveteed"), "talveteed");
        assert_eq!(fold_date("2026-11-20"), "2026-11-20");
        assert_eq!(fold_date("talveteed"), "talveteed");
    }
}
