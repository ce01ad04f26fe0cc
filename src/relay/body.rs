//! Reading what a browser posts: texts into memory within a limit, attachments into the holding area.

use axum::body::Body;
use http_body_util::{BodyExt as _, Limited};
use hyper::{HeaderMap, header};
use multer::{Constraints, Multipart, SizeLimit};

use super::{
    attachment::clean_name,
    clamd::Scan,
    clock,
    config::Limits,
    holding::{Files, Key},
    pace::{Paced, Room},
    seal::Seal,
    store::{Attachment, Handle, Write, Written},
    token::{Signer, Token},
    upload,
};
use crate::forms::{DROP, Field, FileRules, Form, HELD, Input, Kind, MALWARE, Upload};

/// Why a body was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// More than is allowed, in bytes or in fields.
    TooLarge,
    /// Neither of the encodings of forms.
    Unsupported,
    /// Not what its encoding says.
    Malformed,
    /// It did not come in time.
    Slow,
    /// The disk or clamd does not take it.
    Unavailable,
}

/// A held file as the citizen's own page names it, signed.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Held {
    pub(crate) key: Key,
    /// For which form it was uploaded: with its limits, sealed with its keys.
    #[serde(default)]
    pub(crate) form: String,
    pub(crate) attachment: Attachment,
}

impl Token for Held {
    const PURPOSE: &'static [u8] = b"held\0";
}

/// What reading a body needs.
pub(crate) struct Reader<'a> {
    pub(crate) form: &'a Form,
    pub(crate) limits: &'a Limits,
    pub(crate) files: &'a Files,
    pub(crate) signer: &'a Signer,
    pub(crate) seal: Option<&'a Seal>,
    pub(crate) clamd: Option<&'a str>,
    /// Where uploads wait if several relays share a store: the second post may come to another one.
    pub(crate) shared: Option<&'a Handle>,
}

impl Reader<'_> {
    /// The names and values of the whole body.
    pub(crate) async fn read(&self, headers: &HeaderMap, body: Body) -> Result<Vec<(String, Input)>, Refusal> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let mut inputs = if kind.starts_with("application/x-www-form-urlencoded") {
            self.urlencoded(body).await?
        } else if let Ok(boundary) = multer::parse_boundary(kind) {
            self.multipart(boundary, body).await?
        } else {
            return Err(Refusal::Unsupported);
        };
        self.recall(&mut inputs).await?;
        Ok(inputs)
    }

    async fn urlencoded(&self, body: Body) -> Result<Vec<(String, Input)>, Refusal> {
        let body = Limited::new(body, self.limits.answers_bytes).collect().await.map_err(|error| {
            if error.is::<http_body_util::LengthLimitError>() { Refusal::TooLarge } else { Refusal::Malformed }
        })?;
        let body = body.to_bytes();
        let mut inputs = Vec::new();
        for pair in body.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
            if inputs.len() == self.limits.fields {
                return Err(Refusal::TooLarge);
            }
            let at = pair.iter().position(|&byte| byte == b'=').unwrap_or(pair.len());
            let (name, value) = (decoded(&pair[..at])?, decoded(pair.get(at + 1..).unwrap_or_default())?);
            inputs.push((name, Input::Text(value)));
        }
        Ok(inputs)
    }

    async fn multipart(&self, boundary: String, body: Body) -> Result<Vec<(String, Input)>, Refusal> {
        let limit = SizeLimit::new().whole_stream(self.limits.body_bytes);
        let constraints = Constraints::new().size_limit(limit);
        let room = Room::default();
        let paced = Paced { body: body.into_data_stream(), room: room.clone(), rests: false };
        let mut parts = Multipart::with_constraints(paced, boundary, constraints);
        let (mut inputs, mut left) = (Vec::new(), self.limits.answers_bytes);
        loop {
            room.for_head();
            let Some(mut part) = parts.next_field().await.map_err(|error| refusal(&error))? else { break };
            room.for_content();
            if inputs.len() == self.limits.fields {
                return Err(Refusal::TooLarge);
            }
            let name = part.name().unwrap_or_default().to_owned();
            left = left.checked_sub(name.len()).ok_or(Refusal::TooLarge)?;
            if part.file_name().is_some() || part.content_type().is_some() {
                let file = part.file_name().unwrap_or_default().to_owned();
                match rules(self.form, &name) {
                    Some(rules) => inputs.push((name, Input::File(self.file(&file, rules, part).await?))),
                    None => while part.chunk().await.map_err(|error| refusal(&error))?.is_some() {},
                }
                continue;
            }
            let mut text = Vec::new();
            while let Some(chunk) = part.chunk().await.map_err(|error| refusal(&error))? {
                left = left.checked_sub(chunk.len()).ok_or(Refusal::TooLarge)?;
                text.extend_from_slice(&chunk);
            }
            inputs.push((name, Input::Text(String::from_utf8(text).map_err(|_| Refusal::Malformed)?)));
        }
        Ok(inputs)
    }

    /// Receives one file. What its question does not accept is not held: the page names it as wrong.
    async fn file(&self, name: &str, rules: &FileRules, mut part: multer::Field<'_>) -> Result<Upload, Refusal> {
        let unavailable = |error: std::io::Error| {
            tracing::error!(error = %error.kind(), "an attachment could not be taken");
            Refusal::Unavailable
        };
        // Of our own disk the same kind of error says that it is full, which passes.
        let unscanned = |error: std::io::Error| {
            tracing::error!(%error, "clamd did not look at an attachment");
            match error.kind() {
                std::io::ErrorKind::FileTooLarge => Refusal::TooLarge,
                _ => Refusal::Unavailable,
            }
        };
        // A browser sends an empty file without a name where none was chosen.
        let Some(first) = part.chunk().await.map_err(|error| refusal(&error))? else {
            let name = if name.is_empty() { String::new() } else { clean_name(name, &[]) };
            return Ok(Upload { name, size: 0, media_type: None, handle: None });
        };
        let mut scan = match self.clamd {
            Some(address) => Some(Scan::begin(address).await.map_err(unscanned)?),
            None => None,
        };
        let mut upload = upload::Upload::begin(self.files, self.seal, rules.max_size).map_err(unavailable)?;
        let (mut next, mut size) = (Some(first), 0);
        while let Some(chunk) = next {
            size += chunk.len() as u64;
            // What is too large for its question is not taken, whatever clamd says.
            scan = scan.filter(|_| size <= rules.max_size);
            if let Some(scan) = &mut scan {
                scan.feed(&chunk).await.map_err(unscanned)?;
            }
            upload = upload.feed(chunk).await.map_err(unavailable)?;
            next = part.chunk().await.map_err(|error| refusal(&error))?;
        }
        let found = match scan {
            Some(scan) => scan.finish().await.map_err(unscanned)?,
            None => None,
        };
        if let Some(found) = &found {
            tracing::warn!(form = self.form.id, found, "clamd found something in an attachment");
        }
        let received = upload.finish().await.map_err(unavailable)?;
        let kind = rules.accept.iter().find(|kind| kind.media_types().contains(&received.media_type));
        let name = clean_name(name, kind.map_or(&[], |kind| kind.extensions()));
        let mut answer = Upload {
            name: name.clone(),
            size: received.size,
            media_type: Some(if found.is_none() { received.media_type } else { MALWARE }.to_owned()),
            handle: None,
        };
        if !(found.is_none() && received.held && kind.is_some()) {
            self.files.discard(&received.key);
            return Ok(answer);
        }
        if let Some(store) = self.shared {
            self.share(store, received.key).await?;
        }
        let attachment = Attachment {
            field: String::new(),
            name,
            media_type: received.media_type.to_owned(),
            size: received.size,
            hash: received.hash,
        };
        answer.handle = Some(self.signer.sign(&Held { key: received.key, form: self.form.id.clone(), attachment }));
        Ok(answer)
    }

    /// Moves an upload from this relay's disk into the store that all relays share.
    async fn share(&self, store: &Handle, key: Key) -> Result<(), Refusal> {
        let files = self.files.clone();
        let content = tokio::task::spawn_blocking(move || {
            let content = files.held(&key);
            files.discard(&key);
            content
        });
        let Ok(Ok(content)) = content.await else { return Err(Refusal::Unavailable) };
        let hold = Write::Hold { key, now: clock::now(), content, most: self.limits.holding_bytes };
        store.write(hold).await.map(drop).map_err(|_| Refusal::Unavailable)
    }

    async fn holds(&self, key: Key) -> Result<bool, Refusal> {
        let Some(store) = self.shared else { return Ok(self.files.holds(&key)) };
        match store.write(Write::Holds { key }).await {
            Ok(Written::Holds(held)) => Ok(held),
            _ => Err(Refusal::Unavailable),
        }
    }

    /// Puts the files that are held from an earlier post in their questions' places.
    async fn recall(&self, inputs: &mut Vec<(String, Input)>) -> Result<(), Refusal> {
        let texts = |wanted: &str| -> Vec<(String, String)> {
            let named = inputs.iter().filter_map(|(name, input)| match input {
                Input::Text(text) if name == wanted => text.split_once(':'),
                _ => None,
            });
            named.map(|(field, handle)| (field.to_owned(), handle.to_owned())).collect()
        };
        let (held, dropped) = (texts(HELD), texts(DROP));
        for (field, handle) in held {
            let given_up = dropped.iter().any(|(_, other)| *other == handle);
            let Some(Held { key, form, attachment }) = self.signer.verify(&handle) else { continue };
            if !given_up && form == self.form.id && rules(self.form, &field).is_some() {
                let Attachment { name, media_type, size, .. } = attachment;
                // Without a handle it is one that has to be chosen again.
                let handle = self.holds(key).await?.then_some(handle);
                inputs.push((field, Input::File(Upload { name, size, media_type: Some(media_type), handle })));
            }
        }
        Ok(())
    }
}

fn refusal(error: &multer::Error) -> Refusal {
    match error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => Refusal::TooLarge,
        _ => Refusal::Malformed,
    }
}

/// What may be attached to the question of this name: `photos`, `children.0.certificate`.
fn rules<'a>(form: &'a Form, name: &str) -> Option<&'a FileRules> {
    let mut parts = name.split('.');
    let field = form.field(parts.next()?)?;
    let inner = match (field.kind, parts.next(), parts.next()) {
        (Kind::Group, Some(_), Some(inner)) => field.fields.iter().find(|field| field.name == inner)?,
        (_, None, None) => field,
        _ => return None,
    };
    let takes = |field: &'a Field| field.files.as_ref().filter(|_| field.kind == Kind::File);
    takes(inner)
}

/// A name or value of `application/x-www-form-urlencoded`.
fn decoded(text: &[u8]) -> Result<String, Refusal> {
    let spaced: Vec<u8> = text.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    let bytes = percent_encoding::percent_decode(&spaced).collect();
    String::from_utf8(bytes).map_err(|_| Refusal::Malformed)
}
