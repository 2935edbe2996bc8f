use super::*;
use proptest::prelude::*;

fn frames(bytes: &[u8]) -> Vec<(u64, usize, bool)> {
    let mut frames = Frames::new(bytes);
    let mut found = Vec::new();
    while let Some(frame) = frames.next().unwrap() {
        found.push(match frame {
            Frame::Message { offset, bytes } => (offset, bytes.len(), true),
            Frame::Garbage { offset, length } => (offset, length, false),
        });
    }
    found
}

fn netflow9(data: usize) -> Vec<u8> {
    let mut message = vec![0, 9, 0, 1];
    message.extend([1; 16]);
    message.extend([1, 0]);
    message.extend((data as u16 + 4).to_be_bytes());
    message.extend(vec![7; data]);
    message
}

fn ipfix(data: usize) -> Vec<u8> {
    let mut message = vec![0, 10];
    message.extend((20 + data as u16).to_be_bytes());
    message.extend([1; 12]);
    message.extend([1, 0]);
    message.extend((data as u16 + 4).to_be_bytes());
    message.extend(vec![7; data]);
    message
}

fn netflow5(records: usize) -> Vec<u8> {
    let mut message = vec![0, 5, 0, records as u8];
    message.extend(vec![3; 20 + 48 * records]);
    message
}

#[test]
fn datagrams_end_to_end() {
    let mut bytes = netflow9(40);
    bytes.extend(netflow5(2));
    bytes.extend(netflow9(8));
    bytes.extend([0; 50]);
    bytes.extend(ipfix(30));
    assert_eq!(frames(&bytes), [(0, 64, true), (64, 120, true), (184, 82, true), (266, 50, true)]);
}

#[test]
fn garbage_is_stepped_over() {
    let mut bytes = vec![0xee; 100];
    bytes.extend(ipfix(30));
    assert_eq!(frames(&bytes), [(0, 100, false), (100, 50, true)]);
    assert_eq!(frames(&[1, 2, 3]), [(0, 3, false)]);
    assert_eq!(frames(&netflow5(31)), [(0, 24 + 48 * 31, false)]);
}

#[test]
fn a_message_cut_off_is_still_handed_on() {
    assert_eq!(frames(&ipfix(30)[..40]), [(0, 40, true)]);
    assert!(frames_well(&ipfix(30)));
    assert!(!frames_well(&ipfix(30)[..40]));
}

proptest! {
    #[test]
    fn every_byte_is_in_one_frame(
        parts in prop::collection::vec((0u8..4, 0usize..200), 0..40),
    ) {
        let bytes: Vec<u8> = parts.iter().flat_map(|&(kind, size)| match kind {
            0 => ipfix(size * 300),
            1 => netflow5(size % 32),
            2 => netflow9(size),
            _ => vec![size as u8; size],
        }).collect();
        let mut next = 0;
        for (offset, length, _) in frames(&bytes) {
            prop_assert_eq!(offset, next);
            prop_assert!(length > 0);
            next += length as u64;
        }
        prop_assert_eq!(next, bytes.len() as u64);
    }
}
