use super::*;

/// The same promises for every disk.
fn keeps_the_promises(disk: Arc<dyn Disk>) {
    let mut placer = Placer::new(Arc::clone(&disk));
    placer.put("a/b/c", b"one").unwrap();
    placer.put("a/b/c", b"two").unwrap();
    placer.put_in_order(&[("a/d".to_owned(), b"3".to_vec()), ("e".to_owned(), b"4".to_vec())]).unwrap();
    assert_eq!(disk.read("a/b/c").unwrap().as_deref(), Some(&b"two"[..]));
    assert_eq!(disk.read("a/b").ok().flatten(), None);
    assert_eq!(disk.names("a").unwrap(), ["b", "d"]);
    assert_eq!(disk.names(WAITING).unwrap(), [""; 0]);
    assert_eq!(disk.names("nowhere").unwrap(), [""; 0]);
    disk.write(&format!("{WAITING}/left"), b"x").unwrap();
    Placer::new(Arc::clone(&disk)).clear_waiting().unwrap();
    assert_eq!(disk.read(&format!("{WAITING}/left")).unwrap(), None);
    let lock = disk.lock().unwrap();
    assert_eq!(disk.lock().err().unwrap().kind(), io::ErrorKind::WouldBlock);
    drop(lock);
    disk.lock().unwrap();
}

#[test]
fn every_disk_keeps_the_promises() {
    let folder = tempfile::tempdir().unwrap();
    keeps_the_promises(Arc::new(Folder::new(folder.path()).unwrap()));
    keeps_the_promises(Arc::new(Memory::default()));
    keeps_the_promises(Arc::new(Faulty::new(1)));
}

#[test]
fn what_was_placed_survives_a_power_failure_and_what_was_not_is_whole_or_absent() {
    let (mut came, mut absent) = (0, 0);
    for seed in 0..500 {
        let disk = Faulty::new(seed);
        let mut placer = Placer::new(Arc::new(disk.clone()));
        placer.put("x/a", b"placed").unwrap();
        disk.set(Some(Fault::PowerLoss(seed % 3)));
        placer.put("x/b", b"not yet").unwrap_err();
        disk.power_on();
        assert_eq!(disk.read("x/a").unwrap().as_deref(), Some(&b"placed"[..]), "seed {seed}");
        match disk.read("x/b").unwrap().as_deref() {
            Some(bytes) => {
                assert_eq!(bytes, b"not yet", "seed {seed}");
                came += 1;
            }
            None => absent += 1,
        }
    }
    assert!(came > 0 && absent > 0, "the disk must be able to do both: {came} came, {absent} absent");
}

#[test]
fn a_flush_that_failed_is_not_mended_by_the_next() {
    let disk = Faulty::new(3);
    disk.make_folder("x").unwrap();
    disk.sync_folder("").unwrap();
    disk.write("x/t", b"1").unwrap();
    disk.rename("x/t", "x/a").unwrap();
    disk.set(Some(Fault::Once(0)));
    disk.sync_folder("x").unwrap_err();
    disk.sync_folder("x").unwrap();
    assert!(disk.read("x/a").unwrap().is_some(), "still in the cache");
    let lost = (0..20).any(|seed| {
        let copy = Faulty::new(seed);
        copy.make_folder("x").unwrap();
        copy.sync_folder("").unwrap();
        copy.write("x/t", b"1").unwrap();
        copy.rename("x/t", "x/a").unwrap();
        copy.set(Some(Fault::Once(0)));
        copy.sync_folder("x").unwrap_err();
        copy.sync_folder("x").unwrap();
        copy.power_on();
        copy.read("x/a").unwrap().is_none()
    });
    assert!(lost, "and yet not on the disk");
}
