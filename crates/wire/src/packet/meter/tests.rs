use super::*;

const A: u128 = 0xffff_c000_0201;
const B: u128 = 0xffff_cb00_7105;

fn tcp(src: u128, dst: u128, flags: u8) -> Packet<'static> {
    let (sport, dport) = if src == A { (50_000, 443) } else { (443, 50_000) };
    Packet {
        src,
        dst,
        protocol: 6,
        sport,
        dport,
        tcp_flags: flags,
        ip_bytes: 40,
        is_later_fragment: false,
        transport: &[],
    }
}

fn meter(packets: &[(i64, Packet<'_>)], limits: MeterLimits) -> Vec<FlowRecord> {
    let mut meter = FlowMeter::new(limits);
    let mut flows = Vec::new();
    for (seconds, packet) in packets {
        meter.packet(packet, Micros(seconds * SECOND), &mut |flow| flows.push(*flow));
    }
    meter.finish(&mut |flow| flows.push(*flow));
    flows
}

fn outcome(packets: &[(i64, Packet<'_>)]) -> Outcome {
    let flows = meter(packets, MeterLimits::default());
    assert_eq!(flows.len(), 1);
    assert_eq!((flows[0].src, flows[0].dport), (A, 443));
    flows[0].outcome
}

#[test]
fn tcp_outcomes() {
    let syn = (0, tcp(A, B, SYN));
    assert_eq!(outcome(&[syn, (1, tcp(A, B, SYN))]), Outcome::Unanswered);
    assert_eq!(outcome(&[syn, (0, tcp(B, A, RST | ACK))]), Outcome::Rejected);
    assert_eq!(outcome(&[syn, (0, tcp(B, A, SYN | ACK)), (1, tcp(B, A, RST))]), Outcome::Answered);
    assert_eq!(outcome(&[(0, tcp(B, A, SYN | ACK)), (0, tcp(A, B, ACK))]), Outcome::Answered);
    assert_eq!(outcome(&[syn, (0, tcp(A, B, ACK))]), Outcome::OneWay);
}

#[test]
fn timeouts_at_the_limit_and_one_past() {
    let idle = |gap| meter(&[(0, tcp(A, B, ACK)), (gap, tcp(A, B, ACK))], MeterLimits::default()).len();
    assert_eq!((idle(60), idle(61)), (1, 2));
    let steady: Vec<_> = (0..40).map(|n| (n * 50, tcp(A, B, ACK))).collect();
    let flows = meter(&steady, MeterLimits::default());
    assert_eq!(flows.iter().map(|flow| flow.packets).collect::<Vec<_>>(), [37, 3]);
}

#[test]
fn a_full_table_reports_the_oldest() {
    let limits = MeterLimits { flows: 2, ..MeterLimits::default() };
    let other = |n| Packet { dst: B + n, ..tcp(A, B, SYN) };
    let packets = [(0, other(0)), (1, other(1)), (2, other(0)), (3, other(2))];
    let flows = meter(&packets, limits);
    assert_eq!(flows.iter().map(|flow| flow.dst - B).collect::<Vec<_>>(), [1, 0, 2]);
}

#[test]
fn a_closed_connection_and_a_new_one_are_two_flows() {
    let packets = [(0, tcp(A, B, SYN)), (1, tcp(B, A, RST)), (2, tcp(A, B, SYN)), (3, tcp(B, A, SYN | ACK))];
    let flows = meter(&packets, MeterLimits::default());
    assert_eq!(flows.iter().map(|f| f.outcome).collect::<Vec<_>>(), [Outcome::Rejected, Outcome::Answered]);
}

#[test]
fn an_icmp_error_refuses_the_flow_it_quotes() {
    let mut quoted = Vec::new();
    let builder = etherparse::PacketBuilder::ipv4([192, 0, 2, 1], [203, 0, 113, 5], 64).udp(50_000, 53);
    builder.write(&mut quoted, &[0; 4]).unwrap();
    let udp = header::from_ip(&quoted).unwrap();
    let mut error = vec![3, 3, 0, 0, 0, 0, 0, 0];
    error.extend(&quoted[..28]);
    let icmp = Packet { src: B, dst: A, protocol: 1, sport: 0, dport: 0x0303, transport: &error, ..udp };
    let flows = meter(&[(0, udp), (0, icmp)], MeterLimits::default());
    assert_eq!(flows[0].outcome, Outcome::Rejected);
}
