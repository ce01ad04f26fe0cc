//! The relay as its users meet it: the real program on a free port, real files, real sockets.

mod attack;
mod commands;
mod delivery;
mod disk;
mod flow;
mod hostile;
mod keeping;
mod kill;
mod mail;
mod postgres;
mod power;
mod program;
mod sinks;
#[cfg(feature = "generator")]
mod site;
mod trouble;
