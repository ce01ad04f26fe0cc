//! The accept loop: what a server that stands in the open must refuse, and how it stops.
//!
//! hyper's `http1` with a timer of our own, because a server without one never cuts a client that
//! sends a byte a second; limits on connections in all and for each client; exactly one `Host`.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, body::Body, response::Response};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::{
    Request, StatusCode,
    body::{Body as _, Frame, Incoming, SizeHint},
    header,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{net::TcpListener, sync::Semaphore, time};
use tower::ServiceExt as _;

use super::{
    config::Limits,
    network::{Client, Network},
    pages::Guard,
};

/// Headers and request line of one request.
const HEADER_BYTES: usize = 32 << 10;
const HEADERS: usize = 64;
/// How long to wait when the system has no file descriptor for one more connection.
const BREATH: Duration = Duration::from_millis(50);

/// How long, after an answer, the rest of a body that nobody wanted is still read.
const LINGER: Duration = Duration::from_secs(5);

/// The address that a request came from, put into its extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// What the accept loop needs to know.
pub(crate) struct Server {
    pub(crate) router: Router,
    pub(crate) limits: Limits,
    pub(crate) trusted: Vec<Network>,
    /// What every answer carries.
    pub(crate) guard: Option<Guard>,
    /// How many connections there are, for the metrics.
    pub(crate) open: Arc<std::sync::atomic::AtomicUsize>,
}

impl Server {
    /// Serves until `stop` is ready, then lets requests that are under way end.
    pub(crate) async fn run(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let room = Arc::new(Semaphore::new(self.limits.connections));
        let clients = Clients::default();
        let graceful = GracefulShutdown::new();
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(self.limits.header_seconds))
            .max_buf_size(HEADER_BYTES)
            .max_headers(HEADERS);
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = listener.accept() => accepted,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(error = %error.kind(), "no connection could be accepted");
                    time::sleep(BREATH).await;
                    continue;
                }
            };
            let Ok(permit) = room.clone().try_acquire_owned() else { continue };
            let Some(guest) = self.admit(&clients, peer) else { continue };
            let _ = stream.set_nodelay(true);
            let (router, body_bytes, guard) = (self.router.clone(), self.limits.body_bytes, self.guard.clone());
            let service = service_fn(move |request| {
                let (router, guard) = (router.clone(), guard.clone());
                async move {
                    let response = answer(router, peer, body_bytes, request).await?;
                    Ok::<_, Infallible>(match &guard {
                        Some(guard) => guard.dress(response),
                        None => response,
                    })
                }
            });
            let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
            let (age, open) = (Duration::from_secs(self.limits.connection_seconds), Arc::clone(&self.open));
            open.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            tokio::spawn(async move {
                // A client that breaks off, or is cut off, is nothing to note.
                let _ = time::timeout(age, connection).await;
                open.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
                drop((permit, guest));
            });
        }
        drop(listener);
        if time::timeout(Duration::from_secs(self.limits.drain_seconds), graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests did not end in time");
        }
    }

    /// Room for one more connection of this client, if there is.
    fn admit(&self, clients: &Clients, peer: SocketAddr) -> Option<Guest> {
        if self.trusted.iter().any(|network| network.contains(peer.ip())) {
            return Some(Guest { client: None, clients: clients.clone() });
        }
        let client = Client::of(peer.ip());
        let mut counts = clients.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(client).or_default();
        if *count >= self.limits.connections_per_client {
            return None;
        }
        *count += 1;
        Some(Guest { client: Some(client), clients: clients.clone() })
    }
}

/// How many connections each client has.
#[derive(Clone, Default)]
struct Clients(Arc<Mutex<HashMap<Client, usize>>>);

/// One connection's place in the count; gives it back when dropped.
struct Guest {
    client: Option<Client>,
    clients: Clients,
}

impl Drop for Guest {
    fn drop(&mut self) {
        let Some(client) = self.client else { return };
        let mut counts = self.clients.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&client);
            }
        }
    }
}

async fn answer(
    router: Router,
    peer: SocketAddr,
    body_bytes: u64,
    mut request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let objection = objection(&request);
    request.extensions_mut().insert(Peer(peer.ip()));
    let waits = request.headers().contains_key(header::EXPECT);
    let (parts, body) = request.into_parts();
    let body = Rest(Arc::new(Mutex::new(body)));
    let response = match objection {
        Some(status) => {
            let mut response = Response::new(Body::from(status.canonical_reason().unwrap_or_default()));
            *response.status_mut() = status;
            response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
            response
        }
        None => router.oneshot(Request::from_parts(parts, Body::new(body.clone()))).await?,
    };
    // A browser that is still sending when the connection is closed shows its own error and not
    // our answer. One that waits to be asked for the body is not asked.
    if !(waits || body.is_end_stream()) {
        let _ = time::timeout(LINGER, body.drain(body_bytes)).await;
    }
    Ok(response)
}

/// A request's body, of which what the handler left can still be read.
#[derive(Clone)]
struct Rest(Arc<Mutex<Incoming>>);

impl Rest {
    fn with<T>(&self, work: impl FnOnce(Pin<&mut Incoming>) -> T) -> T {
        work(Pin::new(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Reads what is left and throws it away, at most `most` bytes.
    async fn drain(mut self, most: u64) {
        let mut seen = 0;
        while let Some(Ok(frame)) = self.frame().await {
            seen += frame.data_ref().map_or(0, |data| data.len() as u64);
            if seen > most {
                break;
            }
        }
    }
}

impl hyper::body::Body for Rest {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.with(|body| body.poll_frame(context))
    }

    fn is_end_stream(&self) -> bool {
        self.with(|body| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.with(|body| body.size_hint())
    }
}

/// Why a request is refused before anything looks at it.
fn objection<B>(request: &Request<B>) -> Option<StatusCode> {
    let headers = request.headers();
    let only = |name| {
        let mut values = headers.get_all(name).iter();
        values.next().filter(|_| values.next().is_none())
    };
    if only(header::HOST).is_none() {
        return Some(StatusCode::BAD_REQUEST);
    }
    // No browser packs a form, and nobody may make us unpack one.
    if headers.get_all(header::CONTENT_ENCODING).iter().any(|encoding| encoding != "identity") {
        return Some(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    if headers.contains_key(header::CONTENT_LENGTH) {
        let length = only(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        match length {
            None => return Some(StatusCode::BAD_REQUEST),
            Some(_) if headers.contains_key(header::TRANSFER_ENCODING) => return Some(StatusCode::BAD_REQUEST),
            Some(_) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&'static str, &'static str)]) -> Request<()> {
        headers
            .iter()
            .fold(Request::builder(), |builder, (name, value)| builder.header(*name, *value))
            .body(())
            .unwrap()
    }

    #[test]
    fn ambiguous_requests_are_refused() {
        let ask = |headers: &[(&'static str, &'static str)]| objection(&request(headers));
        assert_eq!(ask(&[("host", "a")]), None);
        assert_eq!(ask(&[]), Some(StatusCode::BAD_REQUEST));
        assert_eq!(ask(&[("host", "a"), ("host", "b")]), Some(StatusCode::BAD_REQUEST));
        assert_eq!(
            ask(&[("host", "a"), ("content-length", "5"), ("content-length", "5")]),
            Some(StatusCode::BAD_REQUEST)
        );
        assert_eq!(
            ask(&[("host", "a"), ("content-length", "5"), ("transfer-encoding", "chunked")]),
            Some(StatusCode::BAD_REQUEST)
        );
        assert_eq!(ask(&[("host", "a"), ("content-length", "-1")]), Some(StatusCode::BAD_REQUEST));
        assert_eq!(ask(&[("host", "a"), ("content-encoding", "gzip")]), Some(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
}
