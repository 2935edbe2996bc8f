//! Dependency direction: which of our crates may use which, and who alone may use what is heavy.
//!
//! The table stands in `docs/ARCHITECTURE.md` under "Dependency direction", for people and for
//! this check. Dependencies of tests are free: a test may use whatever shows the point.

use super::Complaint;
use anyhow::Context;
use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Heading of the table.
pub(crate) const HEADING: &str = "## Dependency direction";

/// Foreign crates that few of ours may use: compile time and trust stay where they are needed.
const ONLY_IN: [(&str, &[&str]); 9] = [
    ("datafusion", &["detect"]),
    ("askama", &["commission", "report", "web"]),
    // Who serves pages or routes, and the office that gives them a listener.
    ("axum", &["commission", "office", "web"]),
    ("arrow", &["flow", "detect"]),
    ("parquet", &["flow", "detect"]),
    // No async runtime where records are decoded, judged or named.
    ("tokio", &["clerk", "collection", "commission", "detect", "noroshi", "office", "prove", "store", "web"]),
    // One place speaks SQL.
    ("sqlx", &["store"]),
    // One place decides, one place proves what it decides.
    ("cedar-policy", &["authz", "prove"]),
    ("cedar-policy-symcc", &["prove"]),
];
/// Packages that must not be built at all: TLS is rustls.
const NOWHERE: [&str; 3] = ["openssl", "openssl-sys", "native-tls"];

/// What a crate of ours may use; `None` is all.
pub(crate) type Table = BTreeMap<String, Option<BTreeSet<String>>>;

pub(crate) fn check(root: &Path) -> anyhow::Result<Vec<Complaint>> {
    let table = parse(&table_text(root)?)?;
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cannot read the workspace's metadata")?;
    let mut complaints = Vec::new();
    for package in metadata.workspace_packages() {
        let used = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
        let used: Vec<&str> = used.map(|dependency| dependency.name.as_str()).collect();
        complaints.extend(judge(&table, &package.name, &used));
    }
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    complaints.extend(locked(&lock));
    Ok(complaints)
}

fn table_text(root: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(root.join("docs/ARCHITECTURE.md")).context("cannot read docs/ARCHITECTURE.md")
}

/// The rows `| crate | may use |` under the heading.
pub(crate) fn parse(text: &str) -> anyhow::Result<Table> {
    let (_, section) = text.split_once(HEADING).with_context(|| format!("no section `{HEADING}`"))?;
    let rows = section.lines().skip(1).take_while(|line| !line.starts_with('#')).filter(|line| line.starts_with('|'));
    let mut table = Table::new();
    for row in rows.skip(2) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [names, allowed, ..] = cells.as_slice() else { anyhow::bail!("row `{row}` has fewer than two cells") };
        for name in names.split(',') {
            table.insert(plain(name), words(allowed));
        }
    }
    anyhow::ensure!(!table.is_empty(), "the table under `{HEADING}` is empty");
    Ok(table)
}

fn words(cell: &str) -> Option<BTreeSet<String>> {
    match plain(cell).as_str() {
        "all" => None,
        "nothing of ours" | "nothing" | "-" | "–" | "—" => Some(BTreeSet::new()),
        list => Some(list.split(',').map(plain).collect()),
    }
}

/// A crate's short name: without backticks and without the prefix.
fn plain(name: &str) -> String {
    let name = name.replace('`', "");
    let name = name.trim();
    match name.strip_prefix("noroshi-") {
        Some("hub") | None if name == "hub" => "noroshi".to_owned(),
        Some(short) => short.to_owned(),
        None => name.to_owned(),
    }
}

/// What is wrong with one crate's dependencies.
pub(crate) fn judge(table: &Table, package: &str, used: &[&str]) -> Vec<Complaint> {
    // Tools of the house are no part of the product and need no row: they use nothing of it.
    let nothing = (!package.starts_with("noroshi")).then(|| Some(BTreeSet::new()));
    let package = plain(package);
    let Some(allowed) = table.get(&package).or(nothing.as_ref()) else {
        return vec![Complaint::Error(format!("`{package}` has no row in the table under `{HEADING}`"))];
    };
    let mut complaints = Vec::new();
    for name in used {
        if let Some(ours) = name.strip_prefix("noroshi-")
            && allowed.as_ref().is_some_and(|allowed| !allowed.contains(ours))
        {
            complaints.push(Complaint::Error(format!("`{package}` uses `{ours}`, which the dependency table forbids")));
        }
        let only = ONLY_IN.iter().find(|(heavy, _)| name == heavy);
        if let Some((heavy, homes)) = only.filter(|(_, homes)| !homes.contains(&package.as_str())) {
            let homes = homes.join("`, `");
            complaints.push(Complaint::Error(format!("`{package}` uses `{heavy}`, which belongs in `{homes}` only")));
        }
    }
    complaints
}

/// Packages in the lock file that must not be there.
pub(crate) fn locked(lock: &str) -> Vec<Complaint> {
    let present = |name: &&str| lock.lines().any(|line| line == format!("name = \"{name}\""));
    let complain = |name| Complaint::Error(format!("Cargo.lock holds `{name}`: TLS is rustls"));
    NOWHERE.into_iter().filter(present).map(complain).collect()
}
