//! What the innocent do, and above all what they do on time. One kind of traffic a file.

pub(crate) mod backup;
pub(crate) mod call;
pub(crate) mod chat;
pub(crate) mod check;
pub(crate) mod dns;
pub(crate) mod exchange;
pub(crate) mod feed;
pub(crate) mod game;
pub(crate) mod mail;
pub(crate) mod monitor;
pub(crate) mod push;
pub(crate) mod scan;
pub(crate) mod share;
pub(crate) mod stream;
pub(crate) mod telemetry;
pub(crate) mod time;
pub(crate) mod transit;
pub(crate) mod update;
pub(crate) mod visitors;
pub(crate) mod vpn;
pub(crate) mod web;
