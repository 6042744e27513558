"""What somebody reads whose browser a client has opened: whom they let in, to which server, and why it can't be."""

from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import expect

from tenants.models import User
from tenants.services.users import user_create
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.cast import Cast, Person

pytestmark = pytest.mark.usefixtures("no_foreign_store")

CALLBACK = "https://editor.example/callback"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return installation.cast


@pytest.fixture
def asked(installation: Installation) -> dict[str, str]:
    """What a client that nobody knows asks for, at acme's server."""
    registration = {"client_name": "Editor", "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"}
    made = httpx.post(f"{installation.base_url}/oauth/register", json=registration).json()
    return {
        "response_type": "code",
        "client_id": made["client_id"],
        "redirect_uri": CALLBACK,
        "scope": "mcp:read mcp:call",
        "state": "s",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "resource": f"{installation.base_url}/mcp/acme/demo",
    }


def authorize(asked: dict[str, str], **changed: str) -> str:
    """Where the client sends its user's browser; what is changed to nothing is left out."""
    return "/oauth/authorize?" + urlencode({name: value for name, value in {**asked, **changed}.items() if value})


def test_a_client_from_elsewhere_gets_the_tools_that_are_chosen(
    page_at: PageAt, check_page: CheckPage, cast: Cast, asked: dict[str, str]
) -> None:
    page = page_at(authorize(asked), cast.ada)
    expect(page.get_by_text("Nobody has checked this client")).to_be_visible()
    page.get_by_role("radio", name="Only those that I choose").check()
    page.get_by_role("checkbox", name="slugify").check()
    check_page(page, "consent-chosen")
    # Nobody is there to answer: that the browser asks is what matters, and that the policy lets it.
    with page.expect_event("requestfailed", lambda request: request.url.startswith(f"{CALLBACK}?code=")) as failed:
        page.get_by_role("button", name="Allow").click()
    assert "BLOCKED" not in str(failed.value.failure)
    page = page_at("/app/acme/connections/", cast.ada)
    expect(page.get_by_role("row", name="Editor")).to_be_visible()


def test_who_named_no_server_chooses_one(
    page_at: PageAt, check_page: CheckPage, cast: Cast, asked: dict[str, str]
) -> None:
    page = page_at(authorize(asked, resource=""), cast.ada)
    expect(page.get_by_role("heading", level=1)).to_have_text("Which server may Editor use?")
    check_page(page, "consent-server")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Let Editor use Demo?")


def test_a_member_of_nothing_has_no_server_to_choose(
    page_at: PageAt, check_page: CheckPage, cast: Cast, asked: dict[str, str]
) -> None:
    user: User = user_create(email="lone@nowhere.test")
    page = page_at(authorize(asked, resource=""), Person(user, cast.acme, ""))
    check_page(page, "consent-no-server", expected=["status of 403"])


def test_an_outsider_is_told_to_ask_for_an_invitation(
    page_at: PageAt, check_page: CheckPage, cast: Cast, asked: dict[str, str]
) -> None:
    page = page_at(authorize(asked), cast.gus)
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not a member of acme")
    check_page(page, "consent-not-a-member", expected=["status of 403"])


def test_a_request_that_can_lead_nowhere_says_so(
    page_at: PageAt, check_page: CheckPage, cast: Cast, asked: dict[str, str]
) -> None:
    page = page_at(authorize(asked, redirect_uri="https://elsewhere.example/"), cast.ada)
    check_page(page, "consent-refused", expected=["status of 400"])
