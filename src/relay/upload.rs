//! An attachment on its way in: measured, looked at, sealed if need be, flushed.

use std::{fs::File, io, io::Write as _};

use age::stream::StreamWriter;
use bytes::{Bytes, BytesMut};
use sha2::{Digest as _, Sha256};

use super::{
    attachment::{HEAD, MacroScan, WITH_MACROS, media_type},
    holding::{Files, Key},
    seal::Seal,
    token::hex,
};

/// How much is gathered before it is written: few system calls, little memory.
const GATHER: usize = 256 << 10;

/// A file that is being received. Dropped before [`Upload::finish`], it leaves nothing.
pub(crate) struct Upload {
    key: Key,
    files: Files,
    /// `None` once the file is larger than its question allows: the rest is only counted.
    output: Option<Output>,
    gathered: BytesMut,
    head: Vec<u8>,
    macros: MacroScan,
    hash: Sha256,
    size: u64,
    most: u64,
    finished: bool,
}

enum Output {
    Plain(File),
    Sealed(Box<StreamWriter<File>>),
}

/// A file that was received and is held.
pub(crate) struct Received {
    pub(crate) key: Key,
    pub(crate) size: u64,
    pub(crate) media_type: &'static str,
    /// SHA-256, in hexadecimal.
    pub(crate) hash: String,
    /// False if it was too large to be held.
    pub(crate) held: bool,
}

impl Upload {
    /// Begins a file of at most `most` bytes.
    pub(crate) fn begin(files: &Files, seal: Option<&Seal>, most: u64) -> io::Result<Self> {
        let key: Key = rand::random();
        let file = files.create(&key)?;
        let output = match seal {
            None => Output::Plain(file),
            Some(seal) => Output::Sealed(Box::new(seal.wrap(file)?)),
        };
        Ok(Self {
            key,
            files: files.clone(),
            output: Some(output),
            gathered: BytesMut::with_capacity(HEAD),
            head: Vec::new(),
            macros: MacroScan::default(),
            hash: Sha256::new(),
            size: 0,
            most,
            finished: false,
        })
    }

    /// Takes the next piece; what is gathered is written off the server's threads.
    pub(crate) async fn feed(mut self, chunk: Bytes) -> io::Result<Self> {
        self.size += chunk.len() as u64;
        if self.size > self.most && self.output.take().is_some() {
            self.files.discard(&self.key);
            self.gathered.clear();
        }
        if self.output.is_none() {
            return Ok(self);
        }
        let missing = HEAD.saturating_sub(self.head.len());
        self.head.extend_from_slice(&chunk[..chunk.len().min(missing)]);
        self.gathered.extend_from_slice(&chunk);
        if self.gathered.len() < GATHER {
            return Ok(self);
        }
        off_thread(move || self.write().map(|()| self)).await
    }

    /// Ends the file: it is on the disk when this returns.
    pub(crate) async fn finish(mut self) -> io::Result<Received> {
        off_thread(move || {
            self.write()?;
            let held = match self.output.take() {
                None => false,
                Some(Output::Plain(file)) => file.sync_all().map(|()| true)?,
                Some(Output::Sealed(writer)) => writer.finish()?.sync_all().map(|()| true)?,
            };
            self.finished = held;
            let media_type = if self.macros.found() { WITH_MACROS } else { media_type(&self.head) };
            let hash = std::mem::take(&mut self.hash).finalize();
            Ok(Received { key: self.key, size: self.size, media_type, hash: hex(&hash), held })
        })
        .await
    }

    fn write(&mut self) -> io::Result<()> {
        let gathered = self.gathered.split();
        if self.output.is_some() {
            self.files.grow(gathered.len())?;
        }
        match &mut self.output {
            None => return Ok(()),
            Some(Output::Plain(file)) => file.write_all(&gathered)?,
            Some(Output::Sealed(writer)) => writer.write_all(&gathered)?,
        }
        self.hash.update(&gathered);
        self.macros.feed(&gathered);
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.finished {
            self.files.discard(&self.key);
        }
    }
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(io::Error::other("the writing broke off")))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn upload(files: &Files, content: &'static [u8], most: u64) -> Received {
        let mut upload = Upload::begin(files, None, most).expect("begun");
        for piece in content.chunks(1_000) {
            upload = upload.feed(Bytes::from_static(piece)).await.expect("fed");
        }
        upload.finish().await.expect("finished")
    }

    #[tokio::test]
    async fn a_file_is_held_and_known_by_its_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::open(folder.path()).expect("opened");
        let received = upload(&files, b"%PDF-1.7 and more", 1_000).await;
        assert!(received.held && received.media_type == "application/pdf" && received.size == 17);
        assert_eq!(files.held(&received.key).expect("held"), b"%PDF-1.7 and more");
    }

    #[tokio::test]
    async fn too_large_or_broken_off_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::open(folder.path()).expect("opened");
        let received = upload(&files, &[b'x'; 5_000], 4_999).await;
        assert!(!received.held && received.size == 5_000 && !files.holds(&received.key));
        let begun = Upload::begin(&files, None, 10).expect("begun").feed(Bytes::from_static(b"x")).await.expect("fed");
        let key = begun.key;
        drop(begun);
        assert!(!files.holds(&key));
    }
}
