"""Facts in Chinese words."""

from notify.rendering import wording
from notify.rendering.paper import paper

DOCUMENT = {"kind": "召回通知书", "signed_on": "2026-07-06", "issuer_name": "示例局", "addressee_name": "示例厂"}


def test_a_date_is_written_with_arabic_digits_and_chinese_units() -> None:
    assert wording.chinese_date("2026-07-06") == "2026年7月6日"


def test_a_product_is_one_phrase_with_its_details() -> None:
    product = {"name": "书桌", "brand": "示例", "model": "SL-1", "batches": ["2203", "2204"], "quantity": 1260}
    assert wording.product(product) == "“示例”牌书桌（型号：SL-1；批次：2203、2204；数量：1260）"


def test_a_firm_is_its_name_with_its_credit_code() -> None:
    firm = {"name": "示例厂", "code": "91210100MA0000A019"}
    assert wording.firm(firm) == "示例厂（统一社会信用代码：91210100MA0000A019）"


def test_codes_dates_and_machine_ids_do_not_reach_the_page_as_they_are() -> None:
    rows = wording.table({"case": "case_1", "outcome": "no_defect", "filed_on": "2026-07-16", "recall_id": "x"})
    assert rows == [["结果", "不存在缺陷"], ["提交日期", "2026年7月16日"]]


def test_an_iso_lookalike_that_is_no_date_stays_as_it_is() -> None:
    assert wording.text("2026-99-99") == "2026-99-99"


def test_a_form_that_lacks_a_needed_fact_is_laid_out_plainly_and_says_so() -> None:
    page = paper(DOCUMENT | {"fields": {"product": {"name": "书桌"}, "hazard": "甲醛"}})
    assert (page["template"], page["missing"]) == ("plain", ["defect"])
    assert ["危害", "甲醛"] in page["table"]


def test_a_whole_form_keeps_its_own_layout() -> None:
    page = paper(
        DOCUMENT | {"fields": {"product": {"name": "书桌"}, "defect": "甲醛超标", "attachments": ["判定意见"]}}
    )
    assert (page["template"], page["missing"], page["facts"]["attachments"]) == ("recall-notice", [], ["判定意见"])
