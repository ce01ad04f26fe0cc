//! Webhooks: JSON, signed as Standard Webhooks says, no redirects followed.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;
use ureq::Agent;

use super::{Payload, Trouble};
use crate::relay::{
    clock,
    config::{self, Retry},
    secret::Secret,
    store::Job,
};

/// An address that gets submissions as JSON.
#[derive(Clone)]
pub(crate) struct Webhook {
    url: String,
    key: Secret,
    agent: Agent,
}

impl Webhook {
    pub(crate) fn new(config: &config::Webhook, retry: &Retry) -> Result<Self, String> {
        let agent = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(retry.attempt_seconds)))
            .max_idle_connections(4)
            .user_agent("form-relay")
            .build()
            .into();
        Ok(Self { url: config.url.clone(), key: key(&config.secret.read().map_err(|error| error.to_string())?), agent })
    }

    pub(crate) async fn deliver(&self, job: &Job, payload: &Payload) -> Result<(), Trouble> {
        let mut json = payload.json(job);
        let contents = job.attachments.iter().map(|(attachment, content)| {
            let mut file = serde_json::to_value(attachment).unwrap_or_default();
            if let Some(file) = file.as_object_mut() {
                file.insert("content".to_owned(), BASE64_STANDARD.encode(content).into());
            }
            file
        });
        let contents: Vec<_> = contents.collect();
        if let Some(all) = json.as_object_mut() {
            all.insert("attachments".to_owned(), contents.into());
        }
        self.post(&job.reference, json!({ "type": "form.submitted", "timestamp": json["received"], "data": json }))
            .await
    }

    pub(crate) async fn check(&self) -> Result<(), Trouble> {
        let id = format!("check-{}", clock::now());
        self.post(&id, json!({ "type": "form.check", "data": {} })).await
    }

    async fn post(&self, id: &str, body: serde_json::Value) -> Result<(), Trouble> {
        let (webhook, id) = (self.clone(), id.to_owned());
        tokio::task::spawn_blocking(move || webhook.send(&id, &body.to_string()))
            .await
            .unwrap_or_else(|_| Err(Trouble::Temporary("the sending broke off".to_owned())))
    }

    fn send(&self, id: &str, body: &str) -> Result<(), Trouble> {
        let at = (clock::now() / 1_000).to_string();
        let answer = self
            .agent
            .post(&self.url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", &at)
            .header("webhook-signature", signature(&self.key, id, &at, body))
            .header("idempotency-key", id)
            .send(body);
        match answer.map(|answer| answer.status().as_u16()) {
            Ok(200..=299) => Ok(()),
            // Not this content, not any more. A redirect, which is never followed, a lost page or a
            // wrong key is mended by the receiver, and then the next try passes.
            Ok(status @ (400 | 405 | 410 | 413 | 415 | 422)) => Err(Trouble::Permanent(format!("HTTP {status}"))),
            Ok(status) => Err(Trouble::Temporary(format!("HTTP {status}"))),
            Err(ureq::Error::Timeout(_)) => Err(Trouble::Temporary("no answer in time".to_owned())),
            Err(ureq::Error::BadUri(_)) => Err(Trouble::Permanent("the address cannot be read".to_owned())),
            // The standard library has no kind for this error, only the system's words.
            Err(ureq::Error::Io(error)) if error.to_string().contains("failed to lookup address") => {
                Err(Trouble::Temporary("the host's name cannot be looked up".to_owned()))
            }
            Err(ureq::Error::Io(error)) => Err(Trouble::Temporary(format!("no connection: {}", error.kind()))),
            Err(ureq::Error::HostNotFound) => Err(Trouble::Temporary("no such host".to_owned())),
            Err(ureq::Error::Rustls(error)) => Err(Trouble::Temporary(format!("TLS does not work: {error}"))),
            Err(_) => Err(Trouble::Temporary("no connection".to_owned())),
        }
    }
}

/// `whsec_` and base64, as Standard Webhooks writes keys; anything else is the key itself.
fn key(secret: &Secret) -> Secret {
    let text = secret.expose_text();
    match text.strip_prefix("whsec_").and_then(|encoded| BASE64_STANDARD.decode(encoded).ok()) {
        Some(key) => Secret::new(key),
        None => secret.clone(),
    }
}

/// `v1,` and the HMAC over id, time and body.
fn signature(key: &Secret, id: &str, at: &str, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose()) else { return String::new() };
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's libraries.
    #[test]
    fn the_signature_is_that_of_standard_webhooks() {
        let key = key(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        let signed = signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
