//! Commands about the store as a whole.
#![expect(clippy::disallowed_methods, reason = "these commands read and write the files that they are given")]

use std::path::Path;

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{Said, Shape, Voice, json};
use crate::{
    diagnostics::Diagnostic,
    relay::{
        clock,
        config::Config,
        seal, serve, stats,
        store::{Failure, Write, Written},
    },
};

fn failed(error: &Failure) -> Vec<Diagnostic> {
    vec![Diagnostic::new("relay.store-failed").arg("reason", error)]
}

pub(super) fn purge(config: &Config, voice: Voice) -> Said {
    let mut store = serve::open(config)?;
    let mut purged = 0;
    loop {
        match store.write_all(&[Write::purge(&config.retention, clock::now())]).pop() {
            Some(Ok(Written::Purged { submissions: 0 })) | None => {
                let words = [format!("Kustutati {purged}."), format!("{purged} purged.")];
                return Ok(voice.done(&serde_json::json!({ "purged": purged }), words));
            }
            Some(Ok(Written::Purged { submissions })) => purged += submissions,
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(failed(&error)),
        }
    }
}

pub(super) fn stats(config: &Config, voice: Voice) -> Said {
    let measures = serve::open(config)?.measures().map_err(|error| failed(&error))?;
    let lines = stats::lines(&measures);
    if voice.shape == Shape::Json {
        return Ok(json(&lines));
    }
    let cells = lines.iter().map(|line| {
        let mean = line.mean.map_or(String::new(), |mean| format!("{mean:.2}"));
        vec![
            line.month.clone(),
            line.form.clone(),
            line.service.clone(),
            line.page.clone(),
            line.count.to_string(),
            mean,
        ]
    });
    let names = ["month", "form", "service", "page", "count", "mean"];
    let estonian = ["kuu", "vorm", "teenus", "leht", "arv", "keskmine"];
    Ok(voice.rows(names, estonian, &cells.collect::<Vec<_>>()))
}

pub(super) fn audit(config: &Config, voice: Voice) -> Said {
    match serve::open(config)?.verify_audit().map_err(|error| failed(&error))? {
        Err(number) => Err(vec![Diagnostic::new("relay.audit-broken").arg("number", number)]),
        Ok((head, records)) => {
            let words = [
                format!("{records} kirjet, kõik on korras; viimane räsi on {head}"),
                format!("{records} records, all in order; the last hash is {head}"),
            ];
            Ok(voice.done(&serde_json::json!({ "records": records, "head": head }), words))
        }
    }
}

pub(super) fn backup(config: &Config, voice: Voice, folder: &Path) -> Said {
    let unwritable = |error: std::io::Error| {
        vec![Diagnostic::new("relay.write-failed").arg("path", folder.display()).arg("reason", error)]
    };
    std::fs::create_dir(folder).map_err(unwritable)?;
    let mut store = serve::open(config)?;
    let attachments = store.backup(folder).map_err(|error| failed(&error))?;
    store.note("backed up", "", clock::now()).map_err(|error| failed(&error))?;
    let place = folder.display().to_string();
    let words = [
        format!("Hoidla on kaustas {place}; manuseid {attachments}."),
        format!("The store is in {place}; attachments: {attachments}."),
    ];
    Ok(voice.done(&serde_json::json!({ "folder": place, "attachments": attachments }), words))
}

pub(super) fn open(file: &Path, key: &Path, out: Option<&Path>) -> Said {
    let cannot = |reason: &dyn std::fmt::Display| vec![Diagnostic::new("relay.cannot-open").arg("reason", reason)];
    let content = std::fs::read(file).map_err(|error| cannot(&error))?;
    let identities = std::fs::read_to_string(key).map_err(|error| cannot(&error))?;
    let identity = identities.lines().find(|line| line.starts_with("AGE-SECRET-KEY-")).unwrap_or_default();
    let sealed = serde_json::from_slice::<serde_json::Value>(&content)
        .ok()
        .and_then(|json| BASE64_STANDARD.decode(json.get("sealed")?.as_str()?).ok());
    let opened = seal::open(sealed.as_deref().unwrap_or(&content), identity).map_err(|reason| cannot(&reason))?;
    match out {
        Some(path) => std::fs::write(path, opened).map(|()| String::new()).map_err(|error| {
            vec![Diagnostic::new("relay.write-failed").arg("path", path.display()).arg("reason", error)]
        }),
        None => Ok(String::from_utf8_lossy(&opened).into_owned() + "\n"),
    }
}
