//! clamd: an attachment is streamed to it as it comes in, and without its word none is taken.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
    time::timeout,
};

/// How long clamd may take for a step.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much a probe sends at a time.
const PIECE: usize = 64 << 10;

/// What clamd "finds" with `AlertExceedsMax` where it has not read all of a file. Without it, it says that this is clean.
const NOT_READ: &str = "Heuristics.Limits.Exceeded";

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// One file on its way through clamd (`INSTREAM`).
pub(crate) struct Scan(Box<dyn Wire>);

impl Scan {
    /// Begins at `address`: the path of a socket, or a host and port.
    pub(crate) async fn begin(address: &str) -> io::Result<Self> {
        let wire: Box<dyn Wire> = if address.starts_with('/') {
            Box::new(patient(UnixStream::connect(address)).await?)
        } else {
            Box::new(patient(TcpStream::connect(address)).await?)
        };
        let mut scan = Self(wire);
        patient(scan.0.write_all(b"zINSTREAM\0")).await?;
        Ok(scan)
    }

    /// Sends the next piece. [`io::ErrorKind::FileTooLarge`] if clamd takes no more of the file.
    pub(crate) async fn feed(&mut self, chunk: &[u8]) -> io::Result<()> {
        if chunk.is_empty() {
            return Ok(());
        }
        let length = u32::try_from(chunk.len()).map_err(io::Error::other)?;
        self.send(&length.to_be_bytes()).await?;
        self.send(chunk).await
    }

    /// The name of what clamd found, `None` if the file is clean; an answer that is neither is an error.
    pub(crate) async fn finish(mut self) -> io::Result<Option<String>> {
        self.send(&[0; 4]).await?;
        let answer = self.answer().await?;
        let words = answer.trim_end_matches(['\0', '\n']);
        if words.ends_with(": OK") {
            return Ok(None);
        }
        match words.strip_suffix(" FOUND").filter(|found| !found.contains(NOT_READ)) {
            Some(found) => Ok(Some(found.trim_start_matches("stream: ").to_owned())),
            None => Err(no_word(words)),
        }
    }

    /// clamd hangs up on what it does not take, and says before why.
    async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Err(error) = patient(self.0.write_all(bytes)).await else { return Ok(()) };
        if error.kind() == io::ErrorKind::TimedOut {
            return Err(error);
        }
        Err(self.answer().await.map_or(error, |words| no_word(words.trim_end_matches(['\0', '\n']))))
    }

    /// Everything that clamd says. After a refusal the connection is reset, but its words are there.
    async fn answer(&mut self) -> io::Result<String> {
        let mut answer = Vec::new();
        let read = patient((&mut self.0).take(1_024).read_to_end(&mut answer)).await;
        if answer.is_empty() {
            read?;
        }
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

/// An answer that says neither yes nor no.
fn no_word(answer: &str) -> io::Error {
    let too_large = answer.contains("size limit exceeded") || answer.contains(NOT_READ);
    let kind = if too_large { io::ErrorKind::FileTooLarge } else { io::ErrorKind::Other };
    io::Error::new(kind, format!("it said {answer:?}"))
}

/// Whether clamd looks at files of `size` bytes.
pub(crate) async fn probe(address: &str, size: u64) -> io::Result<()> {
    let (mut scan, mut left, zeros) = (Scan::begin(address).await?, size, vec![0; PIECE]);
    while left > 0 {
        let piece = usize::try_from(left).map_or(PIECE, |left| left.min(PIECE));
        scan.feed(&zeros[..piece]).await?;
        left -= piece as u64;
    }
    scan.finish().await.map(drop)
}

async fn patient<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// A clamd that finds `virus`, takes ten bytes and answers for the rest as the real one does.
    async fn fake() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let address = listener.local_addr().expect("an address").to_string();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut command = [0; 10];
                let _ = stream.read_exact(&mut command).await;
                let mut content = Vec::new();
                let answer: &[u8] = loop {
                    let length = stream.read_u32().await.unwrap_or(0) as usize;
                    if content.len() + length > 10 {
                        break b"INSTREAM size limit exceeded. ERROR\0";
                    }
                    let mut chunk = vec![0; length];
                    if length == 0 || stream.read_exact(&mut chunk).await.is_err() {
                        break match content.as_slice() {
                            b"virus" => b"stream: Test.Virus FOUND\0",
                            b"full" => b"stream: Can't allocate memory ERROR\0",
                            b"packed" => b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0",
                            b"late" => b"COMMAND READ TIMED OUT\n",
                            b"mute" => b"",
                            _ => b"stream: OK\0",
                        };
                    }
                    content.extend(chunk);
                };
                let _ = stream.write_all(answer).await;
            }
        });
        address
    }

    async fn scan(address: &str, content: &[u8]) -> io::Result<Option<String>> {
        let mut scan = Scan::begin(address).await?;
        for piece in content.chunks(1 << 20) {
            scan.feed(piece).await?;
        }
        scan.finish().await
    }

    #[tokio::test]
    async fn clean_found_and_no_answer_are_told_apart() {
        let address = fake().await;
        assert_eq!(scan(&address, b"text").await.expect("clean"), None);
        assert_eq!(scan(&address, b"virus").await.expect("found").as_deref(), Some("Test.Virus"));
        for content in ["full", "late", "mute"] {
            assert_eq!(scan(&address, content.as_bytes()).await.expect_err(content).kind(), io::ErrorKind::Other);
        }
        assert!(scan("127.0.0.1:1", b"text").await.is_err() && scan("/no/such/socket", b"text").await.is_err());
    }

    #[tokio::test]
    async fn what_clamd_takes_no_more_of_is_too_large() {
        let address = fake().await;
        // It hangs up in the midst; a few megabytes fill what the system would still have taken.
        for size in [11, 1 << 20, 16 << 20] {
            let error = scan(&address, &vec![b'x'; size]).await.expect_err("too large");
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge, "{size}: {error}");
        }
        assert_eq!(scan(&address, b"packed").await.expect_err("not read").kind(), io::ErrorKind::FileTooLarge);
        assert!(probe(&address, 10).await.is_ok());
        assert_eq!(probe(&address, 11).await.expect_err("too large").kind(), io::ErrorKind::FileTooLarge);
    }
}
