//! What the columns of a table hold, by the names people give them.

/// What one column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// A value.
    Value,
    /// The port that goes with an address.
    Port,
    /// What the value belongs to.
    Name,
    /// Words.
    Description,
    /// Labels, several with `,`, `;` or `|` between.
    Labels,
    /// 0 to 100, or low, medium, high.
    Confidence,
    /// When it was first seen or from when it holds.
    From,
    /// Until when it holds.
    Until,
    /// A page about it.
    Reference,
    /// Anything else.
    Other,
}

/// Names in lower case without spaces, hyphens and underscores.
const NAMES: [(Column, &[&str]); 9] = [
    (
        Column::Value,
        &[
            "indicator",
            "indicators",
            "ioc",
            "iocs",
            "iocvalue",
            "value",
            "observable",
            "ip",
            "ips",
            "ipv4",
            "ipv6",
            "ipaddress",
            "ipaddr",
            "address",
            "addr",
            "cidr",
            "network",
            "netblock",
            "srcip",
            "sourceip",
            "dstip",
            "destip",
            "destinationip",
            "serverip",
            "c2ip",
            "c2",
            "host",
            "hostname",
            "domain",
            "domains",
            "domainname",
            "fqdn",
            "url",
            "urls",
            "uri",
            "md5",
            "md5hash",
            "sha1",
            "sha1hash",
            "sha256",
            "sha256hash",
            "sha512",
            "sha512hash",
            "hash",
            "hashes",
            "filehash",
            "email",
            "mail",
            "emailaddress",
            "sender",
            "ipアドレス",
            "アドレス",
            "接続先",
            "通信先",
            "ドメイン",
            "ドメイン名",
            "ホスト名",
            "ハッシュ",
            "ハッシュ値",
            "メールアドレス",
            "送信元",
            "値",
            "インディケータ",
            "インジケータ",
            "インジケーター",
        ],
    ),
    (Column::Port, &["port", "dstport", "destport", "destinationport", "c2port", "serverport", "ポート", "ポート番号"]),
    (
        Column::Name,
        &[
            "name",
            "title",
            "malware",
            "malwareprintable",
            "malwarefamily",
            "family",
            "threat",
            "signature",
            "名称",
            "マルウェア",
        ],
    ),
    (
        Column::Description,
        &[
            "description",
            "comment",
            "comments",
            "note",
            "notes",
            "remark",
            "remarks",
            "context",
            "detail",
            "details",
            "備考",
            "説明",
            "コメント",
            "概要",
        ],
    ),
    (Column::Labels, &["tag", "tags", "label", "labels", "category", "threattype", "種別", "分類", "タグ"]),
    (Column::Confidence, &["confidence", "confidencelevel", "確度", "信頼度"]),
    (
        Column::From,
        &[
            "firstseen",
            "firstseenutc",
            "validfrom",
            "dateadded",
            "date",
            "added",
            "timestamp",
            "初回検知日",
            "登録日",
            "日付",
        ],
    ),
    (Column::Until, &["validuntil", "expires", "expiry", "expiration", "expirationdate", "有効期限"]),
    (Column::Reference, &["reference", "references", "link", "参照", "参考"]),
];

impl Column {
    pub(super) fn named(name: &str) -> Self {
        let wanted = plain(name);
        NAMES.iter().find(|(_, names)| names.contains(&wanted.as_str())).map_or(Self::Other, |(column, _)| *column)
    }
}

fn plain(name: &str) -> String {
    let inner = |character: &char| !matches!(character, ' ' | '_' | '-' | '.' | '"' | '#' | '\u{3000}');
    name.trim().chars().filter(inner).take(64).flat_map(full_width).collect()
}

/// Lower case, and ASCII for the full-width letters of Japanese keyboards.
fn full_width(character: char) -> impl Iterator<Item = char> {
    let folded = match u32::from(character) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(character),
        _ => character,
    };
    folded.to_lowercase()
}

/// Whether one of the names is that of a column with values.
pub(super) fn names_any(header: &[String]) -> bool {
    header.iter().any(|name| Column::named(name) == Column::Value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_all_their_spellings() {
        for (name, column) in [
            ("IP Address", Column::Value),
            ("ip_address", Column::Value),
            ("\u{ff29}\u{ff30}アドレス", Column::Value),
            ("# first_seen_utc", Column::From),
            ("備考", Column::Description),
            ("有効期限", Column::Until),
            ("Dst-Port", Column::Port),
            ("victim", Column::Other),
            ("", Column::Other),
        ] {
            assert_eq!(Column::named(name), column, "{name}");
        }
    }
}
