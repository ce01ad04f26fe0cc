//! What is wrong in `relay.toml` besides its grammar: each problem with its line.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{CONFIRMATION, Config, Security, Smtp};
use crate::{
    diagnostics::{Diagnostic, Location},
    relay::secret::{SecretSource, Unreadable},
};

/// A secret that signs tokens has at least so many characters.
const SECRET: usize = 32;

/// Everything that is wrong in `config`, which was read from `text` of the file `name`.
pub(super) fn of(config: &Config, name: &Arc<str>, text: &str) -> Vec<Diagnostic> {
    let table = DeTable::parse(text).ok();
    let mut problems =
        Problems { place: Place { name, text, table: table.as_ref().map(Spanned::get_ref) }, found: Vec::new() };
    problems.addresses(config);
    problems.secrets(config);
    for (name, smtp) in &config.smtp {
        problems.smtp(config, name, smtp);
    }
    problems.destinations(config);
    problems.numbers(config);
    problems.folders(config);
    problems.found
}

/// Finds keys in the file.
struct Place<'a> {
    name: &'a Arc<str>,
    text: &'a str,
    table: Option<&'a DeTable<'a>>,
}

impl Place<'_> {
    /// Where `key` stands (`smtp.registry.host`), or the nearest table around it that is there.
    fn of(&self, key: &str) -> Location {
        let (mut table, mut span) = (self.table, None);
        for part in key.split('.') {
            let Some((found, value)) = table.and_then(|table| table.get_key_value(part)) else { break };
            span = Some(found.span());
            table = match value.get_ref() {
                DeValue::Table(inner) => Some(inner),
                _ => None,
            };
        }
        match span {
            Some(span) => Location::in_text(self.name.clone(), self.text, span),
            None => Location::file(self.name.clone()),
        }
    }
}

struct Problems<'a> {
    place: Place<'a>,
    found: Vec<Diagnostic>,
}

impl Problems<'_> {
    /// Notes that the rule `code` is broken by `key`; more can be said of the diagnostic before it is kept.
    fn wrong(&mut self, code: &str, key: &str, more: impl FnOnce(Diagnostic) -> Diagnostic) {
        self.found.push(more(Diagnostic::new(code).arg("key", key).at(self.place.of(key))));
    }

    fn addresses(&mut self, config: &Config) {
        let sites = config.sites.iter().map(|site| ("sites", site));
        for (key, address) in std::iter::once(("public_url", &config.public_url)).chain(sites) {
            if !is_origin(address) {
                self.wrong("relay.not-an-origin", key, |problem| problem.arg("value", address));
            }
        }
        if config.sites.is_empty() {
            self.wrong("relay.no-site", "sites", |problem| problem);
        }
        for (name, webhook) in &config.webhook {
            if !(webhook.url.starts_with("https://") || is_loopback(&webhook.url)) {
                self.wrong("relay.webhook-address", &format!("webhook.{name}.url"), |problem| problem);
            }
        }
    }

    fn secrets(&mut self, config: &Config) {
        if self.secret("secret", &config.secret).is_some_and(|length| length < SECRET) {
            self.wrong("relay.secret-short", "secret", |problem| problem.arg("least", SECRET));
        }
        if let Some(postgres) = &config.postgres {
            self.secret("postgres", postgres);
        }
        for (name, webhook) in &config.webhook {
            self.secret(&format!("webhook.{name}.secret"), &webhook.secret);
        }
        for (name, smtp) in &config.smtp {
            if let Some(password) = &smtp.password {
                self.secret(&format!("smtp.{name}.password"), password);
            }
        }
    }

    /// The secret's length, if it can be read.
    fn secret(&mut self, key: &str, source: &SecretSource) -> Option<usize> {
        match source.read() {
            Ok(secret) => return Some(secret.expose().len()),
            Err(Unreadable::File(path, error)) => {
                self.wrong("relay.secret-file", key, |problem| {
                    problem.arg("path", path.display()).arg("reason", error)
                });
            }
            Err(Unreadable::Variable(name)) => {
                self.wrong("relay.secret-variable", key, |problem| problem.arg("name", name));
            }
            Err(Unreadable::Empty) => self.wrong("relay.secret-empty", key, |problem| problem),
            Err(Unreadable::NoSource) => self.wrong("relay.secret-source", key, |problem| problem),
        }
        None
    }

    fn smtp(&mut self, config: &Config, name: &str, smtp: &Smtp) {
        let key = |own: &str| format!("smtp.{name}.{own}");
        if let Some(through) = &smtp.through {
            self.through(config, &key("through"), through);
            let own = [("host", !smtp.host.is_empty()), ("username", smtp.username.is_some())];
            for (own, _) in own.into_iter().filter(|(_, given)| *given) {
                self.wrong("relay.server-twice", &key(own), |problem| problem);
            }
        } else {
            for (own, _) in [("host", &smtp.host), ("from", &smtp.from)].into_iter().filter(|(_, text)| text.is_empty())
            {
                self.wrong("relay.key-missing", &key(own), |problem| problem);
            }
            if smtp.username.is_some() != smtp.password.is_some() {
                let missing = if smtp.username.is_some() { "password" } else { "username" };
                self.wrong("relay.key-missing", &key(missing), |problem| problem);
            }
        }
        let from = Some(&smtp.from).filter(|from| !from.is_empty());
        for (own, address) in smtp.to.iter().map(|to| ("to", to)).chain(from.map(|from| ("from", from))) {
            self.mailbox(&key(own), address);
        }
        if smtp.security == Security::None && smtp.password.is_some() {
            self.wrong("relay.password-in-clear", &key("security"), |problem| problem);
        }
    }

    fn mailbox(&mut self, key: &str, address: &str) {
        if address.parse::<lettre::message::Mailbox>().is_err() {
            self.wrong("relay.bad-mailbox", key, |problem| problem.arg("value", address));
        }
    }

    /// `name` has to be an SMTP destination with a server of its own.
    fn through(&mut self, config: &Config, key: &str, name: &str) {
        let servers = || config.smtp.iter().filter(|(_, smtp)| smtp.through.is_none()).map(|(name, _)| name.as_str());
        let any = config.smtp.contains_key(name) && !key.starts_with("smtp.");
        let known = any || servers().any(|known| known == name);
        if !known {
            self.wrong("relay.no-such-server", key, |problem| problem.arg("name", name).suggest(name, servers()));
        }
    }

    fn destinations(&mut self, config: &Config) {
        if let Some(confirmation) = &config.confirmation {
            self.through(config, "confirmation.through", &confirmation.through);
        }
        if let Some(alert) = &config.alert {
            self.through(config, "alert.through", &alert.through);
            if alert.to.is_empty() {
                self.wrong("relay.key-missing", "alert.to", |problem| problem);
            }
            for address in &alert.to {
                self.mailbox("alert.to", address);
            }
        }
        let mut seen = BTreeSet::new();
        let smtp = config.smtp.iter().filter(|(_, smtp)| !smtp.to.is_empty()).map(|(name, _)| ("smtp", name));
        let others = config
            .webhook
            .keys()
            .map(|name| ("webhook", name))
            .chain(config.folder.keys().map(|name| ("folder", name)));
        for (kind, name) in smtp.chain(others) {
            let key = format!("{kind}.{name}");
            if !seen.insert(name) {
                self.wrong("relay.name-twice", &key, |problem| problem.arg("name", name));
            }
            if name == CONFIRMATION {
                self.wrong("relay.name-reserved", &key, |problem| problem.arg("name", name));
            }
        }
    }

    fn numbers(&mut self, config: &Config) {
        let (limits, retry) = (&config.limits, &config.retry);
        let wide = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let long = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let least = [
            ("limits.connections", wide(limits.connections)),
            ("limits.connections_per_client", wide(limits.connections_per_client)),
            ("limits.header_seconds", long(limits.header_seconds)),
            ("limits.body_seconds", long(limits.body_seconds)),
            ("limits.connection_seconds", long(limits.connection_seconds)),
            ("limits.body_bytes", long(limits.body_bytes)),
            ("limits.answers_bytes", wide(limits.answers_bytes)),
            ("limits.fields", wide(limits.fields)),
            ("limits.most_check_hours", limits.most_check_hours),
            ("retry.first_seconds", retry.first_seconds),
            ("retry.longest_seconds", retry.longest_seconds),
            ("retry.attempt_seconds", long(retry.attempt_seconds)),
            ("retry.parallel", wide(retry.parallel)),
            ("retention.purge_minutes", long(config.retention.purge_minutes)),
            ("retention.held_minutes", long(config.retention.held_minutes)),
        ];
        for (key, _) in least.into_iter().filter(|(_, number)| *number < 1) {
            self.wrong("relay.number-too-small", key, |problem| problem.arg("least", 1));
        }
        if retry.longest_seconds > 86_400 {
            self.wrong("relay.number-too-large", "retry.longest_seconds", |problem| problem.arg("most", 86_400));
        }
    }

    /// Nothing of the citizens' may lie where a web server gives it out.
    fn folders(&mut self, config: &Config) {
        let drops = config.folder.iter().map(|(name, folder)| (format!("folder.{name}.path"), &folder.path));
        for (key, path) in std::iter::once(("data".to_owned(), &config.data)).chain(drops) {
            if let Some(site) = path.ancestors().find(|folder| is_site(folder)) {
                self.wrong("relay.inside-site", &key, |problem| problem.arg("site", site.display()));
            }
        }
    }
}

/// Whether `folder` is the root of a built site.
fn is_site(folder: &Path) -> bool {
    folder.join("index.html").is_file()
}

fn is_origin(address: &str) -> bool {
    let Some((scheme, host)) = address.split_once("://") else { return false };
    matches!(scheme, "https" | "http")
        && !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte))
}

fn is_loopback(url: &str) -> bool {
    ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        .iter()
        .any(|start| url.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_no_path() {
        assert!(is_origin("https://www.kadakavald.example") && is_origin("http://[::1]:8700"));
        assert!(!is_origin("https://www.kadakavald.example/") && !is_origin("ftp://a") && !is_origin("https://"));
    }
}
