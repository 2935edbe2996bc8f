//! `noroshi taxii push`: a file's objects into a collection.

use super::{CommandError, Done, Lines, ServerArgs, read};
use crate::push::input::Input;
use crate::{Address, Circle, Failure, Push, Pushed, Surroundings};
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

/// Bytes of a file to push: it is held in memory.
const INPUT_BYTES_MAX: u64 = 2 << 30;

/// What, and where to.
#[derive(Debug, Args)]
pub struct PushArgs {
    /// The collection, for example `https://taxii.example.org/api/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/`.
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// The objects: a bundle, an envelope, or one object a line.
    #[arg(value_name = "INPUT")]
    input: PathBuf,
    /// The file that notes what was sent; without it, the name of the input with `.journal` behind it.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// The API root, where it is not two steps above the collection.
    #[arg(long, value_name = "ADDRESS")]
    root: Option<String>,
    /// The server is our own organisation's: push also what is marked TLP:RED, TLP:AMBER+STRICT, for some readers only,
    /// or in a way that is not understood here.
    #[arg(long)]
    own_server: bool,
    #[command(flatten)]
    server: ServerArgs,
}

pub(super) fn run(
    args: &PushArgs,
    surroundings: Arc<dyn Surroundings>,
    lines: &mut Lines<'_>,
) -> Result<Done, CommandError> {
    let collection = Address::parse(&args.address)?;
    let root = match &args.root {
        Some(root) => Address::parse(root)?,
        None => collection.above().above(),
    };
    let client = args.server.client(&collection, surroundings)?;
    let circle = if args.own_server { Circle::Own } else { Circle::Partners };
    let input = Input::read(&read(&args.input, INPUT_BYTES_MAX)?, circle, client.limits())
        .map_err(|source| CommandError::Input { path: args.input.clone(), source })?;
    tell_of_what_stays(&input, lines);
    let mut told = |failure: &Failure| (lines.tell)(&sentence(failure));
    let pushed = Push { root, collection }.run(&client, &input, &args.journal(), &mut told)?;
    Ok(sum_up(&input, &pushed, lines))
}

impl PushArgs {
    fn journal(&self) -> PathBuf {
        self.journal.clone().unwrap_or_else(|| {
            let mut name = self.input.clone().into_os_string();
            name.push(".journal");
            name.into()
        })
    }
}

fn tell_of_what_stays(input: &Input, lines: &mut Lines<'_>) {
    for fault in input.refused() {
        (lines.tell)(&format!("not sent: {fault}"));
    }
    for withheld in input.withheld() {
        (lines.tell)(&format!("not sent: `{}` is marked `{}`, which keeps it here", withheld.id, withheld.marking));
    }
}

fn sentence(failure: &Failure) -> String {
    let version = failure.version.map(|version| format!(" of {version}")).unwrap_or_default();
    let why = failure.message.as_deref().unwrap_or("the server does not say why");
    format!("refused: `{}`{version}: {why}", failure.id)
}

fn sum_up(input: &Input, pushed: &Pushed, lines: &mut Lines<'_>) -> Done {
    let stayed = input.refused().len() + input.withheld().len();
    (lines.tell)(&format!(
        "{} taken, {} there already, {} refused, {stayed} not sent, {} repeated",
        pushed.taken,
        pushed.there,
        pushed.failed,
        input.repeated()
    ));
    if pushed.unaccounted > 0 {
        (lines.tell)(&format!("of {} objects the server does not say what became of them", pushed.unaccounted));
    }
    if stayed == 0 && pushed.failed == 0 && pushed.unaccounted == 0 { Done::Whole } else { Done::InPart }
}
