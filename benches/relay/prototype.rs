//! The prototype that the aims were taken from: axum, a form's fields read, a reference drawn, one row with the
//! fields and one for the delivery, a flush for many. It knows no definition, checks and signs nothing.

use std::path::Path;

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::bare;

const SCHEMA: &str = "
CREATE TABLE submission (id INTEGER PRIMARY KEY, reference TEXT NOT NULL UNIQUE, fields TEXT NOT NULL);
CREATE TABLE outbox (id INTEGER PRIMARY KEY, reference TEXT NOT NULL, state TEXT NOT NULL);";

struct Submission {
    reference: String,
    fields: String,
}

type Sender = mpsc::Sender<bare::Write<Submission>>;

/// Serves until it is killed; says its address as the relay does.
pub(crate) fn serve(folder: &Path) {
    let sender = bare::writer(folder, SCHEMA, store);
    let router = Router::new().route("/{form}", post(take)).with_state(sender);
    bare::listen(async |listener| axum::serve(listener, router).await.expect("served"));
}

async fn take(State(sender): State<Sender>, headers: HeaderMap, body: Body) -> Response {
    match stored(&sender, &headers, body).await {
        Some(reference) => (StatusCode::SEE_OTHER, [(header::LOCATION, format!("/sent/{reference}"))]).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn stored(sender: &Sender, headers: &HeaderMap, body: Body) -> Option<String> {
    let boundary = multer::parse_boundary(headers.get(header::CONTENT_TYPE)?.to_str().ok()?).ok()?;
    let mut parts = multer::Multipart::new(body.into_data_stream(), boundary);
    let mut fields = serde_json::Map::new();
    while let Some(part) = parts.next_field().await.ok()? {
        let name = part.name()?.to_owned();
        fields.insert(name, part.text().await.ok()?.into());
    }
    let reference = format!("{:016x}", rand::random::<u64>());
    let submission = Submission { reference: reference.clone(), fields: serde_json::Value::Object(fields).to_string() };
    let (reply, answer) = oneshot::channel();
    sender.send((submission, reply)).await.ok()?;
    answer.await.ok()?.then_some(reference)
}

fn store(connection: &Connection, new: &Submission) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO submission (reference, fields) VALUES (?1, ?2)")?
        .execute([&new.reference, &new.fields])?;
    connection
        .prepare_cached("INSERT INTO outbox (reference, state) VALUES (?1, 'pending')")?
        .execute([&new.reference])
        .map(drop)
}
