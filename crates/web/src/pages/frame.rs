//! What every page has: language, name of the hub, who is signed in, where one can go.

use crate::assets;
use crate::language::Language;
use crate::messages::{Messages, fill};
use crate::show::{Moment, moment};
use crate::state::Shared;
use crate::visitor::Visit;
use noroshi_casework::party::{Organisation, Person};
use noroshi_model::{Micros, OrgKind, Role};

/// One place to go.
pub(crate) struct NavItem {
    pub(crate) path: &'static str,
    pub(crate) label: &'static str,
    pub(crate) here: bool,
}

/// Who is signed in.
pub(crate) struct Who {
    pub(crate) name: String,
    pub(crate) org: String,
    pub(crate) roles: String,
}

/// The frame of a page.
pub(crate) struct Frame {
    pub(crate) m: &'static Messages,
    pub(crate) language: Language,
    pub(crate) lang: &'static str,
    pub(crate) other_lang: &'static str,
    pub(crate) other_name: &'static str,
    pub(crate) title: String,
    pub(crate) hub: String,
    pub(crate) path: String,
    pub(crate) nav: Vec<NavItem>,
    pub(crate) who: Option<Who>,
    pub(crate) form_token: String,
    pub(crate) demo: bool,
    pub(crate) style: String,
    pub(crate) icon: String,
    pub(crate) scripts: Vec<String>,
    pub(crate) zone_note: String,
    pub(crate) offset_hours: i8,
}

impl Frame {
    /// The frame of one page for one visit.
    pub(crate) fn new(hub: &Shared, visit: &Visit, title: impl Into<String>) -> Self {
        let signed_in = visit.signed_in();
        let config = &hub.parts.config;
        let name = visit.language.pick(&config.name_ja, &config.name_en);
        let mut frame = Self::bare(visit.language, name, title.into(), config.utc_offset_hours);
        frame.path.clone_from(&visit.path);
        frame.nav = nav(frame.m, &visit.path, signed_in.map(|who| (&who.person, &who.organisation)));
        frame.who = signed_in.map(|signed_in| who(visit.language, &signed_in.person, &signed_in.organisation));
        visit.form_token().clone_into(&mut frame.form_token);
        frame.demo = hub.parts.demo.is_some();
        frame
    }

    fn bare(language: Language, hub: &str, title: String, offset_hours: i8) -> Self {
        let m = language.messages();
        let (other_lang, other_name) = match language {
            Language::Ja => ("en", "English"),
            Language::En => ("ja", "日本語"),
        };
        Self {
            m,
            language,
            lang: language.code(),
            other_lang,
            other_name,
            title,
            hub: hub.to_owned(),
            path: "/".to_owned(),
            nav: Vec::new(),
            who: None,
            form_token: String::new(),
            demo: false,
            style: assets::STYLE.path(),
            icon: assets::ICON.path(),
            scripts: Vec::new(),
            zone_note: fill(m.zone_note, &[("offset", &format!("{offset_hours:+}"))]),
            offset_hours,
        }
    }

    /// With the script that asks for a passkey.
    pub(crate) fn with_passkey(mut self) -> Self {
        self.scripts.push(assets::PASSKEY.path());
        self
    }

    /// With the script that keeps a part of the page up to date.
    pub(crate) fn live(mut self) -> Self {
        self.scripts.push(assets::LIVE.path());
        self
    }

    /// A time as this hub shows it.
    pub(crate) fn moment(&self, at: Micros) -> Moment {
        moment(at, self.offset_hours)
    }

    /// A time as text.
    pub(crate) fn time(&self, at: Micros) -> String {
        self.moment(at).shown
    }

    /// A frame for tests.
    #[cfg(test)]
    pub(crate) fn sample(language: Language, title: &str) -> Self {
        let mut frame = Self::bare(language, "Noroshi", title.to_owned(), 9);
        frame.form_token = "form-token".to_owned();
        frame
    }
}

fn who(language: Language, person: &Person, organisation: &Organisation) -> Who {
    Who {
        name: person.display_name.clone(),
        org: language.pick(&organisation.name_ja, &organisation.name_en).to_owned(),
        roles: language.roles(&person.roles),
    }
}

/// Roles whose holders work with mandates.
const WITH_MANDATES: [Role; 7] = [
    Role::Analyst,
    Role::LineOfficer,
    Role::LegalOfficer,
    Role::Commissioner,
    Role::Inspector,
    Role::CarrierLiaison,
    Role::OperatorOfficer,
];
const WITH_FINDINGS: [Role; 3] = [Role::Analyst, Role::LineOfficer, Role::LegalOfficer];
const WITH_LEDGER: [Role; 3] = [Role::Commissioner, Role::Inspector, Role::LegalOfficer];
const WITH_PEOPLE: [Role; 2] = [Role::Administrator, Role::OrgAdministrator];

fn nav(m: &'static Messages, path: &str, who: Option<(&Person, &Organisation)>) -> Vec<NavItem> {
    let item =
        |at: &'static str, label| NavItem { path: at, label, here: path == at || path.starts_with(&format!("{at}/")) };
    let Some((person, organisation)) = who else {
        return vec![
            NavItem { path: "/", label: m.nav_public, here: path == "/" },
            item("/complaint", m.nav_complaint),
            item("/sign-in", m.sign_in),
        ];
    };
    let holds = |roles: &[Role]| roles.iter().any(|role| person.acts_as(*role));
    let overseer = matches!(organisation.kind, OrgKind::NationalCentre | OrgKind::Commission);
    let doors = [
        (true, "/home", m.nav_home),
        (holds(&WITH_MANDATES), "/mandates", m.nav_mandates),
        (holds(&WITH_FINDINGS), "/findings", m.nav_findings),
        (!holds(&[Role::Administrator]), "/collections", m.nav_collections),
        (!holds(&[Role::Administrator]), "/intelligence", m.nav_intelligence),
        (holds(&WITH_LEDGER), "/ledger", m.nav_ledger),
        (holds(&WITH_PEOPLE) || overseer, "/organisations", m.nav_organisations),
        (true, "/account", m.nav_account),
    ];
    doors.into_iter().filter(|door| door.0).map(|(_, path, label)| item(path, label)).collect()
}
