//! clamd: an attachment is streamed to it as it comes in, and without its word none is taken.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// How long clamd may take for a step.
const PATIENCE: Duration = Duration::from_secs(30);

/// One file on its way through clamd (`INSTREAM`).
pub(crate) struct Scan(TcpStream);

impl Scan {
    pub(crate) async fn begin(address: &str) -> io::Result<Self> {
        let mut stream = patient(TcpStream::connect(address)).await?;
        patient(stream.write_all(b"zINSTREAM\0")).await?;
        Ok(Self(stream))
    }

    pub(crate) async fn feed(&mut self, chunk: &[u8]) -> io::Result<()> {
        if chunk.is_empty() {
            return Ok(());
        }
        let length = u32::try_from(chunk.len()).map_err(io::Error::other)?;
        patient(self.0.write_all(&length.to_be_bytes())).await?;
        patient(self.0.write_all(chunk)).await
    }

    /// Whether the file is clean; an answer that is neither yes nor no is an error.
    pub(crate) async fn finish(mut self) -> io::Result<bool> {
        patient(self.0.write_all(&[0; 4])).await?;
        let mut answer = Vec::new();
        patient((&mut self.0).take(1_024).read_to_end(&mut answer)).await?;
        let answer = String::from_utf8_lossy(&answer);
        let answer = answer.trim_end_matches(['\0', '\n']);
        match (answer.ends_with(": OK"), answer.ends_with(" FOUND")) {
            (true, _) => Ok(true),
            (_, true) => Ok(false),
            _ => Err(io::Error::other("clamd gave no answer")),
        }
    }
}

/// Whether clamd answers.
pub(crate) async fn ping(address: &str) -> io::Result<()> {
    let mut stream = patient(TcpStream::connect(address)).await?;
    patient(stream.write_all(b"zPING\0")).await?;
    let mut answer = [0; 4];
    patient(stream.read_exact(&mut answer)).await?;
    if &answer == b"PONG" { Ok(()) } else { Err(io::Error::other("this is no clamd")) }
}

async fn patient<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// A clamd that finds `virus` and nothing else; what it does not like to hear it hangs up on.
    async fn fake() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let address = listener.local_addr().expect("an address").to_string();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut command = [0; 10];
                let _ = stream.read_exact(&mut command).await;
                let mut content = Vec::new();
                loop {
                    let length = stream.read_u32().await.unwrap_or(0);
                    let mut chunk = vec![0; length as usize];
                    if length == 0 || stream.read_exact(&mut chunk).await.is_err() {
                        break;
                    }
                    content.extend(chunk);
                }
                let answer: &[u8] = match content.as_slice() {
                    b"virus" => b"stream: Test FOUND\0",
                    b"huge" => b"INSTREAM size limit exceeded. ERROR\0",
                    _ => b"stream: OK\0",
                };
                let _ = stream.write_all(answer).await;
            }
        });
        address
    }

    async fn scan(address: &str, content: &[u8]) -> io::Result<bool> {
        let mut scan = Scan::begin(address).await?;
        scan.feed(content).await?;
        scan.finish().await
    }

    #[tokio::test]
    async fn clean_found_and_no_answer_are_told_apart() {
        let address = fake().await;
        assert!(scan(&address, b"text").await.expect("clean"));
        assert!(!scan(&address, b"virus").await.expect("found"));
        assert!(scan(&address, b"huge").await.is_err());
        assert!(scan("127.0.0.1:1", b"text").await.is_err());
    }
}
