//! The language of a page: what the reader chose, else what the browser asks for, else Japanese.

use crate::messages::{EN, JA, Messages};

/// A language with a complete catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Language {
    /// Japanese (日本語).
    #[default]
    Ja,
    /// English.
    En,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Ja, Self::En];

    /// From the language's own code; `None` for another language.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().split(['-', '_', ';']).next()?.to_ascii_lowercase().as_str() {
            "ja" => Some(Self::Ja),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The code used in `lang` attributes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    /// From the cookie, else the first language of `Accept-Language` (RFC 9110, section 12.5.4) that there is.
    pub fn choose(cookie: Option<&str>, accept: Option<&str>) -> Self {
        let accepted = || accept.and_then(|list| list.split(',').find_map(Self::parse));
        cookie.and_then(Self::parse).or_else(accepted).unwrap_or_default()
    }

    /// The catalogue.
    pub(crate) const fn messages(self) -> &'static Messages {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }

    /// One of two texts.
    pub(crate) const fn pick<'a>(self, ja: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Ja => ja,
            Self::En => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_wins_then_the_browser_then_japanese() {
        assert_eq!(Language::choose(Some("en"), Some("ja")), Language::En);
        assert_eq!(Language::choose(Some("fr"), Some("de, en-GB;q=0.8, ja")), Language::En);
        assert_eq!(Language::choose(None, Some("fr")), Language::Ja);
        assert_eq!(Language::choose(None, None), Language::Ja);
    }
}
