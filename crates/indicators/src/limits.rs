//! A limit on everything this crate reads or keeps.

/// Bytes of one input: a list, a report, a file of rules.
pub const INPUT_BYTES_MAX: usize = 64 << 20;
/// Bytes of one line of a list, or of one record of a table.
pub const LINE_BYTES_MAX: usize = 64 << 10;
/// Columns of one record of a table.
pub const COLUMNS_MAX: usize = 256;
/// Bytes of one rule. The largest published YARA rules have some 100 KiB.
pub const RULE_BYTES_MAX: usize = 1 << 20;
/// Other rules one YARA rule may need, all levels together.
pub const RULES_NEEDED_MAX: usize = 64;
/// Rules of one YARA file whose end is not found: each costs reading on to the end of the longest rule.
pub const UNENDED_MAX: usize = 64;
/// Bytes of all rules made from one input; YARA rules are repeated with each rule that needs them.
pub const RULES_BYTES_MAX: usize = 256 << 20;
/// Options of one Suricata or Snort rule.
pub const OPTIONS_MAX: usize = 1_024;
/// Lists and mappings inside each other in a Sigma rule.
pub const YAML_DEPTH_MAX: usize = 32;
/// Values of any kind in one Sigma rule.
pub const YAML_VALUES_MAX: usize = 50_000;
/// Objects made from one input.
pub const OBJECTS_MAX: usize = 500_000;
/// Faults described for one input; all are counted.
pub const FAULTS_KEPT_MAX: usize = 1_000;
/// Bytes of a URL.
pub const URL_BYTES_MAX: usize = 4_096;
/// Bytes of a domain name, written without the dot at its end (RFC 1035, section 2.3.4).
pub const DOMAIN_BYTES_MAX: usize = 253;
/// Bytes of an e-mail address (RFC 5321, section 4.5.3.1.3, less the angle brackets).
pub const EMAIL_BYTES_MAX: usize = 254;
/// Characters of a name or label.
pub const NAME_CHARACTERS_MAX: usize = 250;
/// Characters of a description.
pub const DESCRIPTION_CHARACTERS_MAX: usize = 4_000;
/// Labels of one indicator.
pub const LABELS_MAX: usize = 32;
/// External references of one indicator.
pub const REFERENCES_MAX: usize = 32;
/// Shortest prefix of a block of IPv4 addresses taken: nobody's attack server is a larger part of the Internet.
pub const BLOCK_V4_BITS_MIN: u8 = 8;
/// Shortest prefix of a block of IPv6 addresses taken. Registries hand out nothing larger than /16.
pub const BLOCK_V6_BITS_MIN: u8 = 19;
/// What could not be expressed, named one by one; all of it is counted.
pub const LEFT_OUT_NAMED_MAX: usize = 1_000;
/// Blocks of addresses in the rules for Suricata. A hundred stand in one rule, and every rule needs a number.
pub const SURICATA_BLOCKS_MAX: usize = 90_000;
/// Bytes of one warning list.
pub const WARNING_LIST_BYTES_MAX: usize = 64 << 20;
/// Entries of all warning lists together.
pub const WARNING_ENTRIES_MAX: usize = 10_000_000;
/// Warning lists held at once. MISP publishes some 150.
pub const WARNING_LISTS_MAX: usize = 1_024;
/// Regular expressions of one warning list.
pub const WARNING_REGEXES_MAX: usize = 1_000;
/// Bytes the compiled regular expressions of one warning list may take.
pub const WARNING_REGEX_BYTES_MAX: usize = 4 << 20;
/// Hits told of one value; entries of many lists can name it.
pub const HITS_MAX: usize = 256;
/// Bytes of a text to take personal data out of.
pub const SCRUB_BYTES_MAX: usize = 1 << 20;
/// Times a text is gone through until nothing is found in it any more.
pub const SCRUB_ROUNDS_MAX: usize = 32;
/// Texts a reviewer may keep.
pub const KEEP_MAX: usize = 10_000;
