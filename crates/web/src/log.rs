//! The public half of the ledger, as the pages need it: checkpoint, tiles of hashes, receipts.

/// Why the log could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the ledger cannot be read: {0}")]
pub struct LogUnreadable(pub String);

/// The log as its files stand (C2SP tlog-tiles). The hub gives `noroshi-ledger`; tests give a few bytes.
pub trait PublicLog: Send + Sync {
    /// The latest checkpoint, a signed note with its cosignatures; `None` before the first.
    ///
    /// # Errors
    /// The files cannot be read.
    fn checkpoint(&self) -> Result<Option<Vec<u8>>, LogUnreadable>;

    /// One tile by its path, for example `tile/0/000`, or a bundle of entries, `tile/entries/000`.
    ///
    /// # Errors
    /// The files cannot be read.
    fn tile(&self, path: &str) -> Result<Option<Vec<u8>>, LogUnreadable>;

    /// The receipt of one entry, as the text of a `.tlog-proof` file; `None` for one that has none yet.
    ///
    /// # Errors
    /// The files cannot be read.
    fn receipt(&self, index: u64) -> Result<Option<String>, LogUnreadable>;

    /// The verifier key of the log, as `noroshi-verify` takes it.
    fn verifier_key(&self) -> String;
}

/// Whether a text is a path of a tile: nothing else of a file system is ever asked for.
pub(crate) fn is_tile_path(path: &str) -> bool {
    let fits = |part: &str| {
        let digits = part.strip_prefix('x').unwrap_or(part).trim_end_matches(".p");
        part == "entries" || (!digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut parts = path.split('/');
    parts.next() == Some("tile") && path.len() <= 64 && parts.clone().count() >= 2 && parts.all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tiles_are_paths() {
        for good in ["tile/0/000", "tile/1/x001/234", "tile/0/x123/456.p/17", "tile/entries/000"] {
            assert!(is_tile_path(good), "{good}");
        }
        for bad in
            ["tile", "tile/0", "tile/0/../key", "tile//000", "checkpoint", "tile/0/0000", "tile/0/%2e", "tile/0/a"]
        {
            assert!(!is_tile_path(bad), "{bad}");
        }
    }
}
