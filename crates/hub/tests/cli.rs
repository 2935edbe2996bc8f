//! The program as its user runs it: arguments in, outputs and exit code out.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests may fail loudly and say why they skip")]

use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Output;

fn noroshi(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_noroshi"));
    command.env("LC_ALL", "C").env("COLUMNS", "100").args(arguments).output().unwrap()
}

fn sample(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/samples").join(name).display().to_string()
}

/// A folder of the shared captures, or a printed reason why the test does nothing.
fn capture(path: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/flows").join(path);
    if path.exists() {
        return Some(path.display().to_string());
    }
    println!("skipped: the capture {} is not here", path.display());
    None
}

fn findings(output: &Output) -> Vec<Value> {
    String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn is_loud(finding: &Value) -> bool {
    ["critical", "high", "medium"].contains(&finding["severity"].as_str().unwrap())
}

/// A beacon every minute with jitter from one laboratory host, and one flow inside: Argus CSV.
fn beacon_csv(folder: &Path) -> PathBuf {
    let mut text = String::from(
        "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label\n\
         2026/01/01 00:00:01.000000,0.1,tcp,192.168.0.7,40000,   ->,192.168.0.8,80,FSPA_FSPA,0,0,10,1000,500,\n",
    );
    let mut second = 0.0;
    for n in 0..600u32 {
        second += 60.0 + f64::from(n.wrapping_mul(2_654_435_761) >> 24) / 256.0 * 24.0 - 12.0;
        let (hour, minute) = ((second / 3_600.0) as u32, (second / 60.0) as u32 % 60);
        text.push_str(&format!(
            "2026/01/01 {hour:02}:{minute:02}:{:09.6},0.2,tcp,192.168.0.7,{},   ->,203.0.113.9,8531,FSPA_FSPA,0,0,10,700,400,\n",
            second % 60.0,
            41_000 + n
        ));
    }
    let path = folder.join("beacon.binetflow");
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn no_mandate_no_run() {
    let output = noroshi(&["analyze", "somewhere.ipfix"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stderr).contains("noroshi mandate new"));
}

#[test]
fn a_mandate_that_is_over_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(sample("mandate-lab.toml")).unwrap();
    let over = folder.path().join("over.toml");
    std::fs::write(&over, text.replace("until = 2036-01-01", "until = 2026-01-02")).unwrap();
    let output = noroshi(&["analyze", "-m", over.to_str().unwrap(), "x"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stderr).contains("it runs from"));
}

#[test]
fn a_beacon_is_found_the_balance_adds_up_and_runs_repeat_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let input = beacon_csv(folder.path());
    let mandate = sample("mandate-lab.toml");
    let mut runs = Vec::new();
    for run in ["a", "b"] {
        let at = |name: &str| folder.path().join(format!("{run}.{name}")).display().to_string();
        let paths = ["json", "csv", "stix", "html"].map(at);
        let output = noroshi(&[
            "analyze",
            "--quiet",
            "--seed",
            "7",
            "--json",
            "-m",
            &mandate,
            "--balance",
            &paths[0],
            "--csv",
            &paths[1],
            "--stix",
            &paths[2],
            "--html",
            &paths[3],
            input.to_str().unwrap(),
        ]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.is_empty(), "quiet says nothing");
        runs.push((output.stdout.clone(), paths.map(|path| std::fs::read(path).unwrap())));
        let found = findings(&output);
        assert_eq!(found[0]["server"], "203.0.113.9");
        assert_eq!(found[0]["port"], 8531);
        assert!(is_loud(&found[0]), "{}", found[0]);
        assert_ne!(found[0]["client_list"][0]["pseudonym"], "192.168.0.7");
    }
    assert!(runs[0] == runs[1], "same input and seed, same bytes out");
    let balance: Value = serde_json::from_slice(&runs[0].1[0]).unwrap();
    assert_eq!((&balance["received"], &balance["adds_up"]), (&Value::from(601), &Value::from(true)));
    assert_eq!(balance["out_of_mandate"]["domestic"], 1);
    let memory = |name: &str| balance["memory"][name].as_u64().unwrap();
    assert!(memory("tables_bytes") > 0 && memory("tables_bytes") <= memory("tables_bytes_max"));
    let report = String::from_utf8_lossy(&runs[0].1[3]).into_owned();
    assert!(report.contains("203.0.113.9") && !report.contains("192.168.0.7"));
}

#[test]
fn standard_input_is_read_twice() {
    let folder = tempfile::tempdir().unwrap();
    let input = std::fs::read(beacon_csv(folder.path())).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_noroshi"));
    let mandate = sample("mandate-lab.toml");
    let output = command.args(["analyze", "-q", "--json", "-m", &mandate, "-"]).write_stdin(input).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(findings(&output)[0]["server"], "203.0.113.9");
}

#[test]
fn damage_is_shown_and_the_exit_code_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let input = beacon_csv(folder.path());
    let text = std::fs::read_to_string(&input).unwrap().replacen("203.0.113.9", "300.0.113.9", 1);
    std::fs::write(&input, text).unwrap();
    let output = noroshi(&["analyze", "-m", &sample("mandate-lab.toml"), input.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("line 3"), "{told}");
}

#[test]
fn a_kept_lake_has_a_note_of_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let input = beacon_csv(folder.path());
    let lake = folder.path().join("lake");
    let arguments = ["analyze", "-q", "-m", &sample("mandate-lab.toml"), "--lake", lake.to_str().unwrap()];
    let output = noroshi(&[&arguments[..], &[input.to_str().unwrap()]].concat());
    assert_eq!(output.status.code(), Some(0));
    let note: Value = serde_json::from_slice(&std::fs::read(lake.join("retention.json")).unwrap()).unwrap();
    assert_eq!(note["mandate"], "sample-lab");
    assert!(lake.join("lake.parquet").exists());
    let hours = std::fs::read_dir(lake.join("features")).unwrap().count();
    assert!(hours > 0, "no server features were kept");
    // Their time is counted from the hour itself, and these are long past: the next run forgets them first.
    let again = noroshi(&[&arguments[..1], &arguments[2..], &[input.to_str().unwrap()]].concat());
    assert!(String::from_utf8_lossy(&again.stderr).contains("server features"));
    assert_eq!(std::fs::read_dir(lake.join("features")).unwrap().count(), hours);
}

#[test]
fn a_written_mandate_is_accepted_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.toml").display().to_string();
    let arguments = ["mandate", "new", "--out", &path, "--domestic", "192.0.2.0/24,2001:db8::/32"];
    assert_eq!(noroshi(&arguments).status.code(), Some(0));
    let check = noroshi(&["mandate", "check", &path]);
    assert_eq!(check.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&check.stdout).contains("in force"));
    assert_eq!(noroshi(&arguments).status.code(), Some(1));
}

#[test]
fn samples_in_the_documentation_are_mandates() {
    for name in ["mandate-ctu13.toml", "mandate-lab.toml"] {
        assert_eq!(noroshi(&["mandate", "check", &sample(name)]).status.code(), Some(0), "{name}");
    }
}

#[test]
fn completions_and_manual_pages_are_made() {
    let folder = tempfile::tempdir().unwrap();
    assert!(String::from_utf8_lossy(&noroshi(&["completions", "bash"]).stdout).contains("noroshi"));
    let out = folder.path().display().to_string();
    assert_eq!(noroshi(&["man", "--out", &out]).status.code(), Some(0));
    assert!(folder.path().join("noroshi-analyze.1").exists());
}

#[test]
fn help_names_every_command_and_exit_code() {
    let help = String::from_utf8_lossy(&noroshi(&["--help"]).stdout).into_owned();
    for word in
        ["analyze", "collect", "demo", "simulate", "evaluate", "mandate", "taxii", "indicators", "misp", "Exit codes"]
    {
        assert!(help.contains(word), "{word}");
    }
}

#[test]
fn the_goals_on_the_captures_hold() {
    for (path, server) in [("zeek/comfoo", "68.183.138.51"), ("zeek/taidoor", "104.248.234.238")] {
        let Some(input) = capture(path) else { return };
        let found = findings(&noroshi(&["analyze", "-q", "--json", "-m", &sample("mandate-lab.toml"), &input]));
        assert_eq!(found[0]["server"], server);
        assert!(is_loud(&found[0]));
    }
    let Some(benign) = capture("zeek/benign-2023-02-20") else { return };
    let quiet = findings(&noroshi(&["analyze", "-q", "--json", "-m", &sample("mandate-lab.toml"), &benign]));
    assert!(!quiet.iter().any(is_loud));
    let Some(ctu) = capture("ctu13/capture20110816.binetflow.zst") else { return };
    let found = findings(&noroshi(&["analyze", "-q", "--json", "-m", &sample("mandate-ctu13.toml"), &ctu]));
    let rank = found.iter().position(|f| f["server"] == "91.212.135.158" && f["port"] == 5678);
    assert!(rank.is_some_and(|rank| rank < 3));
    let wrong: Vec<_> = found.iter().filter(|f| is_loud(f) && f["port"] != 5678 && f["port"] != 25).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
