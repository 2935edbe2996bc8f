//! The words of a text, as they are searched for: the same for `ＡＰＴ` and `apt`, for `ﾏﾙｳｪｱ` and `マルウェア`.
//!
//! A text is brought to one form (Unicode NFKC, then case folded by way of upper case), then cut where letters and
//! digits end. Japanese and Chinese write no spaces: what is written in their letters is kept as single letters and as
//! pairs of neighbours (bigrams), so that any part of a sentence is found. A name like `a.evil.example.org` is kept
//! whole, from each of its dots on, and in pieces.
//!
//! All words of a question must be in an object, in any order: a question of three Japanese letters may find a text
//! that has both pairs and not the three together.

use super::limits::{QUESTION_CHARS_MAX, TERMS_MAX, WORD_CHARS_MAX};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// Why a question cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAQuestion {
    /// It is too long.
    #[error("a question has at most {QUESTION_CHARS_MAX} characters and {TERMS_MAX} words; ask with fewer")]
    TooLong,
    /// There is no letter or digit in it.
    #[error("a question has at least one letter or digit; write a word, a name or an address")]
    NoWords,
}

/// The words of texts by which they are found, the first `words_max` in their order.
pub fn of_texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>, words_max: usize) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for text in texts {
        for run in runs(text.as_ref()) {
            for word in run.kept() {
                if words.len() == words_max {
                    return words;
                }
                words.insert(cut(&word));
            }
        }
    }
    words
}

/// The words a question asks for; nothing where nothing is written.
///
/// # Errors
/// [`NotAQuestion`].
pub fn of_question(text: &str) -> Result<BTreeSet<String>, NotAQuestion> {
    if text.chars().count() > QUESTION_CHARS_MAX {
        return Err(NotAQuestion::TooLong);
    }
    let words: BTreeSet<String> = runs(text).iter().flat_map(Run::asked).map(|word| cut(&word)).collect();
    match words.len() {
        0 if !text.trim().is_empty() => Err(NotAQuestion::NoWords),
        count if count > TERMS_MAX => Err(NotAQuestion::TooLong),
        _ => Ok(words),
    }
}

/// A text in the form in which it is compared.
pub fn folded(text: &str) -> String {
    let upper = text.nfkc().flat_map(char::to_uppercase).collect::<String>();
    upper.chars().flat_map(char::to_lowercase).nfkc().collect()
}

fn cut(word: &str) -> String {
    word.chars().take(WORD_CHARS_MAX).collect()
}

/// Letters that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Run {
    /// Of a writing without spaces.
    Joined(Vec<char>),
    /// A word, or several with single `.`, `-` or `_` between.
    Spaced(String),
}

impl Run {
    /// By what it is found.
    fn kept(&self) -> Vec<String> {
        match self {
            Self::Joined(letters) => letters.iter().map(char::to_string).chain(pairs(letters)).collect(),
            Self::Spaced(name) => {
                let tails = name.match_indices('.').filter_map(|(at, _)| name.get(at + 1..)).map(str::to_owned);
                let pieces = name.split(['.', '-', '_']).filter(|piece| piece.len() < name.len()).map(str::to_owned);
                std::iter::once(name.clone()).chain(tails).chain(pieces).collect()
            }
        }
    }

    /// What is asked for by it.
    fn asked(&self) -> Vec<String> {
        match self {
            Self::Joined(letters) if letters.len() > 1 => pairs(letters).collect(),
            Self::Joined(letters) => letters.iter().map(char::to_string).collect(),
            Self::Spaced(name) => vec![name.clone()],
        }
    }
}

fn pairs(letters: &[char]) -> impl Iterator<Item = String> + '_ {
    letters.windows(2).map(|pair| pair.iter().collect())
}

/// Han, kana and what repeats or lengthens them.
const fn joined(letter: char) -> bool {
    matches!(letter, '々' | '〆' | '〇' | 'ぁ'..='ゖ' | 'ゝ'..='ゟ' | 'ァ'..='ヺ' | 'ー'..='ヿ' | '㐀'..='䶿'
        | '一'..='鿿' | '\u{20000}'..='\u{3134f}')
}

fn runs(text: &str) -> Vec<Run> {
    let letters: Vec<char> = folded(text).chars().collect();
    let mut runs: Vec<Run> = Vec::new();
    let mut between = true;
    for (at, &letter) in letters.iter().enumerate() {
        let spaced = letter.is_alphanumeric() && !joined(letter);
        let next = letters.get(at + 1).is_some_and(|next| next.is_alphanumeric() && !joined(*next));
        match (runs.last_mut(), between) {
            (Some(Run::Joined(run)), false) if joined(letter) => run.push(letter),
            (Some(Run::Spaced(run)), false) if spaced || matches!(letter, '.' | '-' | '_') && next => run.push(letter),
            _ if joined(letter) => runs.push(Run::Joined(vec![letter])),
            _ if spaced => runs.push(Run::Spaced(letter.to_string())),
            _ => {
                between = true;
                continue;
            }
        }
        between = false;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(question: &str, text: &str) -> bool {
        of_question(question).unwrap().is_subset(&of_texts([text], usize::MAX))
    }

    #[test]
    fn width_case_and_composition_make_no_difference() {
        for (question, text) in [
            ("apt", "ＡＰＴの活動"),
            ("ﾏﾙｳｪｱ", "新しいマルウェア"),
            ("マルウェア", "新しいﾏﾙｳｪｱ"),
            ("か\u{3099}いこく", "がいこく"),
            ("㈱例", "(株)例"),
            ("STRASSE", "straße"),
            ("ΟΔΟΣ", "οδος"),
            ("①", "1"),
        ] {
            assert!(found(question, text), "{question} in {text}");
        }
    }

    #[test]
    fn a_part_of_a_japanese_sentence_is_found_and_another_is_not() {
        let text = "東京電力を装った標的型攻撃メールが港区の事業者へ送られた。";
        for part in ["標的型攻撃", "攻撃メール", "港", "港区の事業者", "東京電力 メール", "ー"]
        {
            assert!(found(part, text), "{part}");
        }
        for other in ["京都", "型的標", "区港", "メル"] {
            assert!(!found(other, text), "{other}");
        }
        assert_eq!(of_question("東京都").unwrap(), ["京都".to_owned(), "東京".to_owned()].into());
    }

    #[test]
    fn where_writings_meet_a_word_ends() {
        assert_eq!(of_question("APT40攻撃").unwrap(), ["apt40".to_owned(), "攻撃".to_owned()].into());
        assert!(found("c2", "C2サーバ"));
        assert!(found("々", "人々"));
    }

    #[test]
    fn names_and_addresses_are_found_whole_by_their_ends_and_in_pieces() {
        let text = "[url:value = 'http://a.evil-1.example.org/x_y.php'] 203.0.113.7";
        for part in ["a.evil-1.example.org", "example.org", "evil", "x_y.php", "php", "203.0.113.7", "203", "URL"] {
            assert!(found(part, text), "{part}");
        }
        for other in ["203.0.113", "evil-1.example", "203.0.113.70", "exam"] {
            assert!(!found(other, text), "{other}");
        }
    }

    #[test]
    fn a_question_has_words_and_not_too_many() {
        assert_eq!(of_question(" \u{3000} "), Ok(BTreeSet::new()));
        assert_eq!(of_question("。'--\"%_"), Err(NotAQuestion::NoWords));
        let of = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(of_question(&of(TERMS_MAX)).unwrap().len(), TERMS_MAX);
        assert_eq!(of_question(&of(TERMS_MAX + 1)), Err(NotAQuestion::TooLong));
        assert!(of_question(&"a".repeat(QUESTION_CHARS_MAX)).is_ok());
        assert_eq!(of_question(&"a".repeat(QUESTION_CHARS_MAX + 1)), Err(NotAQuestion::TooLong));
    }

    #[test]
    fn texts_have_so_many_words_and_no_more_and_long_ones_are_cut() {
        let text = (0..5).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(of_texts([&text], 5).len(), 5);
        assert_eq!(of_texts([&text, "more"], 5), of_texts([&text], 5));
        let long = "a".repeat(WORD_CHARS_MAX + 1);
        assert_eq!(of_texts([&long], 5), ["a".repeat(WORD_CHARS_MAX)].into());
        assert!(found(&long, &long));
    }

    proptest! {
        /// Whatever is written is found by itself, and what is brought to one form stays as it is.
        #[test]
        fn every_text_finds_itself(text in "\\PC{0,60}") {
            if let Ok(words) = of_question(&text) {
                prop_assert!(words.is_subset(&of_texts([&text], usize::MAX)));
            }
            prop_assert_eq!(folded(&folded(&text)), folded(&text));
        }
    }
}
