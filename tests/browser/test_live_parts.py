"""Parts of a page keep themselves fresh: by the stream, by asking while there is none, and not while nobody looks."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.examination import PageAt

COMPONENTS = "/app/-/components"
PART = '<p id="part" hx-get="/part" hx-trigger="live:calls from:body">first</p>'


class Answers:
    """What the page's own requests get: the stream as the test wants it, and a part that counts."""

    def __init__(self, stream: Callable[[Route], None]) -> None:
        self.parts, self._stream = 0, stream

    def install(self, page: Page) -> None:
        page.route("**/part", self._part)
        page.route("**/stream", self._stream)
        page.route(f"**{COMPONENTS}?live", self._with_part)

    def _part(self, route: Route) -> None:
        self.parts += 1
        assert route.request.headers["hx-request"] == "true"
        route.fulfill(body=PART.replace("first", f"fresh {self.parts}"), content_type="text/html")

    def _with_part(self, route: Route) -> None:
        answer = route.fetch()
        body = answer.text().replace('<div class="stack">', f'<div class="stack" data-live="/stream">{PART}', 1)
        route.fulfill(response=answer, body=body)


def events(*names: str) -> Callable[[Route], None]:
    body = "".join(f"event: {name}\ndata: {{}}\n\n" for name in names)
    return lambda route: route.fulfill(body=f"retry: 3600000\n{body}", content_type="text/event-stream")


@pytest.fixture
def page(page_at: PageAt) -> Page:
    page = page_at("/", kept=False)
    page.clock.install()
    return page


def test_an_event_refreshes_what_waits_for_it(page: Page) -> None:
    answers = Answers(events("jobs", "calls"))
    answers.install(page)
    page.goto(f"{COMPONENTS}?live")
    expect(page.locator("#part")).to_have_text("fresh 1")


def test_many_events_are_few_requests(page: Page) -> None:
    answers = Answers(events(*["calls"] * 50))
    answers.install(page)
    page.goto(f"{COMPONENTS}?live")
    expect(page.locator("#part")).to_have_text("fresh 1")
    page.clock.run_for(1000)
    expect(page.locator("#part")).to_have_text("fresh 2")
    assert answers.parts == 2


def test_without_a_stream_it_asks_again_and_again(page: Page) -> None:
    answers = Answers(lambda route: route.fulfill(status=503))
    answers.install(page)
    page.goto(f"{COMPONENTS}?live")
    expect(page.locator("#part")).to_have_text("first")
    for turn in (1, 2):
        for _ in range(60):  # its clock begins when the browser has noticed the failure
            if answers.parts == turn:
                break
            page.clock.run_for(500)
            page.wait_for_timeout(50)
        expect(page.locator("#part")).to_have_text(f"fresh {turn}")
    with page.expect_request("**/stream"):
        page.clock.run_for(21_000)


def test_a_request_of_htmx_carries_the_token(page: Page) -> None:
    page.route("**/posted", lambda route: route.fulfill(status=204))
    page.goto(COMPONENTS)
    token = page.locator("meta[name=csrf-token]").get_attribute("content")
    with page.expect_request("**/posted") as asked:
        page.evaluate("htmx.ajax('POST', '/posted', {target: '#content'})")
    assert asked.value.headers["x-csrftoken"] == token


def test_a_failed_request_is_said(page: Page) -> None:
    page.route("**/posted", lambda route: route.fulfill(status=500, headers={"X-Request-Id": "7f3a"}))
    page.goto(COMPONENTS)
    page.evaluate("htmx.ajax('POST', '/posted', {target: '#content'})")
    expect(page.locator(".toast-bad")).to_contain_text("Request 7f3a")


def test_the_server_may_send_a_message(page: Page) -> None:
    said = {"HX-Trigger": '{"toast": {"text": "Key revoked <b>", "kind": "ok"}}'}
    page.route("**/posted", lambda route: route.fulfill(status=204, headers=said))
    page.goto(COMPONENTS)
    page.evaluate("htmx.ajax('POST', '/posted', {target: '#content'})")
    expect(page.locator(".toast-ok")).to_have_text("Key revoked <b>")
    page.clock.run_for(7000)
    expect(page.locator(".toast-ok")).to_have_count(0)
