//! Measures form-relay beside the least that such a server can do on the same disk in the same run.
//!
//!     cargo bench --bench relay --no-default-features --features relay [-- --seconds 5 --rounds 3]
//!
//! The bare loop (`bare.rs`) is hyper and one SQLite row a request, committed in groups: no form, no check, no queue
//! of deliveries, no audit trail. The prototype (`prototype.rs`) is axum, reads the form's fields and stores two rows.
//! The load (`load.rs`) comes from the same machine. In each round they take turns.
#![expect(clippy::disallowed_methods, reason = "a benchmark makes its own folders")]
#![expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "figures")]

mod bare;
mod load;
mod place;
mod prototype;

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use load::Outcome;
use place::Place;

/// How many clients send at the same time.
const CLIENTS: [usize; 2] = [16, 256];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["bare", folder] => return bare::serve(Path::new(folder)),
        ["prototype", folder] => return prototype::serve(Path::new(folder)),
        _ => {}
    }
    let given = |name: &str, usual: u64| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(usual)
    };
    let (duration, rounds) = (Duration::from_secs(given("--seconds", 5)), given("--rounds", 3));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");

    println!("| round | clients | what | stored/s | p50 ms | p99 ms | µs CPU each | peak MB |");
    println!("| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |");
    let mut rates: Vec<(usize, &str, f64)> = Vec::new();
    for round in 1..=rounds {
        let (syncs, p50) = fsync_probe(Duration::from_secs(1));
        println!("| {round} | 1 | flush of 4 KB alone | {syncs:.0} | {p50:.2} | | | |");
        for clients in CLIENTS {
            for (what, kind) in [
                ("bare loop", Kind::Bare("bare")),
                ("prototype", Kind::Bare("prototype")),
                ("one post", Kind::OnePost),
                ("second post", Kind::SecondPost),
                ("one post, delivered to a folder", Kind::Delivered),
            ] {
                let (outcome, usage) = measure(&runtime, kind, clients, duration);
                let rate = outcome.stored as f64 / outcome.seconds;
                let each = usage.cpu.as_micros() as f64 / outcome.stored.max(1) as f64;
                println!(
                    "| {round} | {clients} | {what} | {rate:.0} | {:.1} | {:.1} | {each:.0} | {:.1} |",
                    outcome.percentile(50),
                    outcome.percentile(99),
                    usage.peak_mb
                );
                if outcome.other > 0 {
                    println!("  ({} answers were no confirmation)", outcome.other);
                }
                rates.push((clients, what, rate));
            }
        }
    }
    println!();
    for clients in CLIENTS {
        let median = |what: &str| {
            let of = |(known, name, rate): &(usize, &str, f64)| (*known == clients && *name == what).then_some(*rate);
            let mut all: Vec<f64> = rates.iter().filter_map(of).collect();
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        for what in ["one post", "second post"] {
            let share = |of: &str| median(what) / median(of) * 100.0;
            let (prototype, bare) = (share("prototype"), share("bare loop"));
            println!(
                "{clients} clients, {what}: {prototype:.0} % of the prototype, {bare:.0} % of the bare loop (medians)"
            );
        }
    }
    at_rest();
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A loop of this program's own, by its name.
    Bare(&'static str),
    OnePost,
    SecondPost,
    Delivered,
}

fn measure(runtime: &tokio::runtime::Runtime, kind: Kind, clients: usize, duration: Duration) -> (Outcome, Usage) {
    let place = Place::new(kind == Kind::Delivered);
    let server = match kind {
        Kind::Bare(name) => {
            Server::start(Command::new(std::env::current_exe().expect("this program")).arg(name).arg(place.data()))
        }
        _ => Server::start(&mut place.relay()),
    };
    let outcome_and_before = runtime.block_on(async {
        let address = server.address.clone();
        let requests = match kind {
            Kind::SecondPost => {
                // As many as can be sent in the time, at a guess; the rest of the time is not counted.
                let many = duration.as_secs() as usize * 12_000;
                load::second_posts(&address, clients, many).await
            }
            _ => load::Requests::Numbered(load::one_post(&address)),
        };
        let before = server.cpu();
        (load::run(&address, clients, duration, requests).await, before)
    });
    let (outcome, before) = outcome_and_before;
    let usage = Usage { cpu: server.cpu().saturating_sub(before), peak_mb: server.status_mb("VmHWM") };
    (outcome, usage)
}

/// What a server used.
struct Usage {
    cpu: Duration,
    peak_mb: f64,
}

/// A server that says its address in a line of JSON; killed when dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(command: &mut Command) -> Self {
        use std::io::BufRead as _;
        let mut child = command.stderr(Stdio::piped()).spawn().expect("started");
        let mut lines = std::io::BufReader::new(child.stderr.take().expect("its log")).lines().map_while(Result::ok);
        let address = lines.by_ref().find_map(|line| {
            let line: serde_json::Value = serde_json::from_str(&line).ok()?;
            Some(line["address"].as_str()?.to_owned())
        });
        // The log has to be read on, or the server would wait for it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address: address.expect("an address") }
    }

    /// CPU time of all its threads, user and system.
    fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("its figures");
        let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let ticks: u64 = after_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        // Linux tells user programs 100 ticks a second, whatever its own clock is.
        Duration::from_millis(ticks * 10)
    }

    fn status_mb(&self, key: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("its figures");
        let line = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        kilobytes.unwrap_or(0.0) / 1_024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How often a second 4 KB can be appended and flushed, and how long that takes at the median.
fn fsync_probe(duration: Duration) -> (f64, f64) {
    let folder = place::folder();
    let mut file = File::create(folder.path().join("probe")).expect("made");
    let (began, mut times) = (Instant::now(), Vec::new());
    while began.elapsed() < duration {
        let at = Instant::now();
        file.write_all(&[7; 4_096]).expect("written");
        file.sync_data().expect("flushed");
        times.push(at.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    (times.len() as f64 / began.elapsed().as_secs_f64(), times[times.len() / 2])
}

/// Memory without load, start to first answer, the program's size.
fn at_rest() {
    let mut starts: Vec<f64> = (0..5)
        .map(|_| {
            let place = Place::new(false);
            let began = Instant::now();
            let server = Server::start(&mut place.relay());
            load::first_answer(&server.address);
            began.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    starts.sort_by(f64::total_cmp);
    let place = Place::new(false);
    let server = Server::start(&mut place.relay());
    load::first_answer(&server.address);
    let size = std::fs::metadata(place::program()).expect("the program").len() as f64 / 1_048_576.0;
    println!(
        "at rest: {:.1} MB; start to first answer: {:.0} ms; program: {size:.1} MB",
        server.status_mb("VmRSS"),
        starts[2]
    );
}
