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
    match MISTAKES.iter().find(|(start, _)| said.starts_with(start)) {
        Some((_, code)) => Diagnostic::new(code),
        None => Diagnostic::new("source.toml-syntax").arg("reason", said),
    }
}

/// The line's value is a day as it is written in Estonian: 22.11.2026.
fn has_day(line: &str) -> bool {
    let value = line.split_once('=').map_or("", |(_, value)| value.trim_start());
    let mut parts = value.split('.');
    let mut number = |most: usize| {
        let digits = parts.next().map_or(0, |part| part.bytes().take_while(u8::is_ascii_digit).count());
        (1..=most).contains(&digits)
    };
    number(2) && number(2) && number(4)
}

#[cfg(test)]
mod tests {
    use crate::schema::TomlText;

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
