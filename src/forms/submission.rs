//! What a browser sends: names and values, cleaned of what no answer needs.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::{Field, Repeat};

/// The names that the program itself sends begin with this; no field may.
pub const RESERVED: char = '_';
/// The field that people do not see and robots fill in; what comes with it is set aside, not thrown away.
pub const HONEYPOT: &str = "homepage";
/// The name of the buttons, see [`Action`].
pub const GO: &str = "_go";
/// The hidden field with the form's version.
pub const VERSION: &str = "_version";
/// The hidden field with the page's language.
pub const LANGUAGE: &str = "_lang";
/// The hidden field that names a file that the relay holds already: `field:handle`.
pub const HELD: &str = "_held";
/// The box that gives up a held file: `field:handle`.
pub const DROP: &str = "_drop";
/// The box that asks for a confirmation by e-mail.
pub const RECEIPT: &str = "_receipt";

/// The media type of a file in which malware was found.
pub const MALWARE: &str = "application/x-malware";

/// One value of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A text, as it was typed.
    Text(String),
    /// A file, as the relay received it.
    File(Upload),
}

/// A file that was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The name that the browser gave it, cleaned.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its media type by its content; `None` where nobody looked.
    pub media_type: Option<String>,
    /// By which the receiver finds the file again; `None` when it was not kept.
    pub handle: Option<String>,
}

/// What the pressed button asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Look at the answers: the form's own button.
    Check,
    /// Store: the button of the check page.
    Send,
    /// Go back to the form, to this field.
    Edit(String),
    /// One more of this group.
    Add(String),
    /// One less of this group: the one with this number.
    Remove(String, usize),
}

impl Action {
    /// The action of a submission. An unknown one is a check: it changes nothing.
    pub fn of(submission: &[(String, Input)]) -> Self {
        let pressed = submission.iter().find_map(|(name, input)| match input {
            Input::Text(text) if name == GO => Some(text.as_str()),
            _ => None,
        });
        let (verb, field) = pressed.unwrap_or_default().split_once(':').unwrap_or((pressed.unwrap_or_default(), ""));
        match verb {
            "send" => Self::Send,
            "edit" => Self::Edit(field.to_owned()),
            "add" => Self::Add(field.to_owned()),
            "remove" => match field.rsplit_once('.').map(|(group, number)| (group, number.parse())) {
                Some((group, Ok(number))) => Self::Remove(group.to_owned(), number),
                _ => Self::Check,
            },
            _ => Self::Check,
        }
    }

    /// Does to the values what [`Action::Add`] and [`Action::Remove`] ask for.
    pub fn apply(&self, form: &super::Form, submission: &mut Vec<(String, Input)>) {
        match self {
            Self::Add(group) => {
                let Some(field) = form.field(group) else { return };
                let rows = Typed::new(submission).rows("", field);
                let (next, max) = (rows.last().map_or(0, |last| last + 1), field.repeat.map_or(1, |repeat| repeat.max));
                if let Some(first) = field.fields.first()
                    && rows.len() < max
                    && next < Repeat::LIMIT * 2
                {
                    submission.push((format!("{group}.{next}.{}", first.name), Input::Text(String::new())));
                }
            }
            Self::Remove(group, number) => {
                let prefix = format!("{group}.{number}.");
                submission.retain(|(name, _)| !name.starts_with(&prefix));
            }
            _ => {}
        }
    }
}

/// The values of a submission by name.
pub(super) struct Typed<'a>(BTreeMap<&'a str, Vec<&'a Input>>);

impl<'a> Typed<'a> {
    pub(super) fn new(submission: &'a [(String, Input)]) -> Self {
        let mut typed: BTreeMap<&str, Vec<&Input>> = BTreeMap::new();
        for (name, input) in submission {
            typed.entry(name).or_default().push(input);
        }
        Self(typed)
    }

    /// The first text under this name that is not empty, as it was typed.
    pub(super) fn text(&self, name: &str) -> &'a str {
        self.texts(name).find(|text| !text.trim().is_empty()).unwrap_or_default()
    }

    /// All texts under this name.
    pub(super) fn texts(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.get(name).into_iter().flatten().filter_map(|input| match input {
            Input::Text(text) => Some(text.as_str()),
            Input::File(_) => None,
        })
    }

    /// All files under this name. A browser sends an empty file without a name for no file.
    pub(super) fn files(&self, name: &str) -> Vec<&'a Upload> {
        let inputs = self.0.get(name).into_iter().flatten();
        let files = inputs.filter_map(|input| match input {
            Input::File(file) if file.size > 0 || !file.name.is_empty() => Some(file),
            _ => None,
        });
        files.collect()
    }

    /// The numbers under which a group was answered, in order.
    pub(super) fn rows(&self, within: &str, group: &Field) -> Vec<usize> {
        let prefix = format!("{within}{}.", group.name);
        let from: &str = &prefix;
        let names = self.0.range::<str, _>((std::ops::Bound::Included(from), std::ops::Bound::Unbounded));
        let mut rows: Vec<usize> = names
            .take_while(|(name, _)| name.starts_with(&prefix))
            .filter_map(|(name, _)| name[prefix.len()..].split_once('.')?.0.parse().ok())
            .filter(|&row| row < Repeat::LIMIT * 2)
            .collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// Whether anything was typed under a name that begins so.
    pub(super) fn any_within(&self, prefix: &str) -> bool {
        let names = self.0.range::<str, _>((std::ops::Bound::Included(prefix), std::ops::Bound::Unbounded));
        names.take_while(|(name, _)| name.starts_with(prefix)).any(|(_, inputs)| {
            inputs.iter().any(|input| match input {
                Input::Text(text) => !text.trim().is_empty(),
                Input::File(file) => file.size > 0 || !file.name.is_empty(),
            })
        })
    }

    /// All names.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.0.keys().copied()
    }
}

/// A text in Unicode normal form C without control characters and without marks that turn the direction
/// of what follows; runs of white space on a line are one space.
pub(super) fn one_line(text: &str) -> String {
    let text = composed(text);
    let mut line = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars().filter(|&c| !is_hidden(c)) {
        if c.is_whitespace() || c.is_control() {
            space = true;
            continue;
        }
        if std::mem::take(&mut space) && !line.is_empty() {
            line.push(' ');
        }
        line.push(c);
    }
    line
}

/// The same for a text of several lines, whose lines and indents stay as they are.
pub(super) fn several_lines(text: &str) -> String {
    let text = composed(text);
    let mut lines = String::with_capacity(text.len());
    let mut rest = &*text;
    let dropped = |c: char| is_hidden(c) || (c.is_control() && c != '\n' && c != '\t');
    // Most texts have none of them, which their bytes tell at a glance: control characters, and what
    // U+0080, U+2000 and U+F000 and their neighbours begin with.
    let suspect =
        |byte: u8| (byte < b' ' && byte != b'\n' && byte != b'\t') || matches!(byte, 0x7f | 0xc2 | 0xe2 | 0xef);
    let clean = !rest.bytes().fold(false, |found, byte| found | suspect(byte));
    while let Some(at) = if clean { None } else { rest.find(dropped) } {
        let (before, after) = rest.split_at(at);
        lines.push_str(before);
        let mut after = after.chars();
        if after.next() == Some('\r') && !after.as_str().starts_with('\n') {
            lines.push('\n');
        }
        rest = after.as_str();
    }
    lines.push_str(rest);
    lines.truncate(lines.trim_end().len());
    lines.drain(..lines.len() - lines.trim_start().len());
    lines
}

/// The text in Unicode normal form C. Most texts are in it already: nothing below U+0300 and none of the
/// letters of Russian can be composed further, and seeing that is much quicker than composing.
fn composed(text: &str) -> Cow<'_, str> {
    let plain = |c: char| c < '\u{300}' || matches!(c, '\u{400}'..='\u{482}' | '\u{2010}'..='\u{2027}');
    if text.is_ascii() || text.chars().all(plain) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// Characters without a shape that may make a text look like another. The joiners of emoji and of some
/// scripts (U+200C, U+200D) are none of these.
fn is_hidden(c: char) -> bool {
    matches!(c, '\0' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_dropped_and_letters_composed() {
        assert_eq!(one_line(" Mari\u{202e}\0  Ma\u{0308}gi\r\n\tx "), "Mari Mägi x");
        assert_eq!(several_lines("a\r\n\r\n  b\u{7}\u{2066}"), "a\n\n  b");
        assert_eq!(one_line("👩\u{200d}🔧"), "👩\u{200d}🔧");
        assert_eq!(several_lines("\r\n a\rb\r\r\nc \n\u{feff}"), "a\nb\n\nc");
    }

    #[test]
    fn the_quick_look_misses_no_character_that_is_dropped() {
        let dropped = (0..=0x10_ffff).filter_map(char::from_u32).filter(|&c| is_hidden(c) || c.is_control());
        for c in dropped.filter(|c| !"\n\t\r".contains(*c)) {
            assert_eq!(several_lines(&format!("a{c}b")), "ab", "{c:?}");
        }
    }

    #[test]
    fn what_is_composed_already_is_what_composing_makes_of_it() {
        let plain = (0..0x300).chain(0x400..=0x482).chain(0x2010..=0x2027).filter_map(char::from_u32);
        let text: String = plain.flat_map(|c| [c, 'a']).collect();
        assert!(matches!(composed(&text), Cow::Borrowed(_)));
        assert_eq!(composed(&text), text.nfc().collect::<String>());
    }

    #[test]
    fn buttons_are_read() {
        let pressed = |value: &str| Action::of(&[(GO.to_owned(), Input::Text(value.to_owned()))]);
        assert_eq!(pressed("send"), Action::Send);
        assert_eq!(pressed("edit:email"), Action::Edit("email".to_owned()));
        assert_eq!(pressed("remove:children.2"), Action::Remove("children".to_owned(), 2));
        assert_eq!(pressed("remove:children"), Action::Check);
        assert_eq!(Action::of(&[]), Action::Check);
    }
}
