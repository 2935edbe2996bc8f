//! Pages: one file per URL, one typed function per page; the folder tree is the URL tree.

pub(crate) mod account;
pub(crate) mod collections;
pub(crate) mod complaint;
pub(crate) mod confirm;
pub(crate) mod enrol;
pub(crate) mod fault;
pub(crate) mod findings;
pub(crate) mod form;
mod frame;
pub(crate) mod home;
pub(crate) mod hunts;
pub(crate) mod intelligence;
pub(crate) mod ledger;
pub(crate) mod mandates;
pub(crate) mod openings;
pub(crate) mod organisations;
pub(crate) mod people;
pub(crate) mod public;
#[cfg(test)]
mod samples;
pub(crate) mod sign_in;

pub(crate) use frame::Frame;
