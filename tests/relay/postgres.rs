//! The same promises with PostgreSQL as the store, and with two relays that share it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::program::{GOOD, Place, Relay, borrowed, checked, hidden, multipart, post, post_body, wait_until};

/// A server of our own, reachable through a socket in its folder, or on a port of this machine with TLS.
struct Server {
    programs: PathBuf,
    folder: PathBuf,
    /// Where it listens, if it does.
    port: u16,
}

impl Server {
    /// `None` where PostgreSQL is not installed; `tests/run` installs it.
    fn start() -> Option<Self> {
        let server = Self::new()?;
        server.run(&format!("-k {} -c listen_addresses= -c fsync=off", server.folder.display()));
        Some(server)
    }

    /// The same on a port, with a certificate of its own for `localhost`; it lets nobody in without TLS.
    fn start_with_tls() -> Option<Self> {
        let server = Self::new()?;
        let path = |name: &str| server.folder.join(name).to_string_lossy().into_owned();
        let (key, certificate) = (path("server.key"), path("server.crt"));
        let words = "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -addext basicConstraints=CA:FALSE -addext subjectAltName=DNS:localhost";
        let words: Vec<&str> = words.split(' ').chain(["-keyout", &key, "-out", &certificate]).collect();
        as_postgres(Path::new("openssl"), &words);
        as_postgres(Path::new("chmod"), &["755", &path("")]);
        let access = format!("echo hostssl all all 127.0.0.1/32 trust > {}", path("data/pg_hba.conf"));
        as_postgres(Path::new("sh"), &["-c", &access]);
        server.run(&format!(
            "-k {} -c listen_addresses=127.0.0.1 -p {} -c fsync=off -c ssl=on -c ssl_key_file={key} -c ssl_cert_file={certificate}",
            server.folder.display(),
            server.port
        ));
        Some(server)
    }

    fn new() -> Option<Self> {
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
        let programs = versions.map(|entry| entry.path().join("bin")).find(|bin| bin.join("initdb").exists())?;
        let folder = as_postgres(Path::new("mktemp"), &["-d", "/tmp/form-relay-XXXXXX"]);
        let folder = PathBuf::from(folder.trim());
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let server = Self { programs, folder, port: free.expect("a free port").port() };
        let data = server.folder.join("data");
        let data = data.to_string_lossy();
        as_postgres(&server.programs.join("initdb"), &["-D", &data, "-A", "trust", "-U", "postgres"]);
        Some(server)
    }

    fn run(&self, options: &str) {
        let (data, log) = (self.folder.join("data"), self.folder.join("log"));
        let (data, log) = (data.to_string_lossy(), log.to_string_lossy());
        as_postgres(&self.programs.join("pg_ctl"), &["-D", &data, "-w", "-l", &log, "-o", options, "start"]);
    }

    fn stop(&self, how: &str) {
        let data = self.folder.join("data");
        as_postgres(&self.programs.join("pg_ctl"), &["-D", &data.to_string_lossy(), "-m", how, "stop"]);
    }

    /// A place whose relay stores here.
    fn place(&self) -> Place {
        let place = Place::with("postgres = { file = \"postgres\" }\n[folder.office]\npath = \"drop\"\n");
        let address = format!("host={} user=postgres dbname=postgres", self.folder.display());
        fs::write(place.path("postgres"), address).expect("written");
        place
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop("immediate");
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// PostgreSQL does not run as root.
fn as_postgres(program: &Path, arguments: &[&str]) -> String {
    let mut command = if rustix::process::getuid().is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    // `pg_ctl start` leaves a server that would keep a pipe open.
    let file = tempfile::tempfile().expect("a file");
    let status = command
        .args(arguments)
        .current_dir("/")
        .stdout(file.try_clone().expect("the file"))
        .stderr(std::process::Stdio::null())
        .status()
        .expect("run");
    let mut text = String::new();
    let mut file = file;
    std::io::Seek::rewind(&mut file).expect("rewound");
    std::io::Read::read_to_string(&mut file, &mut text).expect("read");
    assert!(status.success() || arguments.contains(&"stop"), "{}: {text}", program.display());
    text
}

/// The first post with a file comes to one relay, the second to the other, which has another disk.
fn a_balancer_sends_each_post_to_another(first: &Relay, second: &Relay) {
    let (kind, body) = multipart(&GOOD, &[("papers", "Plaan.pdf", b"%PDF-1.7 the plan")]);
    let page = post_body(&first.url("/enquiry"), &kind, &body).expect("an answer");
    let mut fields = hidden(&page.body);
    fields.push(("_go".to_owned(), "send".to_owned()));
    let (kind, body) = multipart(&borrowed(&fields), &[]);
    assert_eq!(post_body(&second.url("/enquiry"), &kind, &body).expect("an answer").status, 303);
}

/// An attachment that was delivered into the drop folder, by its name there.
fn paper(place: &Place, name: &str) -> Option<Vec<u8>> {
    place
        .dropped()
        .keys()
        .find_map(|reference| fs::read(place.path("drop").join(reference).join("attachments").join(name)).ok())
}

#[test]
fn the_way_to_another_machine_is_encrypted_and_the_server_has_to_show_who_it_is() {
    let Some(server) = Server::start_with_tls() else {
        eprintln!("PostgreSQL is not installed: skipped");
        return;
    };
    let ask = |address: &str, authority: &str| {
        let place = Place::with(&format!(
            "postgres = {{ file = \"postgres\" }}\n{authority}\n[folder.office]\npath = \"drop\"\n"
        ));
        fs::write(place.path("postgres"), format!("{address} user=postgres dbname=postgres")).expect("written");
        let output = place.command(&["list"]);
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let port = server.port;
    let ours = format!("postgres_authority = \"{}\"", server.folder.join("server.crt").display());
    // The server lets nobody in without TLS.
    let (works, said) = ask(&format!("host=localhost port={port} sslmode=require"), &ours);
    assert!(works, "{said}");
    let (works, said) = ask(&format!("host=localhost port={port} sslmode=disable"), &ours);
    assert!(!works && said.contains("relay.postgres-failed"), "{said}");
    // A stranger's certificate, and ours under another name.
    let (works, said) = ask(&format!("host=localhost port={port} sslmode=require"), "");
    assert!(!works && said.contains("relay.postgres-failed") && said.contains("certificate"), "{said}");
    assert!(said.contains("postgres_authority"), "{said}");
    let (works, said) = ask(&format!("host=127.0.0.1 port={port} sslmode=require"), &ours);
    assert!(!works && said.contains("not valid for name"), "{said}");
    let (works, said) = ask(&format!("host=localhost port={port}"), "postgres_authority = \"secret\"");
    assert!(!works && said.contains("postgres_authority"), "{said}");
}

#[test]
fn postgresql_keeps_the_same_promises_and_two_relays_share_it() {
    let Some(server) = Server::start() else {
        eprintln!("PostgreSQL is not installed: skipped");
        return;
    };
    let place = server.place();
    let relay = place.start();
    let (kind, body) = multipart(&GOOD, &[("papers", "Leping.pdf", b"%PDF-1.7 the contract")]);
    let page = post_body(&relay.url("/enquiry"), &kind, &body).expect("an answer");
    let mut fields = hidden(&page.body);
    fields.push(("_go".to_owned(), "send".to_owned()));
    let (kind, body) = multipart(&borrowed(&fields), &[]);
    for _ in 0..2 {
        assert_eq!(post_body(&relay.url("/enquiry"), &kind, &body).expect("an answer").status, 303);
    }
    wait_until("delivered", || place.dropped().len() == 1);
    let (reference, _) = place.dropped().pop_first().expect("one");
    let file = place.path("drop").join(&reference).join("attachments/1-Leping.pdf");
    assert_eq!(fs::read(file).expect("the file"), b"%PDF-1.7 the contract");
    assert!(place.command(&["show", &reference]).status.success());

    let second_place = server.place();
    let second = second_place.start();
    std::thread::scope(|scope| {
        for relay in [&relay, &second] {
            scope.spawn(move || {
                for number in 0..15 {
                    let text = format!("küsimus {number} {}", relay.address);
                    assert_eq!(post(&relay.url("/feedback"), &[("text", &text)]).status, 303);
                }
            });
        }
    });
    // Whoever claims a submission delivers it, into its own folder.
    wait_until("each is delivered by one of them", || place.dropped().len() + second_place.dropped().len() == 31);
    wait_until("and noted", || place.json(&["list", "--state", "delivered"]).as_array().expect("a list").len() == 31);
    assert!(place.command(&["audit"]).status.success());
    a_balancer_sends_each_post_to_another(&relay, &second);
    let plan = || [&place, &second_place].into_iter().find_map(|place| paper(place, "1-Plaan.pdf"));
    wait_until("the file is delivered by one of them", || plan().is_some());
    assert_eq!(plan().as_deref(), Some(b"%PDF-1.7 the plan".as_slice()));
    assert!(fs::read_dir(place.path("data/holding")).expect("read").next().is_none(), "held by the store only");
    second.kill();

    let fields = checked(&relay, &GOOD);
    server.stop("immediate");
    assert_eq!(post(&relay.url("/enquiry"), &borrowed(&fields)).status, 503);
    server.run(&format!("-k {} -c listen_addresses=", server.folder.display()));
    assert_eq!(post(&relay.url("/enquiry"), &borrowed(&fields)).status, 303, "connected anew by itself");
    relay.stop();
}
