//! `noroshi taxii pull`: from a collection into a file, one object a line.

use super::{CommandError, Done, Lines, ServerArgs};
use crate::sink::{JsonLines, Page, Sink};
use crate::{Address, Limits, Pull, Surroundings};
use clap::Args;
use noroshi_stix::Timestamp;
use noroshi_stix::taxii::{Endpoint, Filters, Version};
use std::path::PathBuf;
use std::sync::Arc;

/// From where, into what.
#[derive(Debug, Args)]
pub struct PullArgs {
    /// The collection, for example `https://taxii.example.org/api/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/`.
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// The file to add to, one object a line; each version of each object once.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The file that notes how far the pull has come; without it, the name of --out with `.state` behind it.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Objects on a page.
    #[arg(long, default_value_t = crate::pull::PAGE_OBJECTS, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    limit: u64,
    /// Only objects of these types, comma separated.
    #[arg(long, value_name = "TYPES")]
    types: Option<String>,
    /// Begin with what was added after this time, for example 2026-11-22T02:00:00Z; the first run only.
    #[arg(long, value_name = "TIME")]
    added_after: Option<String>,
    /// Fetch all versions of an object, not the last one only.
    #[arg(long)]
    all_versions: bool,
    /// Seconds before the last object that are asked for again each time, for servers that show objects late.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    overlap: u32,
    #[command(flatten)]
    server: ServerArgs,
}

/// Tells of refused objects on the way to the file.
struct Telling<'a, 'b> {
    file: JsonLines,
    lines: &'a mut Lines<'b>,
}

impl Sink for Telling<'_, '_> {
    fn take(&mut self, page: &Page<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.file.take(page)?;
        for fault in page.objects.iter().filter(|object| !object.known).filter_map(|object| object.read.as_ref().err())
        {
            (self.lines.tell)(&format!("page {}, not taken: {fault}", page.number));
        }
        Ok(())
    }
}

pub(super) fn run(
    args: &PullArgs,
    surroundings: Arc<dyn Surroundings>,
    lines: &mut Lines<'_>,
) -> Result<Done, CommandError> {
    let collection = Address::parse(&args.address)?;
    let client = args.server.client(&collection, surroundings)?;
    let pull = Pull {
        collection,
        filters: args.filters(client.limits())?,
        overlap_micros: i64::from(args.overlap) * 1_000_000,
    };
    let file = JsonLines::open(&args.out, client.limits())?;
    let before = file.len();
    let mut sink = Telling { file, lines };
    let pulled = pull.run(&client, &args.state(), &mut sink)?;
    let (all, lines) = (sink.file.len(), sink.lines);
    (lines.tell)(&format!(
        "{} new, {} in `{}`; {} pages, {} asked for again, {} not taken",
        all - before,
        all,
        args.out.display(),
        pulled.pages,
        pulled.known,
        pulled.refused
    ));
    if pulled.undated {
        (lines.tell)("the server gives no dates (X-TAXII-Date-Added-Last): the next pull fetches everything again");
    }
    Ok(if pulled.refused == 0 { Done::Whole } else { Done::InPart })
}

impl PullArgs {
    fn state(&self) -> PathBuf {
        self.state.clone().unwrap_or_else(|| {
            let mut name = self.out.clone().into_os_string();
            name.push(".state");
            name.into()
        })
    }

    fn filters(&self, limits: &Limits) -> Result<Filters, CommandError> {
        let mut filters = Filters { limit: Some(self.limit), ..Filters::default() };
        if let Some(types) = &self.types {
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("match[type]", types).finish();
            let wrong = |_| CommandError::Value { text: types.clone(), wanted: "a list of object types" };
            filters.types = Filters::parse(&query, Endpoint::Objects, &limits.stix).map_err(wrong)?.types;
        }
        if let Some(text) = &self.added_after {
            let wrong = |_| CommandError::Value { text: text.clone(), wanted: "a time like `2026-11-22T02:00:00Z`" };
            filters.added_after = Some(Timestamp::parse(text).map_err(wrong)?);
        }
        if self.all_versions {
            filters.versions = vec![Version::All];
        }
        Ok(filters)
    }
}
