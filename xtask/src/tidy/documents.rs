//! Every detector has its page, and its page says what a reader must know.

use super::Complaint;
use std::path::Path;

/// Folder of the detectors, one file each.
const DETECTORS: &str = "crates/detect/src/detectors/";
/// Folder of their pages.
const PAGES: &str = "docs/detectors/";

pub(crate) fn check(root: &Path, files: &[String]) -> Vec<Complaint> {
    let exists = |page: &str| root.join(page).is_file();
    detectors(files, exists)
}

/// Complains of each detector without a page. `exists` says whether a file is there.
pub(crate) fn detectors(files: &[String], exists: impl Fn(&str) -> bool) -> Vec<Complaint> {
    let name = |file: &String| Some(file.strip_prefix(DETECTORS)?.strip_suffix(".rs")?.to_owned());
    // Folders below hold tests and parts of a detector, not detectors.
    let names = files.iter().filter_map(name).filter(|name| !name.contains('/') && name != "tests");
    let page = |name: String| format!("{PAGES}{}.md", name.replace('_', "-"));
    let missing = names.map(page).filter(|page| !exists(page));
    missing.map(|page| Complaint::Error(format!("a detector has no page `{page}`"))).collect()
}
