//! What the office gets: the questions and answers in words, and the same as plain data.
//!
//! It is made when the submission comes in, so that delivering it weeks later needs nothing of the
//! form as it is then; of a sealed form only this, encrypted, is kept.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::store::{Attachment, Job};
use crate::{
    forms::{Answers, Plain, Version},
    language::Lang,
    schema::Localized,
};

/// The layout of the JSON that webhooks and drop folders get.
pub(crate) const SCHEMA: &str = "raekoda.submission/1";
/// The layout of a sealed one.
pub(crate) const SEALED_SCHEMA: &str = "raekoda.sealed/1";

/// A submission in words and data: while it is taken in, of borrowed texts and with `A` the answers as
/// they were read; later as it was stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Document<'a, A = serde_json::Value> {
    pub(crate) title: Cow<'a, Localized>,
    /// By the fields' names.
    pub(crate) answers: A,
    /// In the form's order, in Estonian and in the citizen's language.
    pub(crate) questions: Vec<Question<'a>>,
    pub(crate) attachments: Vec<Attachment>,
    /// The citizen's address, for the office's reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reply_to: Option<String>,
    /// The citizen asked for a confirmation by mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) confirmation: Option<String>,
    /// The mail asks the citizen to confirm the address.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) confirm_address: bool,
}

/// A question with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Question<'a> {
    /// The field's name: `children.0.name`.
    pub(crate) name: Cow<'a, str>,
    pub(crate) step: Words<'a>,
    pub(crate) question: Words<'a>,
    pub(crate) answer: Words<'a>,
}

/// A text in Estonian and in the citizen's language, where that is another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Words<'a> {
    pub(crate) et: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) own: Option<Cow<'a, str>>,
}

impl<'a> Document<'a, Plain<'a>> {
    /// The document of valid answers; `receipt` if a confirmation was asked for.
    pub(crate) fn new(version: &'a Version, answers: &'a Answers, attachments: Vec<Attachment>, receipt: bool) -> Self {
        let form = &version.form;
        let mut own = (answers.lang != Lang::ET).then(|| answers.sections(form, answers.lang).into_iter());
        let mut questions = Vec::new();
        for section in answers.sections(form, Lang::ET) {
            let other = own.as_mut().and_then(Iterator::next);
            let (step, rows) = other.map_or((None, Vec::new()), |other| (Some(other.title), other.rows));
            let mut theirs = rows.into_iter();
            for row in section.rows {
                let their = theirs.next();
                let (question, answer) = their.map(|row| (row.label, row.answer)).unzip();
                questions.push(Question {
                    name: row.path,
                    step: Words { et: section.title.into(), own: step.map(Cow::Borrowed) },
                    question: Words { et: row.label, own: question },
                    answer: Words { et: row.answer, own: answer },
                });
            }
        }
        Self {
            title: Cow::Borrowed(&form.title),
            answers: answers.plain(),
            questions,
            attachments,
            reply_to: answers.reply_to(form).map(ToOwned::to_owned),
            confirmation: receipt.then(|| form.what_happens_next.get(answers.lang).unwrap_or_default().to_owned()),
            confirm_address: form.confirm_address,
        }
    }
}

impl Document<'_> {
    /// The form's title in the language of `code`, or in any.
    pub(crate) fn title(&self, code: &str) -> &str {
        self.title.get(Lang::parse(code).unwrap_or(Lang::ET)).unwrap_or_default()
    }
}

/// What a delivery carries.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    Open(Box<Document<'static>>),
    /// What age made of the document.
    Sealed(Vec<u8>),
}

impl Payload {
    /// The payload of a stored submission.
    pub(crate) fn of(job: &Job) -> Result<Self, String> {
        if job.sealed {
            return Ok(Self::Sealed(job.payload.clone()));
        }
        serde_json::from_slice(&job.payload)
            .map(|document| Self::Open(Box::new(document)))
            .map_err(|_| "the stored submission cannot be read".to_owned())
    }

    /// The JSON for a receiver, without the attachments' contents.
    pub(crate) fn json(&self, job: &Job) -> serde_json::Value {
        use base64::{Engine as _, prelude::BASE64_STANDARD};
        let schema = if job.sealed { SEALED_SCHEMA } else { SCHEMA };
        let received = super::clock::local_ms(job.received).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let mut json = serde_json::json!({
            "schema": schema,
            "reference": job.reference,
            "form": job.form,
            "version": job.version,
            "language": job.language,
            "received": received,
            "deadline": job.deadline,
        });
        let own = match self {
            Self::Open(document) => serde_json::to_value(document).unwrap_or_default(),
            Self::Sealed(sealed) => serde_json::json!({ "sealed": BASE64_STANDARD.encode(sealed) }),
        };
        if let (Some(all), serde_json::Value::Object(own)) = (json.as_object_mut(), own) {
            all.extend(own);
            // For the relay's own mail only.
            all.remove("confirmation");
            all.remove("confirm_address");
        }
        json
    }
}
