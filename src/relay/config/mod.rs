//! `relay.toml`: everything the relay is told, checked in full before it starts.

mod problems;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Deserialize;

use super::{
    network::Network,
    secret::{Secret, SecretSource},
};
use crate::diagnostics::{Diagnostic, Location};

/// The file as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Where citizens' requests come in, behind a proxy that does TLS.
    pub(crate) listen: SocketAddr,
    /// Where the heartbeat and the metrics are; never reachable from outside.
    pub(crate) admin_listen: Option<SocketAddr>,
    /// The relay's own address as the browser sees it, without a slash at the end.
    pub(crate) public_url: String,
    /// The addresses of the sites whose forms are sent here, as browsers say them in `Origin`.
    pub(crate) sites: Vec<String>,
    /// The municipality's name, for mails.
    pub(crate) name: String,
    /// What the build made: definitions and page shells.
    pub(crate) forms: PathBuf,
    /// The folder of the store. Nothing else may be in it, and no web server may serve it.
    pub(crate) data: PathBuf,
    /// What tokens are signed with; at least 32 characters.
    pub(crate) secret: SecretSource,
    /// Proxies whose `X-Forwarded-For` is believed.
    #[serde(default)]
    pub(crate) trusted_proxies: Vec<Network>,
    #[serde(default)]
    pub(crate) limits: Limits,
    #[serde(default)]
    pub(crate) retry: Retry,
    #[serde(default)]
    pub(crate) retention: Retention,
    /// PostgreSQL's address, where several relays share a store; SQLite where there is none.
    pub(crate) postgres: Option<SecretSource>,
    /// The authority that vouches for PostgreSQL's certificate, as a PEM file; the public ones where there is none.
    pub(crate) postgres_authority: Option<PathBuf>,
    /// A running clamd that looks at every attachment, as host and port or the path of its socket; without its word
    /// none is taken.
    pub(crate) clamd: Option<String>,
    /// Through which SMTP destination the citizen gets a confirmation.
    pub(crate) confirmation: Option<Confirmation>,
    /// Whom to tell when a delivery is given up.
    pub(crate) alert: Option<Alert>,
    #[serde(default)]
    pub(crate) smtp: BTreeMap<String, Smtp>,
    #[serde(default)]
    pub(crate) webhook: BTreeMap<String, Webhook>,
    #[serde(default)]
    pub(crate) folder: BTreeMap<String, Folder>,
}

/// What one client, one form and the relay as a whole may take.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    pub(crate) connections: usize,
    /// Of one address (IPv6: of one /64); trusted proxies have no such limit.
    pub(crate) connections_per_client: usize,
    pub(crate) header_seconds: u64,
    /// For the whole body, however large.
    pub(crate) body_seconds: u64,
    /// How long a connection may live in all.
    pub(crate) connection_seconds: u64,
    pub(crate) body_bytes: u64,
    /// Of all attachments together that wait for their second post.
    pub(crate) holding_bytes: u64,
    /// Of all answers together, without attachments.
    pub(crate) answers_bytes: usize,
    pub(crate) fields: usize,
    /// Posts of one client a minute; 0: no limit.
    pub(crate) posts_per_minute: u32,
    /// Stored submissions of one form a minute; 0: no limit.
    pub(crate) form_per_minute: u32,
    /// Above so many submissions of one form a minute each needs a proof of work or a wait; 0: never.
    pub(crate) proof_per_minute: u32,
    /// How old the check page then has to be where the browser proves nothing.
    pub(crate) proof_wait_seconds: i64,
    /// The least age of the check page, in milliseconds.
    pub(crate) least_check_ms: i64,
    /// Its most age.
    pub(crate) most_check_hours: i64,
    /// How long a stop waits for requests under way.
    pub(crate) drain_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_000,
            connections_per_client: 64,
            header_seconds: 10,
            body_seconds: 120,
            connection_seconds: 600,
            body_bytes: 32 << 20,
            holding_bytes: 2 << 30,
            answers_bytes: 1 << 20,
            fields: 1_000,
            posts_per_minute: 30,
            form_per_minute: 600,
            proof_per_minute: 60,
            proof_wait_seconds: 60,
            least_check_ms: 1_000,
            most_check_hours: 24,
            drain_seconds: 30,
        }
    }
}

/// How deliveries are tried again.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Retry {
    pub(crate) first_seconds: i64,
    pub(crate) longest_seconds: i64,
    /// After so many days a delivery is a dead letter; it is kept and can be sent by hand.
    pub(crate) give_up_days: i64,
    /// One attempt may take so long.
    pub(crate) attempt_seconds: u64,
    /// How many attempts one destination gets at a time.
    pub(crate) parallel: usize,
}

impl Default for Retry {
    fn default() -> Self {
        Self { first_seconds: 30, longest_seconds: 4 * 3_600, give_up_days: 14, attempt_seconds: 120, parallel: 8 }
    }
}

/// How often what is over is removed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Retention {
    pub(crate) purge_minutes: u64,
    /// How long the versions of forms that are no longer built are still accepted.
    pub(crate) version_days: i64,
    /// How long an attachment waits for the citizen to check the answers and send them.
    pub(crate) held_minutes: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { purge_minutes: 60, version_days: 30, held_minutes: 60 }
    }
}

/// The confirmation mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmation {
    /// An SMTP destination's name.
    pub(crate) through: String,
}

/// The operator's alert.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Alert {
    /// An SMTP destination's name.
    pub(crate) through: String,
    pub(crate) to: Vec<String>,
}

/// A mailbox that gets submissions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Smtp {
    /// Another SMTP destination whose server, user and sender this one has too.
    pub(crate) through: Option<String>,
    #[serde(default)]
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    #[serde(default)]
    pub(crate) security: Security,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<SecretSource>,
    /// A certificate authority of one's own, as a PEM file.
    pub(crate) authority: Option<PathBuf>,
    #[serde(default)]
    pub(crate) from: String,
    #[serde(default)]
    pub(crate) to: Vec<String>,
}

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Security {
    /// STARTTLS, and nothing is sent without it.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None: for a mail server on the same machine.
    None,
}

/// A system that gets submissions as JSON.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Webhook {
    pub(crate) url: String,
    /// What requests are signed with (Standard Webhooks; `whsec_` and base64, or any text).
    pub(crate) secret: SecretSource,
}

/// A folder that gets submissions as files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
}

/// Which database.
#[derive(Clone, Debug)]
pub(crate) enum StoreConfig {
    Sqlite,
    Postgres {
        address: Secret,
        /// See [`Config::postgres_authority`].
        authority: Option<PathBuf>,
    },
}

impl Config {
    /// Reads and checks `path`; every problem that is found at once.
    #[expect(clippy::disallowed_methods, reason = "the relay's own configuration, read once")]
    pub(crate) fn read(path: &Path) -> Result<Self, Vec<Diagnostic>> {
        let name: Arc<str> = path.to_string_lossy().into();
        let text = std::fs::read_to_string(path).map_err(|error| {
            vec![Diagnostic::new("relay.config-unreadable").at(Location::file(name.clone())).arg("reason", error)]
        })?;
        let mut config = Self::parse(&name, &text)?;
        // Paths are meant from the file's own folder.
        let base = path.parent().unwrap_or(Path::new("")).to_owned();
        config.visit_paths(|relative| *relative = base.join(&*relative));
        let problems = problems::of(&config, &name, &text);
        config.share_servers();
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }

    fn parse(name: &Arc<str>, text: &str) -> Result<Self, Vec<Diagnostic>> {
        toml::from_str(text).map_err(|error| {
            let words = error.message().to_owned();
            let place = Location::in_text(name.clone(), text, error.span().unwrap_or(0..0));
            // "unknown field `lisen`, expected one of `listen`, …": the names are between backquotes.
            let mut names = words.split('`').skip(1).step_by(2);
            vec![match (words.starts_with("unknown field"), names.next()) {
                (true, Some(key)) => Diagnostic::new("relay.unknown-key").arg("key", key).suggest(key, names).at(place),
                _ => Diagnostic::new("relay.config-invalid").arg("reason", &words).at(place),
            }]
        })
    }

    /// Gives mailboxes with `through` the server of the other one.
    fn share_servers(&mut self) {
        let servers = self.smtp.clone();
        for smtp in self.smtp.values_mut() {
            if let Some(server) = smtp.through.as_ref().and_then(|name| servers.get(name)) {
                let (to, from) = (std::mem::take(&mut smtp.to), std::mem::take(&mut smtp.from));
                let from = if from.is_empty() { server.from.clone() } else { from };
                *smtp = Smtp { through: smtp.through.take(), to, from, ..server.clone() };
            }
        }
    }

    fn visit_paths(&mut self, mut visit: impl FnMut(&mut PathBuf)) {
        [&mut self.forms, &mut self.data].into_iter().for_each(&mut visit);
        let sources = std::iter::once(&mut self.secret).chain(&mut self.postgres);
        sources.filter_map(|source| source.file.as_mut()).for_each(&mut visit);
        self.postgres_authority.iter_mut().for_each(&mut visit);
        for smtp in self.smtp.values_mut() {
            smtp.password.iter_mut().filter_map(|source| source.file.as_mut()).for_each(&mut visit);
            smtp.authority.iter_mut().for_each(&mut visit);
        }
        self.webhook.values_mut().filter_map(|webhook| webhook.secret.file.as_mut()).for_each(&mut visit);
        self.folder.values_mut().for_each(|folder| visit(&mut folder.path));
    }

    /// The destinations' names.
    pub(crate) fn destinations(&self) -> impl Iterator<Item = &str> {
        let smtp = self.smtp.iter().filter(|(_, smtp)| !smtp.to.is_empty()).map(|(name, _)| name);
        smtp.chain(self.webhook.keys()).chain(self.folder.keys()).map(String::as_str)
    }

    /// Which database, with its address read.
    pub(crate) fn store(&self) -> Result<StoreConfig, String> {
        match &self.postgres {
            None => Ok(StoreConfig::Sqlite),
            Some(source) => {
                let (address, authority) =
                    (source.read().map_err(|error| error.to_string())?, self.postgres_authority.clone());
                Ok(StoreConfig::Postgres { address, authority })
            }
        }
    }
}

/// The name under which confirmation mails are queued.
pub(crate) const CONFIRMATION: &str = "confirmation";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guides_example_can_be_read_and_shows_the_defaults() {
        let text = include_str!("../../../docs/relay/relay.toml");
        let config = Config::parse(&"relay.toml".into(), text).expect("no unknown key, no wrong value");
        assert_eq!(format!("{:?}", config.limits), format!("{:?}", Limits::default()));
        assert_eq!(format!("{:?}", config.retry), format!("{:?}", Retry::default()));
        assert_eq!(format!("{:?}", config.retention), format!("{:?}", Retention::default()));
        for key in ["holding_bytes", "proof_wait_seconds", "drain_seconds", "parallel", "held_minutes"] {
            assert!(text.contains(&format!("\n{key} = ")), "{key} is not shown");
        }
    }
}
