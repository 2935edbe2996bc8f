//! Findings for people and programs: terminal, JSON lines, CSV, STIX, HTML.
