//! Every word of the pages and reports, in both languages: one that is missing does not build.

use noroshi_verify::Lang;

macro_rules! words {
    ($($key:ident: $en:literal, $ja:literal;)*) => {
        /// The words of one language.
        #[derive(Debug)]
        pub struct Words {
            /// The language.
            pub lang: Lang,
            $(#[doc = $en] pub $key: &'static str,)*
        }

        /// English.
        pub static EN: Words = Words { lang: Lang::En, $($key: $en,)* };
        /// Japanese.
        pub static JA: Words = Words { lang: Lang::Ja, $($key: $ja,)* };
    };
}

words! {
    code: "en", "ja";
    commission: "Cyber Communications Information Oversight Commission", "サイバー通信情報監理委員会";
    skip: "Skip to the content", "本文へ進む";
    demo: "Demonstration: one click signs in, keys are not secret. Nothing here has legal force.", "実演用: ワンクリックで入れます。鍵は秘密ではなく、ここでの決定に効力はありません。";
    other_language: "日本語", "English";
    sign_in: "Sign in", "サインイン";
    sign_out: "Sign out", "サインアウト";
    commissioner: "Commissioner", "委員";
    passphrase: "Passphrase of the signing key", "署名鍵のパスフレーズ";
    sign_in_as: "Continue as commissioner", "委員として入る";
    signed_in_as: "Signed in: commissioner", "サインイン中: 委員";
    sign_in_failed: "The passphrase does not open this key.", "パスフレーズが違います。";
    sign_in_wait: "Too many attempts. Try again in 15 minutes.", "試行回数が多すぎます。15分後に再度お試しください。";
    nav_requests: "Requests", "承認申請";
    nav_mirror: "Mirror and violations", "写しと違反";
    nav_findings: "Findings", "検査";
    nav_samples: "Samples and canaries", "抽出検査";
    nav_report: "Report to the Diet", "国会報告";
    requests_waiting: "Waiting for a decision", "決定待ち";
    requests_none: "No request is waiting.", "決定待ちの申請はありません。";
    requests_not_handed_over: "In the log, but not handed over in full yet", "記録にはあるが、申請書が未着のもの";
    mandates: "Mandates", "承認一覧";
    mandate: "Mandate", "承認";
    version: "Version", "版";
    standing: "Standing", "状態";
    standing_proposed: "requested", "申請中";
    standing_granted: "in force", "効力あり";
    standing_suspended: "suspended", "停止中";
    standing_over: "over", "終了";
    standing_disposed: "disposed", "消去済み";
    open_request: "Read and vote", "内容を見て投票";
    vote: "Vote", "投票";
    vote_matter: "Matter", "議題";
    matter_grant: "Grant", "承認";
    matter_suspend: "Suspend", "停止";
    matter_resume: "Resume", "再開";
    matter_revoke: "Revoke", "取消し";
    matter_replace: "Replace the roster", "名簿の変更";
    necessity: "Why no lighter means works", "他の方法では足りない理由";
    terms: "Terms", "承認内容";
    carrier_answer: "What the carrier says", "電気通信事業者の回答";
    carrier_objection: "The carrier objects", "電気通信事業者の異議";
    carrier_silent: "The carrier has not answered yet.", "電気通信事業者の回答はまだありません。";
    vote_waits_for_carrier: "The vote opens when the carrier has answered or objected.", "事業者の回答又は異議の後に投票できます。";
    selectors: "Known servers to look for", "探索対象の既知サーバ";
    reasons: "Written reasons", "理由";
    conditions: "Conditions, one a line", "条件(一行に一つ)";
    conditions_note: "Other conditions than those put to the vote void the votes so far.", "付されている条件を変えると、これまでの投票は無効になります。";
    choice_for: "For", "賛成";
    choice_against: "Against", "反対";
    votes_so_far: "Votes so far", "これまでの投票";
    decided: "Decided", "決定済み";
    nothing_to_vote: "There is nothing to vote on.", "投票の対象がありません。";
    mirror_origin: "Log", "記録";
    mirror_size: "Entries mirrored and cosigned", "写し・連署済みの行数";
    mirror_latest: "Latest line", "最新の行";
    mirror_open_intents: "Open intents", "未完了の着手";
    mirror_released: "Keys released", "鍵の解放";
    mirror_own_log: "Lines of the commission's own log", "委員会自身の記録の行数";
    mirror_stopped: "The mirror has stopped", "写しが停止しています";
    violations: "Violations found by replay", "再計算で見つかった違反";
    violations_none: "None.", "ありません。";
    violations_more: "Only the latest are listed. All:", "最新のもののみ表示しています。総数:";
    line: "Line", "行";
    finding: "Finding", "指摘";
    recommendation: "Recommendation", "勧告";
    answer: "Answer", "回答";
    number: "No.", "番号";
    due: "Due", "期限";
    due_days: "Days until an answer is due", "回答期限(日)";
    text: "Text", "本文";
    write: "Write", "記録する";
    findings_none: "Nothing was found or recommended yet.", "指摘・勧告はまだありません。";
    unanswered: "not answered", "未回答";
    overdue: "overdue", "期限超過";
    samples: "Samples", "抽出";
    samples_note: "A sample is announced first; the root of the next tree decides what is drawn.", "抽出はまず予告され、次の木の根によって対象が決まります。";
    sample_count: "Lines to draw", "抽出数";
    sample_announce: "Announce", "予告する";
    sample_seed: "Seed", "種";
    sample_waiting: "waiting for the next tree", "次の木を待っています";
    sample_drawn: "Lines drawn", "抽出された行";
    canaries: "Canaries", "おとりの問い合わせ";
    canary_note: "What was planted", "仕掛けた内容";
    canary_scope: "Commitment its intent must carry (64 hex digits)", "着手に現れるべきコミットメント(16進64桁)";
    canary_due_hours: "Hours until its trace must be there", "痕跡が現れるべき時間(時間)";
    canary_found: "found at line", "発見(行)";
    canary_missing: "NOT FOUND", "見つかりません";
    canary_pending: "not yet due", "期限前";
    nav_reruns: "Hours run again", "再実行";
    reruns_note: "What a selection followed from is sealed with its batch. The hub hands it over against this commission's half of the key; here the selection is made again by the same rules and compared byte for byte. No client has a name in it, and nothing of it is kept.", "選別の根拠となった数値は記録と共に封印されています。ハブは委員会の鍵の半分と引換えにこれを提出し、委員会の機械で同じ規則により選別をやり直し、1バイトまで比較します。利用者を示すものは含まれず、保存もしません。";
    rerun_draw: "Have a batch drawn", "抽選で1件選ぶ";
    rerun_draw_note: "The root of the next tree decides which.", "次の木の根によって決まります。";
    rerun_ask: "Run again", "再実行する";
    rerun_waiting: "waiting for the hub", "ハブの提出待ち";
    rerun_nothing: "nothing to draw from", "対象がありません";
    rerun_outcome: "Outcome", "結果";
    rerun_hours: "Hours / servers", "時間数 / サーバ数";
    rerun_found: "What differs", "相違点";
    rerun_none: "None yet.", "まだありません。";
    rerun_kept: "Batches that are kept", "保存中の記録";
    rerun_source: "Source", "取得元";
    rerun_span: "Traffic of", "通信の期間";
    rerun_selected: "Records kept", "保存した記録数";
    found_input: "what was handed over is not what the batch's line commits to", "提出された数値が記録の行と一致しません";
    found_unreadable: "what was handed over does not open", "提出された数値を開けません";
    found_batch: "it is of another batch, mandate or version", "別の記録・承認・版のものです";
    found_selection: "the selection that was used is not the one committed to", "使われた選別が記録の行と一致しません";
    found_not_reproduced: "the figures select something else than was committed to", "数値から得られる選別が記録の行と一致しません";
    found_names: "servers said to be named by the mandate are not those of the request", "承認で指定されたとするサーバが申請と異なります";
    found_before: "what was selected before is not what the batch before ended with", "以前の選別が前の記録の終わりと異なります";
    found_rules: "another threshold or other weights", "しきい値または重みが異なります";
    found_hour: "the selection differs from choice", "選別が異なる回";
    found_left_out: "servers left out that cannot be, in choice", "除外の記述が成り立たない回";
    found_added: "added, and nothing selects it", "根拠なく追加";
    found_dropped: "dropped, though it is selected", "選別されたのに除外";
    found_rule: "selected by another rule", "規則が異なる";
    found_version: "another version", "版が異なる";
    batch: "Batch", "記録のまとまり";
    equal: "equal byte for byte", "完全に一致";
    different: "DIFFERENT", "不一致";
    report_title: "Report to the Diet for", "国会への年次報告";
    report_source: "Counted from the log, entries", "記録から集計、行数";
    report_what: "What", "項目";
    report_count: "Count", "件数";
    report_lines: "Lines of the year", "年内の行数";
    report_requested: "Versions of mandates requested", "承認申請(版)";
    report_decided: "Decisions of the commission", "委員会の決定";
    report_suspended: "Suspensions", "停止";
    report_revoked: "Revocations", "取消し";
    report_batches: "Batches begun", "保存を開始した記録";
    report_received: "Records received", "受領した記録数";
    report_selected: "Records kept after automatic selection", "自動選別後に保存した記録数";
    report_destroyed: "Batches destroyed with certificate", "証明書付きで消去した記録";
    report_released: "Keys released by the commission", "委員会が解放した鍵";
    report_aborted: "Acts given up", "中止された行為";
    report_complaints: "Complaints of the public", "苦情";
    report_inspected: "Findings and recommendations", "指摘・勧告";
    report_answered: "Answers to them", "回答";
    report_acts: "Acts", "行為";
    report_acts_by_mandate: "Acts under mandate", "承認別の行為";
    report_refused: "Refused", "拒否";
    report_violations: "Violations", "違反";
    report_none: "None was found.", "違反は見つかりませんでした。";
    report_markdown: "As Markdown", "Markdown形式";
    report_year: "Year", "年";
    show: "Show", "表示";
    not_found: "There is no such page.", "ページがありません。";
    problem: "That was not done", "実行されませんでした";
    back: "Back", "戻る";
    all_times_utc: "All times are UTC.", "時刻はすべてUTCです。";
}
