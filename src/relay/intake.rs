//! The two posts: what a citizen fills in is checked and shown again; what they then send is stored.

use std::{
    collections::BTreeSet,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, Request, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use tokio::{sync::Notify, time::timeout};

use super::{
    arriving::Arriving,
    body::{Reader, Refusal},
    clock,
    config::Config,
    filling::{Filling, text},
    holding::Files,
    http::Peer,
    library::Library,
    metrics::Metrics,
    network::Client,
    pages,
    proof::{self, Watch},
    rate::Rate,
    seal::Seal,
    stats,
    store::{Handle, Store, Write, Written},
    token::{Confirm, Receipt, Signer},
};
use crate::{
    forms::{
        Catalogue, Errors, Form, LANGUAGE, VERSION,
        html::{self, Problem},
    },
    language::Lang,
};

/// What the handlers share.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) signer: Signer,
    pub(crate) store: Handle,
    pub(crate) files: Files,
    pub(crate) library: Arc<Library>,
    pub(crate) clients: Rate<Client>,
    pub(crate) forms: Rate<String>,
    pub(crate) watch: Watch,
    /// Letters to citizens, by address.
    pub(crate) letters: Rate<String>,
    /// Who waited instead of proving work.
    pub(crate) patient: Rate<Client>,
    pub(crate) metrics: Metrics,
    pub(crate) news: Arc<Notify>,
    /// The store, to read from.
    pub(crate) reading: Arc<Mutex<Store>>,
    /// The public statistics, and until when they are good.
    pub(crate) statistics: Mutex<(i64, Vec<stats::Line>)>,
    /// The uploads that are coming in.
    pub(crate) arriving: Arriving,
    /// The origins whose pages may post here.
    pub(crate) origins: BTreeSet<String>,
}

/// The public addresses.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/stats.json", get(statistics))
        .route("/arriving/{number}", get(arriving))
        .route(proof::SCRIPT_ADDRESS, get(async || pages::script(proof::SCRIPT)))
        .route("/{form}", get(blank).post(post))
        .route("/{form}/sent/{receipt}", get(sent))
        .route("/{form}/confirm/{token}", get(ask_to_confirm).post(confirm))
        .fallback(nothing)
        .with_state(app)
}

/// The language of an answer: the one that the address says (`?lang=`, as all our forms and links do), else
/// the one that the browser asks for. A form's hidden field says it too, once its body is read.
fn asked_language(catalogue: &Catalogue, uri: &Uri, headers: &HeaderMap) -> Lang {
    let said = uri.query().and_then(|query| query.split('&').find_map(|part| part.strip_prefix("lang=")));
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let accepted = accepted.and_then(|value| value.get(..2));
    catalogue.language(said.or(accepted).unwrap_or_default())
}

async fn nothing(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Response {
    let catalogue = app.library.now();
    pages::problem(&catalogue, asked_language(&catalogue, &uri, &headers), Problem::NotFound, None)
}

/// The blank form, for who comes by its address; usually it stands on the site.
async fn blank(State(app): State<Arc<App>>, Path(id): Path<String>, uri: Uri, headers: HeaderMap) -> Response {
    let catalogue = app.library.now();
    let lang = asked_language(&catalogue, &uri, &headers);
    let Some(version) = catalogue.newest(&id) else {
        return pages::problem(&catalogue, lang, Problem::NotFound, None);
    };
    let client = Client::of(IpAddr::from([0, 0, 0, 0]));
    let now = clock::now();
    let today = clock::local_ms(now).date();
    let page = Filling { app: &app, catalogue: &catalogue, version, lang, client, now, today };
    match html::closed(&version.form, lang, today, catalogue.office()) {
        Some(closed) => pages::page(&catalogue, lang, StatusCode::OK, &closed),
        None => page.form(StatusCode::OK, &[], &Errors::default(), None),
    }
}

/// How satisfied people are, for the site to show. Counted anew every minute at most.
async fn statistics(State(app): State<Arc<App>>) -> Response {
    let mut known = app.statistics.lock().unwrap_or_else(PoisonError::into_inner);
    if known.0 < clock::now() {
        let measures = tokio::task::block_in_place(|| {
            app.reading.lock().unwrap_or_else(PoisonError::into_inner).measures().unwrap_or_default()
        });
        *known = (clock::now() + 60_000, stats::public(&measures));
    }
    public(pages::json(&known.1), "public, max-age=300")
}

/// How much of an upload has come in, for the page that sends it.
async fn arriving(State(app): State<Arc<App>>, Path(number): Path<String>) -> Response {
    let response = match app.arriving.of(&number) {
        Some((received, total)) => pages::json(&serde_json::json!({ "received": received, "total": total })),
        None => StatusCode::NO_CONTENT.into_response(),
    };
    public(response, "no-store")
}

/// An answer that pages of other sites may read.
fn public(mut response: Response, kept: &'static str) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// The confirmation: only for who holds the signed receipt, and without any answers.
async fn sent(
    State(app): State<Arc<App>>,
    Path((id, receipt)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let catalogue = app.library.now();
    let receipt: Option<Receipt> = app.signer.verify(&receipt).filter(|receipt: &Receipt| receipt.form == id);
    let known = receipt.and_then(|receipt| {
        let version = catalogue.version(&id, &receipt.version).or_else(|| catalogue.newest(&id))?;
        Some((Arc::clone(version), receipt))
    });
    let Some((version, receipt)) = known else {
        return pages::problem(&catalogue, asked_language(&catalogue, &uri, &headers), Problem::NotFound, None);
    };
    let lang = catalogue.language(&receipt.language);
    let shown = html::Receipt {
        reference: &receipt.reference,
        received: clock::local_ms(receipt.received).datetime(),
        deadline: receipt.deadline,
        answers: None,
    };
    pages::page(&catalogue, lang, StatusCode::OK, &html::sent(&version.form, lang, &shown, catalogue.office()))
}

/// The page that the link in the letter leads to. It only asks: mail filters open links by themselves.
async fn ask_to_confirm(
    State(app): State<Arc<App>>,
    Path((id, token)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let catalogue = app.library.now();
    let Some(confirm) = app.letter(&id, &token) else {
        return pages::problem(&catalogue, asked_language(&catalogue, &uri, &headers), Problem::NotFound, None);
    };
    let lang = catalogue.language(&confirm.language);
    pages::page(&catalogue, lang, StatusCode::OK, &pages::confirm_address(lang, &format!("/{id}/confirm/{token}")))
}

/// The address is confirmed: what was sent is now delivered.
async fn confirm(
    State(app): State<Arc<App>>,
    Path((id, token)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let catalogue = app.library.now();
    let Some((version, confirm)) = catalogue.newest(&id).zip(app.letter(&id, &token)) else {
        return pages::problem(&catalogue, asked_language(&catalogue, &uri, &headers), Problem::NotFound, None);
    };
    let lang = catalogue.language(&confirm.language);
    let write = Write::Confirm { reference: confirm.reference, now: clock::now() };
    if !matches!(app.store.write(write).await, Ok(Written::Done)) {
        return pages::problem(&catalogue, lang, Problem::Unavailable, Some(30));
    }
    app.news.notify_waiters();
    pages::page(&catalogue, lang, StatusCode::OK, &html::address_confirmed(&version.form, lang, catalogue.office()))
}

async fn post(State(app): State<Arc<App>>, Path(id): Path<String>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let (uri, headers, now) = (parts.uri, parts.headers, clock::now());
    let catalogue = app.library.now();
    let asked = asked_language(&catalogue, &uri, &headers);
    let refuse = |problem, wait| {
        app.metrics.count("form_relay_refused_total", &[("reason", &format!("{problem:?}").to_lowercase())]);
        pages::problem(&catalogue, asked, problem, wait)
    };
    let peer = parts.extensions.get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0);
    let client = app.client(peer, &headers);
    if let Err(wait) = app.clients.take(client, now) {
        return refuse(Problem::TooMany, Some(wait));
    }
    if !app.is_own_origin(&headers) {
        return refuse(Problem::Forbidden, None);
    }
    let Some(newest) = catalogue.newest(&id) else { return refuse(Problem::NotFound, None) };
    let Ok(seal) = seal(&newest.form) else { return refuse(Problem::Unavailable, Some(300)) };
    let reader = Reader {
        form: &newest.form,
        limits: &app.config.limits,
        files: &app.files,
        signer: &app.signer,
        seal: seal.as_ref(),
        clamd: app.config.clamd.as_deref(),
        shared: app.config.postgres.is_some().then_some(&app.store),
    };
    // The deadline ends with the body: nothing may time out once a submission may be stored.
    let total = headers.get(header::CONTENT_LENGTH).and_then(|total| total.to_str().ok()?.parse().ok());
    let total: u64 = total.unwrap_or_default();
    if total > app.config.limits.body_bytes {
        return refuse(Problem::TooLarge, None);
    }
    let (body, _followed) = app.arriving.follow(uri.query(), total, body);
    let read = timeout(Duration::from_secs(app.config.limits.body_seconds), reader.read(&headers, body)).await;
    let inputs = match read.unwrap_or(Err(Refusal::Slow)) {
        Ok(inputs) => inputs,
        Err(Refusal::TooLarge) => return refuse(Problem::TooLarge, None),
        Err(Refusal::Unsupported) => return refuse(Problem::Unsupported, None),
        Err(Refusal::Malformed) => return refuse(Problem::Unprocessable, None),
        Err(Refusal::Unavailable) => return refuse(Problem::Unavailable, Some(60)),
        Err(Refusal::Slow) => {
            let mut response = refuse(Problem::Unprocessable, None);
            *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
            return response;
        }
    };
    let lang = match text(&inputs, LANGUAGE) {
        "" => asked,
        said => catalogue.language(said),
    };
    let version = catalogue.version(&id, text(&inputs, VERSION)).unwrap_or(newest);
    let today = clock::local_ms(now).date();
    Filling { app: &app, catalogue: &catalogue, version, lang, client, now, today }.answer(inputs, seal.as_ref()).await
}

impl App {
    /// What the link in a letter about the form `id` says, if we wrote it.
    fn letter(&self, id: &str, token: &str) -> Option<Confirm> {
        self.signer.verify(token).filter(|confirm: &Confirm| confirm.form == id)
    }

    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Client {
        let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
        Client::behind(peer, forwarded, &self.config.trusted_proxies)
    }

    /// Browsers name the page that posts; a page that is neither the site's nor ours may not. A
    /// client that names none is no browser that somebody else's page could use.
    fn is_own_origin(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        origins.all(|origin| origin.to_str().is_ok_and(|origin| self.origins.contains(origin)))
    }
}

/// What the form is sealed with. A form whose keys cannot be read is not taken in the clear.
fn seal(form: &Form) -> Result<Option<Seal>, ()> {
    if form.seal_to.is_empty() {
        return Ok(None);
    }
    Seal::parse(&form.seal_to).map(Some).ok_or(())
}
