//! What a form must not promise, or ask, without the other half.

use crate::{
    diagnostics::{Diagnostic, Location},
    forms::{Form, Kind},
};

/// Checks what concerns the whole form.
pub(super) fn check(form: &Form, path: &str, out: &mut Vec<Diagnostic>) {
    let kinds = || form.fields().map(|(_, field)| field.kind);
    let personal = kinds().filter(|kind| *kind != Kind::Context).count();
    // A form that is stored at once is not shown again: it may be a short one only.
    if !form.check_answers && personal > 3 {
        out.push(Diagnostic::new("forms.unchecked").at(Location::file(path)));
    }
    if form.reply_deadline.is_some() && form.reply_to.is_none() && !kinds().any(|kind| kind == Kind::Address) {
        out.push(Diagnostic::new("forms.no-way-to-answer").at(Location::file(path)));
    }
}
