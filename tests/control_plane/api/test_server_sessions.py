"""Sessions and streams over REST: seen and ended, by those whose they are and by admins."""

import pytest

from benchmarks.open_things import holder_of, session_opened, stream_opened
from mcp_runtime.contract.open_sessions import CALL
from tenants.publishing.open_sessions import open_things
from tests.fixtures.api import Asker, signed_in, with_key
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("store")
DEMO = "tenants/acme/servers/demo"


def test_a_session_is_seen_and_ended(cast: Cast, ada_api: Asker, max_api: Asker) -> None:
    session = session_opened(cast.acme.server, holder_of(cast.max.user))
    (found,) = max_api.get(f"{DEMO}/sessions").json()["results"]
    assert (found["id"], found["user_id"]) == (session, str(cast.max.user.pk))
    assert (found["client_name"], found["protocol_version"]) == ("editor/1.2", "2025-11-25")
    assert (found["is_listening"], found["running_calls"]) == (False, 0)
    assert found["last_request_at"] > found["since"]
    assert max_api.delete(f"{DEMO}/sessions/{session}").json()["error"]["type"] == "insufficient_scope"
    assert ada_api.delete(f"{DEMO}/sessions/{session}").status_code == 204
    assert ada_api.delete(f"{DEMO}/sessions/{session}").status_code == 404
    (recorded,) = ada_api.get("tenants/acme/calls?method=sessions/end").json()["results"]
    assert (recorded["user_id"], recorded["client_name"]) == (str(cast.ada.user.pk), "editor/1.2")


def test_streams_are_seen_and_closed(cast: Cast, ada_api: Asker) -> None:
    stream = stream_opened(cast.acme.server, holder_of(cast.ada.user), kind=CALL, tool="shout")
    (found,) = ada_api.get(f"{DEMO}/streams").json()["results"]
    assert (found["id"], found["kind"], found["tool"]) == (stream, "call", "shout")
    assert ada_api.delete(f"{DEMO}/streams/{stream}").status_code == 204
    assert ada_api.get(f"{DEMO}/streams").json()["results"] == []


def test_lists_are_narrowed_and_have_pages(cast: Cast, ada_api: Asker) -> None:
    oldest, newest = (session_opened(cast.acme.server, holder_of(cast.ada.user), ago=ago) for ago in (90.0, 30.0))
    of_max = session_opened(cast.acme.server, holder_of(cast.max.user), ago=60.0)
    page = ada_api.get(f"{DEMO}/sessions?limit=2").json()
    assert [each["id"] for each in page["results"]] == [newest, of_max]
    rest = ada_api.get(f"{DEMO}/sessions?limit=2&cursor={page['next']}").json()
    assert ([each["id"] for each in rest["results"]], rest["next"]) == ([oldest], None)
    narrowed = ada_api.get(f"{DEMO}/sessions?user_id={cast.max.user.pk}").json()["results"]
    assert [each["id"] for each in narrowed] == [of_max]
    assert ada_api.get(f"{DEMO}/sessions?cursor=nonsense").json()["error"]["type"] == "invalid_value"


def test_all_of_one_person_or_of_everybody_end_at_once(cast: Cast, ada_api: Asker) -> None:
    for person in (cast.ada, cast.max):
        session_opened(cast.acme.server, holder_of(person.user))
        stream_opened(cast.acme.server, holder_of(person.user))
    his = ada_api.post(f"{DEMO}/sessions/end", {"user_id": str(cast.max.user.pk)})
    assert his.json() == {"sessions": 1, "streams": 1}
    assert signed_in(cast.max.user).post(f"{DEMO}/sessions/end").json() == {"sessions": 0, "streams": 0}
    assert ada_api.post(f"{DEMO}/sessions/end").json() == {"sessions": 1, "streams": 1}


def test_an_outsider_sees_and_ends_nothing(cast: Cast, gus_api: Asker) -> None:
    session = session_opened(cast.acme.server, holder_of(cast.ada.user))
    assert gus_api.get(f"{DEMO}/sessions").status_code == 404
    assert gus_api.get("tenants/globex/servers/demo/sessions").json()["results"] == []
    assert gus_api.delete(f"tenants/globex/servers/demo/sessions/{session}").status_code == 404
    assert gus_api.post("tenants/globex/servers/demo/sessions/end").json() == {"sessions": 0, "streams": 0}
    assert open_things(server=cast.acme.server).ids == [session]


def test_a_key_for_another_server_sees_nothing(cast: Cast, ada_api: Asker) -> None:
    session = session_opened(cast.acme.server, holder_of(cast.ada.user))
    ada_api.post("tenants/acme/servers", {"slug": "other", "name": "Other"})
    elsewhere = with_key(cast.ada, servers=[cast.acme.server])
    assert elsewhere.get("tenants/acme/servers/other/sessions").status_code == 404
    assert elsewhere.delete(f"tenants/acme/servers/other/sessions/{session}").status_code == 404
    assert ada_api.delete(f"tenants/acme/servers/other/sessions/{session}").status_code == 404
