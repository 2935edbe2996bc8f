//! STIX objects out of files: bundles, envelopes, or one object a line.

use crate::tell;
use anyhow::Context;
use noroshi_stix::Received;
use std::path::PathBuf;

/// Reads every file. What the strict reader refuses is told and counted; the rest is taken.
pub(crate) fn read(paths: &[PathBuf]) -> anyhow::Result<(Vec<Received>, usize)> {
    let limits = noroshi_taxii::Limits { stix: noroshi_misp::limits::stix(), ..noroshi_taxii::Limits::default() };
    let (mut objects, mut refused) = (Vec::new(), 0);
    for path in paths {
        let shown = path.display();
        let bytes = std::fs::read(path).with_context(|| format!("cannot read `{shown}`"))?;
        for piece in noroshi_taxii::pieces(&bytes, &limits).with_context(|| format!("`{shown}`"))? {
            match Received::read(piece, &limits.stix) {
                Ok(object) => objects.push(object),
                Err(fault) => {
                    refused += 1;
                    tell(&format!("{shown}: {fault}"));
                }
            }
        }
    }
    Ok((objects, refused))
}
