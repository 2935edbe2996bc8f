//! Writes SVG: every text escaped, every coordinate with at most one decimal.

use std::fmt::{Display, Write as _};

/// A drawing under way.
pub(super) struct Svg {
    body: String,
    width: f64,
    height: f64,
}

/// Where a text stands relative to its point.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// A point, in drawing units.
pub(super) type Point = (f64, f64);

impl Svg {
    pub(super) const fn new(width: f64, height: f64) -> Self {
        Self { body: String::new(), width, height }
    }

    pub(super) fn text(&mut self, class: &str, anchor: Anchor, (x, y): Point, text: impl Display) {
        let (x, y, anchor, text) = (Short(x), Short(y), anchor.word(), escaped(&text.to_string()));
        let _ = write!(self.body, r#"<text class="{class}" x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>"#);
    }

    pub(super) fn line(&mut self, class: &str, (x1, y1): Point, (x2, y2): Point) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(Short);
        let _ = write!(self.body, r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#);
    }

    /// A rectangle with an explanation that shows on hovering; none if empty.
    pub(super) fn rect(&mut self, class: &str, (x, y): Point, (width, height): Point, hint: &str) {
        let [x, y, width, height] = [x, y, width.max(0.0), height.max(0.0)].map(Short);
        let _ = write!(self.body, r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}""#);
        self.hint("rect", hint);
    }

    pub(super) fn circle(&mut self, class: &str, (x, y): Point, radius: f64, hint: &str) {
        let [x, y, radius] = [x, y, radius].map(Short);
        let _ = write!(self.body, r#"<circle class="{class}" cx="{x}" cy="{y}" r="{radius}""#);
        self.hint("circle", hint);
    }

    /// A path in SVG's own words; `data` never comes from input.
    pub(super) fn path(&mut self, class: &str, data: &str, hint: &str) {
        let _ = write!(self.body, r#"<path class="{class}" d="{data}""#);
        self.hint("path", hint);
    }

    /// A path with a width of its own.
    pub(super) fn stroke(&mut self, class: &str, data: &str, width: f64, hint: &str) {
        let _ = write!(self.body, r#"<path class="{class}" stroke-width="{}" d="{data}""#, Short(width));
        self.hint("path", hint);
    }

    fn hint(&mut self, element: &str, hint: &str) {
        let _ = match hint {
            "" => write!(self.body, "/>"),
            hint => write!(self.body, "><title>{}</title></{element}>", escaped(hint)),
        };
    }

    /// The drawing as an image with a name and a description for those who cannot see it.
    pub(super) fn finish(self, name: &str, description: &str) -> String {
        let Self { body, width, height } = self;
        let label = escaped(&format!("{name}: {description}"));
        let (width, height) = (Short(width), Short(height));
        format!(r#"<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}">{body}</svg>"#)
    }
}

/// A coordinate with at most one decimal; what is not a number is 0.
pub(super) struct Short(pub(super) f64);

impl Display for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = if self.0.is_finite() { (self.0.clamp(-1e6, 1e6) * 10.0).round() / 10.0 } else { 0.0 };
        // Adding zero turns -0 into 0.
        write!(f, "{}", value + 0.0)
    }
}

/// Text made safe between tags and inside double quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in crate::numbers::plain(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_break_out() {
        let mut svg = Svg::new(10.0, 10.0);
        svg.text("l", Anchor::Start, (0.0, f64::NAN), "</text><script>");
        let svg = svg.finish("a\"b", "c");
        assert!(svg.contains("&lt;/text&gt;&lt;script&gt;") && svg.contains("a&quot;b") && !svg.contains("NaN"));
    }

    #[test]
    fn coordinates_are_short() {
        assert_eq!([1.0, 1.25, -0.01, f64::INFINITY].map(|x| Short(x).to_string()), ["1", "1.3", "0", "0"]);
    }
}
