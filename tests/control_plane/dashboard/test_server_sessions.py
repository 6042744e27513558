"""The Sessions page of a server: everybody's for owner and admin, one's own for others; and ending what is open."""

from typing import Any

import pytest
from django.test import Client

from benchmarks.open_things import handle_made_up, holder_of, session_opened, stream_opened
from mcp_runtime.contract.open_sessions import CALL, STANDING, Holder
from tenants.models import Call
from tenants.publishing.open_sessions import open_things
from tenants.scope import tenant_scope
from tenants.services.api_keys import api_key_create
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures.cast import Cast, Person

pytestmark = pytest.mark.usefixtures("store")
DEMO = "/app/acme/servers/demo/"
SESSIONS = f"{DEMO}sessions/"


def opened(person: Person, name: str = "editor/1.2", **values: Any) -> str:
    """A session of theirs on their company's server."""
    return session_opened(person.company.server, holder_of(person.user, name, **values))


def text(client: Client, path: str = SESSIONS) -> str:
    return str(client.get(path).content.decode())


def left(person: Person) -> list[str]:
    """What is open on their company's server."""
    return open_things(server=person.company.server).ids


def recorded(cast: Cast) -> list[tuple[str, str, str]]:
    """The ends that acme's audit has: how, by whom, of which client."""
    with tenant_scope(cast.acme.tenant):
        rows = Call.objects.filter(method__in=("sessions/end", "streams/close")).order_by("method", "client_name")
        return [(row.method, str(row.user_id), row.client_name) for row in rows]


@pytest.mark.parametrize(
    ("role", "sees_all"), [("owner", True), ("admin", True), ("developer", False), ("caller", False)]
)
def test_admins_see_and_end_everybodys_and_others_their_own(cast: Cast, role: str, sees_all: bool) -> None:
    browser, person = as_role(cast, role)
    own, other = opened(person, "mine/1"), opened(cast.max if role == "owner" else cast.ada, "other/1")
    page = text(browser)
    assert "mine" in page
    assert ("other" in page) is sees_all
    assert ("Everybody" in page) is sees_all
    assert browser.get(f"{SESSIONS}{other}/").status_code == (200 if sees_all else 404)
    assert browser.post(f"{SESSIONS}{other}/end").status_code == (302 if sees_all else 404)
    assert set(left(person)) == ({own} if sees_all else {own, other})
    assert browser.post(f"{SESSIONS}{own}/end").status_code == 302
    assert left(person) == ([] if sees_all else [other])
    ends = [("sessions/end", str(person.user.pk), name) for name in (["mine/1", "other/1"] if sees_all else ["mine/1"])]
    assert recorded(cast) == ends


def test_auditors_have_none(cast: Cast) -> None:
    browser, _ = as_role(cast, "auditor")
    assert browser.get(SESSIONS).status_code == 403
    assert browser.post(f"{SESSIONS}end").status_code == 403
    assert "Sessions" not in text(browser, DEMO)


def test_the_outsider_sees_and_ends_nothing(cast: Cast) -> None:
    hers, gus = opened(cast.ada, "canary/1"), signed_in_client(cast.gus)
    assert gus.get(SESSIONS).status_code == 404
    assert "canary" not in text(gus, "/app/globex/servers/demo/sessions/")
    at_home = f"/app/globex/servers/demo/sessions/{hers}/"
    assert (gus.get(at_home).status_code, gus.post(f"{at_home}end").status_code) == (404, 404)
    assert gus.post("/app/globex/servers/demo/sessions/end").status_code == 302
    assert left(cast.ada) == [hers]


def test_a_session_says_who_by_what_and_what_is_open_in_it(cast: Cast) -> None:
    key = api_key_create(tenant=cast.acme.tenant, actor=cast.max.actor, name="Laptop", scopes=["mcp:call"]).api_key
    by_key = {"client": str(key.family), "credential_kind": "api_key"}
    session = opened(cast.max, "<b>Code</b>/2", **by_key)
    for kind, tool in ((STANDING, ""), (CALL, "shout")):
        stream_opened(cast.acme.server, holder_of(cast.max.user), kind=kind, tool=tool, session=session)
    page, detail = text(signed_in_client(cast.ada)), text(signed_in_client(cast.ada), f"{SESSIONS}{session}/")
    for shown in ("&lt;b&gt;Code&lt;/b&gt;", "API key · Laptop", "2025-11-25", "listening", "1 call"):
        assert shown in page
    for shown in ("API key · Laptop", "shout", "for what the server says by itself", "/app/acme/keys/"):
        assert shown in detail
    assert "No stream is open." in page


def test_streams_of_no_session_are_closed_one_by_one(cast: Cast) -> None:
    listening, calling = (
        stream_opened(cast.acme.server, holder_of(cast.max.user)),
        stream_opened(cast.acme.server, holder_of(cast.max.user, "agent/3"), kind=CALL, tool="shout"),
    )
    browser = signed_in_client(cast.max)
    assert "Close stream" in text(browser, f"{DEMO}streams/{listening}/")
    assert "End call" in text(browser, f"{DEMO}streams/{calling}/")
    assert browser.post(f"{DEMO}streams/{calling}/close").status_code == 302
    assert (left(cast.max), recorded(cast)) == ([listening], [("streams/close", str(cast.max.user.pk), "agent/3")])
    assert browser.post(f"{DEMO}streams/{calling}/close").status_code == 404


def test_all_of_one_person_end_at_once_and_a_broken_name_stands_for_nobody(cast: Cast) -> None:
    hers = opened(cast.ada)
    opened(cast.max)
    stream_opened(cast.acme.server, holder_of(cast.max.user))
    browser, of_max = signed_in_client(cast.ada), str(cast.max.user.pk)
    assert f'name="person" value="{of_max}"' in text(browser, f"{SESSIONS}?person={of_max}")
    assert browser.post(f"{SESSIONS}end", {"person": "everybody"}).status_code == 404
    answer = browser.post(f"{SESSIONS}end", {"person": of_max}, follow=True)
    assert "1 session and 1 stream ended." in answer.content.decode()
    assert left(cast.ada) == [hers]
    assert signed_in_client(cast.max).post(f"{SESSIONS}end").status_code == 302
    assert left(cast.ada) == [hers]
    browser.post(f"{SESSIONS}end")
    assert left(cast.ada) == []
    assert "Nothing is open." in text(browser)
    assert "They have nothing open here." in text(browser, f"{SESSIONS}?person={of_max}")
    assert len(recorded(cast)) == 3


def test_a_long_list_has_parts(cast: Cast) -> None:
    for number in range(52):
        session_opened(cast.acme.server, holder_of(cast.ada.user, f"client-{number:02}/1"), ago=number)
    browser = signed_in_client(cast.ada)
    first = browser.get(SESSIONS)
    assert ("client-49" in first.content.decode(), "client-50" in first.content.decode()) == (True, False)
    older = first.context["sessions"].next_url
    assert "client-51" in text(browser, older)
    assert "client-00" in text(browser, f"{SESSIONS}?after=nonsense")


def test_while_the_store_is_away_it_says_so(cast: Cast, settings: Any) -> None:
    session = opened(cast.ada)
    settings.REDIS_URL = "unix:///nonexistent/atrium-test.sock"
    browser = signed_in_client(cast.ada)
    for path in (SESSIONS, f"{SESSIONS}now"):
        assert "be reached just now" in text(browser, path)
    assert browser.post(f"{SESSIONS}{session}/end").status_code == 503
    assert recorded(cast) == []


def test_what_belongs_to_nobody_is_shown_too(cast: Cast) -> None:
    program = Holder(service_account="importer", client=handle_made_up(), credential_kind="access_token")
    session_opened(cast.acme.server, program)
    assert "importer" in text(signed_in_client(cast.ada))
    assert "importer" not in text(signed_in_client(cast.max))
