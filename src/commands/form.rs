//! `raekoda form`: the e-forms that a site can use.

use std::{fmt::Write as _, path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};

use super::{Voice, loader};
use crate::{
    diagnostics::{Diagnostic, Format, Language, Severity},
    forms::{Field, Form, Library, SHIPPED, html::Office, privacy},
    language::Lang,
    schema::Localized,
    source::Folder,
};

/// What `form` takes.
#[derive(Debug, Args)]
pub(super) struct FormArguments {
    #[command(subcommand)]
    command: FormCommand,
    /// The site whose own forms are read too.
    #[arg(long, global = true, value_name = "FOLDER", default_value = ".")]
    site: PathBuf,
}

#[derive(Debug, Subcommand)]
enum FormCommand {
    /// List the forms: the catalogue's and the site's own.
    List,
    /// Find what is wrong with the site's own forms.
    Check {
        /// How problems are shown.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Show a form's questions, promises and privacy notice.
    Show {
        /// The form's id.
        id: String,
    },
    /// Write the catalogue's file of a form, to be changed and kept in the site's forms folder.
    Copy {
        /// The form's id.
        id: String,
    },
}

pub(super) fn run(arguments: &FormArguments, voice: Voice) -> ExitCode {
    let lang = if voice.language == Language::Estonian { Lang::ET } else { Lang::EN };
    let mut out = Vec::new();
    let library = library(arguments, &mut out);
    match &arguments.command {
        FormCommand::List => print!("{}", list(&library, lang)),
        FormCommand::Check { format } => {
            voice.report(&out, *format);
            return ExitCode::from(u8::from(out.iter().any(|problem| problem.severity == Severity::Error)));
        }
        FormCommand::Show { id } => match library.get(id) {
            Some(form) => print!("{}", describe(form, lang)),
            None => return unknown(&library, id, voice),
        },
        FormCommand::Copy { id } => match SHIPPED.iter().find(|(known, _)| known == id) {
            Some((_, text)) => print!("{text}"),
            None => return unknown(&library, id, voice),
        },
    }
    ExitCode::SUCCESS
}

/// The catalogue with the site's own forms.
fn library(arguments: &FormArguments, out: &mut Vec<Diagnostic>) -> Library {
    match Folder::open(&arguments.site) {
        Ok(folder) => loader::forms(&folder, &[Lang::ET], out),
        Err(_) => Library::new([], &[Lang::ET], out),
    }
}

fn unknown(library: &Library, id: &str, voice: Voice) -> ExitCode {
    voice.report(&[Diagnostic::new("forms.unknown-form").arg("id", id).suggest(id, library.ids())], Format::Human);
    ExitCode::from(2)
}

/// One form a line; a site's own have a star.
fn list(library: &Library, lang: Lang) -> String {
    library.iter().fold(String::new(), |mut out, form| {
        let own = if library.is_own(&form.id) { " *" } else { "" };
        let _ = writeln!(out, "{:<20} {}{own}", form.id, form.title.get(lang).unwrap_or_default());
        out
    })
}

/// A form in words: its questions (a star: must be answered), its promises, its privacy notice.
fn describe(form: &Form, lang: Lang) -> String {
    let text = |texts: &Localized| texts.get(lang).unwrap_or_default().to_owned();
    let mut out = format!("{} ({})\n\n", text(&form.title), form.id);
    for step in &form.steps {
        if !step.title.is_empty() {
            let _ = writeln!(out, "{}", text(&step.title));
        }
        questions(&step.fields, lang, 1, &mut out);
    }
    if let Some(deadline) = form.reply_deadline {
        let _ = writeln!(out, "\n{}", deadline.promise(lang));
    }
    let _ = writeln!(out, "\n{}\n", text(&form.what_happens_next));
    let [recipients, municipality] = match lang {
        Lang::ET => ["Saajad (relay.toml sihtkohad)", "(omavalitsuse aadress)"],
        _ => ["Recipients (destinations in relay.toml)", "(the municipality's address)"],
    };
    let _ = writeln!(out, "{recipients}: {}", form.recipients.join(", "));
    let office = Office { email: Some(municipality.to_owned()), ..Office::default() };
    for part in privacy::notice(form, lang, &office).iter().filter(|part| !part.title.is_empty()) {
        let _ = writeln!(out, "{}: {}", part.title, part.text);
    }
    out
}

fn questions(fields: &[Field], lang: Lang, depth: usize, out: &mut String) {
    for field in fields {
        let mark = if field.required { '*' } else { ' ' };
        let label = field.label.get(lang).unwrap_or(&field.name);
        let indent = "  ".repeat(depth);
        let _ = writeln!(out, "{indent}{mark} {label} [{}: {}]", field.name, field.kind.name());
        questions(&field.fields, lang, depth + 1, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_listed_and_each_form_described() {
        let library = Library::new([], &[Lang::ET], &mut Vec::new());
        assert!(list(&library, Lang::ET).contains("teabenoue            Teabenõue\n"));
        for form in library.iter() {
            for lang in [Lang::ET, Lang::EN] {
                let text = describe(form, lang);
                assert!(text.contains(&form.id) && text.contains(&form.recipients[0]), "{text}");
                assert!(!text.contains(" .") && !text.contains("  ."), "nothing is left out of a sentence: {text}");
            }
        }
    }
}
