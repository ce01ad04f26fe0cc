//! `form-relay serve`: everything that runs, how it starts, and how it stops without losing anything.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    net::SocketAddr,
    os::unix::fs::MetadataExt as _,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, extract::State, http::StatusCode, response::Response, routing::get};
use tokio::{
    net::TcpListener,
    runtime::Runtime,
    signal::unix::{Signal, SignalKind, signal},
    sync::{Notify, watch},
    time,
};

use super::{
    arriving::Arriving,
    clock,
    config::{CONFIRMATION, Config, Limits},
    delivery::{self, Alert, Dispatch},
    holding::Files,
    http::Server,
    intake::{self, App},
    library::{self, Library},
    metrics::Metrics,
    pages::{self, Guard},
    proof::Watch,
    rate::Rate,
    store::{Counts, Handle, Store, Write, Written},
    token::Signer,
};
use crate::{
    diagnostics::{Diagnostic, Location},
    forms::Compiled,
};

/// How often the relay looks whether `forms.json` is new.
const RELOAD: Duration = Duration::from_secs(2);

/// How many letters one address may be sent an hour: nobody's mailbox is filled by somebody else.
const LETTERS: u32 = 5;

/// Runs the relay until it is told to stop.
pub(crate) fn serve(config: Config) -> Result<(), Vec<Diagnostic>> {
    harden(&config.limits);
    let failed = |error: &dyn std::fmt::Display| vec![Diagnostic::new("relay.start-failed").arg("reason", error)];
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(1 << 20)
        .build()
        .map_err(|error| failed(&error))?;
    let result = runtime.block_on(run(config));
    // A delivery that hangs is tried again after the next start.
    runtime.shutdown_timeout(Duration::from_secs(1));
    result
}

/// What the process owes its data: files that only it may read, and enough descriptors.
fn harden(limits: &Limits) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, umask};
    umask(rustix::fs::Mode::from_raw_mode(0o077));
    let now = getrlimit(Resource::Nofile);
    let wanted = limits.connections as u64 + 256;
    if now.current.is_some_and(|current| current < wanted) {
        let raised = now.maximum.map_or(wanted, |maximum| maximum.min(wanted));
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum: now.maximum });
    }
}

/// Reads `forms.json` and checks that every form can be delivered.
pub(crate) fn forms(config: &Config) -> Result<Compiled, Vec<Diagnostic>> {
    let place = || Location::file(config.forms.to_string_lossy());
    let compiled = library::read(&config.forms)
        .map_err(|reason| vec![Diagnostic::new("relay.forms-unusable").arg("reason", reason).at(place())])?;
    let known: BTreeSet<&str> = config.destinations().collect();
    let mut unknown: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut problems = Vec::new();
    for version in &compiled.forms {
        let form = &version.form;
        for recipient in form.recipients.iter().filter(|recipient| !known.contains(recipient.as_str())) {
            unknown.entry(recipient).or_default().push(&form.id);
        }
        if form.confirm_address
            && (config.confirmation.is_none() || form.reply_to.is_none() || !form.seal_to.is_empty())
        {
            problems.push(Diagnostic::new("relay.cannot-confirm").arg("form", &form.id).at(place()));
        }
        if super::seal::Seal::parse(&form.seal_to).is_none() {
            problems.push(Diagnostic::new("relay.seal-key").arg("form", &form.id).at(place()));
        }
    }
    problems.extend(unknown.into_iter().map(|(name, forms)| {
        let unknown = Diagnostic::new("relay.unknown-destination").arg("name", name).arg("forms", forms.join(", "));
        unknown.suggest(name, known.iter().copied()).at(place())
    }));
    if problems.is_empty() { Ok(compiled) } else { Err(problems) }
}

/// Opens the store that `config` names.
pub(crate) fn open(config: &Config) -> Result<Store, Vec<Diagnostic>> {
    if rustix::process::geteuid().is_root() && config.data.metadata().is_ok_and(|folder| folder.uid() != 0) {
        return Err(vec![Diagnostic::new("relay.other-user").arg("path", config.data.display())]);
    }
    let code = if config.postgres.is_some() { "relay.postgres-failed" } else { "relay.store-failed" };
    let failed = |reason: String| vec![Diagnostic::new(code).arg("reason", reason)];
    let store = config.store().map_err(failed)?;
    Store::open(&store, &config.data).map_err(|error| failed(error.to_string()))
}

async fn run(config: Config) -> Result<(), Vec<Diagnostic>> {
    let failed = |error: String| vec![Diagnostic::new("relay.start-failed").arg("reason", error)];
    let signals = Signals::new().map_err(|error| failed(error.to_string()))?;
    let compiled = forms(&config)?;
    let secret = config.secret.read().map_err(|error| failed(error.to_string()))?;
    let (mut store, reading) =
        tokio::task::block_in_place(|| Ok::<_, Vec<Diagnostic>>((open(&config)?, open(&config)?)))?;
    let since = clock::now() - config.retention.version_days * 86_400_000;
    let (remembered, mended) = tokio::task::block_in_place(|| {
        let mended = store.reclaim(clock::now()).and_then(|_| store.sweep())?;
        Ok((store.versions(since)?, mended))
    })
    .map_err(|error: super::store::Failure| failed(error.to_string()))?;
    if mended > 0 {
        tracing::warn!(folders = mended, "attachments without a submission were removed");
    }
    let destinations = delivery::destinations(&config).map_err(|(name, reason)| {
        vec![Diagnostic::new("relay.destination-failed").arg("name", name).arg("reason", reason)]
    })?;
    let alert = Alert::new(&config).map_err(failed)?;
    let listener = bind(config.listen).await?;
    let admin = match config.admin_listen {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    let said =
        |listener: &TcpListener| listener.local_addr().map_or_else(|_| String::new(), |address| address.to_string());
    let (address, admin_address) = (said(&listener), admin.as_ref().map(said));
    let reading = Arc::new(Mutex::new(reading));
    let files =
        Files::open(&config.data).map_err(|error| failed(error.to_string()))?.limited(config.limits.holding_bytes);
    let (handle, thread) = Handle::start(store).map_err(|error| failed(error.to_string()))?;
    let library = Arc::new(Library::new(compiled, &remembered));
    let (metrics, news) = (Metrics::default(), Arc::new(Notify::new()));
    let (stopping, stopped) = watch::channel(false);

    let dispatch = Arc::new(Dispatch {
        store: handle.clone(),
        metrics: metrics.clone(),
        retry: config.retry.clone(),
        alert,
        news: Arc::clone(&news),
    });
    let mut background = tokio::task::JoinSet::new();
    for (name, destination) in destinations {
        background.spawn(Arc::clone(&dispatch).run(name, destination, stopped.clone()));
    }
    drop(dispatch);
    background.spawn(until(stopped.clone(), reload(config.clone(), Arc::clone(&library), handle.clone())));
    background.spawn(until(stopped.clone(), purge(config.clone(), files.clone(), handle.clone())));

    if let Some(listener) = admin {
        let (store, reading, metrics) = (handle.clone(), Arc::clone(&reading), metrics.clone());
        let local = Arc::new(Local { store, reading, metrics, started: clock::now() });
        let limits = Limits { drain_seconds: 1, ..Limits::default() };
        let server =
            Server { router: local_router(local), limits, trusted: Vec::new(), guard: None, open: Arc::default() };
        background.spawn(server.run(listener, wait(stopped.clone())));
    }
    let origins = config.sites.iter().chain([&config.public_url]).cloned().collect();
    let (limits, trusted) = (config.limits.clone(), config.trusted_proxies.clone());
    let guard = Some(Guard::new(&config.sites));
    let app = App {
        signer: Signer::new(&secret),
        store: handle,
        files,
        library,
        clients: Rate::a_minute(limits.posts_per_minute),
        forms: Rate::a_minute(limits.form_per_minute),
        watch: Watch::new(limits.proof_per_minute),
        patient: Rate::a_minute(1),
        letters: Rate::an_hour(LETTERS),
        metrics: metrics.clone(),
        news,
        reading,
        statistics: Mutex::default(),
        arriving: Arriving::default(),
        origins,
        config,
    };
    tracing::info!(address, admin = admin_address, "listening");
    let server = Server { router: intake::router(Arc::new(app)), limits, trusted, guard, open: metrics.connections };
    server.run(listener, signals.stop()).await;
    tracing::info!("stopping");
    let _ = stopping.send(true);
    while background.join_next().await.is_some() {}
    // All handles are gone: the writer commits what it has and ends.
    let _ = tokio::task::spawn_blocking(|| thread.join()).await;
    Ok(())
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Vec<Diagnostic>> {
    TcpListener::bind(address)
        .await
        .map_err(|error| vec![Diagnostic::new("relay.start-failed").arg("reason", format!("{address}: {error}"))])
}

/// The signals that tell the relay to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    _file_size: Signal,
}

impl Signals {
    /// Listens from now on. SIGXFSZ is taken note of only so that it does not kill: a write beyond
    /// the limit then fails like a full disk.
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            _file_size: signal(SignalKind::from_raw(25))?,
        })
    }

    async fn stop(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

async fn wait(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

async fn until(stopped: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! {
        () = wait(stopped) => {}
        () = work => {}
    }
}

/// Takes a new `forms.json` when there is one; a bad one changes nothing.
async fn reload(config: Config, library: Arc<Library>, store: Handle) {
    let note = async |library: &Library| {
        let forms = library::definitions(&library.now());
        if let Err(error) = store.write_patiently(Write::Versions { now: clock::now(), forms }).await {
            tracing::warn!(error = %error, "the versions of the forms could not be noted");
        }
    };
    let mut seen = library::modified(&config.forms);
    note(&library).await;
    loop {
        time::sleep(RELOAD).await;
        let written = library::modified(&config.forms);
        if written.is_none() || written == seen {
            continue;
        }
        seen = written;
        match tokio::task::block_in_place(|| forms(&config)) {
            Ok(compiled) => {
                library.replace(compiled);
                note(&library).await;
                tracing::info!("new forms are in place");
            }
            Err(problems) => {
                let reason = problems.first().map(|problem| problem.message(crate::diagnostics::Language::English));
                tracing::error!(reason, "the new forms.json cannot be used; the old one stays");
            }
        }
    }
}

/// Removes what is over, now and then.
async fn purge(config: Config, files: Files, store: Handle) {
    let held = Duration::from_secs(config.retention.held_minutes * 60);
    let pause = Duration::from_secs(config.retention.purge_minutes.max(1) * 60);
    let mut clock = clock::Steady::new();
    loop {
        if !clock.goes_evenly() {
            // A clock that is wrong would end everybody's time at once; if it stays so, it is believed.
            tracing::error!("the clock has jumped: nothing is removed this time");
            time::sleep(pause).await;
            continue;
        }
        let thrown = tokio::task::block_in_place(|| files.purge_held(held));
        let mut purged = 0;
        let due = || Write::purge(&config.retention, clock::now());
        while let Ok(Written::Purged { submissions }) = store.write_patiently(due()).await {
            purged += submissions;
            if submissions == 0 {
                break;
            }
        }
        if thrown + purged > 0 {
            tracing::info!(submissions = purged, uploads = thrown, "purged");
        }
        time::sleep(pause).await;
    }
}

/// What the local port tells.
struct Local {
    store: Handle,
    reading: Arc<Mutex<Store>>,
    metrics: Metrics,
    started: i64,
}

impl Local {
    fn counts(&self) -> Option<Counts> {
        tokio::task::block_in_place(|| self.reading.lock().unwrap_or_else(PoisonError::into_inner).counts().ok())
    }
}

fn local_router(local: Arc<Local>) -> Router {
    Router::new().route("/heartbeat.json", get(heartbeat)).route("/metrics", get(metrics)).with_state(local)
}

/// Whether submissions can be stored now.
async fn heartbeat(State(local): State<Arc<Local>>) -> Response {
    let probe = time::timeout(Duration::from_secs(5), local.store.write(Write::Probe)).await;
    let counts = local.counts();
    let works = matches!(probe, Ok(Ok(_))) && counts.is_some();
    let counts = counts.unwrap_or_default();
    let count = |state: &str| {
        counts.deliveries.iter().filter(|(_, known, _)| known == state).map(|(_, _, count)| count).sum::<i64>()
    };
    let now = clock::now();
    let mut response = pages::json(&serde_json::json!({
        "name": "form-relay",
        "version": env!("CARGO_PKG_VERSION"),
        "status": if works { "up" } else { "down" },
        "uptime_seconds": (now - local.started) / 1_000,
        "undelivered": count("pending"),
        "dead": count("dead"),
        "oldest_undelivered_seconds": counts.oldest.map_or(0, |oldest| (now - oldest) / 1_000),
    }));
    if !works {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    response
}

async fn metrics(State(local): State<Arc<Local>>) -> Result<String, StatusCode> {
    let counts = local.counts().ok_or(StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(local.metrics.text(&counts, local.store.waiting(), clock::now()))
}

/// Tries every destination and clamd; what does not work, by name.
pub(crate) fn check(config: &Config) -> Vec<Diagnostic> {
    let problem =
        |name: &str, reason: &str| Diagnostic::new("relay.destination-failed").arg("name", name).arg("reason", reason);
    let Ok(runtime) = Runtime::new() else { return vec![problem("runtime", "cannot be started")] };
    let destinations = match delivery::destinations(config) {
        Ok(destinations) => destinations,
        Err((name, reason)) => return vec![problem(&name, &reason)],
    };
    let mut problems = Vec::new();
    runtime.block_on(async {
        for (name, destination) in destinations.iter().filter(|(name, _)| name != CONFIRMATION) {
            let result = time::timeout(Duration::from_secs(30), destination.check()).await;
            match result {
                Ok(Ok(())) => {}
                Ok(Err(delivery::Trouble::Temporary(reason) | delivery::Trouble::Permanent(reason))) => {
                    problems.push(problem(name, &reason));
                }
                Err(_) => problems.push(problem(name, "no answer in time")),
            }
        }
        if let Some(address) = &config.clamd {
            let size = largest_file(config);
            if let Err(error) = super::clamd::probe(address, size).await {
                problems.push(match error.kind() {
                    io::ErrorKind::FileTooLarge => {
                        Diagnostic::new("relay.clamd-limit").arg("size", size).arg("reason", error)
                    }
                    _ => problem("clamd", &error.to_string()),
                });
            }
        }
    });
    problems
}

/// The largest file that a form lets be attached, in bytes.
fn largest_file(config: &Config) -> u64 {
    let Ok(compiled) = library::read(&config.forms) else { return 0 };
    let fields = compiled.forms.iter().flat_map(|version| version.form.fields());
    let all = fields.flat_map(|(_, field)| std::iter::once(field).chain(&field.fields));
    let largest = all.filter_map(|field| field.files.as_ref()).map(|rules| rules.max_size).max().unwrap_or_default();
    largest.min(config.limits.body_bytes)
}
