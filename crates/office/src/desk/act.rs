//! Deeds: each goes to its operation in `acts`; what is refused is on the record there.

use super::{Desk, not_read, told};
use noroshi_acts::{NotDone, complaints, mandates, openings};
use noroshi_authz::{Machine, Principal};
use noroshi_casework::mandate::{Command, Mandate};
use noroshi_casework::{Said, opening};
use noroshi_leaf::{Digest, Salt};
use noroshi_model::{MachineId, MandateId, Micros, OpeningId, OrgId, OrgKind};
use noroshi_web::office::{Asker, Complaint, Deed, OfficeError, Written};
use std::collections::BTreeSet;
use uuid::Uuid;

impl Desk {
    pub(super) async fn done(
        &self,
        asker: &Asker,
        deed: Deed,
        evidence: Option<Digest>,
    ) -> Result<Written, OfficeError> {
        match deed {
            Deed::Mandate { id, command } => {
                self.step(asker, id, *command, evidence).await.map_err(told)?;
            }
            // Without a reader not even the intent is written: one that nobody can close is an anomaly.
            Deed::Hunt { id, mandate, question } => {
                let kept = self.kept.as_ref().ok_or_else(|| no_lake("hunt.no_lake"))?;
                let rows = kept.hunt(self.asking(asker, evidence), id, mandate, question).await.map_err(not_read)?;
                self.rows.keep(id, asker, rows);
            }
            Deed::Opening { id, command: opening::Command::Open(_), .. } => {
                let kept = self.kept.as_ref().ok_or_else(|| no_lake("opening.no_lake"))?;
                let opened = kept.open(self.asking(asker, evidence), id).await.map_err(not_read)?;
                return Ok(Written { opened: Some(opened), ..Written::default() });
            }
            Deed::Opening { id, mandate, command } => {
                self.opening_step(asker, id, mandate, command, evidence).await.map_err(told)?;
            }
            Deed::Person { .. } | Deed::Machine(_) => {
                return Err(OfficeError::Failed("changes of accounts are the store's to decide".to_owned()));
            }
        }
        Ok(Written::default())
    }

    async fn step(
        &self,
        asker: &Asker,
        id: MandateId,
        command: Command,
        evidence: Option<Digest>,
    ) -> Result<Mandate, NotDone> {
        let (acts, asking) = (&self.acts, self.asking(asker, evidence));
        match command {
            Command::Request(request) => mandates::request(acts, &asking, id, *request).await,
            Command::Answer { answer, load_cap_records_per_second: cap, reason } => {
                mandates::answer(acts, &asking, id, answer, cap, reason).await
            }
            Command::Object(reason) => mandates::object(acts, &asking, id, reason).await,
            Command::Decide(decision) => mandates::decide(acts, &asking, id, decision).await,
            Command::Narrow(terms) => mandates::narrow(acts, &asking, id, *terms).await,
            Command::Suspend { reason, votes } => mandates::suspend(acts, &asking, id, reason, votes).await,
            Command::Resume(votes) => mandates::resume(acts, &asking, id, votes).await,
            Command::Revoke { reason, votes } => mandates::revoke(acts, &asking, id, reason, votes).await,
            // What the clerk does of itself is nobody's to ask for.
            Command::Expire | Command::Dispose { .. } => Err(NotDone::NotFound("deed")),
        }
    }

    async fn opening_step(
        &self,
        asker: &Asker,
        id: OpeningId,
        mandate: MandateId,
        command: opening::Command,
        evidence: Option<Digest>,
    ) -> Result<(), NotDone> {
        let (acts, asking) = (&self.acts, self.asking(asker, evidence));
        match command {
            opening::Command::Ask { batch, pseudonym, reason } => {
                openings::ask(acts, &asking, id, mandate, batch, pseudonym, reason).await
            }
            opening::Command::Approve(reason) => openings::approve(acts, &asking, id, reason).await,
            opening::Command::Deny(reason) => openings::deny(acts, &asking, id, reason).await,
            // Done above: it reads what was kept.
            opening::Command::Open(_) => Err(NotDone::NotFound("deed")),
        }
        .map(drop)
    }

    pub(super) async fn keep_complaint(&self, complaint: Complaint, at: Micros) -> Result<(), OfficeError> {
        let nobody = Asker { principal: nobody(), at };
        let text = Said::new(complaint.text, Salt(Digest((self.random)())));
        complaints::complain(&self.acts, &self.asking(&nobody, None), text, complaint.contact).await.map_err(told)
    }
}

/// This hub keeps no records.
fn no_lake(rule: &str) -> OfficeError {
    OfficeError::Refused {
        rule: rule.to_owned(),
        ja: "このハブには検索・開示できる保存データがありません。収集器が設定されていません。".to_owned(),
        en: "this hub keeps no records that could be asked or opened: it has no collector".to_owned(),
    }
}

/// A principal that may do nothing: the public.
fn nobody() -> Principal {
    Principal::Machine(Machine {
        country: noroshi_model::Country::JAPAN,
        id: MachineId(Uuid::nil()),
        org: OrgId(Uuid::nil()),
        org_kind: OrgKind::PartnerAbroad,
        mandate: None,
        not_after: Micros(i64::MIN),
        active: false,
        scopes: BTreeSet::new(),
    })
}

/// A rule's refusal in Japanese.
pub(super) fn in_japanese(rule: &str) -> Option<&'static str> {
    Some(match rule {
        "mandate.no_such_mandate" => "その承認案件はありません。",
        "mandate.standing" => "この承認の現在の状態では、その変更はできません。",
        "mandate.waiting" => "別の版が決定を待っています。先にその決定を得てください。",
        "mandate.nothing_waiting" => "決定を待っている版はありません。",
        "mandate.not_yours" => "この操作は別の組織の権限です。",
        "mandate.text" => "必要な文章が入力されていないか、長すぎます。",
        "mandate.terms" => "申請の内容が規則に合いません。期間、方向、保存日数などを確かめてください。",
        "mandate.selectors" => "選別条件が申請内容と一致しないか、国内の宛先を含んでいます。",
        "mandate.widens" => "範囲を広げる変更です。新しい版として申請し、委員会の承認を得てください。",
        "mandate.carrier" => "事業者の回答がまだないか、実施できないと回答されています。",
        "mandate.votes" => "委員会の議決を確認できません。署名と委員名簿を確かめてください。",
        "mandate.other_thing" => "議決が、この承認・版・内容・条件についてのものではありません。",
        "mandate.reasons" => "各委員の理由書が必要です。",
        "mandate.no_quorum" => "賛成が定足数に達していません。",
        "mandate.not_over" => "期間はまだ終わっていません。",
        "mandate.no_change" => "変更はありません。",
        "hunt.budget" => "この承認で行える検索の回数を使い切りました。新しい版を申請してください。",
        "hunt.rows" => "結果の件数が、承認された上限を超えています。",
        "hunt.purpose" => "この理由に対応する目的は、承認に含まれていません。",
        "hunt.direction" => "この通信方向は、承認の対象ではありません。",
        "hunt.batch" => "選んだ保存データは検索できません。封緘前か、すでに消去されています。",
        "hunt.nothing" => "保存データと通信方向を一つ以上選んでください。",
        "opening.not_live" | "hunt.not_live" | "batch.not_live" => "この承認は現在効力がありません。",
        "opening.not_named" | "hunt.not_named" => "この承認に担当者として記載されていません。",
        "opening.reason" | "hunt.reason" => "理由を文章で入力してください。",
        "opening.same_person" => "別の人が行う必要があります。申請者は承認できず、承認者は開示できません。",
        "opening.stage" => "この申請の現在の状態では、その操作はできません。",
        "opening.not_signed" => "この開示について、パスキーで改めて署名してください。",
        "collection.text" => "名称は日本語と英語の両方が必要です（各200文字以内）。説明は4000文字以内にしてください。",
        "collection.too_many" => "組織の数が多すぎます。全組織を対象とするか、区画を分けてください。",
        "collection.stage" => "この区画は開いていないか、存在しません。",
        "collection.no_change" => "変更はありません。",
        "collection.not_read" => "この区画は提供のみで、閲覧はできません。",
        "collection.not_given" => "この区画は閲覧のみで、提供はできません。",
        "complaint.text" => "内容を入力してください。長すぎる場合は短くしてください。",
        _ => return None,
    })
}
