"""Two regulations at once: what a page says of a root, and the form of its acts, are those of the regulation it lives under."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from console_browser import NewBrowser
from console_case import CASE, DOSSIER, DRAFT, VISIT, entry
from console_descriptions import KINDS, REGIME, act
from console_schemas import schema, text
from console_services import FakeServices
from flask import Flask

from gateway.sample.loader import PASSWORD
from gateway.services import Services
from gateway.wiring import EXTENSION

OLD = "sample-2019"


@pytest.fixture(autouse=True)
def regimes(services: FakeServices) -> dict[str, Any]:
    """The investigation service has an earlier regulation beside the one in force, and the case lives under it."""
    kinds: dict[str, Any] = copy.deepcopy(KINDS["investigation"])
    case = kinds["case"]
    case["states"]["recall_notified"] = {"zh": "旧规已通知", "en": "notified under the old rules"}
    case["states"]["pending"] = {"zh": "旧规待定", "en": "pending under the old rules"}
    case["states"]["objection_filed"] = {"zh": "旧规已申辩", "en": "defended under the old rules"}
    case["clocks"]["objection"] |= {"zh": "申辩期限", "en": "time to defend"}
    case["parts"]["visit"] |= {"zh": "旧规现场核查", "en": "old visit"}
    case["acts"]["file-objection"] |= {
        "zh": "提出申辩",
        "en": "file a defence",
        "clause": "4(1)",
        "schema": schema({"defence": {"type": "string", "maxLength": 500, **text("申辩意见", "Defence")}}, ["defence"]),
    }
    case["acts"]["notify-recall"] |= {
        "document": "旧规召回通知",
        "schema": schema({"reasons": {"type": "string", **text("旧规事由", "Old grounds")}}),
    }
    case["acts"]["hear-defence"] = act(
        "听取申辩", "hear the defence", "4(1)", by=["lead_bureau"], **{"from": {"case": ["recall_notified"]}, "to": {}}
    )
    services.regimes = {"investigation": {OLD: kinds}}
    services.roots[CASE] |= {"regime": OLD}
    return kinds


def test_the_page_of_a_root_has_the_texts_of_its_regime(new_browser: NewBrowser, services: FakeServices) -> None:
    services.rows.append(
        entry(CASE, 7, "2026-07-08T01:00:00.000000Z", "file-objection", zh="提出申辩", data={"defence": "检测有误"},
              clocks=[{"clock": "objection", "event": "met"}])
    )  # fmt: skip
    person = new_browser().sign_in("maker")
    page = person.loaded(f"/console/dossiers/{DOSSIER}")
    assert "旧规已通知" in page and "已通知召回" not in page, "its states, in its course too"
    assert "旧规已申辩" in page, "what it may lead to"
    assert "旧规现场核查" in page and "申辩期限" in page and "提出申辩" in page
    assert "申辩意见" in person.fragment(f"/console/roots/case/{CASE}/entries/7")
    alone = person.get(f"/console/roots/case/{CASE}?alone=1").text
    assert "旧规现场核查" in alone and "旧规已通知" in alone


def test_the_form_of_an_act_is_that_of_the_root_s_regime(new_browser: NewBrowser, services: FakeServices) -> None:
    path = f"/console/roots/case/{CASE}/acts/file-objection"
    person = new_browser().sign_in("maker")
    page = person.get(path).text
    assert "申辩意见" in page and 'name="defence"' in page and 'name="grounds"' not in page
    assert "第4(1)条" in page and "收集、分析、处理" in page, "its clause"
    person.post(path, {"defence": "检测有误"})
    assert services.last("perform")["data"] == {"defence": "检测有误"}
    services.roots[CASE] |= {"regime": REGIME, "state": "recall_notified"}
    page = person.get(path).text
    assert 'name="grounds"' in page and 'name="defence"' not in page


def test_a_form_sent_without_its_regime_is_read_by_that_of_the_root(
    new_browser: NewBrowser, services: FakeServices
) -> None:
    person = new_browser().sign_in("maker")
    hidden = person.hidden(f"/console/roots/case/{CASE}/acts/file-objection")
    hidden.pop("regime")
    person.http.post(f"/console/roots/case/{CASE}/acts/file-objection", data={**hidden, "defence": "检测有误"})
    assert services.last("perform")["data"] == {"defence": "检测有误"}


def test_an_act_that_only_the_earlier_regime_has_can_be_done(
    new_browser: NewBrowser, app: Flask, services: FakeServices
) -> None:
    person = new_browser().sign_in("recall.handler")
    assert "听取申辩" in person.loaded(f"/console/dossiers/{DOSSIER}")
    path = f"/console/roots/case/{CASE}/acts/hear-defence"
    assert person.get(path).status_code == 200
    assert "已办理：" in person.post(path, {}).text
    http = app.test_client()
    token = http.post("/api/v1/tokens", json={"username": "recall.handler", "password": PASSWORD}).json["token"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "regime-1", "If-Match": "4"}
    answer = http.post(f"/api/v1/case/{CASE}/acts/hear-defence", headers=headers, json={})
    assert answer.status_code == 200
    answer = http.post("/api/v1/case/acts/hear-defence", headers=headers, json={})
    assert answer.status_code == 404, "a root opens under the rulebook in force"


def test_a_draft_is_previewed_in_the_words_of_its_regime(new_browser: NewBrowser) -> None:
    page = new_browser().sign_in("recall.head").get(f"/console/roots/case/{CASE}/drafts/{DRAFT}").text
    assert "旧规召回通知" in page and "旧规事由" in page and "旧规已通知" in page


def test_lists_show_the_state_as_the_root_s_regime_has_it_and_offer_the_states_of_both(
    new_browser: NewBrowser, services: FakeServices
) -> None:
    person = new_browser().sign_in("recall.handler")
    page = person.get("/console/lists/case").text
    assert '<span class="state">旧规已通知</span>' in page
    assert '<option value="pending">旧规待定</option>' in page and "已提异议</option>" in page
    person.get("/console/lists/case?state=pending")
    assert services.last("search")["state"] == "pending"
    assert "旧规已通知" in person.get("/console/lists?q=书桌").text


def test_duties_name_acts_as_the_root_s_regime_does(new_browser: NewBrowser) -> None:
    page = new_browser().sign_in("maker").get("/console/").text
    assert ">提出申辩</a>" in page and ">提出异议</a>" not in page


def test_descriptions_are_looked_up_by_regime(app: Flask) -> None:
    services: Services = app.extensions[EXTENSION].services
    assert services.act("case", "file-objection", OLD)["zh"] == "提出申辩"
    assert services.act("case", "file-objection", REGIME)["zh"] == "提出异议"
    assert services.act("case", "file-objection")["zh"] == "提出异议"
    assert services.act("case", "file-objection", "no-such-regime")["zh"] == "提出异议"
    assert services.kind("case", OLD)["states"]["recall_notified"]["zh"] == "旧规已通知"
    assert services.service_of_act("case", "hear-defence") == "investigation"


def test_a_kind_that_only_an_earlier_regime_has_is_known(app: Flask, regimes: dict[str, Any]) -> None:
    regimes["inspection"] = {**copy.deepcopy(regimes["case"]), "zh": "旧规检查"}
    services: Services = app.extensions[EXTENSION].services
    assert (
        services.kind("inspection")["zh"] == "旧规检查" and services.kinds()["inspection"]["service"] == "investigation"
    )
    assert services.kinds()["case"]["states"]["recall_notified"]["zh"] == "已通知召回"


def test_the_document_of_the_api_has_the_schemas_of_both(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").json
    paths, schemas = document["paths"], document["components"]["schemas"]
    operation = paths["/api/v1/case/{id}/acts/file-objection"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["schema"] == {
        "anyOf": [
            {"$ref": "#/components/schemas/case.file-objection"},
            {"$ref": f"#/components/schemas/case.file-objection.{OLD}"},
        ]
    }
    assert operation["x-regimes"] == {OLD: f"case.file-objection.{OLD}"}
    assert "defence" in schemas[f"case.file-objection.{OLD}"]["properties"]
    assert "grounds" in schemas["case.file-objection"]["properties"]
    assert "/api/v1/case/{id}/acts/hear-defence" in paths
    same = paths["/api/v1/case/{id}/acts/record-visit"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert same == {"$ref": "#/components/schemas/case.record-visit"} and VISIT
