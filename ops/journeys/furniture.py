"""The sample case: furniture that releases formaldehyde above the limit, from the spot check to the closed recall.

The chain is that of a real recall of 2022 in the province; firm, people, figures and dates are invented.
"""

from __future__ import annotations

import base64
from typing import Any

from ops.journeys import experts, feed
from ops.journeys.http import until
from ops.journeys.story import Json, Say, Story

CODE, FIRM = "91210100MA0000A019", "辽宁示例家具制造有限公司"
PRODUCT = {"name": "示例学习桌", "brand": "示例林", "model": "SL-1200", "category": "furniture"}
HAZARD = "甲醛释放量超标，长期吸入危害呼吸系统和血液系统健康"
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
OFFICERS = [
    {"name": "召回承办人甲", "certificate": "辽示例-0001"},
    {"name": "召回承办人乙", "certificate": "辽示例-0002"},
]


def play(url: str, say: Say) -> str:
    """Play the whole case; returns the dossier."""
    story = Story(url, say)
    say("\n【示例案件】甲醛释放量超标的学习桌：从线索到召回结束 / the sample case, from lead to closed recall")
    experts_ready(story)
    signal, bulletin = leads(story)
    dossier = consultation(story, signal)
    case = notice(story, signal, dossier)
    investigation(story, case, dossier)
    recall_notice(story, case)
    recall(story, case, dossier)
    story.ended("recall.handler", dossier, bulletin)
    story.person("recall.handler").clock.reset()
    say(f"共 {story.acts} 个行为，卷宗 {dossier} / {story.acts} acts")
    return dossier


def experts_ready(story: Story) -> None:
    """The pool is there before anything happens."""
    story.on("2026-03-20")
    experts.pool(story)


def leads(story: Story) -> tuple[str, str]:
    """1. A spot-check bulletin, a public report, a 12315 complaint and foreign alerts; what belongs together becomes a signal."""
    story.on("2026-03-23")
    bulletin = story.open("quality.handler", "bulletin", "register-bulletin", bulletin_data())["root"]
    story.on("2026-03-24")
    photo = story.person(None).upload("桌面.png", PHOTO, "image/png")
    reported = story.open(None, "lead", "report", public_report(photo))
    story.say(f"  公众反映回执号 receipt: {reported['number']}")
    story.on("2026-03-25")
    complaint = story.open("sy.complaints", "lead", "note-lead", complaint_data())["root"]
    story.on("2026-03-26")
    for _ in range(2):
        found = story.open(
            "institute.analyst", "feed", "import-feed", {"source": "safety_gate", "alerts": feed.alerts(20)}
        )
        counts = found["noted"]["counts"]
        story.say(f"  境外召回导入 imported: {counts['rows']} 条，新 new {counts['new']}，已知 known {counts['known']}")
    story.on("2026-03-27")
    story.act("sy.complaints", complaint, "escalate", {})
    story.on("2026-03-30")
    handed = story.act("quality.handler", bulletin, "hand-over", {})
    ours = [lead for lead in handed["opened"] if _is_ours(story, lead)]
    story.on("2026-03-31")
    together = [reported["root"], complaint, *ours]
    for lead in together:
        story.act("recall.handler", lead, "accept", {"ground": "both"})
    story.say(f"  系统建议 proposed: {_proposal(story, together)}")
    signal = story.open(
        "institute.analyst",
        "signal",
        "cluster",
        {"leads": together, "title": f"{FIRM}：{PRODUCT['name']}甲醛释放量超标"},
    )
    return str(signal["root"]), bulletin


def bulletin_data() -> Json:
    """A bulletin of 42 failing lines, two of them ours."""
    ours = [
        {"product": PRODUCT["name"], "brand": PRODUCT["brand"], "model": PRODUCT["model"], "category": "furniture", "batches": [batch],
         "producer": FIRM, "credit_code": CODE, "sampled_at": "沈阳示例家居商场有限公司", "item": "甲醛释放量", "measured": measured,
         "limit": "≤1.5", "unit": "mg/L"}
        for batch, measured in (("2025A", "2.6"), ("2025B", "2.3"))
    ]  # fmt: skip
    others = [
        {
            "product": f"示例文具{number}号",
            "producer": f"示例文具厂{number}",
            "item": "标识",
            "measured": "缺失",
            "limit": "应标注",
        }
        for number in range(1, 41)
    ]
    return {"number": "辽示例监督〔2026〕3号", "title": "2026年第一季度家具和文具产品质量监督抽查通报（示例）", "issued_on": "2026-03-23",
            "lines": [*ours, *others]}  # fmt: skip


def public_report(photo: Json) -> Json:
    """What a consumer writes on the public form."""
    return {
        "product": PRODUCT["name"], "brand": PRODUCT["brand"], "model": PRODUCT["model"], "category": "furniture", "producer": FIRM,
        "hazard": "气味刺鼻，甲醛可能超标", "hazards": ["chemical"], "injury": "孩子使用两周后咳嗽、皮疹", "severity": "minor",
        "happened_on": "2026-03-20", "description": "新买的学习桌气味很大，孩子出现咳嗽和皮疹。", "photo": photo,
        "contact_name": "示例消费者", "contact": "示例联系方式",
    }  # fmt: skip


def complaint_data() -> Json:
    """What the city's 12315 passes on."""
    return {
        "source": "complaint_12315", "discovered_on": "2026-03-25", "reference": "示例12315-0001", "product": PRODUCT["name"],
        "brand": PRODUCT["brand"], "model": PRODUCT["model"], "category": "furniture", "producer": FIRM, "credit_code": CODE,
        "hazard": "甲醛超标", "hazards": ["chemical"], "injury": "咽喉不适", "severity": "minor", "description": "消费者投诉学习桌气味刺鼻。",
    }  # fmt: skip


def _is_ours(story: Story, lead: str) -> bool:
    return bool(story.person("recall.handler").get(lead)["body"]["product"]["name"] == PRODUCT["name"])


def _proposal(story: Story, together: list[str]) -> str:
    offered = story.person("institute.analyst").ask("GET", "/signal/acts")
    choices = next(row for row in offered if row["act"] == "cluster")["choices"]["leads"]
    groups = {row["value"]: row for row in choices}
    named = {groups[lead]["group"] for lead in together if lead in groups}
    reasons = next((groups[lead]["reasons_zh"] for lead in together if lead in groups), "")
    return f"归并组 {'、'.join(sorted(named))}：{reasons}"


def consultation(story: Story, signal: str) -> str:
    """2. Analysis, recommendation, a panel (one member replaced), a risk assessment by two people, the consultation's outcome."""
    analyst = "institute.analyst"
    dossier = str(story.person(analyst).get(signal)["dossier"])
    story.act(analyst, signal, "analyse", {
        "summary": "两批次抽查甲醛释放量为2.6和2.3 mg/L，超过限值1.5 mg/L；另有公众反映和12315投诉各一件，症状一致。",
        "product": {**PRODUCT, "batches": ["2025A", "2025B"], "quantity": 1260},
        "producer": {"name": FIRM, "code": CODE, "address": "沈阳市示例区示例路1号"},
        "hazard": HAZARD, "hazards": ["chemical"], "injury": "咳嗽、皮疹、咽喉不适", "concentrated": True, "severe": False,
    })  # fmt: skip
    story.act(
        analyst,
        signal,
        "recommend",
        {"recommendation": "consult", "grounds": "超标幅度较大，使用者为未成年人，建议组织技术会商。"},
    )
    story.act(analyst, signal, "request-consultation", {
        "question": "该学习桌甲醛释放是否可能构成缺陷？", "fields": ["furniture", "chemistry"], "size": 3, "wanted_by": "2026-04-10",
    })  # fmt: skip
    proposed = story.act(analyst, signal, "assess-risk", {"scenarios": [{
        "title": "儿童在通风不良的房间长期使用", "severity": 2,
        "steps": [{"step": "甲醛持续释放超过限值", "probability": "1/2"}, {"step": "房间通风不良", "probability": "1/5"},
                  {"step": "出现呼吸道症状", "probability": "1/20"}],
    }]})  # fmt: skip
    assessment = next(part["id"] for part in proposed["added"] if part["kind"] == "assessment")
    story.on("2026-04-01")
    story.act("institute.analyst2", signal, "validate-risk", {"remarks": "情景和概率合理"}, assessment)
    experts.panel(
        story,
        dossier,
        "consultation",
        "possible_defect",
        "释放量超过限值且使用者为未成年人，可能存在缺陷。",
        conflict=True,
    )
    story.part(analyst, signal, "consultation", "opined")
    story.on("2026-04-02")
    story.act(
        "institute.head",
        signal,
        "conclude-consultation",
        {"outcome": "investigate", "minutes": "专家组认为可能存在缺陷，建议开展生产者调查分析。"},
    )
    return dossier


def notice(story: Story, signal: str, dossier: str) -> str:
    """3. The finding opens a case; the notice is drafted, signed, numbered and served, and the analysis period runs."""
    story.act("recall.handler", signal, "find-possible-defect", {
        "found_on": "2026-04-02", "grounds": "监督抽查不合格、投诉及会商意见", "hazard": HAZARD,
    })  # fmt: skip
    case = story.found("recall.handler", "case", dossier=dossier)
    scan = story.person("maker").upload("送达地址确认书.png", PHOTO, "image/png")
    story.on("2026-04-03")
    story.open("maker", "address", "confirm-service-address", {
        "organisation_name": FIRM, "electronic_address": "inbox@example.com", "contact": "示例联系人", "signed_on": "2026-04-03", "scan": scan,
    })  # fmt: skip
    drafted = story.act("recall.handler", case, "notify-producer", {
        "days": 15, "requirements": "说明配方、工艺、原料来源和各批次数量，分析甲醛超标原因。", "contact": "消费品召回管理处",
    })  # fmt: skip
    signed = story.approved(case, drafted, "recall.head", days=["2026-04-08"])
    story.served("recall.handler", signed["documents"][0]["document"])
    story.state("maker", case, "analysing")
    return case


def investigation(story: Story, case: str, dossier: str) -> None:
    """4. Analysis, supplement, the ground of article 11, the on-site procedure in its order, the panel's determination."""
    handler, analyst = "recall.handler", "institute.analyst"
    story.on("2026-04-28")
    story.act("maker", case, "submit-analysis", {
        "conclusion": "no_defect", "summary": "自检合格，认为个别样品受运输影响。", "produced": 1260, "sold": 1080, "process": "示例胶粘剂配方",
    })  # fmt: skip
    story.on("2026-04-30")
    required = story.act(handler, case, "require-supplement", {
        "items": ["原料进货检验记录", "2025年批次留样检测报告"], "days": 5, "reasons": "材料不完备",
    })  # fmt: skip
    story.served(handler, required["documents"][0]["document"])
    _clock_runs(story, case, "supplement")
    story.on("2026-05-09")
    story.act("maker", case, "submit-supplement", {"summary": "补充进货检验记录；留样检测报告无法提供。"})
    story.on("2026-05-12")
    story.act(analyst, case, "evaluate-analysis", {
        "complete": False, "true": True, "scientific": False, "sufficient": False, "conclusion": "insufficient",
        "reasons": "缺少留样检测数据，不足以证明不存在缺陷。",
    })  # fmt: skip
    story.on("2026-05-13")
    story.act(
        handler, case, "decide-on-analysis", {"decision": "investigate", "reasons": "分析结果不足以证明不存在缺陷"}
    )
    drafted = story.act(
        handler, case, "open-investigation", {"ground": "insufficient", "reasons": "评估意见认为证据不充分"}
    )
    story.approved(case, drafted, "recall.head", "recall.leader", days=["2026-05-14", "2026-05-15"])
    story.on("2026-05-18")
    story.act(analyst, case, "prepare-plan", {
        "subject": "示例学习桌甲醛释放量缺陷调查", "place": "沈阳市示例区示例路1号", "planned_on": "2026-05-21",
        "steps": ["出示证件和证据", "查阅生产记录", "抽取留样", "询问技术负责人"], "evidence": "监督抽查报告、评估意见",
    })  # fmt: skip
    story.on("2026-05-19")
    story.act(handler, case, "approve-plan", {"remarks": "同意"})
    story.on("2026-05-20")
    story.act(handler, case, "form-team", {
        "officers": OFFICERS, "institution_staff": [{"name": "技术人员甲", "unit": "示例检验检测认证中心"}],
        "local_staff": [{"name": "沈阳承办人甲", "unit": "沈阳市市场监督管理局"}],
    })  # fmt: skip
    story.on("2026-05-21", 15)
    story.act(handler, case, "record-visit", visit_data())
    story.on("2026-05-22")
    tested = story.act(handler, case, "commission-test", {
        "laboratory": "示例质检院", "qualification": "示例CMA-001", "qualification_until": "2028-12-31", "items": ["甲醛释放量"],
        "standard": "家具中甲醛释放量限量（示例）", "sampled_on": "2026-05-21", "seal_number": "示例封样-01", "reserve_sample": True,
    })  # fmt: skip
    measure = next(part["id"] for part in tested["added"] if part["kind"] == "measure")
    story.on("2026-06-01")
    story.act(analyst, case, "record-test-result", {
        "report_number": "示例检-001", "tested_on": "2026-05-29", "conforms": False, "result": "甲醛释放量2.4 mg/L，超过限值1.5 mg/L",
    }, measure)  # fmt: skip
    story.on("2026-06-05")
    story.act(analyst, case, "draft-report", {
        "facts": "现场抽取的留样检测不合格；该型号胶粘剂批次变更后未重新验证。", "analysis": "缺陷系统性存在于2025年A、B批次。",
        "conclusion": "建议判定存在缺陷",
    })  # fmt: skip
    story.on("2026-06-08")
    story.act(handler, case, "adopt-report", {"remarks": "通过"})
    story.on("2026-06-09")
    story.act(handler, case, "request-determination", {
        "expertise": ["furniture", "chemistry"], "size": 3, "question": "该学习桌是否存在缺陷？", "wanted_by": "2026-06-30",
    })  # fmt: skip
    story.on("2026-06-18")
    experts.panel(story, dossier, "determination", "defect", "系统性超标，对使用者健康存在不合理危险。")
    story.state(handler, case, "opinion_entered")
    story.on("2026-06-22")
    story.act(handler, case, "record-determination", {"conclusion": "defect", "defect": "甲醛释放量超过限值"})


def visit_data() -> Json:
    """The record of the on-site investigation: two officers, certificates, evidence shown."""
    return {
        "visited_on": "2026-05-21", "place": "沈阳市示例区示例路1号", "officers": OFFICERS, "certificates_shown": True, "cause_stated": True,
        "evidence_shown": ["监督抽查报告", "技术机构评估意见"], "present": "示例厂长", "record": "查阅生产记录，抽取留样4件，封样。", "signed": True,
    }  # fmt: skip


def _clock_runs(story: Story, case: str, name: str) -> None:
    until(
        lambda: story.person("recall.handler").get(case)["clocks"],
        lambda clocks: any(clock["clock"] == name and clock["state"] == "running" for clock in clocks),
        f"the clock {name}",
    )


def recall_notice(story: Story, case: str) -> None:
    """5. The recall notice goes up the chain and is served; the objection within ten working days is reviewed and rejected."""
    story.on("2026-07-02")
    drafted = story.act("recall.handler", case, "notify-recall", {
        "defect": "甲醛释放量超过限值", "requirements": "立即停止生产销售，召回2025年A、B批次示例学习桌。", "contact": "消费品召回管理处",
    })  # fmt: skip
    signed = story.approved(case, drafted, "recall.head", "recall.leader", days=["2026-07-03", "2026-07-06"])
    story.served("recall.handler", signed["documents"][0]["document"])
    story.state("maker", case, "recall_notified")
    story.on("2026-07-17")
    story.act("maker", case, "file-objection", {"grounds": "认为检测方法不适用，请求重新认定。"})
    story.on("2026-07-24")
    story.act(
        "institute.analyst",
        case,
        "review-objection",
        {"opinion": "reject", "reasons": "检测方法符合标准，异议没有新的证据。"},
    )
    story.on("2026-07-29")
    decided = story.act(
        "recall.handler",
        case,
        "decide-objection",
        {"outcome": "defect_confirmed", "reasons": "经技术审查，异议不成立。"},
    )
    signed = story.approved(case, decided, "recall.head", "recall.leader", days=["2026-07-31", "2026-08-03"])
    story.served("recall.handler", signed["documents"][0]["document"])
    story.state("maker", case, "outcome_notified")


def recall(story: Story, case: str, dossier: str) -> str:
    """6. Plan, publication with the national number, supervision, two rounds, summary, closing."""
    handler, maker = "recall.handler", "maker"
    root = story.found(maker, "recall", dossier=dossier, state="awaiting_plan")
    story.on("2026-08-14")
    story.act(
        maker, root, "stop-production", {"stopped_on": "2026-08-14", "isolated": 180, "measures": "停线、封存库存"}
    )
    story.act(maker, root, "file-plan", plan_data())
    story.state(handler, case, "recall_begun")
    story.on("2026-08-17")
    story.act("institute.analyst", root, "review-plan-form", {"complete": True, "in_form": True, "remarks": "材料齐全"})
    story.act(
        "institute.analyst", root, "evaluate-plan", {"opinion": "措施可行", "suggestions": ["公告中写明批次识别方法"]}
    )
    publish(story, dossier, "示例召〔2026〕001")
    story.act(
        maker,
        root,
        "publish-notice",
        {"published_on": "2026-08-19", "channels": ["企业网站", "门店"], "text": "关于召回示例学习桌的公告"},
    )
    story.on("2026-08-20")
    feedback = supervise(story, root, "2026-08-21", "2026-09-02", "停产停售属实，消费者通知面不足")
    story.act(handler, root, "review-feedback", {"outcome": "noted"}, feedback)
    story.on("2026-09-30")
    story.act(maker, root, "submit-progress", {"as_of": "2026-09-30", "from_dealers": 296, "from_consumers": 121})
    story.on("2026-10-09")
    story.act("institute.analyst", root, "evaluate-effect", {
        "conclusion": "insufficient", "scope_accurate": True, "residual_risk": "high", "reasons": "召回率38.6%，消费者环节召回率偏低",
    })  # fmt: skip
    drafted = story.act(handler, root, "require-re-recall", {
        "grounds": "risk_not_lowered", "reasons": "召回率38.6%，多数消费者仍在使用", "requirements": ["逐户上门告知", "提供上门取件"], "days": 10,
    })  # fmt: skip
    signed = story.approved(root, drafted, "recall.head", "recall.leader", days=["2026-10-12", "2026-10-13"])
    story.served(handler, signed["documents"][0]["document"])
    story.on("2026-10-20")
    story.act(
        maker,
        root,
        "file-supplementary-plan",
        {**plan_data(), "ends_on": "2026-12-17", "changes": "增加逐户上门、免费取件"},
    )
    second = supervise(story, root, "2026-10-21", "2026-11-02", "逐户上门告知属实")
    story.act(handler, root, "review-feedback", {"outcome": "noted"}, second)
    story.on("2026-11-16")
    story.act(maker, root, "submit-progress", {
        "as_of": "2026-11-16", "from_dealers": 310, "from_consumers": 402, "completed_on": "2026-11-16",
    })  # fmt: skip
    story.on("2026-11-17")
    story.act("institute.analyst", root, "evaluate-effect", {
        "conclusion": "sufficient", "scope_accurate": True, "residual_risk": "low", "reasons": "召回率65.9%，其余消费者已逐户告知，剩余风险低",
    })  # fmt: skip
    story.on("2026-11-18")
    story.act(maker, root, "submit-summary", {
        "completed_on": "2026-11-16", "account": "两轮召回共召回712件", "disposal": "全部销毁", "prevention": "更换板材和胶粘剂供应商",
    })  # fmt: skip
    story.on("2026-11-20")
    story.act(handler, root, "close-recall", {
        "remarks": "同意结束召回", "residual_risk_reasons": "其余消费者已逐户告知并拒绝退换，甲醛随时间释放，剩余风险低",
    })  # fmt: skip
    story.state(handler, case, "closed")
    return root


def plan_data() -> Json:
    """The recall plan: 1,260 desks = 180 in the warehouse + 310 at dealers + 770 with consumers."""
    return {
        "scope": "2025年生产的A、B批次示例学习桌",
        "batches": [{"batch": "2025A", "model": PRODUCT["model"], "quantity": 700}, {"batch": "2025B", "quantity": 560}],
        "produced": 1260, "warehouse": 180, "dealers": 310, "consumers": 770, "measures": "免费更换合格桌面或者退货",
        "consumer_notice": "电话、短信、门店告示", "starts_on": "2026-08-17", "ends_on": "2026-11-17", "target_percent": 90,
        "hotline": "示例热线", "contact": "示例联系人", "operators": [{"code": "91210100MA0000A03F", "name": "沈阳示例家居商场有限公司"}],
    }  # fmt: skip


def publish(story: Story, dossier: str, number: str, day: str = "2026-08-19") -> str:
    """The province shows the plan on the national platform, records its number, and publishes the news."""
    publication = story.found("recall.handler", "publication", dossier=dossier)
    story.on(day)
    story.act("recall.handler", publication, "publish-recall", {
        "national_number": number, "published_on": day, "url": "https://recall.example.com/notice",
    })  # fmt: skip
    story.act("recall.handler", publication, "publish-news", {
        "title": "企业召回部分产品", "text": "为消除安全隐患，生产者自即日起召回有关批次产品，消费者可免费更换或者退货。", "published_on": day,
    })  # fmt: skip
    return publication


def supervise(
    story: Story, root: str, accepted: str, checked: str, findings: str, *, who: str = "sy.handler", **bureau: Any
) -> str:
    """The province assigns a territorial bureau, which accepts, checks and feeds back; returns the supervision."""
    where = bureau or {"organisation": "org_210100", "area": "210100"}
    assigned = story.act(
        "recall.handler", root, "assign-supervision", {**where, "task": "核查停止生产销售和召回实施情况", "days": 10}
    )
    part = str(next(row["id"] for row in assigned["added"] if row["kind"] == "supervision"))
    story.on(accepted)
    story.act(who, root, "accept-supervision", {"officer": "示例经办人"}, part)
    story.on(checked)
    story.act(who, root, "submit-feedback", {
        "checked_on": checked, "production_stopped": True, "sale_stopped": True, "published": True, "consumers_told": True,
        "conducted_lawfully": True, "found_in_stock": 180, "destroyed": 0, "findings": findings,
    }, part)  # fmt: skip
    return part
