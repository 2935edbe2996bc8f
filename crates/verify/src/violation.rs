//! What can be found wrong with a log: a stable code, the line, and one plain sentence in two languages.

use serde::Serialize;
use std::fmt;

/// The language of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $en:literal, $ja:literal;)*) => {
        /// The kinds of violation. A code once given never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $name,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its code.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The sentence, with `{}` where what was found is put in, if anything.
            pub const fn sentence(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$name, Lang::En) => $en, (Self::$name, Lang::Ja) => $ja,)*
                }
            }
        }
    };
}

kinds! {
    /// The first line is not a genesis line.
    GenesisMissing = "genesis-missing",
        "The first line must be the genesis line with the promises; it is not.",
        "最初の行は約束を記した創始行でなければなりませんが、そうなっていません。";
    /// A second genesis line.
    GenesisTwice = "genesis-twice",
        "A log has one genesis line; this is another, and its promises do not count.",
        "創始行は一つだけです。この二つ目の約束は無効です。";
    /// The genesis line is not that of the keys given.
    GenesisOther = "genesis-other",
        "The genesis line must name the origin and the commission of the given keys; it names {}.",
        "創始行は、与えられた鍵のログ名と委員会を示さなければなりませんが、{} を示しています。";
    /// A line that is not a leaf.
    LineUnreadable = "line-unreadable",
        "Every line must be a leaf in canonical form: {}.",
        "すべての行は正規形の記録でなければなりません: {}。";
    /// One line twice.
    LineTwice = "line-twice",
        "Every line has its own id; `{}` was used before.",
        "行の識別子は一度だけ使えます。{} は既に使われています。";
    /// Time runs backwards.
    TimeBackwards = "time-backwards",
        "Times must not run backwards; this line is from well before a line above it: {}.",
        "時刻は逆行してはなりません。この行は上の行より明らかに古い時刻です: {}。";
    /// A gap between heartbeats.
    HeartbeatMissing = "heartbeat-missing",
        "Heartbeats must follow one another within the promised time; there was silence {}.",
        "生存信号は約束の間隔で続かなければなりませんが、途絶えました: {}。";
    /// A heartbeat was left out or counted twice.
    HeartbeatNumber = "heartbeat-number",
        "Heartbeats count up by one; {}.",
        "生存信号の番号は一つずつ増えなければなりません: {}。";
    /// A heartbeat miscounts the open intents.
    HeartbeatCount = "heartbeat-count",
        "A heartbeat must state how many intents were open since the one before; {}.",
        "生存信号は未完了の着手の数を正しく示さなければなりません: {}。";
    /// A step a mandate cannot take from where it stands.
    MandateStep = "mandate-step",
        "A mandate can take this step only from where it stands: {}.",
        "承認は現在の状態から可能な段階にしか進めません: {}。";
    /// Terms that no mandate can have.
    MandateTerms = "mandate-terms",
        "No mandate can have these terms: {}.",
        "このような承認内容は認められません: {}。";
    /// Votes that are forged, incomplete or about something else.
    VotesForged = "votes-forged",
        "A decision needs a quorum of the commissioners' signatures over exactly this matter; {}. It does not count.",
        "決定には、まさにこの議題についての委員の署名が定足数必要です: {}。この決定は無効です。";
    /// A grant against what the carrier can do.
    GrantNotFeasible = "grant-not-feasible",
        "A version is granted only after its carrier said that it can do it; {}.",
        "承認は、電気通信事業者が実施可能と回答した後に限られます: {}。";
    /// Terms widened without the commission.
    WidenedAlone = "widened-alone",
        "Only the commission can widen terms; this widens {}. It does not count.",
        "内容の拡大は委員会だけができます。拡大された項目: {}。この変更は無効です。";
    /// An act outside a live mandate.
    ActWithoutMandate = "act-without-mandate",
        "An act needs a mandate that is live at that moment; {}.",
        "行為には、その時点で有効な承認が必要です: {}。";
    /// An act under another version than the one in force.
    ActVersion = "act-version",
        "An act must name the version of the mandate in force; {}.",
        "行為は、効力を有する版を示さなければなりません: {}。";
    /// A purpose outside the mandate.
    ActPurpose = "act-purpose",
        "The mandate does not name the purpose `{}`.",
        "承認に利用目的「{}」は含まれていません。";
    /// A direction outside the mandate.
    ActDirection = "act-direction",
        "The mandate does not cover the direction `{}`.",
        "承認は通信方向「{}」を対象としていません。";
    /// A batch the act cannot touch.
    ActBatch = "act-batch",
        "An act touches only batches of its mandate, and not more than its limit; {}.",
        "行為は、その承認の下の一まとまりの記録だけを、上限内で扱えます: {}。";
    /// Somebody the mandate does not name.
    ActAnalyst = "act-analyst",
        "Only people named in the mandate may ask; person {} is not.",
        "問い合わせは承認に示された者だけができます。{} は示されていません。";
    /// An account that is unknown or was closed.
    ActorStanding = "actor-standing",
        "Only an active account may act; person {}.",
        "有効な利用者だけが行為できます: {}。";
    /// More hunts than granted.
    ActOverBudget = "act-over-budget",
        "The mandate grants a number of hunts; {}.",
        "承認には調査回数の上限があります: {}。";
    /// A deadline beyond the promise.
    ActDeadline = "act-deadline",
        "An intent's deadline must be after it and within the promised time; {}.",
        "着手の期限は、着手後かつ約束の時間内でなければなりません: {}。";
    /// One intent id twice.
    IntentTwice = "intent-twice",
        "Every intent has its own id; `{}` was used before.",
        "着手の識別子は一度だけ使えます。{} は既に使われています。";
    /// A result after the deadline.
    ResultLate = "result-late",
        "A result or an abort must follow by the intent's deadline; {}.",
        "結果又は中止は期限までに記録されなければなりません: {}。";
    /// No result.
    ResultMissing = "result-missing",
        "Every intent must be closed by its deadline; {}.",
        "着手は期限までに完了又は中止されなければなりません: {}。";
    /// A result without an open intent.
    ResultUnknown = "result-unknown",
        "A result or an abort closes one open intent; `{}` is none.",
        "結果又は中止は、未完了の着手一つを閉じます。{} は該当しません。";
    /// More rows than granted.
    ResultOverLimit = "result-over-limit",
        "The mandate limits what one act gives out; {}.",
        "承認は一回の行為で得られる量を制限しています: {}。";
    /// A batch outside a live mandate.
    BatchWithoutMandate = "batch-without-mandate",
        "A batch begins under the version of a mandate that is live; {}.",
        "記録の保存は、有効な承認の版の下で始まらなければなりません: {}。";
    /// A batch number left out or used twice.
    BatchNumber = "batch-number",
        "Batches of one mandate and source count up from 1 without a gap; {}.",
        "同じ承認と取得元の記録は、1から欠番なく番号が付きます: {}。";
    /// A batch at the wrong stage.
    BatchStep = "batch-step",
        "A batch is opened once and then sealed once; {}.",
        "記録は一度開始され、一度だけ封印されます: {}。";
    /// A balance that does not add up.
    BatchBalance = "batch-balance",
        "What was received must be what was dropped, aggregated and kept together; {}.",
        "受領数は、除外・集計のみ・保存の合計と一致しなければなりません: {}。";
    /// More kept than granted.
    BatchOverLimit = "batch-over-limit",
        "The mandate limits the records kept; {}.",
        "承認は保存できる記録数を制限しています: {}。";
    /// A destroyed batch was used.
    UsedAfterDisposal = "used-after-disposal",
        "What was destroyed cannot be used; batch {} was destroyed before.",
        "消去された記録は使えません。{} は既に消去されています。";
    /// A batch was used after its time.
    UsedAfterRetention = "used-after-retention",
        "What was kept may be used only until its retention ends; {}.",
        "記録は保存期間の終わりまでしか使えません: {}。";
    /// A certificate that does not hold.
    DisposalForged = "disposal-forged",
        "A disposal needs a certificate signed by the commission's seal; {}. It does not count.",
        "消去には委員会の印による証明書が必要です: {}。この消去は無効です。";
    /// Shares that are not those registered.
    DisposalShares = "disposal-shares",
        "A certificate must name the key shares registered for its batches, and no others; {}.",
        "証明書は、登録された鍵の持分を過不足なく示さなければなりません: {}。";
    /// A disposal of a batch that cannot be disposed of.
    DisposalStep = "disposal-step",
        "A disposal is of batches of one mandate that still exist; {}.",
        "消去の対象は、一つの承認の下に現存する記録です: {}。";
    /// A reason that is not true.
    DisposalReason = "disposal-reason",
        "The reason of a disposal must be true; {}.",
        "消去の理由は事実でなければなりません: {}。";
    /// A disposal after its time.
    DisposalLate = "disposal-late",
        "Keys must be destroyed within the promised days after retention or mandate end; {}.",
        "鍵は、保存期間又は承認の終了後、約束の日数以内に消去されなければなりません: {}。";
    /// No disposal.
    DisposalMissing = "disposal-missing",
        "A batch whose time is over must have a certificate of destruction; {}.",
        "期間の終わった記録には消去の証明が必要です: {}。";
    /// The last line of a mandate does not name what was destroyed.
    DisposalList = "disposal-list",
        "The closing line of a mandate must name exactly its batches, all of them destroyed; {}.",
        "承認の最終行は、その下のすべての消去済み記録を示さなければなりません: {}。";
    /// A step of an opening out of order.
    OpeningStep = "opening-step",
        "A pseudonym is opened in order: asked, then approved or refused; {}.",
        "仮名の開示は、申請、承認又は却下の順に進みます: {}。";
    /// Approved by the one who asked.
    OpeningSelfApproved = "opening-self-approved",
        "Whoever asks to open a pseudonym does not approve it, and whoever approves does not open it; {}.",
        "仮名の開示では、申請者は承認できず、承認者は開示できません: {}。";
    /// Opened without approval.
    OpeningWithoutApproval = "opening-without-approval",
        "A pseudonym is opened only after an approval of exactly this request; {}.",
        "仮名は、まさにその申請が承認された後にだけ開示できます: {}。";
    /// Roles that may not meet in one account.
    RolesMixed = "roles-mixed",
        "One account cannot command, act and oversee, and who keeps the machines sees no data; {}.",
        "一人が指揮・実施・監督を兼ねてはならず、管理者はデータを見られません: {}。";
    /// A person raised themselves.
    SelfRaised = "self-raised",
        "Nobody gives themselves roles or clearance; person {} did.",
        "自分自身に役割や適性評価を与えることはできません: {}。";
    /// A credential added twice or removed without being there.
    CredentialStep = "credential-step",
        "A credential is added once and removed once; {}.",
        "認証手段の追加と削除は一度ずつです: {}。";
    /// A roster that cannot decide.
    RosterUnsound = "roster-unsound",
        "A roster has members and a quorum of more than half of them; {}. It does not count.",
        "委員名簿には委員と、その過半数の定足数が必要です: {}。この名簿は無効です。";
    /// A step of an inspection out of order.
    InspectionStep = "inspection-step",
        "An inspection has a number of its own and is answered once; {}.",
        "検査には固有の番号があり、回答は一度です: {}。";
    /// An answer after its time.
    InspectionLate = "inspection-late",
        "An inspection must be answered by its due time; {}.",
        "検査への回答は期限までに行われなければなりません: {}。";
    /// No answer.
    InspectionUnanswered = "inspection-unanswered",
        "An inspection must be answered by its due time; {}.",
        "検査への回答は期限までに行われなければなりません: {}。";
}

/// One thing found wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What kind.
    pub kind: Kind,
    /// The line it is about, counted from 0.
    pub index: u64,
    /// What was found: ids, times and numbers, for the sentence.
    pub found: String,
}

impl Violation {
    /// One sentence: what was expected and what was found.
    pub fn sentence(&self, lang: Lang) -> String {
        self.kind.sentence(lang).replace("{}", &self.found)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Violation {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("code", self.kind.code())?;
        map.serialize_entry("index", &self.index)?;
        map.serialize_entry("en", &self.sentence(Lang::En))?;
        map.serialize_entry("ja", &self.sentence(Lang::Ja))?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_its_own_code_and_a_sentence_in_both_languages() {
        let codes: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            let (en, ja) = (kind.sentence(Lang::En), kind.sentence(Lang::Ja));
            assert!(en.ends_with('.') && ja.ends_with('。'), "{kind}");
            assert_eq!(en.contains("{}"), ja.contains("{}"), "{kind}");
        }
    }
}
