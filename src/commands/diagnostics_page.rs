//! `raekoda diagnostics`: the page of the docs that explains every message.

use std::{fmt::Write as _, process::ExitCode};

use crate::diagnostics::{Language, Severity, rules};

/// The areas, in Estonian and English.
const AREAS: [(&str, &str, &str); 23] = [
    ("accessibility", "Ligipääsetavus", "Accessibility"),
    ("assets", "Pildid, stiilid ja skriptid", "Pictures, styles and scripts"),
    ("care", "Hooldus", "Care"),
    ("check", "Kontrolli seaded", "The check's settings"),
    ("commands", "Käsud", "Commands"),
    ("content", "Lehed ja tabelid", "Pages and tables"),
    ("documents", "Dokumendid", "Documents"),
    ("forms", "Vormid", "Forms"),
    ("law", "Seadus", "Law"),
    ("links", "Lingid", "Links"),
    ("markdown", "Tekst", "Text"),
    ("output", "Valmis sait", "The written site"),
    ("preview", "Eelvaade", "The preview"),
    ("privacy", "Isikuandmed", "Personal data"),
    ("relay", "Vormirelee", "The form relay"),
    ("render", "Lehtede tegemine", "Making pages"),
    ("schema", "Väljad", "Fields"),
    ("search", "Otsing", "Search"),
    ("site", "Saidi seaded ja ülesehitus", "The site's settings and structure"),
    ("source", "Failid", "Files"),
    ("theme", "Teema", "The theme"),
    ("weight", "Maht", "Weight"),
    ("wording", "Keel", "Wording"),
];

pub(super) fn run() -> ExitCode {
    print!("{}", page());
    ExitCode::SUCCESS
}

/// Every rule by area: its code, how much it matters, what it says and how to mend it.
fn page() -> String {
    let mut out = String::from(
        "# Teated / Messages\n\n\
         Iga teate alguses on nurksulgudes tunnus; siit leiate selle järgi selgituse. `{…}` asemel on teates nimi või arv.\n\n\
         Each message has a code in brackets; find its explanation here. `{…}` stands for a name or a number.\n\n\
         <!-- Written by `raekoda diagnostics`; a test compares. -->\n",
    );
    let mut area = "";
    for (code, rule) in rules() {
        let of = code.split_once('.').map_or("", |(of, _)| of);
        if of != area {
            area = of;
            let (et, en) = AREAS.iter().find(|(name, ..)| *name == of).map_or((of, of), |(_, et, en)| (*et, *en));
            let _ = writeln!(out, "\n## {et} / {en}");
        }
        let (et, en) = match rule.severity {
            Severity::Error => ("viga", "error"),
            Severity::Warning => ("hoiatus", "warning"),
            Severity::Note => ("märkus", "note"),
        };
        let _ = writeln!(out, "\n### `{code}`\n\n*{et} / {en}*\n");
        for language in [Language::Estonian, Language::English] {
            let help = rule.help(language).map(|help| format!(" → {help}")).unwrap_or_default();
            let _ = writeln!(out, "- {}{help}", rule.message(language));
        }
        if let Some(standard) = &rule.standard {
            let _ = writeln!(out, "- {standard}");
        }
        for (words, example) in [("Halvasti / Bad", &rule.bad), ("Hästi / Good", &rule.good)] {
            if let Some(example) = example {
                let _ = writeln!(out, "\n{words}:\n\n~~~md\n{}\n~~~", example.trim_end());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_area_has_a_name() {
        for code in rules().keys() {
            assert!(AREAS.iter().any(|(area, ..)| code.starts_with(&format!("{area}."))), "{code}");
        }
    }
}
