//! Terms for a person who votes: in words, and beside them the names that are signed.

use noroshi_leaf::Terms;
use noroshi_verify::Lang;
use serde_json::Value;

/// One term.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::http) struct Term {
    /// What it is called.
    pub(in crate::http) label: &'static str,
    /// Its name in what is signed.
    pub(in crate::http) key: String,
    /// What it says.
    pub(in crate::http) value: String,
}

/// Names of terms in the order a person reads them: English, Japanese.
const LABELS: [(&str, &str, &str); 20] = [
    ("legal_basis", "Legal basis", "法的根拠"),
    ("directions", "Directions", "通信の方向"),
    ("purposes", "Purposes", "利用目的"),
    ("from", "From", "開始"),
    ("until", "Until", "終了"),
    ("carrier", "Carrier", "電気通信事業者"),
    ("party", "Party", "協定の当事者"),
    ("analysts", "Analysts", "利用する分析官"),
    ("clearance", "Clearance", "適性区分"),
    ("ports", "Ports", "ポート"),
    ("protocols", "Protocols", "プロトコル"),
    ("domestic", "Domestic prefixes", "国内プレフィックス"),
    ("selectors", "Known servers", "既知の攻撃サーバ"),
    ("dns_names", "DNS names", "DNS の問合せ名"),
    ("hunts_max", "Hunts at most", "調査の回数"),
    ("rows_max", "Rows of one hunt", "1 回の出力行"),
    ("records_max", "Records of one run", "1 回の受信上限"),
    ("selected_records_max", "Records kept of one run", "1 回の保存上限"),
    ("retain_days_max", "Days kept", "保存日数"),
    ("rule_pack", "Rule pack", "規則集"),
];

/// Values that have a word: of which term, as signed, English, Japanese.
const VALUES: [(&str, &str, &str, &str); 14] = [
    ("directions", "foreign-foreign", "Foreign to foreign", "外外通信"),
    ("directions", "foreign-in", "Foreign in", "外内通信"),
    ("directions", "out-foreign", "Out to foreign", "内外通信"),
    ("legal_basis", "party-agreement", "Party agreement", "当事者協定"),
    ("legal_basis", "foreign-foreign", "Foreign-to-foreign measure", "外外通信目的送信措置"),
    ("legal_basis", "foreign-in", "Foreign-in measure", "特定外内通信目的送信措置"),
    ("legal_basis", "out-foreign", "Out-to-foreign measure", "特定内外通信目的送信措置"),
    ("purposes", "find-attack-servers", "Find attack servers", "攻撃サーバの発見"),
    ("purposes", "warn-victims", "Warn victims", "被害者への通知"),
    ("purposes", "evaluate", "Evaluate detection", "検知性能の評価"),
    ("dns_names", "true", "Yes", "含む"),
    ("dns_names", "false", "No", "含まない"),
    ("ports", "", "All", "すべて"),
    ("protocols", "", "All", "すべて"),
];

/// Every term of these, the ones nobody has a word for last and as they are signed.
pub(super) fn rows(terms: &Terms, lang: Lang) -> Vec<Term> {
    let Ok(Value::Object(mut fields)) = serde_json::to_value(terms) else { return Vec::new() };
    let of = |en, ja| if lang == Lang::Ja { ja } else { en };
    let mut rows = Vec::new();
    for (key, en, ja) in LABELS {
        if let Some(value) = fields.remove(key) {
            rows.push(Term { label: of(en, ja), key: key.to_owned(), value: shown(key, value, lang) });
        }
    }
    rows.extend(fields.into_iter().map(|(key, value)| Term { label: "", value: shown(&key, value, lang), key }));
    rows
}

fn shown(key: &str, value: Value, lang: Lang) -> String {
    let word = |text: String| {
        let found = VALUES.iter().find(|(of, value, ..)| *of == key && *value == text);
        found.map_or(text, |(_, _, en, ja)| (if lang == Lang::Ja { *ja } else { *en }).to_owned())
    };
    match value {
        Value::String(text) => word(text),
        Value::Number(number) => thousands(&number.to_string()),
        Value::Array(values) if values.is_empty() => word(String::new()),
        Value::Array(values) => {
            let each = values.into_iter().map(|value| word(value.as_str().map_or(value.to_string(), str::to_owned)));
            each.collect::<Vec<_>>().join(", ")
        }
        other => word(other.to_string()),
    }
}

/// `1000000` as `1,000,000`.
fn thousands(digits: &str) -> String {
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use noroshi_verify::sample;

    #[test]
    fn every_term_that_is_signed_is_shown_and_has_a_word() {
        let terms = Terms { party: Some(noroshi_model::OrgId(sample::id(2, 1))), ..sample::terms(10) };
        let Ok(Value::Object(signed)) = serde_json::to_value(&terms) else { panic!("terms are an object") };
        for lang in [Lang::En, Lang::Ja] {
            let rows = rows(&terms, lang);
            assert_eq!(rows.len(), signed.len());
            assert!(rows.iter().all(|row| !row.label.is_empty()), "{rows:?}");
        }
    }

    #[test]
    fn values_are_words_and_numbers_that_can_be_read() {
        let terms = sample::terms(10);
        let find = |lang, key: &str| rows(&terms, lang).into_iter().find(|row| row.key == key).unwrap().value;
        assert_eq!(find(Lang::En, "records_max"), "1,000,000");
        assert_eq!(find(Lang::En, "ports"), "All");
        assert_eq!(find(Lang::Ja, "purposes"), "攻撃サーバの発見, 被害者への通知");
    }
}
