//! The way to the mail server: TLS and a password, and nothing without them.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::Command,
    sync::{Arc, Mutex},
};

use rustls_tokio_postgres::rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};

use super::program::{GOOD, Place, borrowed, checked, post, wait_until};

/// How the server begins TLS.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// After STARTTLS.
    Offered,
    /// From the first byte.
    Wrapped,
    /// Not at all.
    Never,
}

/// A mail server that takes mail only from a user it knows, and notes every line that came.
struct MailServer {
    address: SocketAddr,
    /// Each line, and whether it came through TLS.
    lines: Arc<Mutex<Vec<(bool, String)>>>,
}

/// `\0vormid\0kirik-ja-kask` in base64.
const PASSWORD: &str = "kirik-ja-kask";
const PLAIN: &str = "AUTH PLAIN AHZvcm1pZABraXJpay1qYS1rYXNr";

impl MailServer {
    fn start(way: Way, tls: Arc<ServerConfig>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
        let address = listener.local_addr().expect("an address");
        let lines: Arc<Mutex<Vec<_>>> = Arc::default();
        let into = Arc::clone(&lines);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (tls, into) = (Arc::clone(&tls), Arc::clone(&into));
                std::thread::spawn(move || serve(stream, way, tls, &into));
            }
        });
        Self { address, lines }
    }

    fn lines(&self) -> Vec<(bool, String)> {
        self.lines.lock().expect("the lines").clone()
    }
}

fn serve(mut stream: TcpStream, way: Way, tls: Arc<ServerConfig>, into: &Mutex<Vec<(bool, String)>>) -> Option<()> {
    let wrapped = |stream| Some(StreamOwned::new(ServerConnection::new(tls).ok()?, stream));
    if way == Way::Wrapped {
        let mut stream = wrapped(stream)?;
        stream.write_all(b"220 mail\r\n").ok()?;
        return talk(stream, true, false, into).map(|_| ());
    }
    stream.write_all(b"220 mail\r\n").ok()?;
    let stream = talk(stream, false, way == Way::Offered, into)?;
    talk(wrapped(stream)?, true, false, into).map(|_| ())
}

/// Talks until the client leaves, or asks for TLS: then the stream is given back.
fn talk<S: Read + Write>(stream: S, safe: bool, offered: bool, into: &Mutex<Vec<(bool, String)>>) -> Option<S> {
    let mut stream = BufReader::new(stream);
    let (mut line, mut body, mut known) = (String::new(), false, false);
    loop {
        line.clear();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let said = line.trim_end().to_owned();
        into.lock().ok()?.push((safe, said.clone()));
        let answer = match said.split(' ').next().unwrap_or_default() {
            "." if body => {
                body = false;
                "250 kept"
            }
            _ if body => continue,
            "EHLO" if offered => "250-mail\r\n250 STARTTLS",
            "EHLO" if safe => "250-mail\r\n250 AUTH PLAIN",
            "EHLO" => "250 mail",
            "STARTTLS" => {
                stream.get_mut().write_all(b"220 go on\r\n").ok()?;
                return Some(stream.into_inner());
            }
            "AUTH" if said == PLAIN => {
                known = true;
                "235 welcome"
            }
            "AUTH" => "535 who are you",
            "MAIL" if !known => "530 who are you",
            "DATA" => {
                body = true;
                "354 go on"
            }
            "QUIT" => {
                stream.get_mut().write_all(b"221 bye\r\n").ok()?;
                return None;
            }
            _ => "250 fine",
        };
        stream.get_mut().write_all(format!("{answer}\r\n").as_bytes()).ok()?;
    }
}

/// A certificate for `localhost` in the place's folder, and what a server needs to show it.
fn certificate(place: &Place) -> Arc<ServerConfig> {
    let (key, own) = (place.path("key.pem"), place.path("authority.pem"));
    let words = "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -addext basicConstraints=CA:FALSE \
                 -addext subjectAltName=DNS:localhost -keyout";
    let made = Command::new("openssl").args(words.split_whitespace()).arg(&key).arg("-out").arg(&own).output();
    assert!(made.expect("openssl").status.success());
    let (key, own) = (PrivateKeyDer::from_pem_file(key), CertificateDer::from_pem_file(own));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![own.expect("a certificate")], key.expect("a key"));
    Arc::new(config.expect("a pair"))
}

/// A place whose office is behind `server`; `more` are further lines of the destination.
fn place(way: Way, security: &str, more: &str) -> (Place, MailServer) {
    let place = Place::with("");
    let server = MailServer::start(way, certificate(&place));
    fs::write(place.path("password"), PASSWORD).expect("written");
    let path = place.path("relay.toml");
    let config = fs::read_to_string(&path).expect("read");
    let office = format!(
        "\n[smtp.office]\nhost = \"localhost\"\nport = {}\nsecurity = \"{security}\"\nusername = \"vormid\"\n\
         password = {{ file = \"password\" }}\nfrom = \"vormid@kadakavald.example\"\nto = [\"vald@kadakavald.example\"]\n{more}\n",
        server.address.port()
    );
    fs::write(path, config + &office).expect("written");
    (place, server)
}

const OURS: &str = "authority = \"authority.pem\"";

#[test]
fn mail_goes_through_tls_with_a_password() {
    for (way, security) in [(Way::Offered, "starttls"), (Way::Wrapped, "tls")] {
        let (place, server) = place(way, security, OURS);
        let checked_before = place.command(&["check"]);
        assert!(checked_before.status.success(), "{}", String::from_utf8_lossy(&checked_before.stderr));
        let relay = place.start();
        assert_eq!(post(&relay.url("/enquiry"), &borrowed(&checked(&relay, &GOOD))).status, 303);
        wait_until("delivered", || place.json(&["list"])[0]["deliveries"][0]["state"] == "delivered");
        let lines = server.lines();
        let clear: Vec<_> = lines.iter().filter(|(safe, _)| !safe).map(|(_, line)| line.as_str()).collect();
        assert!(clear.iter().all(|line| line.starts_with("EHLO") || *line == "STARTTLS"), "in the clear: {clear:?}");
        assert!(lines.iter().any(|(safe, line)| *safe && line.contains("raamatukogu")), "{lines:?}");
    }
}

#[test]
fn without_tls_nothing_is_sent_and_a_strangers_certificate_is_not_believed() {
    for (way, security, more, words) in [
        (Way::Never, "starttls", OURS, "STARTTLS"),
        (Way::Offered, "starttls", "", "certificate"),
        (Way::Wrapped, "tls", "", "certificate"),
    ] {
        let (place, server) = place(way, security, more);
        let refused = place.command(&["check"]);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && said.contains("localhost:") && said.contains(words), "{words}: {said}");
        let relay = place.start();
        assert_eq!(post(&relay.url("/enquiry"), &borrowed(&checked(&relay, &GOOD))).status, 303);
        wait_until("it was tried", || place.json(&["list"])[0]["deliveries"][0]["trouble"].is_string());
        assert_eq!(place.json(&["list"])[0]["deliveries"][0]["state"], "pending", "it is tried again");
        let lines = server.lines();
        assert!(!lines.iter().any(|(_, line)| line.starts_with("AUTH") || line.starts_with("MAIL")), "{lines:?}");
    }
}

#[test]
fn a_wrong_password_is_told_by_check() {
    let (place, _server) = place(Way::Wrapped, "tls", OURS);
    fs::write(place.path("password"), "vale").expect("written");
    let refused = place.command(&["check"]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("535"), "{said}");
}
