//! One change to one account: asked, decided, applied.

use super::family::{self, Unmixable};
use super::limits::{NAME_CHARS_MAX, SOURCE_CHARS_MAX};
use super::reach::{Granter, Home};
use super::{HeldClearance, Person, Standing};
use noroshi_model::{Clearance, Micros, OrgKind, PersonId, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A change somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// By whom. There is no default.
    pub by: By,
    /// The organisation the account belongs, or will belong, to.
    pub home: Home,
    /// What.
    pub command: Command,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The first start of an empty hub, which prints one enrolment link for an administrator.
    FirstStart,
    /// Whoever holds the account's own enrolment link.
    EnrolmentLink,
    /// A person who is signed in.
    Person(Granter),
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// A new account, to be accepted through an enrolment link.
    Invite {
        /// Its id, made by the caller.
        person: PersonId,
        /// What others will see.
        display_name: String,
        /// Its roles from the start; may be empty.
        roles: BTreeSet<Role>,
    },
    /// The invited person takes the account.
    Accept,
    /// Another name.
    Rename(String),
    /// One role more.
    GrantRole(Role),
    /// One role less.
    WithdrawRole(Role),
    /// A clearance, in place of the one held.
    SetClearance(HeldClearance),
    /// No clearance any more.
    WithdrawClearance,
    /// No sign-in for now.
    Suspend,
    /// Sign-in again.
    Resume,
    /// A fresh enrolment link, when an invitation lapsed or the key is lost.
    Reenrol,
    /// Gone for good.
    Leave,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A new account.
    Invited(Person),
    /// It was taken.
    Accepted,
    /// It has another name.
    Renamed(String),
    /// It has a role more.
    RoleGranted(Role),
    /// It has a role less.
    RoleWithdrawn(Role),
    /// It has this clearance.
    ClearanceSet(HeldClearance),
    /// It has none.
    ClearanceWithdrawn,
    /// No sign-in for now.
    Suspended,
    /// Sign-in again.
    Resumed,
    /// A fresh enrolment link; the keys enrolled before no longer count.
    Reenrolled,
    /// Gone for good.
    Left,
}

impl Event {
    /// Whether sessions and API tokens end with it, at once.
    pub fn ends_sessions(&self) -> bool {
        matches!(self, Self::Suspended | Self::Reenrolled | Self::Left)
    }

    /// Whether passkeys, identity provider links and open enrolment links end with it too.
    pub fn ends_credentials(&self) -> bool {
        matches!(self, Self::Reenrolled | Self::Left)
    }
}

/// Why a change was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such account.
    #[error("there is no such account")]
    NoSuchAccount,
    /// The id is taken.
    #[error("there is an account with this id already")]
    Exists,
    /// The account's standing does not allow it.
    #[error("an account that is `{0:?}` cannot be changed so")]
    Standing(Standing),
    /// Beyond what the one who asks may give or touch.
    #[error("this account or role is beyond what you may give; ask an administrator above you")]
    BeyondReach,
    /// Nobody changes their own roles, clearance or standing.
    #[error("nobody changes their own account so; ask somebody else")]
    OwnAccount,
    /// Only the holder of the enrolment link accepts, and does nothing else.
    #[error("only whoever holds the enrolment link accepts it, and does nothing else with it")]
    LinkOnly,
    /// The first start makes one administrator of the national centre and nothing else.
    #[error("the first start invites one administrator of the national centre and does nothing else")]
    FirstStartOnly,
    /// The roles do not fit together, or not there.
    #[error(transparent)]
    Unmixable(#[from] Unmixable),
    /// A name is missing or too long.
    #[error("a name has 1 to {NAME_CHARS_MAX} characters")]
    Name,
    /// The clearance names no level or no source, or has ended.
    #[error("a clearance has a level above `none`, an end in the future, and the body that certified it")]
    Clearance,
    /// The account has (not) the role already.
    #[error("nothing would change")]
    NoChange,
}

impl Refused {
    /// Name of the rule that refused, for the record. Never changes.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::NoSuchAccount => "party.no_such_account",
            Self::Exists => "party.exists",
            Self::Standing(_) => "party.standing",
            Self::BeyondReach => "party.beyond_reach",
            Self::OwnAccount => "party.own_account",
            Self::LinkOnly => "party.link_only",
            Self::FirstStartOnly => "party.first_start_only",
            Self::Unmixable(Unmixable::TwoFamilies(..)) => "party.two_families",
            Self::Unmixable(Unmixable::AdministratorSeesData(_)) => "party.administrator_sees_data",
            Self::Unmixable(Unmixable::NotAtHome { .. }) => "party.not_at_home",
            Self::Name => "party.name",
            Self::Clearance => "party.clearance",
            Self::NoChange => "party.no_change",
        }
    }
}

/// Decides one change at `now`.
///
/// # Errors
/// [`Refused`], with the first rule that refused. The caller records it like a success.
pub fn decide(state: Option<&Person>, asked: &Asked, now: Micros) -> Result<Event, Refused> {
    if let Command::Invite { person, display_name, roles } = &asked.command {
        return invite(
            state,
            asked,
            Person {
                id: *person,
                org: asked.home.org,
                display_name: display_name.clone(),
                roles: roles.clone(),
                clearance: None,
                standing: Standing::Invited,
            },
        );
    }
    let person = state.ok_or(Refused::NoSuchAccount)?;
    if person.standing == Standing::Left {
        return Err(Refused::Standing(Standing::Left));
    }
    may_touch(person, asked)?;
    change(person, asked, now)
}

/// The state after `event`. Cannot fail; an event for an account that is not there changes nothing.
pub fn apply(state: Option<Person>, event: &Event) -> Option<Person> {
    if let Event::Invited(person) = event {
        return Some(person.clone());
    }
    let mut person = state?;
    match event {
        Event::Invited(_) | Event::Reenrolled => {}
        Event::Accepted | Event::Resumed => person.standing = Standing::Active,
        Event::Renamed(name) => person.display_name.clone_from(name),
        Event::RoleGranted(role) => {
            person.roles.insert(*role);
        }
        Event::RoleWithdrawn(role) => {
            person.roles.remove(role);
        }
        Event::ClearanceSet(held) => person.clearance = Some(held.clone()),
        Event::ClearanceWithdrawn => person.clearance = None,
        Event::Suspended => person.standing = Standing::Suspended,
        Event::Left => {
            person.standing = Standing::Left;
            person.roles.clear();
            person.clearance = None;
        }
    }
    Some(person)
}

fn invite(state: Option<&Person>, asked: &Asked, person: Person) -> Result<Event, Refused> {
    if state.is_some() {
        return Err(Refused::Exists);
    }
    match &asked.by {
        By::FirstStart => {
            let first =
                asked.home.kind == OrgKind::NationalCentre && person.roles.iter().eq([Role::Administrator].iter());
            if !first {
                return Err(Refused::FirstStartOnly);
            }
        }
        By::EnrolmentLink => return Err(Refused::LinkOnly),
        By::Person(granter) if !granter.reaches_account(&asked.home, &person.roles) => {
            return Err(Refused::BeyondReach);
        }
        By::Person(_) => {}
    }
    family::check(asked.home.kind, &person.roles)?;
    check_name(&person.display_name)?;
    Ok(Event::Invited(person))
}

/// Whether the one who asks may touch the account at all.
fn may_touch(person: &Person, asked: &Asked) -> Result<(), Refused> {
    let accepts = asked.command == Command::Accept;
    match &asked.by {
        By::FirstStart => Err(Refused::FirstStartOnly),
        By::EnrolmentLink if accepts => Ok(()),
        By::EnrolmentLink => Err(Refused::LinkOnly),
        By::Person(_) if accepts => Err(Refused::LinkOnly),
        By::Person(granter) if granter.id == person.id => match asked.command {
            Command::Rename(_) | Command::Leave => Ok(()),
            _ => Err(Refused::OwnAccount),
        },
        By::Person(granter) if granter.reaches_account(&asked.home, &person.roles) => Ok(()),
        By::Person(_) => Err(Refused::BeyondReach),
    }
}

fn change(person: &Person, asked: &Asked, now: Micros) -> Result<Event, Refused> {
    let only_if = |allowed: bool| allowed.then_some(()).ok_or(Refused::Standing(person.standing));
    match &asked.command {
        Command::Invite { .. } => Err(Refused::Exists),
        Command::Accept => only_if(person.standing == Standing::Invited).map(|()| Event::Accepted),
        Command::Rename(name) => check_name(name).map(|()| Event::Renamed(name.clone())),
        Command::GrantRole(role) => grant(person, asked, *role),
        Command::WithdrawRole(role) if person.roles.contains(role) => Ok(Event::RoleWithdrawn(*role)),
        Command::WithdrawRole(_) => Err(Refused::NoChange),
        Command::SetClearance(held) => set_clearance(held, now),
        Command::WithdrawClearance if person.clearance.is_some() => Ok(Event::ClearanceWithdrawn),
        Command::WithdrawClearance => Err(Refused::NoChange),
        Command::Suspend => only_if(person.standing == Standing::Active).map(|()| Event::Suspended),
        Command::Resume => only_if(person.standing == Standing::Suspended).map(|()| Event::Resumed),
        Command::Reenrol => only_if(person.standing != Standing::Suspended).map(|()| Event::Reenrolled),
        Command::Leave => Ok(Event::Left),
    }
}

fn grant(person: &Person, asked: &Asked, role: Role) -> Result<Event, Refused> {
    if let By::Person(granter) = &asked.by
        && !granter.reaches(&asked.home, role)
    {
        return Err(Refused::BeyondReach);
    }
    let mut roles = person.roles.clone();
    if !roles.insert(role) {
        return Err(Refused::NoChange);
    }
    family::check(asked.home.kind, &roles)?;
    Ok(Event::RoleGranted(role))
}

fn set_clearance(held: &HeldClearance, now: Micros) -> Result<Event, Refused> {
    let source = held.source.trim();
    let named = !source.is_empty() && held.source.chars().count() <= SOURCE_CHARS_MAX;
    if held.level == Clearance::None || held.until <= now || !named {
        return Err(Refused::Clearance);
    }
    Ok(Event::ClearanceSet(held.clone()))
}

fn check_name(name: &str) -> Result<(), Refused> {
    if name.trim().is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(Refused::Name);
    }
    Ok(())
}
