"""The console in a real browser, at the width of a desktop and of a telephone."""

from __future__ import annotations

from pathlib import Path

import pytest
from console_case import CASE, DOSSIER, DRAFT, LEAD, VISIT
from console_long_case import lengthen
from console_services import FakeServices
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as until
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = pytest.mark.slow

WIDTHS = [1440, 390]
SECONDS = 20
RECORD = f"/console/roots/case/{CASE}/acts/record-visit?part={VISIT}"
PAGES = [
    "/console/",
    "/console/?queue=drafts",
    "/console/approvals",
    "/console/lists",
    "/console/lists/case",
    "/console/start",
    f"/console/dossiers/{DOSSIER}",
    RECORD,
    f"/console/roots/case/{CASE}/drafts/{DRAFT}",
    "/",
    "/recalls",
    "/report",
    "/privacy",
]


def wide(browser: Chrome, width: int) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": width < 600},
    )


def wait(browser: Chrome) -> WebDriverWait[Chrome]:
    return WebDriverWait(browser, SECONDS)


def sign_in(browser: Chrome, address: str, username: str) -> None:
    browser.get(f"{address}/console/sign-in")
    browser.find_element(By.ID, "username").send_keys(username)
    browser.find_element(By.ID, "password").send_keys("Zhaohui-2026" + Keys.ENTER)
    wait(browser).until(until.url_to_be(f"{address}/console/"))


def scrolls_sideways(browser: Chrome) -> bool:
    return bool(browser.execute_script("return document.documentElement.scrollWidth > window.innerWidth"))


def press(browser: Chrome, selector: str) -> None:
    """Click what this selector names, once it can be seen."""
    element = browser.find_element(By.CSS_SELECTOR, selector)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def open_act(browser: Chrome, act: str) -> None:
    link = wait(browser).until(until.presence_of_element_located((By.CSS_SELECTOR, f"main a[href*='/acts/{act}']")))
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", link)
    link.click()
    wait(browser).until(until.presence_of_element_located((By.CSS_SELECTOR, "form.act-form")))


UNFOLD = "document.querySelectorAll('main details').forEach(details => { details.open = true })"


@pytest.mark.parametrize("width", WIDTHS)
def test_from_signing_in_through_duties_and_dossier_to_an_act(
    browser: Chrome, address: str, services: FakeServices, width: int, tmp_path: Path
) -> None:
    wide(browser, width)
    sign_in(browser, address, "maker")
    first = browser.find_elements(By.CSS_SELECTOR, ".duty")[0]
    assert "计划期限" in first.text and "逾期" in first.text, "the most urgent duty stands first"
    wait(browser).until(lambda page: page.find_element(By.CSS_SELECTOR, ".menu .count").text.startswith("2"))

    browser.find_element(By.PARTIAL_LINK_TEXT, "辽宁示例家具制造有限公司").click()
    wait(browser).until(until.url_contains(f"/console/dossiers/{DOSSIER}"))
    assert browser.find_element(By.CSS_SELECTOR, ".step-current").text.startswith("已通知召回")

    open_act(browser, "file-objection")
    assert "十个工作日内向省局提出异议" in browser.find_element(By.CSS_SELECTOR, ".law").text
    paper = tmp_path / "检测报告.png"
    paper.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 40)
    browser.find_element(By.NAME, "grounds").send_keys("检测方法有误")
    browser.find_element(By.NAME, "materials.0").send_keys(str(paper))
    assert not scrolls_sideways(browser)
    browser.find_element(By.CSS_SELECTOR, ".act-form button.main").click()
    wait(browser).until(until.presence_of_element_located((By.ID, "done")))
    assert "已办理：提出异议" in browser.find_element(By.ID, "done").text
    assert browser.find_element(By.CSS_SELECTOR, ".step-current").text.startswith("已提异议")
    sent = services.last("perform")["data"]
    assert sent["grounds"] == "检测方法有误" and sent["materials"][0]["name"] == "检测报告.png"


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(browser: Chrome, address: str, width: int) -> None:
    wide(browser, width)
    sign_in(browser, address, "recall.handler")
    for path in PAGES:
        browser.get(address + path)
        assert not scrolls_sideways(browser), path
        browser.execute_script(UNFOLD)
        wait(browser).until(lambda page: page.execute_script("return !document.querySelector('.htmx-request')"))
        browser.execute_script(UNFOLD)  # what was loaded meanwhile has its own
        assert not scrolls_sideways(browser), f"{path}, with everything unfolded"


@pytest.mark.parametrize("width", WIDTHS)
def test_a_long_case_is_loaded_as_it_is_read(browser: Chrome, address: str, services: FakeServices, width: int) -> None:
    lengthen(services.roots, services.rows)
    wide(browser, width)
    sign_in(browser, address, "recall.handler")
    browser.get(f"{address}/console/dossiers/{DOSSIER}")
    wait(browser).until(until.presence_of_element_located((By.CSS_SELECTOR, ".papers li")))
    wait(browser).until(until.presence_of_element_located((By.CSS_SELECTOR, ".act-list li")))
    assert browser.execute_script("return document.querySelectorAll('*').length") < 1500

    entries = len(browser.find_elements(By.CSS_SELECTOR, ".entry"))
    press(browser, ".timeline-section .further a")
    wait(browser).until(lambda page: len(page.find_elements(By.CSS_SELECTOR, ".entry")) > entries)
    press(browser, ".entry details > summary")
    wait(browser).until(until.presence_of_element_located((By.CSS_SELECTOR, ".entry details[open] .facts")))

    closed = browser.find_element(By.CSS_SELECTOR, "details.root[hx-trigger='toggle once'][id^='recall']")
    identifier = closed.get_attribute("id")
    press(browser, f"#{identifier} > summary")
    wait(browser).until(until.presence_of_element_located((By.CSS_SELECTOR, f"#{identifier}[open] .course")))
    press(browser, f"#{identifier} .on-file > summary")
    wait(browser).until(until.presence_of_element_located((By.CSS_SELECTOR, f"#{identifier} .on-file .facts")))
    assert not scrolls_sideways(browser)


def test_a_link_to_a_root_opens_it(browser: Chrome, address: str) -> None:
    wide(browser, 1440)
    sign_in(browser, address, "recall.handler")
    browser.get(f"{address}/console/dossiers/{DOSSIER}#{LEAD}")
    wait(browser).until(until.presence_of_element_located((By.CSS_SELECTOR, f"#{LEAD}[open] .course")))


def test_rows_come_and_go_and_are_sent_in_their_order(browser: Chrome, address: str, services: FakeServices) -> None:
    wide(browser, 1440)
    sign_in(browser, address, "recall.handler")
    browser.get(address + RECORD)
    browser.find_element(By.CSS_SELECTOR, "[data-rows='officers'] > .add").click()
    rows = browser.find_elements(By.CSS_SELECTOR, "[data-rows='officers'] > .row-list > .row")
    assert len(rows) == 3
    assert browser.switch_to.active_element.get_attribute("name") == "officers.2.name"
    for row, name in zip(rows, ["甲", "乙", "丙"], strict=True):
        row.find_element(By.CSS_SELECTOR, "input[name$='.name']").send_keys(name)
        row.find_element(By.CSS_SELECTOR, "input[name$='.certificate']").send_keys("辽示例-" + name)
    rows[1].find_element(By.CSS_SELECTOR, ".remove").click()
    browser.execute_script("document.getElementsByName('visited_on')[0].value = '2026-06-11'")
    browser.find_element(By.CSS_SELECTOR, "input[name='evidence_shown'][value='true']").click()
    browser.find_element(By.CSS_SELECTOR, ".act-form button.main").click()
    wait(browser).until(until.presence_of_element_located((By.ID, "done")))
    assert [officer["name"] for officer in services.last("perform")["data"]["officers"]] == ["甲", "丙"]


def test_the_keyboard_alone_reaches_the_content_and_the_fault(browser: Chrome, address: str) -> None:
    wide(browser, 1440)
    browser.get(f"{address}/")
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("class") == "skip"
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.execute_script("return document.activeElement.id") == "main"
    browser.get(f"{address}/console/sign-in")
    browser.find_element(By.ID, "username").send_keys("maker")
    browser.find_element(By.ID, "password").send_keys("wrong" + Keys.ENTER)
    wait(browser).until(until.presence_of_element_located((By.ID, "fault")))
    assert browser.execute_script("return document.activeElement.id") in ("fault", "password")


def test_the_pages_change_to_english_by_one_click(browser: Chrome, address: str) -> None:
    wide(browser, 1440)
    sign_in(browser, address, "maker")
    browser.find_element(By.CSS_SELECTOR, "a.language").click()
    wait(browser).until(until.text_to_be_present_in_element((By.TAG_NAME, "h1"), "My duties"))
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
    assert "objection period" in browser.find_element(By.TAG_NAME, "main").text


def test_text_has_enough_contrast_with_its_background(browser: Chrome, address: str) -> None:
    """WCAG 2.1 AA: 4.5 to 1, 3 to 1 for large text."""
    wide(browser, 1440)
    sign_in(browser, address, "maker")
    script = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
    for path in [
        "/console/",
        f"/console/dossiers/{DOSSIER}",
        f"/console/roots/case/{CASE}/acts/file-objection",
        "/",
        "/report",
    ]:
        browser.get(address + path)
        assert browser.execute_script(script) == [], path
