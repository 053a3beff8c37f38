"""The pages on a running stack: a report from the public form is received and accepted by an official."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as until
from selenium.webdriver.support.ui import WebDriverWait

from ops.journeys.scenario import PASSWORD
from ops.runtime.stack import Stack

pytestmark = pytest.mark.slow

SECONDS = 60


def wait(browser: Chrome) -> WebDriverWait[Chrome]:
    return WebDriverWait(browser, SECONDS)


def press(browser: Chrome, text: str) -> None:
    """Follow the link in the page's main part that says this."""
    link = wait(browser).until(until.presence_of_element_located((By.XPATH, f"//main//a[contains(., '{text}')]")))
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", link)
    link.click()


def send(browser: Chrome) -> None:
    button = browser.find_element(By.CSS_SELECTOR, ".act-form button.main")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()


def test_a_report_from_the_public_form_is_received_by_an_official(
    browser: Chrome, stack: Stack, tmp_path: Path
) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 1440, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
    )
    photo = tmp_path / "床板.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 64)
    browser.get(f"{stack.url}/report")
    browser.find_element(By.NAME, "product").send_keys("示例折叠床")
    browser.find_element(By.NAME, "description").send_keys("床板断裂，孩子擦伤。")
    browser.find_element(By.NAME, "contact_name").send_keys("示例消费者")
    browser.find_element(By.NAME, "photo").send_keys(str(photo))
    send(browser)
    number = wait(browser).until(until.presence_of_element_located((By.CLASS_NAME, "receipt-number"))).text
    assert re.fullmatch(r"\S*\d{4}-\d+", number)

    browser.get(f"{stack.url}/console/sign-in")
    browser.find_element(By.ID, "username").send_keys("recall.handler")
    browser.find_element(By.ID, "password").send_keys(PASSWORD + Keys.ENTER)
    wait(browser).until(until.url_to_be(f"{stack.url}/console/"))
    browser.get(f"{stack.url}/console/lists?q={number}")
    press(browser, "示例折叠床")
    page = wait(browser).until(until.presence_of_element_located((By.CLASS_NAME, "dossier"))).text
    assert "示例消费者" not in page, "who reported is sealed"

    link = browser.find_element(By.CSS_SELECTOR, ".act-list a[href*='/acts/accept']")
    link.click()
    wait(browser).until(until.presence_of_element_located((By.CSS_SELECTOR, "form.act-form")))
    assert browser.find_element(By.CSS_SELECTOR, ".law").text.startswith("第")
    browser.find_element(By.CSS_SELECTOR, "input[name='ground']").click()
    send(browser)
    done = wait(browser).until(until.presence_of_element_located((By.ID, "done"))).text
    assert "已办理" in done
    steps = [step.text for step in browser.find_elements(By.CSS_SELECTOR, ".course .step")]
    assert len(steps) == 2 and "已受理" in steps[1]
