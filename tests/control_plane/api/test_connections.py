"""Connections over the management API: seen, narrowed and ended, by those whose they are."""

from typing import Any

from tenants.models import ServerTool
from tenants.scope import tenant_scope
from tests.control_plane.oauth.flow import flow_of
from tests.control_plane.oauth.test_flow import record
from tests.fixtures.api import Asker, with_key
from tests.fixtures.cast import Cast, Person

PATH = "tenants/acme/connections"


def connected(person: Person) -> dict[str, Any]:
    """A client of the person's, with its tokens."""
    return flow_of(person).tokens()


def test_a_person_sees_narrows_and_ends_a_connection(cast: Cast) -> None:
    tokens = connected(cast.ada)
    ada = with_key(cast.ada)
    (found,) = ada.get(PATH).json()["results"]
    assert (found["server"], found["client_id"], found["redirect_host"]) == ("demo", "editor", "127.0.0.1")
    assert (found["tools"], found["scopes"]) == (None, ["mcp:read", "mcp:call", "offline_access"])
    assert found["connected_at"] is not None
    one = f"{PATH}/{found['id']}"
    with tenant_scope(cast.acme.tenant):
        tool = str(ServerTool.objects.get(name="count").pk)
    assert ada.patch(one, {"tools": [tool]}).json()["tools"] == [tool]
    built = record(tokens["access_token"])
    assert built is not None
    assert built.tools == (tool,)
    assert ada.patch(one, {"tools": []}).status_code == 400
    assert ada.patch(one, {"tools": [found["id"]]}).status_code == 404
    assert ada.delete(one).json()["revoked_at"] is not None
    assert record(tokens["access_token"]) is None
    assert ada.patch(one, {"tools": None}).json()["error"]["type"] == "already_ended"


def test_owners_end_everybodys_and_choose_for_nobody_else(cast: Cast, ada_api: Asker, max_api: Asker) -> None:
    tokens = connected(cast.max)
    (found,) = ada_api.get(PATH).json()["results"]
    assert max_api.get(f"{PATH}/{found['id']}").json() == found
    assert ada_api.patch(f"{PATH}/{found['id']}", {"tools": None}).status_code == 403
    assert ada_api.delete(f"{PATH}/{found['id']}").status_code == 200
    assert record(tokens["access_token"]) is None


def test_an_outsider_sees_nothing(cast: Cast, gus_api: Asker, ada_api: Asker) -> None:
    connected(cast.max)
    (found,) = ada_api.get(PATH).json()["results"]
    assert gus_api.get(PATH).status_code == 404
    assert gus_api.get("tenants/globex/connections").json()["results"] == []
    assert gus_api.delete(f"tenants/globex/connections/{found['id']}").status_code == 404
    assert ada_api.get(f"{PATH}/{found['id']}").json()["revoked_at"] is None
