//! Commands about submissions.

use std::collections::BTreeSet;

use super::{Said, Shape, json, moment, table};
use crate::{
    diagnostics::Diagnostic,
    relay::{
        clock,
        config::Config,
        delivery::for_office,
        document::{Document, Payload},
        reference, serve,
        store::{Failure, Job, Query, Shown, Store},
    },
};

fn failed(error: &Failure) -> Vec<Diagnostic> {
    vec![Diagnostic::new("relay.store-failed").arg("reason", error)]
}

fn parsed(typed: &str) -> Result<String, Vec<Diagnostic>> {
    reference::parse(typed).ok_or_else(|| vec![Diagnostic::new("relay.reference-misread").arg("reference", typed)])
}

fn not_found(reference: &str) -> Vec<Diagnostic> {
    vec![Diagnostic::new("relay.not-found").arg("reference", reference)]
}

pub(super) fn list(config: &Config, shape: Shape, form: Option<String>, state: Option<String>, limit: i64) -> Said {
    let mut store = serve::open(config)?;
    let listed = store.list(&Query { form, state, limit }).map_err(|error| failed(&error))?;
    if shape == Shape::Json {
        return Ok(json(&listed));
    }
    let rows = listed.iter().map(|one| {
        let deliveries = one.deliveries.iter().map(|delivery| match &delivery.trouble {
            Some(trouble) if delivery.state != "delivered" => {
                format!("{}: {} ({trouble}, {} tries)", delivery.destination, delivery.state, delivery.attempts)
            }
            _ => format!("{}: {}", delivery.destination, delivery.state),
        });
        vec![
            one.reference.clone(),
            one.form.clone(),
            moment(one.received),
            one.deadline.clone().unwrap_or_default(),
            one.state.clone(),
            deliveries.collect::<Vec<_>>().join(", "),
        ]
    });
    Ok(table(&["reference", "form", "received", "deadline", "state", "deliveries"], &rows.collect::<Vec<_>>()))
}

pub(super) fn show(config: &Config, shape: Shape, typed: &str) -> Said {
    let reference = parsed(typed)?;
    let mut store = serve::open(config)?;
    let (job, payload) = read(&mut store, &reference, "shown")?;
    if matches!(payload, Payload::Sealed(_)) {
        return Err(vec![Diagnostic::new("relay.sealed").arg("reference", &reference)]);
    }
    Ok(if shape == Shape::Json { json(&payload.json(&job)) } else { for_office(&job, &payload) })
}

/// A submission as it would be delivered.
fn read(store: &mut Store, reference: &str, event: &str) -> Result<(Job, Payload), Vec<Diagnostic>> {
    let shown = store.show(reference, event, clock::now()).map_err(|error| failed(&error))?;
    let Shown { listed, version, sealed, payload, attachments } = shown.ok_or_else(|| not_found(reference))?;
    let Some(payload) = payload else {
        return Err(vec![Diagnostic::new("relay.purged").arg("reference", reference)]);
    };
    let job = Job {
        delivery: 0,
        attempts: 0,
        reference: listed.reference,
        form: listed.form,
        version,
        language: listed.language,
        received: listed.received,
        deadline: listed.deadline,
        sealed,
        payload,
        attachments,
    };
    let payload = Payload::of(&job).map_err(|reason| failed(&Failure::Refused(reason)))?;
    Ok((job, payload))
}

pub(super) fn retry(config: &Config, typed: Option<&str>) -> Said {
    let reference = typed.map(parsed).transpose()?;
    let mut store = serve::open(config)?;
    let count = store.retry(reference.as_deref(), clock::now()).map_err(|error| failed(&error))?;
    match (count, &reference) {
        (0, Some(reference)) => Err(not_found(reference)),
        _ => Ok(format!("{count} to be sent again\n")),
    }
}

pub(super) fn release(config: &Config, typed: &str) -> Said {
    let reference = parsed(typed)?;
    let released = serve::open(config)?.release(&reference, clock::now()).map_err(|error| failed(&error))?;
    if released { Ok(format!("{reference} will be delivered\n")) } else { Err(not_found(&reference)) }
}

pub(super) fn export(config: &Config, shape: Shape, form: &str) -> Said {
    let mut store = serve::open(config)?;
    let query = Query { form: Some(form.to_owned()), state: Some("accepted".to_owned()), limit: i64::MAX };
    let listed = store.list(&query).map_err(|error| failed(&error))?;
    let mut all = Vec::new();
    for one in listed {
        match read(&mut store, &one.reference, "exported")? {
            (job, Payload::Open(document)) => all.push((job, document)),
            (job, Payload::Sealed(_)) => {
                return Err(vec![Diagnostic::new("relay.sealed").arg("reference", &job.reference)]);
            }
        }
    }
    if shape == Shape::Json {
        let values: Vec<_> = all.into_iter().map(|(job, document)| Payload::Open(document).json(&job)).collect();
        return Ok(json(&values));
    }
    Ok(csv(&all))
}

fn csv(all: &[(Job, Box<Document<'_>>)]) -> String {
    let mut names = Vec::new();
    let mut seen = BTreeSet::new();
    for question in all.iter().flat_map(|(_, document)| &document.questions) {
        if seen.insert(&question.name) {
            names.push(&question.name);
        }
    }
    let fixed = ["reference", "received", "deadline", "language"];
    let mut out = row(fixed.into_iter().chain(names.iter().map(|name| &***name)));
    for (job, document) in all {
        let received = moment(job.received);
        let own = [&job.reference, &received, job.deadline.as_deref().unwrap_or_default(), &job.language];
        let answers = names.iter().map(|name| {
            let found = document.questions.iter().find(|question| question.name == **name);
            found.map_or("", |question| &question.answer.et)
        });
        out.push_str(&row(own.into_iter().chain(answers)));
    }
    out
}

/// A line of CSV (RFC 4180). What a spreadsheet would take for a formula is made a text.
fn row<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let quoted = cells.map(|cell| {
        let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        format!("\"{guard}{}\"", cell.replace('"', "\"\""))
    });
    quoted.collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_formula() {
        assert_eq!(row(["=1+1", "ütles \"ei\"", "a,b"].into_iter()), "\"'=1+1\",\"ütles \"\"ei\"\"\",\"a,b\"\r\n");
    }
}
