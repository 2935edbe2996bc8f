use super::*;
use crate::progress::NoProgress;
use std::io::Write;

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn read(bytes: Vec<u8>, options: &OpenOptions) -> (Vec<u8>, io::Result<()>) {
    let meter = Meter::new(options);
    let raw = Raw { inner: io::Cursor::new(bytes), meter: meter.clone(), progress: &NoProgress };
    let mut stream = peel(Stream::new(Box::new(raw)), &meter).unwrap();
    let mut out = Vec::new();
    let result = stream.read_to_end(&mut out).map(|_| ());
    (out, result)
}

#[test]
fn members_frames_and_two_layers_are_peeled_and_a_third_is_not() {
    let options = OpenOptions::default();
    let members = [gz(b"one "), gz(b"two")].concat();
    assert_eq!(read(members, &options).0, b"one two");
    let frames = [zstd::encode_all(&b"one "[..], 1).unwrap(), zstd::encode_all(&b"two"[..], 1).unwrap()].concat();
    assert_eq!(read(frames, &options).0, b"one two");
    let twice = zstd::encode_all(gz(b"deep").as_slice(), 1).unwrap();
    assert_eq!(read(twice.clone(), &options).0, b"deep");
    assert!(is_compressed(&read(gz(&twice), &options).0));
}

#[test]
fn a_cut_file_gives_what_was_decoded_and_an_error() {
    let text: Vec<u8> = (0..40_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_string().into_bytes()).collect();
    for whole in [gz(&text), zstd::encode_all(text.as_slice(), 1).unwrap()] {
        let cut = whole[..whole.len() / 2].to_vec();
        let (out, result) = read(cut, &OpenOptions::default());
        assert!(result.is_err());
        assert!(out.len() > text.len() / 10 && text.starts_with(&out), "{}", out.len());
    }
}

#[test]
fn the_total_holds_one_past_it() {
    let packed = gz(&[7; 1_000]);
    for (max, fine) in [(1_000, true), (999, false)] {
        let options = OpenOptions { decompressed_bytes_max: max, ..OpenOptions::default() };
        let result = read(packed.clone(), &options).1;
        assert_eq!(result.is_ok(), fine);
        if let Err(error) = result {
            assert_eq!(bomb(&error), Some(&Bomb::Total { max }));
        }
    }
}

#[test]
fn a_bomb_is_stopped_by_its_ratio() {
    let zeros = vec![0u8; RATIO_GRACE_BYTES as usize + (8 << 20)];
    let bomb_bytes = zstd::encode_all(zeros.as_slice(), 1).unwrap();
    let (out, result) = read(bomb_bytes, &OpenOptions::default());
    assert_eq!(bomb(&result.unwrap_err()), Some(&Bomb::Ratio { max: crate::limits::RATIO_MAX }));
    assert!(out.len() as u64 <= RATIO_GRACE_BYTES);
}
