"""A fan-out tool is made of two models, and shown with an upstream that is left alone."""

from time import time

import pytest
from playwright.sync_api import expect

from mcp_runtime.contract.breakers import BreakerReport, breakers_key, encode_breaker
from tenants.publishing.store import store
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.security.http_tool import http_tool_made
from tests.tenants.openapi.keeping import stored

pytestmark = pytest.mark.usefixtures("no_foreign_store")

SERVER = "/app/acme/servers/demo/"


def test_a_fan_out_tool_is_made_and_written_anew(
    installation: Installation, page_at: PageAt, check_page: CheckPage
) -> None:
    stored(installation.cast.ada, "models-key")
    page = page_at(f"{SERVER}tools/", installation.cast.ada)
    page.get_by_role("link", name="New fan-out tool").click()
    check_page(page, "fan-out-new")
    page.get_by_label("Name").fill("ask_models")
    page.get_by_label("Strategy").select_option("consensus")
    first = page.get_by_role("group", name="Backend 1")
    first.get_by_label("Asks").select_option("openai")
    first.get_by_label("Base URL").fill("https://api.openai.com/v1")
    first.get_by_label("Model").fill("gpt-4.1")
    first.get_by_label("Key").select_option("models-key")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Name two backends at least.")).to_be_visible()
    second = page.get_by_role("group", name="Backend 2")
    second.get_by_label("Asks").select_option("anthropic")
    second.get_by_label("Base URL").fill("https://api.anthropic.com/v1")
    second.get_by_label("Model").fill("claude-sonnet-4-5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ask_models")
    page.get_by_role("link", name="Edit backends").click()
    check_page(page, "fan-out", expected=["422"])
    expect(page.get_by_role("group", name="Backend 2").get_by_label("Model")).to_have_value("claude-sonnet-4-5")


def test_an_upstream_that_is_left_alone_is_told_on_its_server(
    installation: Installation, page_at: PageAt, check_page: CheckPage
) -> None:
    acme = installation.cast.acme
    http_tool_made(installation.cast.ada, acme.server, "weather")
    target, now = "http https://api.weather.example", time()
    report = BreakerReport(
        tenant_id=str(acme.tenant.pk),
        target=target,
        is_open=True,
        since=now - 90,
        until=now + 600,
        reason="no_connection",
    )
    store().hset(breakers_key(report.tenant_id), target, encode_breaker(report))
    page = page_at(SERVER, installation.cast.ada)
    expect(page.get_by_text("https://api.weather.example is left alone.")).to_be_visible()
    check_page(page, "server-left-alone")
