//! `noroshi taxii list`: what a server has.

use super::{CommandError, Done, Lines, ServerArgs};
use crate::fault::said;
use crate::{Address, Surroundings};
use clap::Args;
use std::sync::Arc;

/// Whose collections.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Where the server says what it has, for example `https://taxii.example.org/taxii2/`.
    #[arg(value_name = "ADDRESS")]
    address: String,
    #[command(flatten)]
    server: ServerArgs,
}

pub(super) fn run(
    args: &ListArgs,
    surroundings: Arc<dyn Surroundings>,
    lines: &mut Lines<'_>,
) -> Result<Done, CommandError> {
    let home = Address::parse(&args.address)?;
    let client = args.server.client(&home, surroundings)?;
    let discovery = client.discovery(&home)?;
    (lines.tell)(&said(&discovery.title));
    let mut done = Done::Whole;
    for root in &discovery.api_roots {
        let root = match home.follow(root) {
            Ok(root) => root,
            Err(fault) => {
                (lines.tell)(&fault.to_string());
                done = Done::InPart;
                continue;
            }
        };
        for collection in client.collections(&root)?.collections {
            let may = match (collection.can_read, collection.can_write) {
                (true, true) => "read, write",
                (true, false) => "read",
                (false, true) => "write",
                (false, false) => "nothing",
            };
            let at = root.below("collections").below(&collection.id);
            (lines.out)(&format!("{at}\t{may}\t{}", said(&collection.title)));
        }
    }
    Ok(done)
}
