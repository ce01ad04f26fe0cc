//! Commands about submissions.

use std::collections::BTreeSet;

use super::{Said, Shape, Voice, csv_line, json, moment};
use crate::{
    diagnostics::Diagnostic,
    relay::{
        clock,
        config::Config,
        delivery::for_office,
        document::{Document, Payload},
        library, reference, serve,
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

pub(super) fn list(config: &Config, voice: Voice, form: Option<String>, state: Option<String>, limit: i64) -> Said {
    let mut store = serve::open(config)?;
    let listed = store.list(&Query { form, state, limit }).map_err(|error| failed(&error))?;
    if voice.shape == Shape::Json {
        return Ok(json(&listed));
    }
    let lines = listed.iter().map(|one| {
        let deliveries = one.deliveries.iter().map(|delivery| match &delivery.trouble {
            Some(trouble) if delivery.state != "delivered" => {
                let tries = voice.pick(["katseid", "tries"]);
                format!("{}: {} ({trouble}; {tries}: {})", delivery.destination, delivery.state, delivery.attempts)
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
    let names = ["reference", "form", "received", "deadline", "state", "deliveries"];
    let estonian = ["viitenumber", "vorm", "saabus", "tähtaeg", "olek", "üleandmised"];
    Ok(voice.rows(names, estonian, &lines.collect::<Vec<_>>()))
}

pub(super) fn show(config: &Config, voice: Voice, typed: &str) -> Said {
    let reference = parsed(typed)?;
    let mut store = serve::open(config)?;
    let (job, payload) = read(&mut store, &reference, "shown")?;
    if matches!(payload, Payload::Sealed(_)) && voice.shape != Shape::Json {
        return Err(vec![Diagnostic::new("relay.sealed").arg("reference", &reference)]);
    }
    Ok(if voice.shape == Shape::Json { json(&payload.json(&job)) } else { for_office(&job, &payload) })
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

pub(super) fn retry(config: &Config, voice: Voice, typed: Option<&str>) -> Said {
    let reference = typed.map(parsed).transpose()?;
    let mut store = serve::open(config)?;
    let count = store.retry(reference.as_deref(), clock::now()).map_err(|error| failed(&error))?;
    match (count, &reference) {
        (0, Some(reference)) => Err(vec![Diagnostic::new("relay.not-dead").arg("reference", reference)]),
        _ => {
            let words = [format!("Uuesti saadetakse {count}."), format!("{count} to be sent again.")];
            Ok(voice.done(&serde_json::json!({ "retried": count }), words))
        }
    }
}

pub(super) fn release(config: &Config, voice: Voice, typed: &str) -> Said {
    let reference = parsed(typed)?;
    let released = serve::open(config)?.release(&reference, clock::now()).map_err(|error| failed(&error))?;
    if !released {
        return Err(vec![Diagnostic::new("relay.not-held").arg("reference", &reference)]);
    }
    let words = [format!("{reference} antakse üle."), format!("{reference} will be delivered.")];
    Ok(voice.done(&serde_json::json!({ "released": reference }), words))
}

pub(super) fn export(config: &Config, voice: Voice, form: &str) -> Said {
    let mut store = serve::open(config)?;
    let query = Query { form: Some(form.to_owned()), state: Some("accepted".to_owned()), limit: i64::MAX };
    let listed = store.list(&query).map_err(|error| failed(&error))?;
    if listed.is_empty() {
        known(config, form)?;
    }
    let mut all = Vec::new();
    for one in listed {
        let (job, payload) = read(&mut store, &one.reference, "exported")?;
        if matches!(payload, Payload::Sealed(_)) && voice.shape != Shape::Json {
            return Err(vec![Diagnostic::new("relay.sealed").arg("reference", &job.reference)]);
        }
        all.push((job, payload));
    }
    if voice.shape == Shape::Json {
        return Ok(json(&all.iter().map(|(job, payload)| payload.json(job)).collect::<Vec<_>>()));
    }
    let open = all.into_iter().filter_map(|(job, payload)| match payload {
        Payload::Open(document) => Some((job, document)),
        Payload::Sealed(_) => None,
    });
    Ok(csv(&open.collect::<Vec<_>>()))
}

/// That `form` is one of `forms.json`, as long as that can be read.
fn known(config: &Config, form: &str) -> Result<(), Vec<Diagnostic>> {
    let Ok(compiled) = library::read(&config.forms) else { return Ok(()) };
    let ids = || compiled.forms.iter().map(|version| version.form.id.as_str());
    if ids().any(|id| id == form) {
        return Ok(());
    }
    Err(vec![Diagnostic::new("relay.no-such-form").arg("form", form).suggest(form, ids())])
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
    let mut out = csv_line(fixed.into_iter().chain(names.iter().map(|name| &***name)));
    for (job, document) in all {
        let received = moment(job.received);
        let own = [&job.reference, &received, job.deadline.as_deref().unwrap_or_default(), &job.language];
        let answers = names.iter().map(|name| {
            let found = document.questions.iter().find(|question| question.name == **name);
            found.map_or("", |question| &question.answer.et)
        });
        out.push_str(&csv_line(own.into_iter().chain(answers)));
    }
    out
}
