//! A body on its way to the multipart reader, a piece at a time.
//!
//! `multer` reads whatever there is before it looks at any of it, and while it seeks a boundary or the
//! end of a part's head it keeps everything and searches all of it again. A fast sender without either
//! would fill the memory and take time that grows with the square of what it sends.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::body::BodyDataStream;
use bytes::Bytes;
use futures_util::Stream;
use hyper::body::Body as _;

/// How much may come in before a part has begun: its head, and what was read along with it.
const HEAD: usize = 256 << 10;

/// How much more the reader may take without getting anywhere.
#[derive(Clone, Default)]
pub(super) struct Room(Arc<AtomicUsize>);

impl Room {
    /// The next part is sought.
    pub(super) fn for_head(&self) {
        self.0.store(HEAD, Ordering::Relaxed);
    }

    /// A part's content is read, which is handed on as it comes.
    pub(super) fn for_content(&self) {
        self.0.store(usize::MAX, Ordering::Relaxed);
    }
}

/// Gives the reader one piece at a time, and an error when there is no room for it.
pub(super) struct Paced {
    pub(super) body: BodyDataStream,
    pub(super) room: Room,
    pub(super) rests: bool,
}

impl Stream for Paced {
    type Item = Result<Bytes, io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.rests) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let Poll::Ready(piece) = Pin::new(&mut self.body).poll_next(context) else { return Poll::Pending };
        // After the last piece there is nothing more that could be read too early.
        self.rests = !self.body.is_end_stream();
        Poll::Ready(piece.map(|piece| {
            let piece = piece.map_err(io::Error::other)?;
            let left = self.room.0.load(Ordering::Relaxed).checked_sub(piece.len());
            self.room.0.store(left.ok_or(io::ErrorKind::InvalidData)?, Ordering::Relaxed);
            Ok(piece)
        }))
    }
}
