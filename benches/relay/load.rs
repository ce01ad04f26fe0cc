//! The load: so many clients, each with a connection of its own, sending as soon as it is answered.

use std::{
    fmt::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

/// What is sent.
pub(crate) enum Requests {
    /// Always this one, with another number in it each time: the same words twice are one submission.
    Numbered(Arc<[u8]>),
    /// Each of these once: those of each client.
    Once(Vec<Vec<Vec<u8>>>),
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Answers with 303: stored and flushed.
    pub(crate) stored: usize,
    pub(crate) other: usize,
    pub(crate) seconds: f64,
    milliseconds: Vec<f64>,
}

impl Outcome {
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let mut all = self.milliseconds.clone();
        all.sort_by(f64::total_cmp);
        all.get((all.len() * percent / 100).min(all.len().saturating_sub(1))).copied().unwrap_or(0.0)
    }
}

/// Sends from `clients` clients for `duration`, or until there is nothing more to send.
pub(crate) async fn run(address: &str, clients: usize, duration: Duration, requests: Requests) -> Outcome {
    let mut each: Vec<Box<dyn Iterator<Item = Arc<[u8]>> + Send>> = match requests {
        Requests::Numbered(request) => {
            (0..clients).map(|client| Box::new(numbered(Arc::clone(&request), client)) as _).collect()
        }
        Requests::Once(all) => all.into_iter().map(|own| Box::new(own.into_iter().map(Arc::from)) as _).collect(),
    };
    let mut tasks = JoinSet::new();
    let began = Instant::now();
    for requests in each.drain(..) {
        let address = address.to_owned();
        tasks.spawn(async move {
            let mut connection = Connection::open(&address).await;
            let mut outcome = Outcome::default();
            for request in requests {
                if began.elapsed() > duration {
                    break;
                }
                let at = Instant::now();
                let (status, _) = connection.ask(&request).await;
                outcome.milliseconds.push(at.elapsed().as_secs_f64() * 1_000.0);
                if status == 303 {
                    outcome.stored += 1;
                } else {
                    outcome.other += 1;
                }
            }
            outcome
        });
    }
    let mut sum = Outcome::default();
    while let Some(Ok(one)) = tasks.join_next().await {
        sum.stored += one.stored;
        sum.other += one.other;
        sum.milliseconds.extend(one.milliseconds);
    }
    sum.seconds = began.elapsed().as_secs_f64();
    sum
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("connected");
        stream.set_nodelay(true).expect("set");
        Self { stream, buffer: vec![0; 64 << 10] }
    }

    /// Sends a request; the answer's status and body.
    async fn ask(&mut self, request: &[u8]) -> (u16, String) {
        self.stream.write_all(request).await.expect("sent");
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await.expect("an answer");
            assert!(read > 0, "the server hung up");
            filled += read;
            if let Some((status, start, length)) = head(&self.buffer[..filled])
                && filled >= start + length
            {
                return (status, String::from_utf8_lossy(&self.buffer[start..start + length]).into_owned());
            }
        }
    }
}

/// Status, where the body begins, how long it is; once all of the head is there.
fn head(answer: &[u8]) -> Option<(u16, usize, usize)> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&answer[..end]).ok()?;
    let status = text.get(9..12)?.parse().ok()?;
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
    Some((status, end + 4, length.unwrap_or(0)))
}

/// Stands where the number is put.
const NUMBER: &str = "000000000000";

/// `request` without end, each time with a number of its own, which begins with the client's.
fn numbered(request: Arc<[u8]>, client: usize) -> impl Iterator<Item = Arc<[u8]>> {
    let at =
        request.windows(NUMBER.len()).position(|bytes| bytes == NUMBER.as_bytes()).expect("a place for the number");
    (0..).map(move |count: usize| {
        let mut request = request.to_vec();
        request[at..at + NUMBER.len()].copy_from_slice(format!("{client:04}{count:08}").as_bytes());
        request.into()
    })
}

fn multipart(address: &str, form: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut body = String::new();
    for (name, value) in fields {
        let head = "--------boundary7291\r\nContent-Disposition: form-data; name=";
        let _ = write!(body, "{head}\"{name}\"\r\n\r\n{value}\r\n");
    }
    body.push_str("--------boundary7291--\r\n");
    format!(
        "POST /{form} HTTP/1.1\r\nHost: {address}\r\nOrigin: https://www.kadakavald.example\r\n\
         Content-Type: multipart/form-data; boundary=------boundary7291\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn answers() -> [(&'static str, String); 3] {
    let text = NUMBER.to_owned() + &" Palun teatage, millal avatakse Kadaka raamatukogu.".repeat(32);
    [("name", "Mari Maasikas".to_owned()), ("email", "mari@example.org".to_owned()), ("text", text)]
}

/// A form of 2 KB that is stored at once.
pub(crate) fn one_post(address: &str) -> Arc<[u8]> {
    let answers = answers();
    let fields: Vec<(&str, &str)> = answers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    multipart(address, "feedback", &fields).into()
}

/// `many` check pages, filled in and asked for beforehand: what their buttons send.
pub(crate) async fn second_posts(address: &str, clients: usize, many: usize) -> Requests {
    let mut tasks = JoinSet::new();
    for _ in 0..clients {
        let address = address.to_owned();
        tasks.spawn(async move {
            let answers = answers();
            let mut fields: Vec<(&str, &str)> = answers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let first = multipart(&address, "enquiry", &fields);
            fields.push(("_go", "send"));
            let mut connection = Connection::open(&address).await;
            let mut requests = Vec::new();
            for _ in 0..many.div_ceil(clients) {
                let (_, page) = connection.ask(&first).await;
                let hidden = |name: &str| {
                    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
                    Some(rest.split('"').next()?.to_owned())
                };
                let (token, version) = (hidden("_token").expect("a token"), hidden("_version").unwrap_or_default());
                let own = [("_token", token.as_str()), ("_version", version.as_str())];
                requests.push(multipart(&address, "enquiry", &[&fields[..], &own].concat()));
            }
            requests
        });
    }
    let mut all = Vec::new();
    while let Some(Ok(own)) = tasks.join_next().await {
        all.push(own);
    }
    Requests::Once(all)
}

/// Waits for an answer of any kind.
pub(crate) fn first_answer(address: &str) {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address).expect("connected");
    stream.write_all(format!("GET /feedback HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes()).expect("sent");
    assert!(stream.read(&mut [0; 1_024]).expect("an answer") > 0);
}
