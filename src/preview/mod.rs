//! A look at the site on one's own computer.

mod server;

pub use server::Server;
