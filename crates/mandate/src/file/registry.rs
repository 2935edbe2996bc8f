//! Registration tables: which country an address range is registered in. Not where a host stands.

use super::{MandateError, Registry};
use crate::limits;
use crate::place::{PlaceTableBuilder, to_bits};
use noroshi_model::Place;
use std::io::{BufRead, BufReader, Read};
use std::net::IpAddr;
use std::path::Path;

/// Adds every range of every table: `first,last,country` with the country in the third column.
pub(crate) fn load(registry: &Registry, builder: &mut PlaceTableBuilder) -> Result<(), MandateError> {
    each(registry, |first, last, country| {
        let place = if country == registry.country { Place::Domestic } else { Place::Foreign };
        builder.range(first, last, place);
    })
}

/// Where ranges are registered, for the pictures: not where hosts stand.
#[derive(Debug, Default)]
pub struct CountryTable {
    ranges: Vec<(u128, u128, [u8; 2])>,
}

impl CountryTable {
    /// Reads the tables of a registry.
    pub(crate) fn load(registry: &Registry) -> Result<Self, MandateError> {
        let mut ranges = Vec::new();
        each(registry, |first, last, country| {
            if let Ok(code) = <[u8; 2]>::try_from(country.as_bytes()) {
                ranges.push((first, last, code));
            }
        })?;
        ranges.sort_unstable();
        Ok(Self { ranges })
    }

    /// The two-letter code of an address, as [`to_bits`]; `None` where no range holds it.
    pub fn country(&self, bits: u128) -> Option<String> {
        let after = self.ranges.partition_point(|&(first, _, _)| first <= bits);
        let (_, last, code) = self.ranges.get(after.checked_sub(1)?)?;
        (bits <= *last).then(|| code.iter().map(|&b| char::from(b)).collect())
    }
}

fn each(registry: &Registry, mut take: impl FnMut(u128, u128, &str)) -> Result<(), MandateError> {
    let mut ranges = 0usize;
    for path in &registry.files {
        let fail = |line: Option<usize>, reason: String| MandateError::Registry {
            path: path.display().to_string(),
            line,
            reason,
        };
        let reader = open(path).map_err(|error| fail(None, error.to_string()))?;
        for (index, line) in reader.lines().enumerate() {
            let line = line.map_err(|error| fail(Some(index + 1), error.to_string()))?;
            if line.is_empty() {
                continue;
            }
            let (first, last, country) = parse(&line)
                .ok_or_else(|| fail(Some(index + 1), "not `first address,last address,country`".to_owned()))?;
            ranges += 1;
            if ranges > limits::REGISTRY_RANGES_MAX {
                return Err(fail(Some(index + 1), format!("more than {} ranges", limits::REGISTRY_RANGES_MAX)));
            }
            take(first, last, country);
        }
    }
    Ok(())
}

fn parse(line: &str) -> Option<(u128, u128, &str)> {
    let mut fields = line.split(',').map(|field| field.trim().trim_matches('"'));
    let first: IpAddr = fields.next()?.parse().ok()?;
    let last: IpAddr = fields.next()?.parse().ok()?;
    Some((to_bits(first), to_bits(last), fields.next()?))
}

fn open(path: &Path) -> std::io::Result<Box<dyn BufRead>> {
    let file = std::fs::File::open(path)?;
    let mut reader = BufReader::new(file);
    let gzip = reader.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if gzip {
        // The tables are a few MiB; the limit only stops a bomb.
        Box::new(BufReader::new(flate2::read::MultiGzDecoder::new(reader).take(1 << 30)))
    } else {
        Box::new(reader)
    })
}
