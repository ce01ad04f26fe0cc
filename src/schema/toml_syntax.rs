//! What is wrong with TOML, in words for those who write it seldom.

use crate::diagnostics::Diagnostic;

/// How the library's sentences begin, and the codes under which we say the same in the words of the catalog.
const MISTAKES: [(&str, &str); 17] = [
    ("string values must be quoted", "source.toml-quotes"),
    ("invalid float", "source.toml-quotes"),
    ("invalid basic string, expected `\"`", "source.toml-open-quotes"),
    ("invalid literal string, expected `'`", "source.toml-open-quotes"),
    ("invalid multi-line", "source.toml-open-quotes"),
    ("unclosed array,", "source.toml-open-list"),
    ("unclosed inline table", "source.toml-open-list"),
    ("unclosed", "source.toml-open-table"),
    ("missing comma", "source.toml-comma"),
    ("extra comma", "source.toml-comma"),
    ("key with no value", "source.toml-equals"),
    ("unexpected key or value", "source.toml-rest"),
    ("duplicate key", "source.toml-twice"),
    ("unexpected leading zero", "source.toml-number"),
    ("invalid boolean", "source.toml-boolean"),
    ("missing escaped value", "source.toml-backslash"),
    ("invalid unquoted key", "source.toml-key"),
];

/// Dates and times that cannot be.
const TIMES: [&str; 3] = ["invalid date", "invalid time", "invalid datetime"];

/// The diagnostic for what the library says is wrong with a line. A sentence that is not known is quoted as it is.
pub(super) fn diagnostic(said: &str, line: &str) -> Diagnostic {
    if TIMES.iter().any(|start| said.starts_with(start)) || has_day(line) {
        return Diagnostic::new("source.toml-time");
    }
    // A word that only begins like one of the two.
    if said.starts_with("invalid boolean") && !["true", "false"].contains(&value(line).to_lowercase().as_str()) {
        return Diagnostic::new("source.toml-quotes");
    }
    match code(said) {
        Some(code) => Diagnostic::new(code),
        None => Diagnostic::new("source.toml-syntax").arg("reason", said),
    }
}

/// The code of a sentence of the library that is known.
fn code(said: &str) -> Option<&'static str> {
    MISTAKES.iter().find(|(start, _)| said.starts_with(start)).map(|(_, code)| *code)
}

/// Whether a list or a group within a line does not end.
pub(super) fn is_open_list(said: &str) -> bool {
    code(said) == Some("source.toml-open-list")
}

/// Whether what is wrong is wrong within a list or a group.
pub(super) fn is_in_list(said: &str) -> bool {
    ["in array", "between array elements", "between key-value pairs", "in inline table"]
        .iter()
        .any(|words| said.contains(words))
        || is_open_list(said)
}

/// Leaves out what was `found` in a table only because lines of it are `broken`: what seems to lack is most often what
/// could not be read, and behind a mistake that does not end everything is read as something else.
pub fn leave_out_echoes(broken: &[Diagnostic], found: &mut Vec<Diagnostic>) {
    let line = |one: &Diagnostic| one.location.as_ref().map_or(0, |place| place.line);
    let endless = |code: &str| code.starts_with("source.toml-open-");
    let hidden = broken.iter().filter(|one| endless(&one.code)).map(line).min().unwrap_or(u32::MAX);
    let lacks = |one: &Diagnostic| ["schema.required", "schema.rule-required"].contains(&one.code.as_str());
    let told = |one: &Diagnostic| broken.iter().any(|other| line(other) == line(one));
    found.retain(|one| broken.is_empty() || !lacks(one) && !told(one) && line(one) < hidden);
}

/// What stands behind the line's first `=`.
fn value(line: &str) -> &str {
    line.split_once('=').map_or("", |(_, value)| value.trim())
}

/// The line's value is a day as it is written in Estonian: 22.11.2026.
fn has_day(line: &str) -> bool {
    let mut parts = value(line).split('.');
    let mut number = |most: usize| {
        let digits = parts.next().map_or(0, |part| part.bytes().take_while(u8::is_ascii_digit).count());
        (1..=most).contains(&digits)
    };
    number(2) && number(2) && number(4)
}

#[cfg(test)]
mod tests {
    use crate::schema::TomlText;

    /// The mistakes of a text, each with its line and column.
    fn said(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        TomlText::whole("a.md", text).parse(&mut out);
        let place = |found: &crate::diagnostics::Diagnostic| {
            found.location.as_ref().map(|place| format!("{}:{} {}", place.line, place.column, &found.code[12..]))
        };
        out.iter().filter_map(place).collect()
    }

    #[test]
    fn each_line_tells_its_own_mistake() {
        let text = "title = Ajalugu\nsummary = Tere\nprice = 12,50\npublished = 22.11.2026\ndraft = True\n";
        assert_eq!(said(text), ["1:9 quotes", "2:11 quotes", "3:11 rest", "4:18 time", "5:9 boolean"]);
    }

    #[test]
    fn a_list_that_does_not_end_is_told_where_it_should_end() {
        let text = "draft = ei\nkeywords = [\"a\", \"b\"\ntitle = \"Ajalugu\"\nsummary = Tere\n";
        assert_eq!(said(text), ["1:9 quotes", "2:21 open-list"]);
        assert_eq!(said("contact = { name = \"a\"\ntitle = \"b\"\n"), ["1:23 open-list"]);
        assert_eq!(said("keywords = [\n  \"a\"\n  \"b\",\n]\n"), ["3:3 comma"]);
    }

    #[test]
    fn what_people_type_is_answered_in_their_words() {
        let code = |text: &str| {
            let mut out = Vec::new();
            TomlText::whole("a.md", text).parse(&mut out);
            out.first().map(|found| found.code.clone()).unwrap_or_default()
        };
        for (written, expected) in [
            ("title = Ajalugu", "source.toml-quotes"),
            ("title = „Ajalugu“", "source.toml-quotes"),
            ("title = ", "source.toml-quotes"),
            ("email = nimi@vald.ee", "source.toml-quotes"),
            ("draft = ei", "source.toml-quotes"),
            ("title = \"Ajalugu", "source.toml-open-quotes"),
            ("title = 'Ajalugu", "source.toml-open-quotes"),
            ("title = \"\"\"Ajalugu", "source.toml-open-quotes"),
            ("keywords = [\"a\", \"b\"", "source.toml-open-list"),
            ("contact = { name = \"a\"", "source.toml-open-list"),
            ("[[steps]\n", "source.toml-open-table"),
            ("[contact\nname = 1", "source.toml-open-table"),
            ("keywords = [\"a\" \"b\"]", "source.toml-comma"),
            ("contact = { name = \"a\" phone = \"b\" }", "source.toml-comma"),
            ("numbers = [1, 2,, 3]", "source.toml-comma"),
            ("title: \"Ajalugu\"", "source.toml-equals"),
            ("title \"Ajalugu\"", "source.toml-equals"),
            ("price = 12,50", "source.toml-rest"),
            ("title = \"Laul \"Kodu\" kõlas\"", "source.toml-rest"),
            ("title = \"a\"\ntitle = \"b\"", "source.toml-twice"),
            ("published = 01.02.2026", "source.toml-time"),
            ("published = 22.11.2026", "source.toml-time"),
            ("version = 1.2", ""),
            ("phone = 0123", "source.toml-number"),
            ("draft = True", "source.toml-boolean"),
            ("title = Teated", "source.toml-quotes"),
            ("path = \"C:\\kaust\"", "source.toml-backslash"),
            ("õhk = 1", "source.toml-key"),
            ("published = 2026-02-30", "source.toml-time"),
            ("opens = 9:00", "source.toml-time"),
            ("a = ]", "source.toml-syntax"),
        ] {
            assert_eq!(code(written), expected, "{written}");
        }
    }
}
