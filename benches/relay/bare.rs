//! The least that takes a request, puts it on the disk and answers: hyper, one row, a flush for many.

use std::{convert::Infallible, path::Path};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use rusqlite::Connection;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};

/// Something to store, and whom to tell whether it is.
pub(crate) type Write<T> = (T, oneshot::Sender<bool>);

/// Serves until it is killed; says its address as the relay does.
pub(crate) fn serve(folder: &Path) {
    let sender = writer(folder, "CREATE TABLE submission (id INTEGER PRIMARY KEY, body BLOB NOT NULL)", store);
    listen(async |listener| {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let sender = sender.clone();
            let service = service_fn(move |request| answer(request, sender.clone()));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
}

/// Runs `serve` on a port of the system's choice, which is said first.
pub(crate) fn listen(serve: impl AsyncFnOnce(TcpListener)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        eprintln!("{}", serde_json::json!({ "address": listener.local_addr().expect("an address").to_string() }));
        serve(listener).await;
    });
}

async fn answer(
    request: Request<Incoming>,
    sender: mpsc::Sender<Write<Bytes>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let stored = async {
        let body = request.into_body().collect().await.ok()?.to_bytes();
        let (reply, stored) = oneshot::channel();
        sender.send((body, reply)).await.ok()?;
        stored.await.ok()
    };
    let mut response = Response::new(Full::default());
    *response.status_mut() =
        if stored.await == Some(true) { hyper::StatusCode::SEE_OTHER } else { hyper::StatusCode::SERVICE_UNAVAILABLE };
    response.headers_mut().insert("location", hyper::header::HeaderValue::from_static("/sent"));
    Ok(response)
}

fn store(connection: &Connection, body: &Bytes) -> rusqlite::Result<()> {
    connection.prepare_cached("INSERT INTO submission (body) VALUES (?1)")?.execute([body.as_ref()]).map(drop)
}

/// A thread that stores what it is sent, up to 256 with one flush.
pub(crate) fn writer<T: Send + 'static>(
    folder: &Path,
    schema: &'static str,
    store: fn(&Connection, &T) -> rusqlite::Result<()>,
) -> mpsc::Sender<Write<T>> {
    let (sender, mut receiver) = mpsc::channel::<Write<T>>(4_096);
    let connection = Connection::open(folder.join("bare.sqlite")).expect("opened");
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;";
    connection.execute_batch(&format!("{settings}{schema}")).expect("made");
    std::thread::spawn(move || {
        let mut batch = Vec::with_capacity(256);
        while receiver.blocking_recv_many(&mut batch, 256) > 0 {
            let stored = || {
                connection.execute_batch("BEGIN IMMEDIATE")?;
                batch.iter().try_for_each(|(one, _)| store(&connection, one))?;
                connection.execute_batch("COMMIT")
            };
            let stored = stored().is_ok();
            for (_, reply) in batch.drain(..) {
                let _ = reply.send(stored);
            }
        }
    });
    sender
}
