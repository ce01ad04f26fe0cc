//! A value that never shows itself: not in logs, not in errors, not in `{:?}`.

use std::{fmt, path::PathBuf};

/// A password, a key, a connection string.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Box<[u8]>);

impl Secret {
    pub(crate) fn new(value: impl Into<Vec<u8>>) -> Self {
        Self(value.into().into_boxed_slice())
    }

    /// The value itself. Every use is a place to look at in a review.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The value as text; what is not UTF-8 is replaced.
    pub(crate) fn expose_text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Where a secret comes from: a file or an environment variable, never `relay.toml` itself.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretSource {
    /// A file with the value; white space around it does not count.
    pub(crate) file: Option<PathBuf>,
    /// The environment variable's name.
    pub(crate) env: Option<String>,
}

impl SecretSource {
    /// Reads the value.
    #[expect(clippy::disallowed_methods, reason = "secrets are read where they are, once, at the start")]
    pub(crate) fn read(&self) -> Result<Secret, Unreadable> {
        let text = match (&self.file, &self.env) {
            (Some(path), None) => {
                std::fs::read_to_string(path).map_err(|error| Unreadable::File(path.clone(), error))?
            }
            (None, Some(name)) => std::env::var(name).map_err(|_| Unreadable::Variable(name.clone()))?,
            _ => return Err(Unreadable::NoSource),
        };
        match text.trim() {
            "" => Err(Unreadable::Empty),
            value => Ok(Secret::new(value)),
        }
    }
}

/// Why there is no secret; never with the value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("{}: {_1}", _0.display())]
    File(PathBuf, std::io::Error),
    #[error("${0} is not set")]
    Variable(String),
    #[error("the secret is empty")]
    Empty,
    /// Neither a file nor a variable, or both.
    #[error("give either `file` or `env`")]
    NoSource,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "(secret)");
    }

    #[test]
    fn a_source_is_a_file_or_a_variable() {
        let source = SecretSource { file: None, env: None };
        assert!(source.read().is_err());
        let source = SecretSource { file: None, env: Some("RAEKODA_NO_SUCH_VARIABLE".into()) };
        assert_eq!(source.read().unwrap_err().to_string(), "$RAEKODA_NO_SUCH_VARIABLE is not set");
    }
}
