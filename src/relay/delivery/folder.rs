//! The drop folder: one folder a submission, which appears as a whole or not at all.
#![expect(clippy::disallowed_methods, reason = "a drop folder is files")]

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::{Payload, Trouble};
use crate::relay::store::Job;

/// A folder in which `<reference>/submission.json` and `<reference>/attachments/` appear.
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(crate) async fn deliver(&self, job: &Job, payload: &Payload) -> Result<(), Trouble> {
        let (path, job, json) = (self.path.clone(), job.clone(), payload.json(job));
        self.outcome(tokio::task::spawn_blocking(move || write(&path, &job, &json)).await)
    }

    pub(crate) async fn check(&self) -> Result<(), Trouble> {
        let probe = self.path.join(".form-relay-check");
        let tried = tokio::task::spawn_blocking(move || File::create(&probe).and_then(|_| fs::remove_file(&probe)));
        self.outcome(tried.await)
    }

    fn outcome(&self, result: Result<io::Result<()>, tokio::task::JoinError>) -> Result<(), Trouble> {
        match result {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Trouble::Temporary(format!("{}: {error}", self.path.display()))),
            Err(_) => Err(Trouble::Temporary("the writing broke off".to_owned())),
        }
    }
}

fn write(path: &Path, job: &Job, json: &serde_json::Value) -> io::Result<()> {
    let target = path.join(&job.reference);
    if target.exists() {
        // Delivered before; that it was could not be written down.
        return Ok(());
    }
    // The leading dot keeps it from whoever watches the folder.
    let next = path.join(format!(".{}.part", job.reference));
    if next.exists() {
        fs::remove_dir_all(&next)?;
    }
    fs::create_dir(&next)?;
    flushed(&next.join("submission.json"), &serde_json::to_vec_pretty(json)?)?;
    if !job.attachments.is_empty() {
        let attachments = next.join("attachments");
        fs::create_dir(&attachments)?;
        for (number, (attachment, content)) in (1..).zip(&job.attachments) {
            flushed(&attachments.join(format!("{number}-{}", attachment.name)), content)?;
        }
        File::open(&attachments)?.sync_all()?;
    }
    File::open(&next)?.sync_all()?;
    fs::rename(&next, &target)?;
    File::open(path)?.sync_all()
}

fn flushed(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(content)?;
    file.sync_all()
}
