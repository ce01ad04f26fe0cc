//! The same promises with PostgreSQL as the store, and with two relays that share it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::program::{GOOD, Place, borrowed, checked, hidden, multipart, post, post_body, wait_until};

/// A server of our own, reachable through a socket in its folder only.
struct Server {
    programs: PathBuf,
    folder: PathBuf,
}

impl Server {
    /// `None` where PostgreSQL is not installed; `tests/run` installs it.
    fn start() -> Option<Self> {
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
        let programs = versions.map(|entry| entry.path().join("bin")).find(|bin| bin.join("initdb").exists())?;
        let folder = as_postgres(Path::new("mktemp"), &["-d", "/tmp/form-relay-XXXXXX"]);
        let folder = PathBuf::from(folder.trim());
        let server = Self { programs, folder };
        let data = server.folder.join("data");
        let data = data.to_string_lossy();
        as_postgres(&server.programs.join("initdb"), &["-D", &data, "-A", "trust", "-U", "postgres"]);
        let options = format!("-k {} -c listen_addresses= -c fsync=off", server.folder.display());
        let log = server.folder.join("log");
        as_postgres(
            &server.programs.join("pg_ctl"),
            &["-D", &data, "-w", "-l", &log.to_string_lossy(), "-o", &options, "start"],
        );
        Some(server)
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
    second.kill();

    let fields = checked(&relay, &GOOD);
    server.stop("immediate");
    assert_eq!(post(&relay.url("/enquiry"), &borrowed(&fields)).status, 503);
    let (data, log) = (server.folder.join("data"), server.folder.join("log"));
    let options = format!("-k {} -c listen_addresses=", server.folder.display());
    let (data, log) = (data.to_string_lossy(), log.to_string_lossy());
    as_postgres(&server.programs.join("pg_ctl"), &["-D", &data, "-w", "-l", &log, "-o", &options, "start"]);
    assert_eq!(post(&relay.url("/enquiry"), &borrowed(&fields)).status, 303, "connected anew by itself");
    relay.stop();
}
