//! A folder with everything that a relay needs.

use std::{collections::BTreeMap, fs, path::PathBuf, process::Command};

use raekoda::{
    forms::{Compiled, Form, Version, html::Shell},
    language::Lang,
};

/// The program that is measured: the one that was built with this, or what `RELAY_BIN` names.
pub(crate) fn program() -> PathBuf {
    std::env::var_os("RELAY_BIN").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_form-relay")), PathBuf::from)
}

/// The form that the relay's tests send.
const FORM: &str = include_str!("../../tests/relay/enquiry.toml");

/// A folder on the disk that is measured: where the build is, for `/tmp` may be memory.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder")
}

pub(crate) struct Place {
    folder: tempfile::TempDir,
    /// An office's system that takes connections and never answers: deliveries wait and cost nothing.
    _silent: std::net::TcpListener,
}

impl Place {
    /// With a drop folder, or with an office that cannot be reached.
    pub(crate) fn new(delivers: bool) -> Self {
        let folder = folder();
        let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("bound");
        for name in ["data", "drop"] {
            fs::create_dir(folder.path().join(name)).expect("made");
        }
        let forms = [("feedback", "false"), ("enquiry", "true")].map(|(name, check)| {
            let definition = FORM.replace("\"enquiry\"", &format!("\"{name}\"\ncheck_answers = {check}"));
            let form: Form = toml::from_str(&definition).expect("a form");
            Version::new(form, BTreeMap::new())
        });
        let office = serde_json::from_value(serde_json::json!({ "name": "Kadaka vald" })).expect("an office");
        let shells = BTreeMap::from([(Lang::ET, Shell::plain(Lang::ET))]);
        let compiled = Compiled::new("https://www.kadakavald.example", office, vec![Lang::ET], shells, forms.to_vec());
        fs::write(folder.path().join("forms.json"), compiled.to_json()).expect("written");
        fs::write(folder.path().join("secret"), "0123456789abcdef0123456789abcdef").expect("written");
        let destination = if delivers {
            "[folder.office]\npath = \"drop\"\n".to_owned()
        } else {
            let address = silent.local_addr().expect("an address");
            format!("[webhook.office]\nurl = \"http://{address}/\"\nsecret = {{ file = \"secret\" }}\n")
        };
        let config =
            [include_str!("../../tests/relay/relay.toml"), &destination, include_str!("../../tests/relay/limits.toml")]
                .concat();
        fs::write(folder.path().join("relay.toml"), config).expect("written");
        Self { folder, _silent: silent }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts the relay.
    pub(crate) fn relay(&self) -> Command {
        let mut command = Command::new(program());
        command.arg("serve").arg("--config").arg(self.folder.path().join("relay.toml"));
        command
    }
}
