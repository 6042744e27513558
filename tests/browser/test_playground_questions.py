"""Playground: what a server asks back is put to the person, and answered or refused, in both of its forms."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.browser.payments_toolkit import PAYMENT_PAGE
from tests.browser.playground import OLDER, PAGE, SLUG, bench_create, came, field, send, wire
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("no_foreign_store")
MODERN = "2026-07-28"


@pytest.fixture
def cast(installation: Installation, no_foreign_store: None) -> Cast:
    bench_create(installation.cast)
    return installation.cast


def asked(page_at: PageAt, cast: Cast, tool: str, revision: str, **arguments: str) -> Page:
    """The page, once the tool has asked."""
    page = page_at(f"{PAGE}{tool}/?revision={revision}", cast.ada)
    for name, value in arguments.items():
        field(page, name).fill(value)
    send(page)
    expect(questions(page).first).to_be_visible()
    came(page, "waiting for you")
    return page


def questions(page: Page) -> Locator:
    return page.locator("#questions .playground-question")


def choose(page: Page, word: str) -> None:
    questions(page).get_by_role("button", name=word, exact=True).click()


@pytest.mark.parametrize("revision", [MODERN, OLDER])
def test_a_question_is_answered(page_at: PageAt, cast: Cast, revision: str) -> None:
    page = asked(page_at, cast, "test_input_required_result_elicitation", revision)
    expect(questions(page)).to_contain_text("Bench asks you for something")
    expect(questions(page)).to_contain_text("What is your name?")
    name = questions(page).get_by_label("name")
    expect(name).to_be_focused()
    choose(page, "Submit")
    expect(questions(page)).to_contain_text("name is needed.")
    name.fill("Ada")
    name.press("Enter")
    expect(page.locator("#result")).to_contain_text("Hello, Ada!")
    expect(questions(page)).to_have_count(0)
    expect(wire(page)).to_contain_text("inputResponses" if revision == MODERN else '"action": "accept"')


@pytest.mark.parametrize(("revision", "word"), [(MODERN, "Decline"), (OLDER, "Cancel")])
def test_a_question_is_declined(page_at: PageAt, cast: Cast, revision: str, word: str) -> None:
    page = asked(page_at, cast, "test_input_required_result_request_state", revision)
    choose(page, word)
    expect(page.locator("#result")).to_contain_text(f"state-ok: {word.lower()}")


@pytest.mark.parametrize("revision", [MODERN, OLDER])
def test_several_questions_are_answered_each(page_at: PageAt, check_page: CheckPage, cast: Cast, revision: str) -> None:
    page = asked(page_at, cast, "test_input_required_result_multiple_inputs", revision)
    expect(questions(page)).to_have_count(3)
    check_page(page, "playground-questions")
    questions(page).get_by_label("name").fill("Ada")
    choose(page, "Submit")
    questions(page).get_by_label("Your answer").fill("Good day,")
    choose(page, "Answer")
    questions(page).get_by_label("Roots").fill("/etc")
    choose(page, "Send roots")
    expect(questions(page)).to_contain_text("/etc is no root")
    questions(page).get_by_label("Roots").fill("file:///projects/website\nfile:///projects/notes")
    choose(page, "Send roots")
    expect(page.locator("#result")).to_contain_text("Good day, Ada, of 2 roots")


@pytest.mark.parametrize(("revision", "outcome"), [(MODERN, "given up"), (OLDER, "tool error")])
def test_being_a_model_is_refused(page_at: PageAt, cast: Cast, revision: str, outcome: str) -> None:
    page = asked(page_at, cast, "test_input_required_result_sampling", revision)
    expect(questions(page)).to_contain_text("What is the capital of France?")
    choose(page, "Refuse")
    came(page, outcome)


@pytest.mark.parametrize("revision", [MODERN, OLDER])
def test_a_client_that_answers_nothing_is_tried_out(page_at: PageAt, cast: Cast, revision: str) -> None:
    page = page_at(f"{PAGE}test_input_required_result_capabilities/?revision={revision}", cast.ada)
    page.get_by_label("Answer questions").uncheck()
    expect(page.locator("#tools")).not_to_have_attribute("aria-busy", "true")
    send(page)
    expect(page.locator("#result")).to_contain_text("0 answers")


@pytest.mark.parametrize("revision", [MODERN, OLDER])
def test_a_call_that_asks_is_cancelled(page_at: PageAt, cast: Cast, revision: str) -> None:
    page = asked(page_at, cast, "test_input_required_result_elicitation", revision)
    page.locator("#call").get_by_role("button", name="Cancel", exact=True).click()
    came(page, "cancelled")
    expect(questions(page)).to_have_count(0)


def test_a_prompt_asks_too(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    page = page_at(f"{PAGE}?prompt=test_input_required_result_prompt", cast.ada)
    send(page, "Get")
    questions(page).get_by_label("context").fill("the harbour")
    check_page(page, "playground-question")
    choose(page, "Submit")
    expect(page.locator("#result")).to_contain_text("Use this context: the harbour")


def test_one_question_after_the_other(page_at: PageAt, cast: Cast) -> None:
    page = asked(page_at, cast, "test_input_required_result_multi_round", MODERN)
    questions(page).get_by_label("name").fill("Ada")
    choose(page, "Submit")
    questions(page).get_by_label("color").fill("green")
    choose(page, "Submit")
    expect(page.locator("#result")).to_contain_text("Ada likes green")


def test_choices_show_their_titles(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    page = asked(page_at, cast, "test_elicitation_sep1330_enums", OLDER)
    choice = questions(page).get_by_label("titledSingle optional", exact=True)
    choice.select_option("Third Option")
    questions(page).get_by_label("Second Option").check()
    check_page(page, "playground-choices")
    choose(page, "Submit")
    expect(page.locator("#result")).to_contain_text('"titledSingle": "value3", "titledMulti": ["value2"]')


SHOWN = """async ([schema]) => {
  const { elicitation } = await import("/static/control_plane/js/playground/elicitation.js");
  const place = document.querySelector("#questions");
  place.hidden = false;
  document.querySelector("#outcome").hidden = false;
  const answer = new Promise((resolve) => place.replaceChildren(...elicitation(schema, resolve).content));
  window.answered = "";
  answer.then((found) => { window.answered = JSON.stringify(found); });
}"""
STRICT: dict[str, Any] = {
    "type": "object",
    "required": ["mail", "kinds"],
    "properties": {
        "mail": {"type": "string", "title": "Your mail", "format": "email"},
        "site": {"type": "string", "format": "uri"},
        "day": {"type": "string", "format": "date", "default": "2026-11-21"},
        "count": {"type": "integer", "minimum": 1, "maximum": 3, "default": 2},
        "kinds": {
            "type": "array",
            "minItems": 1,
            "items": {"anyOf": [{"const": "a", "title": "Apples"}, {"const": "b", "title": "Pears"}]},
        },
        "size": {"type": "string", "oneOf": [{"const": "s", "title": "Small"}, {"const": "l", "title": "Large"}]},
        "short": {"type": "string", "maxLength": 3},
    },
}


def test_an_answer_is_checked_before_it_is_sent(page_at: PageAt, cast: Cast) -> None:
    page = page_at(PAGE, cast.ada)
    expect(page.locator("#tools")).not_to_have_attribute("aria-busy", "true")
    page.evaluate(SHOWN, [{"message": "Please", "requestedSchema": STRICT}])
    place = page.locator("#questions")
    mistakes = [
        ("Your mail", "nobody", "Your mail is an e-mail address", "ada@example.com"),
        ("site", "nowhere", "site is a URL", "https://example.com/"),
        ("count", "7", "count is at most 3.", "3"),
        ("short", "long", "short has at most 3 characters.", "ok"),
    ]
    place.get_by_label("Pears").check()
    for name, wrong, words, right in mistakes:
        place.get_by_label("Your mail").fill("ada@example.com")
        place.get_by_label(name).fill(wrong)
        place.get_by_role("button", name="Submit").click()
        expect(place).to_contain_text(words)
        expect(place.get_by_label(name)).to_be_focused()
        place.get_by_label(name).fill(right)
    place.get_by_label("Pears").uncheck()
    place.get_by_role("button", name="Submit").click()
    expect(place).to_contain_text("kinds needs at least 1.")
    place.get_by_label("Pears").check()
    place.get_by_label("size").select_option("Large")
    place.get_by_role("button", name="Submit").click()
    page.wait_for_function("window.answered !== ''")
    content = page.evaluate("JSON.parse(window.answered).result.content")
    assert content == {
        "mail": "ada@example.com",
        "site": "https://example.com/",
        "day": "2026-11-21",
        "count": 3,
        "kinds": ["b"],
        "size": "l",
        "short": "ok",
    }


def test_a_page_opens_only_by_a_click_and_knows_no_opener(
    page_at: PageAt, check_page: CheckPage, cast: Cast, installation: Installation
) -> None:
    page = page_at(PAGE, cast.ada)
    expect(page.locator("#tools")).not_to_have_attribute("aria-busy", "true")
    url = f"{installation.base_url}/livez?pay=1"
    page.evaluate(SHOWN, [{"mode": "url", "message": "Please pay", "url": url}])
    place = page.locator("#questions")
    expect(place.locator("b")).to_have_text(installation.base_url.removeprefix("http://"))
    expect(place).to_contain_text(url)
    check_page(page, "playground-url")
    assert page.evaluate("window.answered") == ""
    with page.context.expect_page() as opened:
        place.get_by_role("link", name="Open").click()
    assert opened.value.evaluate("window.opener") is None
    page.wait_for_function("window.answered !== ''")
    assert page.evaluate("JSON.parse(window.answered)") == {"result": {"action": "accept"}}
    page.evaluate(SHOWN, [{"mode": "url", "message": "Please pay", "url": "javascript:alert(1)"}])
    expect(place).to_contain_text("none that can be opened")
    expect(place.get_by_role("link")).to_have_count(0)


@pytest.mark.parametrize("revision", [MODERN, OLDER])
def test_a_tool_has_a_page_opened(page_at: PageAt, cast: Cast, revision: str) -> None:
    """An installed toolkit's; what the person does there passes by the client."""
    adding = page_at(f"/app/acme/servers/{SLUG}/tools/add", cast.ada)
    if adding.get_by_role("checkbox", name="pay").is_enabled():
        adding.get_by_role("checkbox", name="pay").check()
        adding.get_by_role("button", name="Add tools").click()
        expect(adding.get_by_role("link", name="pay", exact=True)).to_be_visible()
    page = page_at(f"{PAGE}pay/?revision={revision}", cast.ada)
    page.context.route(f"{PAYMENT_PAGE}*", lambda route: route.fulfill(body="Paid. Thank you.", status=200))
    send(page)
    expect(questions(page)).to_contain_text("Pay for order 17.")
    expect(questions(page).locator(".playground-host")).to_have_text("pay.example")
    with page.context.expect_page() as opened:
        questions(page).get_by_role("link", name="Open").click()
    expect(opened.value.locator("body")).to_have_text("Paid. Thank you.")
    expect(page.locator("#result")).to_contain_text("The page was accepted.")
    expect(questions(page)).to_have_count(0)
