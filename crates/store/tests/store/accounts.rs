//! Accounts: the first start, changes, and what ends with them.

use crate::words::{
    CENTRE, NOW, administrator, change, colleague, invite, later, leaf, leaf_of, organisation, passkey, person_id,
    secret, uuid,
};
use noroshi_casework::party::{Command, HeldClearance, Refused, Sector, Standing};
use noroshi_model::{Clearance, OrgFlag, OrgId, OrgKind, Role};
use noroshi_store::account::AccountError;
use noroshi_store::account::certificate::NewCertificate;
use noroshi_store::account::oidc::OidcLink;
use noroshi_store::account::person::{Asker, Ended, Told};
use noroshi_store::account::session::NewSession;
use noroshi_store::account::step_up::StepUp;
use noroshi_store::account::token::NewToken;
use noroshi_store::limits::{CERTIFICATES_MAX, PASSKEYS_MAX, TOKENS_MAX};
use noroshi_store::{StoreError, Version, on_both};
use std::collections::BTreeSet;

fn session(n: u8, person: u64) -> NewSession {
    NewSession {
        hash: secret(n).hash(),
        person: person_id(person),
        idle_micros: 900_000_000,
        expires_at: later(36_000),
    }
}

fn token(n: u64, person: u64) -> NewToken {
    NewToken {
        id: uuid(5_000 + n),
        hash: noroshi_store::account::secret::SecretHash([n as u8; 32]),
        person: person_id(person),
        label: "script".to_owned(),
        scopes: BTreeSet::from(["hunt:read".to_owned(), "finding:read".to_owned()]),
        expires_at: later(86_400),
    }
}

on_both! {
    async fn the_first_start_makes_one_administrator_once(store) {
        assert!(store.db.has_no_people().await.unwrap());
        let id = administrator(&store).await;
        assert!(!store.db.has_no_people().await.unwrap());
        let kept = store.db.person(id).await.unwrap().unwrap();
        assert!(kept.value.acts_as(Role::Administrator));
        assert_eq!(kept.version, Version(2));
        let again = invite(Asker::FirstStart, CENTRE, person_id(2), &[Role::Administrator], 2);
        assert_eq!(store.db.change_person(&again, NOW, &leaf_of).await.unwrap(), Err(Refused::FirstStartOnly));
        // The organisation, the invitation, its acceptance, and the refusal.
        assert_eq!(store.db.waiting_leaves().await.unwrap(), 4);
    }

    async fn an_enrolment_link_works_once_and_not_for_ever(store) {
        let administrator = administrator(&store).await;
        let used = store.db.accept_enrolment(secret(1).hash(), &passkey(9), NOW, &leaf()).await.unwrap_err();
        assert!(matches!(used, AccountError::NotValid));
        let asked = invite(Asker::Person(administrator), CENTRE, person_id(2), &[Role::Analyst], 2);
        store.db.change_person(&asked, NOW, &leaf_of).await.unwrap().unwrap();
        assert_eq!(store.db.enrolment(secret(2).hash(), NOW).await.unwrap().standing, Standing::Invited);
        let late = store.db.accept_enrolment(secret(2).hash(), &passkey(2), later(3_600), &leaf()).await.unwrap_err();
        assert!(matches!(late, AccountError::NotValid));
        let taken = store.db.accept_enrolment(secret(2).hash(), &passkey(1), NOW, &leaf()).await.unwrap_err();
        assert!(matches!(taken, AccountError::Taken), "{taken}");
        let kept = store.db.accept_enrolment(secret(2).hash(), &passkey(2), later(3_599), &leaf()).await.unwrap();
        assert_eq!(kept.value.standing, Standing::Active);
    }

    async fn a_change_is_decided_on_what_the_rows_say_now(store) {
        let administrator = administrator(&store).await;
        let other = colleague(&store, administrator, 2, &[Role::Administrator]).await;
        let analyst = colleague(&store, administrator, 3, &[Role::Analyst]).await;
        let grant = change(other.id, analyst.id, Command::GrantRole(Role::DutyEditor));
        let kept = store.db.change_person(&grant, NOW, &leaf_of).await.unwrap().unwrap();
        assert_eq!(kept.value.roles, BTreeSet::from([Role::Analyst, Role::DutyEditor]));
        let mixed = change(other.id, analyst.id, Command::GrantRole(Role::LegalOfficer));
        let refused = store.db.change_person(&mixed, NOW, &leaf_of).await.unwrap().unwrap_err();
        assert_eq!(refused.rule(), "party.two_families");

        let withdraw = change(administrator, other.id, Command::WithdrawRole(Role::Administrator));
        store.db.change_person(&withdraw, NOW, &leaf_of).await.unwrap().unwrap();
        let grant = change(other.id, analyst.id, Command::WithdrawRole(Role::Analyst));
        assert_eq!(store.db.change_person(&grant, NOW, &leaf_of).await.unwrap(), Err(Refused::BeyondReach));
        let suspend = change(administrator, other.id, Command::Suspend);
        store.db.change_person(&suspend, NOW, &leaf_of).await.unwrap().unwrap();
        let stopped = store.db.change_person(&grant, NOW, &leaf_of).await.unwrap_err();
        assert!(matches!(stopped, AccountError::Standing(Standing::Suspended)));
    }

    async fn a_clearance_reads_back_to_the_microsecond(store) {
        let administrator = administrator(&store).await;
        let analyst = colleague(&store, administrator, 2, &[Role::Analyst]).await;
        let held = HeldClearance { level: Clearance::Secret, until: later(9), source: "内閣府".to_owned(), compartments: BTreeSet::from(["grid".parse().unwrap()]) };
        let set = change(administrator, analyst.id, Command::SetClearance(held.clone()));
        store.db.change_person(&set, NOW, &leaf_of).await.unwrap().unwrap();
        let kept = store.db.person(analyst.id).await.unwrap().unwrap().value;
        assert_eq!(kept.clearance, Some(held));
        let withdraw = change(administrator, analyst.id, Command::WithdrawClearance);
        store.db.change_person(&withdraw, NOW, &leaf_of).await.unwrap().unwrap();
        assert_eq!(store.db.person(analyst.id).await.unwrap().unwrap().value.clearance, None);
    }

    async fn leaving_ends_sessions_tokens_and_keys_at_once(store) {
        let administrator = administrator(&store).await;
        let analyst = colleague(&store, administrator, 2, &[Role::Analyst]).await;
        store.db.begin_session(&session(40, 2), NOW, &leaf()).await.unwrap();
        store.db.issue_token(&token(50, 2), NOW, &leaf()).await.unwrap();
        let link = OidcLink { issuer: "https://id.example.org".to_owned(), subject: "7".to_owned() };
        store.db.link_oidc(analyst.id, &link, NOW, &leaf()).await.unwrap();
        assert!(store.db.session(secret(40).hash(), NOW).await.unwrap().is_some());
        assert!(store.db.token(secret_hash(50), NOW).await.unwrap().is_some());
        assert_eq!(store.db.person_by_oidc(&link).await.unwrap(), Some(analyst.id));

        let leave = change(administrator, analyst.id, Command::Leave);
        store.db.change_person(&leave, NOW, &leaf_of).await.unwrap().unwrap();
        assert_eq!(store.db.session(secret(40).hash(), NOW).await.unwrap(), None);
        assert_eq!(store.db.token(secret_hash(50), NOW).await.unwrap(), None);
        assert_eq!(store.db.passkeys(analyst.id).await.unwrap(), []);
        assert_eq!(store.db.person_by_oidc(&link).await.unwrap(), None);
        assert_eq!(store.db.tokens(analyst.id).await.unwrap()[0].revoked_at, Some(NOW));
        let begun = store.db.begin_session(&session(41, 2), NOW, &leaf()).await.unwrap_err();
        assert!(matches!(begun, AccountError::Standing(Standing::Left)));
    }

    async fn a_link_to_a_provider_belongs_to_one_person_until_it_is_cut(store) {
        let administrator = administrator(&store).await;
        let analyst = colleague(&store, administrator, 2, &[Role::Analyst]).await;
        let link = OidcLink { issuer: "https://id.example.org".to_owned(), subject: "7".to_owned() };
        store.db.link_oidc(analyst.id, &link, NOW, &leaf()).await.unwrap();
        let taken = store.db.link_oidc(administrator, &link, NOW, &leaf()).await.unwrap_err();
        assert!(matches!(taken, AccountError::Taken), "{taken}");
        let foreign = store.db.unlink_oidc(administrator, &link, NOW, &leaf()).await.unwrap_err();
        assert!(matches!(foreign, AccountError::NotValid), "{foreign}");
        store.db.unlink_oidc(analyst.id, &link, NOW, &leaf()).await.unwrap();
        assert_eq!(store.db.person_by_oidc(&link).await.unwrap(), None);
    }

    async fn people_are_listed_by_organisation(store) {
        let administrator = administrator(&store).await;
        let analyst = colleague(&store, administrator, 2, &[Role::Analyst]).await;
        let listed = store.db.people(CENTRE, None, 10).await.unwrap();
        assert_eq!(listed.iter().map(|kept| kept.value.id).collect::<Vec<_>>(), [administrator, analyst.id]);
        assert_eq!(store.db.people(CENTRE, Some(administrator), 10).await.unwrap()[0].value, analyst);
        assert_eq!(store.db.people(CENTRE, None, 1).await.unwrap().len(), 1);
    }

    async fn a_new_enrolment_ends_the_keys_that_were_lost(store) {
        let administrator = administrator(&store).await;
        let analyst = colleague(&store, administrator, 2, &[Role::Analyst]).await;
        store.db.begin_session(&session(40, 2), NOW, &leaf()).await.unwrap();
        let mut again = change(administrator, analyst.id, Command::Reenrol);
        again.enrolment = invite(Asker::FirstStart, CENTRE, analyst.id, &[], 77).enrolment;
        let link = OidcLink { issuer: "https://id.example.org".to_owned(), subject: "7".to_owned() };
        store.db.link_oidc(analyst.id, &link, NOW, &leaf()).await.unwrap();
        let told = std::sync::Mutex::new(Vec::new());
        let tells = |told_of: Told<'_>| {
            if let Told::Ended(ended) = told_of {
                told.lock().unwrap().push(ended.clone());
            }
            leaf()
        };
        let before = store.db.waiting_leaves().await.unwrap();
        store.db.change_person(&again, NOW, &tells).await.unwrap().unwrap();
        let ended = [Ended::Passkey(passkey(2).credential_id), Ended::OpenId(link.clone())];
        assert_eq!(*told.lock().unwrap(), ended, "each key that ends is told of");
        assert_eq!(store.db.waiting_leaves().await.unwrap() - before, 3);
        assert_eq!(store.db.person_by_oidc(&link).await.unwrap(), None);
        assert_eq!(store.db.passkeys(analyst.id).await.unwrap(), []);
        assert_eq!(store.db.session(secret(40).hash(), NOW).await.unwrap(), None);
        let kept = store.db.accept_enrolment(secret(77).hash(), &passkey(3), NOW, &leaf()).await.unwrap();
        assert!(kept.value.acts_as(Role::Analyst));
    }

    async fn somebody_sees_their_own_live_sessions_and_ends_one(store) {
        let administrator = administrator(&store).await;
        colleague(&store, administrator, 2, &[Role::Analyst]).await;
        for (n, whose) in [(40, 1), (41, 1), (42, 2)] {
            store.db.begin_session(&session(n, whose), later(i64::from(n)), &leaf()).await.unwrap();
        }
        let first: Vec<_> = store.db.sessions(administrator, later(50)).await.unwrap();
        assert_eq!(first.iter().map(|(hash, _)| *hash).collect::<Vec<_>>(), [secret(40).hash(), secret(41).hash()]);
        let idle = store.db.sessions(administrator, later(40 + 900)).await.unwrap();
        assert_eq!(idle, first[1..], "one has been idle too long");
        let foreign = store.db.end_session_of(administrator, secret(42).hash(), later(50), &leaf()).await.unwrap_err();
        assert!(matches!(foreign, AccountError::NotValid), "{foreign}");
        store.db.end_session_of(administrator, secret(40).hash(), later(50), &leaf()).await.unwrap();
        assert_eq!(store.db.sessions(administrator, later(50)).await.unwrap(), first[1..]);
        assert_eq!(store.db.session(secret(40).hash(), later(50)).await.unwrap(), None);
        let again = store.db.end_session_of(administrator, secret(40).hash(), later(50), &leaf()).await.unwrap_err();
        assert!(matches!(again, AccountError::NotValid));
    }

    async fn a_session_ends_when_idle_and_at_its_end(store) {
        administrator(&store).await;
        store.db.begin_session(&session(40, 1), NOW, &leaf()).await.unwrap();
        let hash = secret(40).hash();
        assert!(store.db.session(hash, later(899)).await.unwrap().is_some());
        // Seen at 899: the idle time starts anew.
        let seen = store.db.session(hash, later(1_700)).await.unwrap().unwrap();
        assert_eq!(seen.session.seen_at, later(899));
        assert_eq!(seen.organisation.kind, OrgKind::NationalCentre);
        assert_eq!(store.db.session(hash, later(2_600)).await.unwrap(), None);
        store.db.begin_session(&session(41, 1), NOW, &leaf()).await.unwrap();
        store.db.end_session(secret(41).hash()).await.unwrap();
        assert_eq!(store.db.session(secret(41).hash(), NOW).await.unwrap(), None);
        assert_eq!(store.db.sweep_sessions(later(2_600)).await.unwrap(), 1);
        let mut dead = session(42, 1);
        dead.expires_at = NOW;
        assert!(matches!(store.db.begin_session(&dead, NOW, &leaf()).await, Err(AccountError::Expired)));
    }

    async fn a_copied_passkey_gives_itself_away(store) {
        administrator(&store).await;
        let id = passkey(1).credential_id;
        store.db.use_passkey(&id, b"{\"n\":1}", 0, NOW).await.unwrap();
        store.db.use_passkey(&id, b"{\"n\":2}", 5, later(1)).await.unwrap();
        for count in [5, 4, 0] {
            let back = store.db.use_passkey(&id, b"{}", count, later(2)).await.unwrap_err();
            assert!(matches!(back, AccountError::NotValid));
        }
        let kept = store.db.passkey(&id).await.unwrap().unwrap();
        assert_eq!((kept.key.body.as_slice(), kept.key.sign_count), (&b"{\"n\":2}"[..], 5));
        assert_eq!(kept.used_at, Some(later(1)));
    }

    async fn passkeys_and_tokens_have_limits(store) {
        let administrator = administrator(&store).await;
        for n in 1..PASSKEYS_MAX as u8 {
            store.db.add_passkey(administrator, &passkey(100 + n), NOW, &leaf()).await.unwrap();
        }
        let more = store.db.add_passkey(administrator, &passkey(99), NOW, &leaf()).await.unwrap_err();
        assert!(matches!(more, AccountError::Store(StoreError::TooMuch { max: PASSKEYS_MAX, .. })), "{more}");
        store.db.remove_passkey(administrator, &passkey(101).credential_id, NOW, &leaf()).await.unwrap();
        store.db.add_passkey(administrator, &passkey(99), NOW, &leaf()).await.unwrap();

        for n in 0..TOKENS_MAX as u64 {
            store.db.issue_token(&token(n, 1), NOW, &leaf()).await.unwrap();
        }
        let more = store.db.issue_token(&token(200, 1), NOW, &leaf()).await.unwrap_err();
        assert!(matches!(more, AccountError::Store(StoreError::TooMuch { max: TOKENS_MAX, .. })), "{more}");
        store.db.revoke_token(administrator, uuid(5_000), NOW, &leaf()).await.unwrap();
        store.db.issue_token(&token(200, 1), NOW, &leaf()).await.unwrap();
    }

    async fn a_token_has_scopes_an_end_and_can_be_revoked(store) {
        let administrator = administrator(&store).await;
        store.db.issue_token(&token(50, 1), NOW, &leaf()).await.unwrap();
        let bearer = store.db.token(secret_hash(50), later(1)).await.unwrap().unwrap();
        assert_eq!(bearer.token.scopes, token(50, 1).scopes);
        assert_eq!(store.db.tokens(administrator).await.unwrap()[0].used_at, Some(later(1)));
        assert_eq!(store.db.token(secret_hash(50), later(86_400)).await.unwrap(), None);
        store.db.revoke_token(administrator, uuid(5_050), later(2), &leaf()).await.unwrap();
        assert_eq!(store.db.token(secret_hash(50), later(2)).await.unwrap(), None);
        let again = store.db.revoke_token(administrator, uuid(5_050), later(3), &leaf()).await.unwrap_err();
        assert!(matches!(again, AccountError::NotValid));
        let mut odd = token(51, 1);
        odd.scopes.insert("two words".to_owned());
        assert!(matches!(store.db.issue_token(&odd, NOW, &leaf()).await, Err(AccountError::Scope(_))));
    }

    async fn a_machine_is_known_by_its_certificate(store) {
        administrator(&store).await;
        let new = NewCertificate {
            fingerprint: [7; 32],
            org: CENTRE,
            label: "sensor".to_owned(),
            scopes: BTreeSet::from(["flow:push".to_owned()]),
            expires_at: later(60),
        };
        store.db.add_certificate(&new, NOW, &leaf()).await.unwrap();
        assert!(matches!(store.db.add_certificate(&new, NOW, &leaf()).await, Err(AccountError::Taken)));
        let (organisation, found) = store.db.certificate(&[7; 32], later(59)).await.unwrap().unwrap();
        assert_eq!((organisation.id, &found.certificate), (CENTRE, &new));
        assert_eq!(store.db.certificate(&[7; 32], later(60)).await.unwrap(), None);
        store.db.revoke_certificate(CENTRE, &[7; 32], later(1), &leaf()).await.unwrap();
        assert_eq!(store.db.certificate(&[7; 32], later(1)).await.unwrap(), None);
        assert_eq!(store.db.certificates(CENTRE).await.unwrap()[0].revoked_at, Some(later(1)));
    }

    async fn an_organisation_has_so_many_live_certificates_and_no_more(store) {
        administrator(&store).await;
        let new = |n: usize| NewCertificate {
            fingerprint: std::array::from_fn(|at| n.to_be_bytes().get(at).copied().unwrap_or(9)),
            org: CENTRE,
            label: "sensor".to_owned(),
            scopes: BTreeSet::from(["dispose".to_owned()]),
            expires_at: later(60),
        };
        for n in 0..CERTIFICATES_MAX {
            store.db.add_certificate(&new(n), NOW, &leaf()).await.unwrap();
        }
        let more = store.db.add_certificate(&new(CERTIFICATES_MAX), NOW, &leaf()).await.unwrap_err();
        assert!(matches!(more, AccountError::Store(StoreError::TooMuch { max: CERTIFICATES_MAX, .. })), "{more}");
        store.db.revoke_certificate(CENTRE, &new(0).fingerprint, NOW, &leaf()).await.unwrap();
        store.db.add_certificate(&new(CERTIFICATES_MAX), NOW, &leaf()).await.unwrap();
    }

    async fn a_fresh_signature_is_kept_with_its_leaf(store) {
        let administrator = administrator(&store).await;
        store.db.begin_session(&session(40, 1), NOW, &leaf()).await.unwrap();
        let step_up =
            StepUp { id: uuid(900), person: administrator, object_digest: [3; 32], assertion: b"signed".to_vec() };
        let told = leaf();
        store.db.keep_step_up(secret(40).hash(), &step_up, later(5), &told).await.unwrap();
        let kept = store.db.step_ups(&[3; 32]).await.unwrap();
        assert_eq!((&kept[0].step_up, kept[0].at, kept[0].leaf_id), (&step_up, later(5), told.id));
        let signed_in = store.db.session(secret(40).hash(), later(6)).await.unwrap().unwrap();
        assert_eq!(signed_in.session.step_up_at, Some(later(5)));
        let other = StepUp { id: uuid(901), ..step_up };
        let nowhere = store.db.keep_step_up(secret(41).hash(), &other, later(5), &leaf()).await.unwrap_err();
        assert!(matches!(nowhere, AccountError::NotValid));
    }

    async fn an_organisation_changes_only_from_the_version_that_was_read(store) {
        administrator(&store).await;
        let org = OrgId(uuid(800));
        let mut power = organisation(org, OrgKind::Operator);
        power.sector = Some(Sector { code: "electricity".to_owned(), table_version: "2026-10-01".to_owned() });
        power.flags = BTreeSet::from([OrgFlag::CriticalInfrastructure, OrgFlag::Special]);
        store.db.add_organisation(&power, NOW, &leaf()).await.unwrap();
        let kept = store.db.organisation(org).await.unwrap().unwrap();
        assert_eq!(kept.value, power);
        power.flags.remove(&OrgFlag::Special);
        store.db.change_organisation(&power, kept.version, NOW, &leaf()).await.unwrap();
        let late = store.db.change_organisation(&power, kept.version, NOW, &leaf()).await.unwrap_err();
        assert!(matches!(late, AccountError::Conflict { expected: Version(1), found: Version(2) }), "{late}");
        let listed = store.db.organisations(Some(CENTRE), 10).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].value, power);
        power.kind = OrgKind::Carrier;
        let kind = store.db.change_organisation(&power, Version(2), NOW, &leaf()).await.unwrap_err();
        assert!(matches!(kind, AccountError::KindChanged));
    }
}

fn secret_hash(n: u8) -> noroshi_store::account::secret::SecretHash {
    noroshi_store::account::secret::SecretHash([n; 32])
}
