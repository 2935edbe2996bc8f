//! The language of an output.

use crate::messages::{EN, JA, Messages};

/// A language with a complete catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// Japanese (日本語).
    Ja,
    /// English.
    En,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Ja, Self::En];

    /// From a language tag or locale: `ja`, `ja_JP.UTF-8`, `en-GB`; `None` for another language.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split(['-', '_', '.']).next()?.to_ascii_lowercase().as_str() {
            "ja" => Some(Self::Ja),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The catalogue.
    pub(crate) const fn messages(self) -> &'static Messages {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_are_understood() {
        assert_eq!(Language::parse("ja_JP.UTF-8"), Some(Language::Ja));
        assert_eq!(Language::parse("EN"), Some(Language::En));
        assert_eq!(Language::parse("C"), None);
        assert_eq!(Language::parse(""), None);
    }

    #[test]
    fn each_catalogue_knows_its_name() {
        assert_eq!(Language::Ja.messages().language_code, "ja");
        assert_eq!(Language::En.messages().language_code, "en");
    }
}
