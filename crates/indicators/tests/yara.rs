//! A rule cut out of a file compiles alone: judged by YARA itself, where it is installed.

use noroshi_indicators::import::{Format, Source, import};
use noroshi_stix::Timestamp;
use std::path::Path;
use std::process::Command;

#[test]
fn every_rule_compiles_alone() {
    if Command::new("yarac").arg("--version").output().is_err() {
        println!("skipped: no `yarac`; install yara");
        return;
    }
    let file = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rules.yar")).unwrap();
    let source = Source::new("example", Timestamp::from_micros(0));
    let taken = import(&file, "rules.yar", Some(Format::Yara), &source).unwrap();
    assert_eq!(taken.objects.len(), 2);
    let folder = tempfile::tempdir().unwrap();
    let (rule, compiled) = (folder.path().join("rule.yar"), folder.path().join("rule.yac"));
    for made in taken.objects {
        std::fs::write(&rule, &made.object.pattern).unwrap();
        let output = Command::new("yarac").arg(&rule).arg(&compiled).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{}: {said}\n{}", made.object.name, made.object.pattern);
    }
}
