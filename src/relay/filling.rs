//! One post, from its values to the answer: the form again, the check page, or stored and on to the
//! confirmation.

use std::{borrow::Cow, sync::Arc};

use axum::{http::StatusCode, response::Response};
use jiff::civil::Date;

use super::{
    body::Held,
    clock,
    config::CONFIRMATION,
    document::Document,
    holding::Key,
    intake::App,
    network::Client,
    pages, proof,
    seal::Seal,
    store::{Attachment, NewSubmission, Rating, State, Stored, Write, Written},
    token::{Age, Check, Nonce, Receipt},
};
use crate::{
    calendar,
    forms::{
        Action, Answers, Availability, Catalogue, Deadline, Error, Errors, Form, HONEYPOT, Input, RECEIPT, Version,
        html::{self, Context, Problem},
        validate,
    },
    language::Lang,
};

/// Room for most submissions, so that writing one down seldom needs more.
const PAYLOAD: usize = 8 << 10;

/// The hidden field with the signed token of the check step.
const TOKEN: &str = "_token";

/// The first text under `name`.
pub(crate) fn text<'a>(inputs: &'a [(String, Input)], name: &str) -> &'a str {
    let found = inputs.iter().find_map(|(known, input)| match input {
        Input::Text(text) if known == name => Some(text.as_str()),
        _ => None,
    });
    found.unwrap_or_default()
}

/// One post, from the body to the answer.
pub(crate) struct Filling<'a> {
    pub(crate) app: &'a App,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) version: &'a Arc<Version>,
    pub(crate) lang: Lang,
    pub(crate) client: Client,
    /// In milliseconds of the Unix epoch.
    pub(crate) now: i64,
    /// The same on Estonian calendars.
    pub(crate) today: Date,
}

impl Filling<'_> {
    /// Answers a post.
    pub(crate) async fn answer(&self, mut inputs: Vec<(String, Input)>, seal: Option<&Seal>) -> Response {
        let form = &self.version.form;
        let action = Action::of(&inputs);
        let token: Option<Check> =
            self.app.signer.verify(text(&inputs, TOKEN)).filter(|token: &Check| token.form == form.id);
        // Who began on the last day may finish after midnight.
        let begun = token.as_ref().map_or(self.today, |token| clock::local_ms(token.at).date());
        if form.availability(self.today) != Availability::Open
            && form.availability(begun) != Availability::Open
            && let Some(closed) = html::closed(form, self.lang, self.today, self.catalogue.office())
        {
            return pages::page(self.catalogue, self.lang, StatusCode::FORBIDDEN, &closed);
        }
        match &action {
            Action::Edit(field) => return self.form(StatusCode::OK, &inputs, &Errors::default(), Some(field)),
            Action::Add(_) | Action::Remove(..) => {
                action.apply(form, &mut inputs);
                return self.form(StatusCode::OK, &inputs, &Errors::default(), None);
            }
            Action::Check | Action::Send => {}
        }
        let answers = match validate(form, self.lang, &inputs, self.today) {
            Ok(answers) => answers,
            Err(errors) => return self.form(StatusCode::UNPROCESSABLE_ENTITY, &inputs, &errors, None),
        };
        let lost = lost(self.lang, &inputs);
        if !lost.0.is_empty() {
            return self.form(StatusCode::UNPROCESSABLE_ENTITY, &inputs, &lost, None);
        }
        let sends = action == Action::Send || !form.check_answers;
        let watch = &self.app.watch;
        let attacked = if sends { watch.sees(&form.id, self.now) } else { watch.rings(&form.id, self.now) };
        if !(form.check_answers || attacked) {
            let (token, before) = token.map_or_else(|| self.one_post(&inputs), |token| (token, None));
            return self.store((&token, before), &answers, &inputs, seal).await;
        }
        let limits = &self.app.config.limits;
        let now = jiff::Timestamp::from_millisecond(self.now).unwrap_or_default();
        let age =
            token.as_ref().map(|token| token.age(now, limits.least_check_ms, limits.most_check_hours * 3_600_000));
        let (token, good) = match (token, age) {
            (Some(token), Some(Age::Good)) => (token, action == Action::Send),
            // The page again: a person presses the button once more, a program does not.
            (Some(token), Some(Age::TooYoung)) if action == Action::Send => (token, false),
            _ => (self.token(), false),
        };
        match attacked.then(|| self.proof(&token, &inputs, good)) {
            None | Some(Ok(())) if good => self.store((&token, None), &answers, &inputs, seal).await,
            Some(Err(from)) => self.check(&token, &answers, &inputs, Some(from)),
            _ => self.check(&token, &answers, &inputs, None),
        }
    }

    /// Whether this post, if it is to be stored now, proves work or was waited for; otherwise from
    /// when on it may be sent without a proof.
    fn proof(&self, token: &Check, inputs: &[(String, Input)], now: bool) -> Result<(), i64> {
        let from = token.at.saturating_add(self.app.config.limits.proof_wait_seconds * 1_000);
        if !now {
            return Err(from);
        }
        if proof::proves(&self.app.signer, token, text(inputs, proof::PROOF)) {
            return Ok(());
        }
        self.app.metrics.count("form_relay_unproven_total", &[("form", &self.version.form.id)]);
        if self.now < from {
            return Err(from);
        }
        let seconds = |wait| self.now.saturating_add(i64::try_from(wait).unwrap_or(60) * 1_000);
        self.app.patient.take(self.client, self.now).map_err(seconds)
    }

    /// The token of a post without a check page, and the name that the same post had a little earlier.
    fn one_post(&self, inputs: &[(String, Input)]) -> (Check, Option<Nonce>) {
        let client = self.client.octets();
        let told: Vec<(&str, Cow<str>)> = inputs
            .iter()
            .map(|(name, input)| match input {
                Input::Text(text) => (name.as_str(), Cow::Borrowed(text.as_str())),
                Input::File(file) => {
                    let held = file.handle.as_deref().and_then(|handle| self.app.signer.verify::<Held>(handle));
                    (name.as_str(), Cow::Owned(held.map(|held| held.attachment.hash).unwrap_or_default()))
                }
            })
            .collect();
        let content = told.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
        let content = std::iter::once(&client[..]).chain(content);
        let now = jiff::Timestamp::from_millisecond(self.now).unwrap_or_default();
        let of = (self.version.form.id.as_str(), self.version.version.as_str());
        let (token, before) = Check::of_content(&self.app.signer, of, now, content);
        (token, Some(before))
    }

    fn token(&self) -> Check {
        let now = jiff::Timestamp::from_millisecond(self.now).unwrap_or_default();
        Check::new(&self.version.form.id, &self.version.version, now)
    }

    /// The form, with what was typed and what is wrong with it.
    pub(crate) fn form(
        &self,
        status: StatusCode,
        inputs: &[(String, Input)],
        errors: &Errors,
        focus: Option<&str>,
    ) -> Response {
        let page = self
            .with_context(&[], focus, "", |context| html::form(&self.version.form, self.lang, inputs, errors, context));
        pages::page(self.catalogue, self.lang, status, &page)
    }

    /// The check page; with a proof of work on it if `from` says when it may be sent without one.
    fn check(&self, token: &Check, answers: &Answers, inputs: &[(String, Input)], from: Option<i64>) -> Response {
        let extra = from.map(|from| proof::html(&self.app.signer, token, self.lang, from)).unwrap_or_default();
        let token = self.app.signer.sign(token);
        // What only robots fill in goes with it, so that it is known at the second post as well.
        let honeypot = text(inputs, HONEYPOT);
        let hidden: &[_] =
            if honeypot.is_empty() { &[(TOKEN, &*token)] } else { &[(TOKEN, &*token), (HONEYPOT, honeypot)] };
        let page = self.with_context(hidden, None, &extra, |context| {
            html::check(&self.version.form, self.lang, answers, inputs, context)
        });
        pages::page(self.catalogue, self.lang, StatusCode::OK, &page)
    }

    fn with_context<T>(
        &self,
        hidden: &[(&str, &str)],
        focus: Option<&str>,
        extra: &str,
        make: impl FnOnce(&Context) -> T,
    ) -> T {
        make(&Context {
            action: &format!("{}/{}", self.app.config.public_url, self.version.form.id),
            version: &self.version.version,
            office: self.catalogue.office(),
            heading: true,
            ids: "",
            hidden,
            focus,
            extra,
        })
    }

    async fn store(
        &self,
        (token, before): (&Check, Option<Nonce>),
        answers: &Answers,
        inputs: &[(String, Input)],
        seal: Option<&Seal>,
    ) -> Response {
        let (app, form) = (self.app, &self.version.form);
        if let Err(wait) = app.forms.take(form.id.clone(), self.now) {
            return pages::problem(self.catalogue, self.lang, Problem::TooMany, Some(wait));
        }
        let Some(mut new) = self.submission((token, before), answers, inputs, seal) else {
            return pages::problem(self.catalogue, self.lang, Problem::Unavailable, Some(60));
        };
        if let Err(wait) = self.spare_mailbox(answers, &mut new) {
            return pages::problem(self.catalogue, self.lang, Problem::TooMany, Some(wait));
        }
        let state = new.state;
        match app.store.write(Write::Submit(Box::new(new))).await {
            Ok(Written::Stored(stored)) => {
                if stored.new {
                    let state = state.name();
                    app.metrics.count("form_relay_stored_total", &[("form", &form.id), ("state", state)]);
                    tracing::info!(reference = stored.reference, form = form.id, state, "stored");
                    app.news.notify_waiters();
                }
                pages::see_other(&self.receipt(&stored))
            }
            _ => {
                app.metrics.count("form_relay_refused_total", &[("reason", "store")]);
                pages::problem(self.catalogue, self.lang, Problem::Unavailable, Some(30))
            }
        }
    }

    /// Nobody can have a stranger's mailbox filled: above a few letters an hour to one address a
    /// confirmation is left out, and a form that needs one has to wait (for so many seconds).
    fn spare_mailbox(&self, answers: &Answers, new: &mut NewSubmission) -> Result<(), u64> {
        let Some(at) = new.destinations.iter().position(|name| name == CONFIRMATION) else { return Ok(()) };
        let address = answers.reply_to(&self.version.form).unwrap_or_default().to_lowercase();
        match self.app.letters.take(address, self.now) {
            Err(wait) if new.state == State::Unconfirmed => return Err(wait),
            Err(_) => drop(new.destinations.remove(at)),
            Ok(()) => {}
        }
        Ok(())
    }

    fn receipt(&self, stored: &Stored) -> String {
        let receipt = Receipt {
            form: self.version.form.id.clone(),
            version: self.version.version.clone(),
            language: self.lang.as_str().to_owned(),
            reference: stored.reference.clone(),
            received: stored.received,
            deadline: stored.deadline,
        };
        format!("/{}/sent/{}", self.version.form.id, self.app.signer.sign(&receipt))
    }

    /// What is to be stored; `None` if sealing does not work.
    fn submission(
        &self,
        (token, before): (&Check, Option<Nonce>),
        answers: &Answers,
        inputs: &[(String, Input)],
        seal: Option<&Seal>,
    ) -> Option<NewSubmission> {
        let form = &self.version.form;
        let mut attachments = self.attachments(answers);
        let known = attachments.iter().map(|(attachment, _)| attachment.clone()).collect();
        let receipt = seal.is_none()
            && self.app.config.confirmation.is_some()
            && !text(inputs, RECEIPT).is_empty()
            && answers.reply_to(form).is_some();
        let state = match (text(inputs, HONEYPOT), form.confirm_address) {
            ("", true) => State::Unconfirmed,
            ("", false) => State::Accepted,
            _ => State::Quarantined,
        };
        let receipt = receipt || state == State::Unconfirmed;
        let document = Document::new(self.version, answers, known, receipt);
        let mut payload = Vec::with_capacity(PAYLOAD);
        serde_json::to_writer(&mut payload, &document).ok()?;
        if let Some(seal) = seal {
            payload = seal.seal(&payload).ok()?;
            for (number, (attachment, _)) in attachments.iter_mut().enumerate() {
                attachment.name = format!("{}.age", number + 1);
                "application/age".clone_into(&mut attachment.media_type);
                attachment.field.clear();
                attachment.hash.clear();
            }
        }
        let mut destinations = form.recipients.clone();
        if receipt {
            destinations.push(CONFIRMATION.to_owned());
        }
        Some(NewSubmission {
            nonce: token.nonce,
            before,
            version: Arc::clone(self.version),
            language: self.lang,
            received: self.now,
            day: self.today,
            deadline: self.deadline(),
            purge_at: self.now.saturating_add(i64::from(form.retention_days) * 86_400_000),
            state,
            sealed: seal.is_some(),
            payload,
            attachments,
            destinations,
            rating: rating(form, answers),
        })
    }

    fn attachments(&self, answers: &Answers) -> Vec<(Attachment, Key)> {
        let held = answers.files().into_iter().filter_map(|(field, upload)| {
            let held: Held = self.app.signer.verify(upload.handle.as_deref()?)?;
            Some((Attachment { field, ..held.attachment }, held.key))
        });
        held.collect()
    }

    fn deadline(&self) -> Option<Date> {
        Some(match self.version.form.reply_deadline? {
            Deadline::WorkingDays(days) => calendar::add_working_days(self.today, days.into()),
            Deadline::Days(days) => {
                let day = self.today.checked_add(jiff::Span::new().days(i64::from(days))).unwrap_or(self.today);
                calendar::on_working_day(day)
            }
        })
    }
}

/// The files that were attached before and are no longer held: nothing is sent without them.
fn lost(lang: Lang, inputs: &[(String, Input)]) -> Errors {
    let one = |(name, input): &(String, Input)| match input {
        Input::File(file) if file.size > 0 && file.handle.is_none() => {
            let message = match lang.as_str() {
                "et" => format!("Valige fail „{}“ uuesti: see ootas saatmist liiga kaua.", file.name),
                "ru" => format!("Выберите файл «{}» ещё раз: он ждал отправки слишком долго.", file.name),
                _ => format!("Choose the file “{}” again: it waited too long to be sent.", file.name),
            };
            Some(Error { field: name.clone(), input: name.clone(), message })
        }
        _ => None,
    };
    Errors(inputs.iter().filter_map(one).collect())
}

/// What `stats` counts: of forms with a rating, by page and service; of others, only how many.
fn rating(form: &Form, answers: &Answers) -> Rating {
    let Some(field) = &form.rating else { return Rating::default() };
    // An address may carry a query with something personal in it.
    let plain = |name: &str| {
        let text = answers.text(name).unwrap_or_default();
        text.split(['?', '#']).next().unwrap_or_default().chars().take(200).collect()
    };
    Rating {
        page: plain("page"),
        service: plain("service"),
        rating: answers
            .text(field)
            .and_then(|text| text.parse().ok())
            .filter(|rating| (1..=5).contains(rating))
            .unwrap_or(0),
    }
}
