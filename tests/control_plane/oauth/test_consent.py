"""The page on which a person decides: what it says, what it takes, and what can't be done to it."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.utils import timezone

from control_plane.oauth.authorization_request import AuthorizationRequest
from control_plane.oauth.consent_state import SALT
from control_plane.oauth.pages import shown_client
from tenants.models import AuthorizationCode, Connection, ServerTool
from tenants.scope import platform_scope, tenant_scope
from tests.control_plane.oauth.flow import FOREIGN, ISSUER, RESOURCE, Flow, answered, flow_of, state_of
from tests.control_plane.oauth.negatives import PAGE, Negative, refusal_at_authorize
from tests.control_plane.oauth.test_flow import record
from tests.fixtures.cast import Cast
from tests.fixtures.oauth import client_build

STATES = ("none", "made up", "cut", "tampered with", "another salt", "another person's", "ten minutes old")
TOOLS = ("a tool of nobody", "no id", "none chosen", "another kind of choice", "another kind of access")
TABLE = [
    *(Negative("consent: by its own page", "consent", what, PAGE) for what in STATES),
    *(Negative("consent: what is one's own to give", "consent", what, PAGE) for what in TOOLS),
    Negative("consent: by a form of ours", "consent", "no CSRF token", "403"),
    Negative("consent: by somebody signed in", "consent", "signed out meanwhile", PAGE),
    Negative("consent: on a server of one's own", "consent", "another tenant's chosen", "403"),
    Negative("consent: on a server of one's own", "consent", "none chosen", "invalid_target"),
    Negative("consent: given", "consent", "no decision", "access_denied"),
    Negative("consent: given", "consent", "another word", "access_denied"),
    Negative("consent: given", "consent", "refused", "access_denied"),
]


@pytest.fixture
def flow(cast: Cast) -> Flow:
    return flow_of(cast.max)


def text_of(page: Any) -> str:
    """What a person reads."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def connection_of(cast: Cast) -> Connection:
    with tenant_scope(cast.acme.tenant):
        return Connection.objects.get()


def test_the_page_names_who_asks_for_what_and_where_the_answer_goes(cast: Cast) -> None:
    flow = flow_of(cast.max, client_id="web", redirect_uris="https://client.example/cb", name="Web Editor")
    text = text_of(flow.ask(redirect_uri="https://client.example/cb"))
    for word in ("Web Editor", "client.example", "Demo", "Acme", RESOURCE, "max@acme.test", "Registered itself"):
        assert word in text
    assert "Any program that runs here" not in text


def test_the_page_warns_of_answers_that_stay_on_this_machine(flow: Flow) -> None:
    assert "Any program that runs here" in text_of(flow.ask())


@pytest.mark.parametrize(
    ("source", "client_id", "words"),
    [
        ("cimd", "https://client.example/client.json", "Described by client.example"),
        ("dcr", "registered", "its name was not checked"),
        ("manual", "own", "Set up by Acme"),
    ],
)
def test_the_page_says_what_is_known_of_a_client(cast: Cast, source: str, client_id: str, words: str) -> None:
    tenant = cast.acme.tenant if source == "manual" else None
    client = client_build(client_id, registration_source=source, tenant=tenant)
    asked = AuthorizationRequest({}, client, "https://client.example/cb", ())
    assert words in shown_client(asked).origin


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ('" onmouseover="x', "&quot; onmouseover"),
        ("{{ 7|add:7 }}", "{{ 7|add:7 }}"),
        ("Edi\u202erot", "Edi⟨U+202E⟩rot"),
        ("Edi\u200btor", "Edi⟨U+200B⟩tor"),
        ("Edi\u00a0tor", "Edi⟨U+00A0⟩tor"),
        ("E" * 200, "E" * 100 + "…"),
    ],
    ids=["markup", "an attribute", "a template", "turned around", "no width", "an odd space", "long"],
)
def test_the_name_of_a_client_is_text(cast: Cast, name: str, shown: str) -> None:
    page = flow_of(cast.max, name=name).ask().content.decode()
    assert shown in page
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_the_form_may_lead_to_the_client_and_nowhere_else(flow: Flow) -> None:
    page = flow.ask()
    policy = page["Content-Security-Policy"]
    assert "form-action 'self' http://127.0.0.1:53682;" in f"{policy};"
    assert (page["X-Frame-Options"], page["Cache-Control"]) == ("DENY", "no-store")
    assert page["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert flow.decide(page)["Cache-Control"] == "no-store"


def test_nobody_is_asked_before_they_have_signed_in(flow: Flow) -> None:
    flow.browser.logout()
    answer = flow.ask()
    assert answer["Location"].startswith("/accounts/login/?next=/oauth/authorize%3F")


def test_a_person_gives_less_than_was_asked(cast: Cast, flow: Flow) -> None:
    with tenant_scope(cast.acme.tenant):
        count = ServerTool.objects.get(name="count")
    tokens = flow.tokens({"access": "read", "tools": "chosen", "tool": str(count.pk)})
    assert tokens["scope"] == "mcp:read offline_access"
    built = record(tokens["access_token"])
    assert built is not None
    assert (built.scopes, built.tools) == (("mcp:read",), (str(count.pk),))
    assert connection_of(cast).tool_ids == [str(count.pk)]


def test_who_asks_to_read_is_shown_what_only_reads(cast: Cast, flow: Flow) -> None:
    page = text_of(flow.ask(scope="mcp:read"))
    assert "Count" in page
    assert "shout" not in page
    assert flow.tokens(scope="mcp:read")["scope"] == "mcp:read"


def test_who_names_no_scope_gets_what_the_challenge_asks_for(flow: Flow) -> None:
    assert flow.tokens(scope=None)["scope"] == "mcp:read mcp:call"


def test_who_names_no_server_gets_the_one_that_the_person_picks(cast: Cast, flow: Flow) -> None:
    page = flow.ask(resource=None)
    assert RESOURCE in text_of(page)
    assert FOREIGN not in text_of(page)
    chosen = flow.decide(page, server=RESOURCE)
    assert (chosen.status_code, RESOURCE in text_of(chosen)) == (200, True)
    code = answered(flow.decide(chosen))["code"]
    built = record(flow.trade(code, resource=None).json()["access_token"])
    assert built is not None
    assert built.resource == RESOURCE


def test_picking_anothers_server_leads_nowhere(flow: Flow) -> None:
    assert flow.decide(flow.ask(resource=None), server=FOREIGN).status_code == 403
    assert answered(flow.decide(flow.ask(resource=None), server=f"{ISSUER}/mcp/acme/x"))["error"] == "invalid_target"
    assert answered(flow.decide(flow.ask(resource=None)))["error"] == "invalid_target"


@pytest.mark.parametrize("decision", ["deny", "", "ALLOW"])
def test_what_is_no_consent_is_told_the_client(cast: Cast, flow: Flow, decision: str) -> None:
    told = answered(flow.decide(flow.ask(), decision=decision))
    assert (told["error"], told["state"], told["iss"]) == ("access_denied", "st4te", ISSUER)
    with tenant_scope(cast.acme.tenant):
        assert not Connection.objects.exists()


def state_like(what: str, cast: Cast, flow: Flow, page: Any) -> str:
    """A state as somebody else might send it."""
    state = state_of(page)
    values = signing.loads(state, salt=SALT)
    if what == "another person's":
        return state_of(flow_of(cast.ada).ask())
    if what == "ten minutes old":
        signer = signing.TimestampSigner(salt=SALT)
        signer.timestamp = lambda: signing.b62_encode(int((timezone.now() - timedelta(seconds=601)).timestamp()))  # type: ignore[method-assign]
        return signer.sign_object(values, compress=True)
    tampered = ("B" if state[0] == "A" else "A") + state[1:]
    return {
        "none": "",
        "made up": "made:up:state",
        "cut": state[:-1],
        "tampered with": tampered,
        "another salt": signing.dumps(values, salt="another"),
    }[what]


@pytest.mark.parametrize("what", STATES)
def test_a_decision_belongs_to_its_page(cast: Cast, flow: Flow, what: str) -> None:
    page = flow.ask()
    answer = flow.decide(page, state=state_like(what, cast, flow, page))
    assert refusal_at_authorize(answer) == PAGE
    with tenant_scope(cast.acme.tenant):
        assert not AuthorizationCode.objects.exists()


def test_a_decision_comes_by_a_form_of_ours(flow: Flow) -> None:
    page = flow.ask()
    sent = {"state": state_of(page), "decision": "allow", "tools": "all"}
    assert flow.browser.post("/oauth/authorize", sent).status_code == 403


def test_a_decision_is_of_somebody_signed_in(flow: Flow) -> None:
    page = flow.ask()
    token = flow.browser.cookies["atrium-csrf"].value
    flow.browser.logout()
    sent = {"state": state_of(page), "decision": "allow", "tools": "all", "csrfmiddlewaretoken": token}
    flow.browser.cookies["atrium-csrf"] = token
    assert flow.browser.post("/oauth/authorize", sent).status_code == 400


@pytest.mark.parametrize("what", TOOLS)
def test_nobody_gives_what_is_not_theirs(cast: Cast, flow: Flow, what: str) -> None:
    form = {
        "a tool of nobody": {"tools": "chosen", "tool": str(cast.acme.server.pk)},
        "no id": {"tools": "chosen", "tool": "x"},
        "none chosen": {"tools": "chosen"},
        "another kind of choice": {"tools": "every"},
        "another kind of access": {"access": "admin"},
    }[what]
    assert flow.decide(flow.ask(), **form).status_code in (400, 422)
    with tenant_scope(cast.acme.tenant):
        assert not Connection.objects.exists()


def test_what_changed_since_the_page_was_shown_counts(cast: Cast, flow: Flow) -> None:
    page = flow.ask()
    flow.application.redirect_uris = "https://elsewhere.example/cb"
    with platform_scope("test"):
        flow.application.save()
    assert refusal_at_authorize(flow.decide(page)) == PAGE
