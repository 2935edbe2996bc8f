//! Finds a program a test needs. Where it is missing the test is skipped with a reason, unless
//! `NOROSHI_TEST_TOOLS=required` says that a missing one is a failure.

use std::path::PathBuf;

/// The first of `names` on the search path.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    let found = names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|at| at.is_file()));
    if found.is_none() {
        assert!(
            std::env::var("NOROSHI_TEST_TOOLS").as_deref() != Ok("required"),
            "none of {names:?} is installed, and NOROSHI_TEST_TOOLS=required"
        );
        println!("skipped: none of {names:?} is installed");
    }
    found
}
