//! Mail: to the office with everything, to the citizen with a reference number, to the operator.
#![expect(clippy::disallowed_methods, reason = "a certificate authority of one's own is a file, read at the start")]

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Attachment as Part, Mailbox as Address, MultiPart, SinglePart, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};

use super::{Links, Payload, Trouble, mail};
use crate::relay::{
    config::{Config, Security, Smtp},
    store::Job,
};

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// A way to send mail, and to whom.
pub(crate) struct Mailbox {
    transport: Transport,
    /// Its host and port.
    server: String,
    from: Address,
    to: Vec<Address>,
    /// The part of message ids after the `@`.
    domain: String,
    name: String,
}

impl Mailbox {
    pub(crate) fn new(smtp: &Smtp, config: &Config) -> Result<Self, String> {
        let port = smtp.port.unwrap_or(match smtp.security {
            Security::Tls => 465,
            Security::Starttls => 587,
            Security::None => 25,
        });
        let mut builder = Transport::builder_dangerous(&smtp.host)
            .tls(tls(smtp)?)
            .timeout(Some(Duration::from_secs(config.retry.attempt_seconds.div_ceil(2))))
            .port(port);
        if let (Some(username), Some(password)) = (&smtp.username, &smtp.password) {
            builder = builder.credentials(Credentials::new(
                username.clone(),
                password.read().map_err(|error| error.to_string())?.expose_text(),
            ));
        }
        let address = |text: &String| text.parse::<Address>().map_err(|_| format!("{text} is no e-mail address"));
        let host = config.public_url.split_once("://").map_or("", |(_, host)| host);
        Ok(Self {
            transport: builder.build(),
            server: format!("{}:{port}", smtp.host),
            from: address(&smtp.from)?,
            to: smtp.to.iter().map(address).collect::<Result<_, _>>()?,
            domain: host.split(':').next().unwrap_or("localhost").to_owned(),
            name: config.name.clone(),
        })
    }

    /// The submission, to the office.
    pub(crate) async fn deliver(&self, job: &Job, payload: &Payload) -> Result<(), Trouble> {
        let json = payload.json(job);
        let file = if job.sealed { "submission.sealed.json" } else { "submission.json" };
        let mut parts = MultiPart::mixed()
            .singlepart(SinglePart::plain(mail::for_office(job, payload)))
            .singlepart(attached(file, "application/json", serde_json::to_vec_pretty(&json).unwrap_or_default()));
        for (attachment, content) in &job.attachments {
            parts = parts.singlepart(attached(&attachment.name, &attachment.media_type, content.clone()));
        }
        let title = match payload {
            Payload::Open(document) => document.title("et"),
            Payload::Sealed(_) => &job.form,
        };
        let mut builder = self.message(&job.reference, "").subject(mail::line(&format!("{} {title}", job.reference)));
        for to in &self.to {
            builder = builder.to(to.clone());
        }
        if let Payload::Open(document) = payload
            && let Some(reply_to) = document.reply_to.as_deref().and_then(|address| address.parse().ok())
        {
            builder = builder.reply_to(reply_to);
        }
        self.send(builder.multipart(parts)).await
    }

    /// The reference number, to the citizen who asked for it.
    pub(crate) async fn confirm(&self, job: &Job, payload: &Payload, links: &Links) -> Result<(), Trouble> {
        let Payload::Open(document) = payload else { return Ok(()) };
        let to: Address = match document.reply_to.as_deref().map(str::parse) {
            Some(Ok(to)) => to,
            _ => return Err(Trouble::Permanent("no address".to_owned())),
        };
        let link = document.confirm_address.then(|| links.confirm(job));
        let (subject, text) = mail::for_citizen(job, document, link.as_deref(), &self.name);
        let builder = self
            .message(&job.reference, "confirmation.")
            .to(to)
            .subject(mail::line(&subject))
            // So that no out-of-office answer comes back (RFC 3834).
            .raw_header(lettre::message::header::HeaderValue::new(
                lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        self.send(builder.singlepart(SinglePart::plain(text))).await
    }

    /// That a delivery was given up, to the operator; without anything of the citizen's.
    pub(crate) async fn alert(&self, to: &[String], destination: &str, trouble: &str) -> Result<(), Trouble> {
        let mut builder = Message::builder()
            .from(self.from.clone())
            .subject(mail::line(&format!("form-relay: {destination} does not take submissions")));
        for to in to.iter().filter_map(|to| to.parse().ok()) {
            builder = builder.to(to);
        }
        let text = format!(
            "A submission could not be delivered to `{destination}`: {trouble}\n\n\
             Nothing is lost: it is kept until it is delivered.\n\
             See what waits:   form-relay list --state dead\n\
             Send it again:    form-relay retry --all\n"
        );
        self.send(builder.singlepart(SinglePart::plain(text))).await
    }

    pub(crate) async fn check(&self) -> Result<(), Trouble> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Trouble::Temporary("the server does not answer".to_owned())),
            // Nothing of a citizen's was sent, so the server's own words are safe.
            Err(error) => Err(Trouble::Temporary(format!("{}: {}", self.server, causes(&error)))),
        }
    }

    /// A message whose id is the reference: who gets it twice can tell.
    fn message(&self, reference: &str, kind: &str) -> lettre::message::MessageBuilder {
        let id = format!("<{kind}{reference}@{}>", self.domain);
        Message::builder().from(self.from.clone()).message_id(Some(id)).date_now()
    }

    async fn send(&self, message: Result<Message, lettre::error::Error>) -> Result<(), Trouble> {
        let message = message.map_err(|_| Trouble::Permanent("the message cannot be written".to_owned()))?;
        self.transport.send(message).await.map(|_| ()).map_err(|error| trouble(&error))
    }
}

fn attached(name: &str, media_type: &str, content: Vec<u8>) -> SinglePart {
    let kind = ContentType::parse(media_type).unwrap_or(ContentType::TEXT_PLAIN);
    Part::new(name.to_owned()).body(content, kind)
}

fn tls(smtp: &Smtp) -> Result<Tls, String> {
    if smtp.security == Security::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(smtp.host.clone());
    if let Some(path) = &smtp.authority {
        let pem = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        parameters = parameters.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| error.to_string())?);
    }
    let parameters = parameters.build_rustls().map_err(|error| error.to_string())?;
    Ok(if smtp.security == Security::Tls { Tls::Wrapper(parameters) } else { Tls::Required(parameters) })
}

/// The error with what caused it: "Connection error: Connection refused".
fn causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !said.contains(&words) {
            said = format!("{said}: {words}");
        }
        next = cause.source();
    }
    said
}

/// A server's refusal in a few words: only its code, for its text may quote the citizen's address.
fn trouble(error: &lettre::transport::smtp::Error) -> Trouble {
    let code = error.status().map(|code| format!("SMTP {code}"));
    match code {
        Some(code) if error.is_permanent() => Trouble::Permanent(code),
        Some(code) => Trouble::Temporary(code),
        None if error.is_timeout() => Trouble::Temporary("no answer in time".to_owned()),
        None if error.is_tls() => Trouble::Temporary("TLS does not work".to_owned()),
        None => Trouble::Temporary("no connection".to_owned()),
    }
}
