//! How much of an upload has come, for the page that is sending it: browsers do not tell a page how far the form is
//! that it sends.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::body::Body;
use http_body_util::BodyExt as _;

/// How many uploads are followed at once; those beyond come in all the same.
const MOST: usize = 1_000;

/// The uploads that are coming in now, by the numbers that their pages drew for them.
#[derive(Clone, Default)]
pub(crate) struct Arriving(Arc<Mutex<HashMap<String, Arc<Progress>>>>);

/// How far one is, in bytes.
struct Progress {
    received: AtomicU64,
    total: u64,
}

/// An upload that is followed until this is dropped.
pub(crate) struct Followed {
    arriving: Arriving,
    number: String,
}

impl Arriving {
    /// Follows a body of `total` bytes, if its address has a number for it.
    pub(crate) fn follow(&self, query: Option<&str>, total: u64, body: Body) -> (Body, Option<Followed>) {
        let number = query.and_then(|query| query.split('&').find_map(|part| part.strip_prefix("upload=")));
        let Some(number) = number.filter(|number| is_number(number)) else { return (body, None) };
        let progress = Arc::new(Progress { received: AtomicU64::new(0), total });
        {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if all.len() >= MOST || all.contains_key(number) {
                return (body, None);
            }
            all.insert(number.to_owned(), Arc::clone(&progress));
        }
        let body = Body::new(body.map_frame(move |frame| {
            let length = frame.data_ref().map_or(0, bytes::Bytes::len);
            progress.received.fetch_add(length as u64, Ordering::Relaxed);
            frame
        }));
        (body, Some(Followed { arriving: self.clone(), number: number.to_owned() }))
    }

    /// How much has come of this upload and how much there is, in bytes; nothing when none with that number is
    /// coming in.
    pub(crate) fn of(&self, number: &str) -> Option<(u64, u64)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(number).map(|progress| (progress.received.load(Ordering::Relaxed), progress.total))
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        self.arriving.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}

/// Numbers are UUIDs, which nobody guesses.
fn is_number(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: &str = "0b3a1c1e-6f0f-4f43-9d1b-0d4f7a0f5c11";

    #[tokio::test]
    async fn an_upload_is_followed_while_it_comes() {
        let arriving = Arriving::default();
        let query = format!("lang=et&upload={NUMBER}");
        let (body, followed) = arriving.follow(Some(&query), 10, Body::from("12345"));
        assert_eq!(arriving.of(NUMBER), Some((0, 10)));
        assert_eq!(body.collect().await.expect("read").to_bytes(), "12345");
        assert_eq!(arriving.of(NUMBER), Some((5, 10)));
        // Who draws a number that is taken follows nothing, and ends nothing.
        assert!(arriving.follow(Some(&query), 1, Body::empty()).1.is_none());
        drop(followed);
        assert_eq!(arriving.of(NUMBER), None);
    }

    #[test]
    fn only_uuids_are_numbers() {
        let arriving = Arriving::default();
        for query in [None, Some(""), Some("upload="), Some("upload=../../etc/passwd"), Some("lang=et")] {
            assert!(arriving.follow(query, 1, Body::empty()).1.is_none());
        }
    }
}
