use super::*;
use std::net::UdpSocket;

const WAIT: Duration = Duration::from_millis(500);

fn receiver(options: &ReceiverOptions) -> UdpReceiver {
    UdpReceiver::bind("127.0.0.1:0".parse().unwrap(), options).unwrap()
}

fn sender(to: &UdpReceiver) -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(to.local_addr()).unwrap();
    socket
}

#[test]
fn everything_sent_is_received_with_its_sender() {
    let mut receiver = receiver(&ReceiverOptions { batch: 8, datagram_bytes_max: 2_000, ..ReceiverOptions::default() });
    let sender = sender(&receiver);
    let from = sender.local_addr().unwrap();
    for number in 0..100u32 {
        sender.send(&[number.to_be_bytes().as_slice(), &vec![7; number as usize * 10]].concat()).unwrap();
    }
    let mut next = 0u32;
    while next < 100 {
        let got = receiver
            .receive(WAIT, &mut |exporter, datagram| {
                assert_eq!(exporter, from);
                assert_eq!(datagram.len(), 4 + next as usize * 10);
                assert_eq!(datagram[..4], next.to_be_bytes());
                next += 1;
            })
            .unwrap();
        assert!((1..=8).contains(&got), "{got}");
    }
    assert_eq!((receiver.kernel_drops(), receiver.truncated()), (0, 0));
    assert_eq!(receiver.receive(Duration::from_millis(1), &mut |_, _| panic!()).unwrap(), 0);
}

#[test]
fn what_the_kernel_drops_is_counted() {
    let options =
        ReceiverOptions { receive_buffer_bytes: 1, batch: 4, datagram_bytes_max: 2_000, ..ReceiverOptions::default() };
    let mut receiver = receiver(&options);
    let sender = sender(&receiver);
    for _ in 0..200 {
        sender.send(&[7; 1_000]).unwrap();
    }
    let mut received = 0;
    let mut drain = |receiver: &mut UdpReceiver| {
        while receiver.receive(Duration::from_millis(20), &mut |_, _| received += 1).unwrap() > 0 {}
    };
    drain(&mut receiver);
    // The counter travels with the next datagram.
    sender.send(&[7; 10]).unwrap();
    drain(&mut receiver);
    assert!(received < 200, "the buffer was not tiny");
    assert_eq!(receiver.kernel_drops() + received, 201);
}

#[test]
fn a_datagram_at_the_limit_is_whole_and_one_past_it_is_counted_as_cut() {
    for batch in [1, 4] {
        let mut receiver = receiver(&ReceiverOptions { batch, datagram_bytes_max: 100, ..ReceiverOptions::default() });
        let sender = sender(&receiver);
        for length in [100, 101, 100, 101] {
            sender.send(&vec![7; length]).unwrap();
        }
        let mut lengths = Vec::new();
        while lengths.len() < 4 {
            receiver.receive(WAIT, &mut |_, datagram| lengths.push(datagram.len())).unwrap();
        }
        assert_eq!(lengths, [100; 4]);
        assert_eq!(receiver.truncated(), 2, "batch {batch}");
    }
}

#[test]
fn datagrams_gather_no_longer_than_a_small_buffer_allows() {
    let long = Duration::from_secs(60);
    let small = receiver(&ReceiverOptions { receive_buffer_bytes: 1, gather: long, ..ReceiverOptions::default() });
    let fills_in = small.receive_buffer_bytes() as u64 / FULL_SPEED_BYTES_PER_US;
    assert_eq!(small.gather(), Duration::from_micros(fills_in));
    let short = Duration::from_micros(1);
    assert_eq!(receiver(&ReceiverOptions { gather: short, ..ReceiverOptions::default() }).gather(), short);
}

#[test]
fn two_receivers_share_an_address_and_a_bad_one_is_named() {
    let first = receiver(&ReceiverOptions::default());
    UdpReceiver::bind(first.local_addr(), &ReceiverOptions::default()).unwrap();
    let error = UdpReceiver::bind("192.0.2.1:4739".parse().unwrap(), &ReceiverOptions::default()).unwrap_err();
    assert!(error.to_string().contains("192.0.2.1:4739"), "{error}");
}

#[test]
fn an_ipv4_exporter_on_a_socket_for_both_versions_is_ipv4() {
    let Ok(mut receiver) = UdpReceiver::bind("[::]:0".parse().unwrap(), &ReceiverOptions::default()) else {
        eprintln!("skipped: no IPv6 here");
        return;
    };
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(b"x", ("127.0.0.1", receiver.local_addr().port())).unwrap();
    let mut from = None;
    receiver.receive(WAIT, &mut |exporter, _| from = Some(exporter)).unwrap();
    assert_eq!(from, Some(socket.local_addr().unwrap()));
}
