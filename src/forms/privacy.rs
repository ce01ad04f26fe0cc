//! The privacy notice (GDPR art. 13), written from the form's own promises.

use super::{
    Field, Form, Kind,
    html::{Office, escape},
    words::{fill, say, within_sentence},
};
use crate::language::Lang;

/// A part of the notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// The heading, may be empty.
    pub title: String,
    /// The text.
    pub text: String,
}

/// The notice: who, why, by what law, which data, who sees them, how long, which rights.
pub fn notice(form: &Form, lang: Lang, office: &Office) -> Vec<Paragraph> {
    let part = |key: &str, text: String| Paragraph { title: say(lang, key).to_owned(), text };
    let controller = fill(lang, "privacy.controller", &[("name", &office.name)]);
    let mut seen_by = say(lang, "privacy.recipients-own").to_owned();
    let sealed = (!form.seal_to.is_empty()).then(|| say(lang, "privacy.sealed"));
    for more in [form.shared_with.get(lang), sealed].into_iter().flatten() {
        seen_by = format!("{seen_by} {more}");
    }
    let days = form.retention_days.to_string();
    let contact = office.email.as_deref().unwrap_or(&office.name);
    vec![
        Paragraph { title: String::new(), text: controller },
        part("privacy.purpose", form.purpose.get(lang).unwrap_or_default().to_owned()),
        part("privacy.basis", form.legal_basis.get(lang).unwrap_or_default().to_owned()),
        part("privacy.data", fill(lang, "privacy.data-text", &[("fields", &data(form, lang))])),
        part("privacy.recipients", seen_by),
        part("privacy.retention", fill(lang, "privacy.retention-text", &[("days", &days)])),
        part("privacy.rights", fill(lang, "privacy.rights-text", &[("contact", contact)])),
        Paragraph { title: String::new(), text: say(lang, "privacy.elsewhere").to_owned() },
    ]
}

/// The questions' labels, as the list of what is asked.
fn data(form: &Form, lang: Lang) -> String {
    fn collect(fields: &[Field], lang: Lang, out: &mut Vec<String>) {
        for field in fields {
            match field.kind {
                Kind::Group => collect(&field.fields, lang, out),
                Kind::Declaration | Kind::Context => {}
                _ => {
                    let label = within_sentence(lang, field.label.get(lang).unwrap_or(&field.name));
                    if !out.contains(&label) {
                        out.push(label);
                    }
                }
            }
        }
    }
    let mut out = Vec::new();
    form.steps.iter().for_each(|step| collect(&step.fields, lang, &mut out));
    let asked: Vec<&str> = out.iter().map(|label| label.trim_end_matches('?')).collect();
    asked.join("; ")
}

/// The notice as HTML that opens where it is asked for, before the button.
pub(super) fn details(form: &Form, lang: Lang, office: &Office) -> String {
    let parts = notice(form, lang, office).into_iter().map(|Paragraph { title, text }| {
        let heading =
            if title.is_empty() { String::new() } else { format!("<h2 class=\"form-notice\">{}</h2>", escape(&title)) };
        format!("{heading}<p>{}</p>", escape(&text))
    });
    let summary = escape(say(lang, "form.privacy"));
    format!("<details class=\"form-privacy\"><summary>{summary}</summary>{}</details>", parts.collect::<String>())
}
