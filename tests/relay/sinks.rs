//! Servers that get submissions, with moods.

use std::{
    io::{BufRead as _, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::net::UnixListener,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

/// What a server does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mood {
    Accept,
    /// Not now: 451, or 500.
    Defer,
    /// Hang up before the answer that would have made it good, though the message was kept.
    AcceptSilently,
    /// Hang up in the middle.
    Break,
    /// Never answer.
    Hang,
    /// Send elsewhere.
    Redirect,
    /// Never: 550, or 410.
    Refuse,
}

/// A server with a mood for each connection; after the last one it accepts.
pub(super) struct Sink {
    pub(super) address: SocketAddr,
    received: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    pub(super) fn smtp<const N: usize>(moods: [Mood; N]) -> Self {
        Self::start(moods, smtp)
    }

    pub(super) fn webhook<const N: usize>(moods: [Mood; N]) -> Self {
        Self::start(moods, webhook)
    }

    fn start<const N: usize>(moods: [Mood; N], serve: fn(&TcpStream, Mood, &Mutex<Vec<String>>) -> Option<()>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
        let address = listener.local_addr().expect("an address");
        let received: Arc<Mutex<Vec<String>>> = Arc::default();
        let (into, mut moods) = (Arc::clone(&received), moods.into_iter());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (mood, into) = (moods.next().unwrap_or(Mood::Accept), Arc::clone(&into));
                std::thread::spawn(move || serve(&stream, mood, &into));
            }
        });
        Self { address, received }
    }

    /// What was accepted, as it came.
    pub(super) fn received(&self) -> Vec<String> {
        self.received.lock().expect("the messages").clone()
    }
}

fn hang(mut stream: &TcpStream) -> Option<()> {
    // Until the other side gives up.
    stream.read_to_end(&mut Vec::new()).ok().map(|_| ())
}

fn smtp(stream: &TcpStream, mood: Mood, received: &Mutex<Vec<String>>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?);
    let say = |text: &str| (&mut &*stream).write_all(format!("{text}\r\n").as_bytes()).ok();
    if mood == Mood::Hang {
        return hang(stream);
    }
    say("220 sink")?;
    let mut line = String::new();
    loop {
        line.clear();
        if lines.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => say("250-sink\r\n250 8BITMIME")?,
            "RCPT" if mood == Mood::Defer => say("451 later")?,
            "RCPT" if mood == Mood::Refuse => say("550 never, mari@example.org")?,
            "DATA" => {
                say("354 go on")?;
                if mood == Mood::Break {
                    let _ = lines.read_line(&mut line);
                    return None;
                }
                let mut message = String::new();
                while !message.ends_with("\r\n.\r\n") {
                    lines.read_line(&mut message).ok().filter(|&read| read > 0)?;
                }
                received.lock().ok()?.push(message);
                if mood == Mood::AcceptSilently {
                    return None;
                }
                say("250 kept")?;
            }
            "QUIT" => {
                say("221 bye")?;
                return Some(());
            }
            _ => say("250 fine")?,
        }
    }
}

fn webhook(stream: &TcpStream, mood: Mood, received: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let before = head.len();
        reader.read_line(&mut head).ok().filter(|&read| read > 0)?;
        let line = head[before..].trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let status = match mood {
        Mood::Hang => return hang(stream),
        Mood::Break => return None,
        Mood::Defer => "500 Internal Server Error",
        Mood::Refuse => "410 Gone",
        Mood::Redirect => "302 Found\r\nLocation: http://127.0.0.1:1/",
        Mood::Accept | Mood::AcceptSilently => {
            received.lock().ok()?.push(format!("{head}{}", String::from_utf8_lossy(&body)));
            if mood == Mood::AcceptSilently {
                return None;
            }
            "200 OK"
        }
    };
    (&mut &*stream)
        .write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").as_bytes())
        .ok()
}

/// A clamd that finds `VIRUS`, and has moods of its own.
pub(super) struct Clamd {
    pub(super) address: SocketAddr,
    /// Where it listens too.
    pub(super) socket: PathBuf,
    stop: Arc<AtomicBool>,
    _folder: tempfile::TempDir,
}

impl Clamd {
    /// One that takes so many bytes of a file (`StreamMaxLength`).
    pub(super) fn start(most: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
        let address = listener.local_addr().expect("an address");
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("clamd.ctl");
        let local = UnixListener::bind(&socket).expect("bound");
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                std::thread::spawn(move || clamd(&stream, &stream, most));
            }
        });
        std::thread::spawn(move || {
            for stream in local.incoming().map_while(Result::ok) {
                std::thread::spawn(move || clamd(&stream, &stream, most));
            }
        });
        Self { address, socket, stop, _folder: folder }
    }
}

impl Drop for Clamd {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // So that it looks.
        let _ = TcpStream::connect(self.address);
        while TcpStream::connect(self.address).is_ok() {
            std::thread::yield_now();
        }
    }
}

/// What the real one says is written as it says it, and when: it does not wait for the end of what is too large.
fn clamd(from: impl Read, mut to: impl Write, most: usize) -> Option<()> {
    let mut reader = BufReader::new(from);
    let mut command = Vec::new();
    reader.read_until(0, &mut command).ok()?;
    if command != b"zINSTREAM\0" {
        return to.write_all(b"UNKNOWN COMMAND\0").ok();
    }
    let mut content = Vec::new();
    loop {
        let mut length = [0; 4];
        reader.read_exact(&mut length).ok()?;
        let length = u32::from_be_bytes(length) as usize;
        if content.len() + length > most {
            return to.write_all(b"INSTREAM size limit exceeded. ERROR\0").ok();
        }
        let mut chunk = vec![0; length];
        if chunk.is_empty() {
            break;
        }
        reader.read_exact(&mut chunk).ok()?;
        content.extend(chunk);
    }
    let text = String::from_utf8_lossy(&content);
    let answer: &[u8] = match () {
        () if text.contains("VIRUS") => b"stream: Test.Virus FOUND\0",
        () if text.contains("NO MEMORY") => b"stream: Can't allocate memory ERROR\0",
        () if text.contains("LATE") => b"COMMAND READ TIMED OUT\n",
        () if text.contains("HANG UP") => b"",
        () => b"stream: OK\0",
    };
    to.write_all(answer).ok()
}
