//! Information element numbers (IANA "IPFIX Information Elements"; NetFlow v9 shares the low ones).
//!
//! Only elements that say who talked to whom, when, how much and how it was sampled have a name
//! here. What carries content (HTTP, DNS, SIP and user elements) has none, and is skipped unread.
#![expect(missing_docs, reason = "each constant is the IANA name of the element in upper case")]

pub const OCTET_DELTA_COUNT: u16 = 1;
pub const PACKET_DELTA_COUNT: u16 = 2;
pub const PROTOCOL_IDENTIFIER: u16 = 4;
pub const IP_CLASS_OF_SERVICE: u16 = 5;
pub const TCP_CONTROL_BITS: u16 = 6;
pub const SOURCE_TRANSPORT_PORT: u16 = 7;
pub const SOURCE_IPV4_ADDRESS: u16 = 8;
pub const SOURCE_IPV4_PREFIX_LENGTH: u16 = 9;
pub const INGRESS_INTERFACE: u16 = 10;
pub const DESTINATION_TRANSPORT_PORT: u16 = 11;
pub const DESTINATION_IPV4_ADDRESS: u16 = 12;
pub const DESTINATION_IPV4_PREFIX_LENGTH: u16 = 13;
pub const EGRESS_INTERFACE: u16 = 14;
pub const IP_NEXT_HOP_IPV4_ADDRESS: u16 = 15;
pub const BGP_SOURCE_AS_NUMBER: u16 = 16;
pub const BGP_DESTINATION_AS_NUMBER: u16 = 17;
pub const FLOW_END_SYS_UP_TIME: u16 = 21;
pub const FLOW_START_SYS_UP_TIME: u16 = 22;
pub const SOURCE_IPV6_ADDRESS: u16 = 27;
pub const DESTINATION_IPV6_ADDRESS: u16 = 28;
pub const SOURCE_IPV6_PREFIX_LENGTH: u16 = 29;
pub const DESTINATION_IPV6_PREFIX_LENGTH: u16 = 30;
pub const ICMP_TYPE_CODE_IPV4: u16 = 32;
pub const SAMPLING_INTERVAL: u16 = 34;
pub const SAMPLER_ID: u16 = 48;
pub const SAMPLER_RANDOM_INTERVAL: u16 = 50;
pub const VLAN_ID: u16 = 58;
pub const FLOW_DIRECTION: u16 = 61;
pub const IP_NEXT_HOP_IPV6_ADDRESS: u16 = 62;
pub const OCTET_TOTAL_COUNT: u16 = 85;
pub const PACKET_TOTAL_COUNT: u16 = 86;
pub const FLOW_END_REASON: u16 = 136;
pub const ICMP_TYPE_CODE_IPV6: u16 = 139;
pub const OBSERVATION_DOMAIN_ID: u16 = 149;
pub const FLOW_START_SECONDS: u16 = 150;
pub const FLOW_END_SECONDS: u16 = 151;
pub const FLOW_START_MILLISECONDS: u16 = 152;
pub const FLOW_END_MILLISECONDS: u16 = 153;
pub const FLOW_START_MICROSECONDS: u16 = 154;
pub const FLOW_END_MICROSECONDS: u16 = 155;
pub const FLOW_START_NANOSECONDS: u16 = 156;
pub const FLOW_END_NANOSECONDS: u16 = 157;
pub const FLOW_START_DELTA_MICROSECONDS: u16 = 158;
pub const FLOW_END_DELTA_MICROSECONDS: u16 = 159;
pub const SYSTEM_INIT_TIME_MILLISECONDS: u16 = 160;
pub const FLOW_DURATION_MILLISECONDS: u16 = 161;
pub const FLOW_DURATION_MICROSECONDS: u16 = 162;
pub const ICMP_TYPE_IPV4: u16 = 176;
pub const ICMP_CODE_IPV4: u16 = 177;
pub const ICMP_TYPE_IPV6: u16 = 178;
pub const ICMP_CODE_IPV6: u16 = 179;
pub const UDP_SOURCE_PORT: u16 = 180;
pub const UDP_DESTINATION_PORT: u16 = 181;
pub const TCP_SOURCE_PORT: u16 = 182;
pub const TCP_DESTINATION_PORT: u16 = 183;
pub const PADDING_OCTETS: u16 = 210;
pub const INITIATOR_OCTETS: u16 = 231;
pub const RESPONDER_OCTETS: u16 = 232;
pub const BIFLOW_DIRECTION: u16 = 239;
pub const INITIATOR_PACKETS: u16 = 298;
pub const RESPONDER_PACKETS: u16 = 299;
pub const SELECTOR_ID: u16 = 302;
pub const SELECTOR_ALGORITHM: u16 = 304;
pub const SAMPLING_PACKET_INTERVAL: u16 = 305;
pub const SAMPLING_PACKET_SPACE: u16 = 306;
pub const SAMPLING_SIZE: u16 = 309;
pub const SAMPLING_POPULATION: u16 = 310;
pub const DATA_LINK_FRAME_SIZE: u16 = 312;
pub const IP_HEADER_PACKET_SECTION: u16 = 313;
pub const DATA_LINK_FRAME_SECTION: u16 = 315;
pub const OBSERVATION_TIME_SECONDS: u16 = 322;
pub const OBSERVATION_TIME_MILLISECONDS: u16 = 323;
pub const OBSERVATION_TIME_MICROSECONDS: u16 = 324;
pub const OBSERVATION_TIME_NANOSECONDS: u16 = 325;
pub const SAMPLING_PROBABILITY: u16 = 311;
pub const LAYER2_OCTET_DELTA_COUNT: u16 = 352;
pub const LAYER2_OCTET_TOTAL_COUNT: u16 = 353;

/// The enterprise number that marks the reverse direction of an element (RFC 5103 §6.1).
pub const REVERSE_PEN: u32 = 29_305;
/// Seconds from the NTP epoch (1900) to the Unix epoch.
pub const NTP_EPOCH_SECONDS: u64 = 2_208_988_800;
