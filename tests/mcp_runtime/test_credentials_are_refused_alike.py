"""Whatever is wrong with a credential, the answer is one 401, whether or not there is such a server."""

from time import time
from typing import Any

import pytest

from tests.mcp_runtime.cast import ADA, GUS, MAX, READER, credential
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica

pytestmark = pytest.mark.anyio

NOWHERE = "/mcp/acme/nowhere"


def _broken(record: Record) -> list[dict[str, str]]:
    """Headers of every way to fail, each with a credential that globex's outsider could hold."""
    record.keep_key("expired", credential("acme", "ada", "owner", expires_at=time() - 1))
    record.keep_key("elsewhere", credential("acme", "ada", "owner", servers=("other",)))
    record.keep_key("management", credential("acme", "ada", "owner", scopes=("manage:read",)))
    record.keep_key("bound", credential("acme", "ada", "owner", resource="http://127.0.0.1/mcp/acme/other"))
    bearers = ["nonsense", "expired", "elsewhere", "management", "bound", GUS, "x" * 5000, "a b"]
    return [{}, {"Authorization": "Basic YTpi"}, {"Cookie": f"token={ADA}"}, {"Authorization": ADA}] + [
        {"Authorization": f"Bearer {token}"} for token in bearers
    ]


async def _answers(served: Replica, path: str, headers: dict[str, str], query: str = "") -> tuple[int, bytes, str]:
    more: dict[str, Any] = {"Content-Type": "application/json", **headers}
    response = await served.http.post(path + query, content=b"{}", headers=more)
    challenge = response.headers["www-authenticate"].replace(path, "PATH")
    return response.status_code, response.content, challenge


@pytest.mark.must("MUST-30.2", "MUST-31.2")
async def test_existing_and_made_up_servers_answer_the_same_401(served: Replica, record: Record) -> None:
    seen = set()
    for headers in _broken(record):
        for path in (ACME, NOWHERE, "/mcp/no-such-tenant/desk"):
            seen.add(await _answers(served, path, headers))
    assert len(seen) == 1
    status, _, challenge = seen.pop()
    assert status == 401
    assert "/.well-known/oauth-protected-resourcePATH" in challenge
    assert 'scope="mcp:read mcp:call"' in challenge


@pytest.mark.must("MUST-31.7")
async def test_a_token_in_the_query_is_no_credential(served: Replica) -> None:
    assert (await _answers(served, ACME, {}, f"?access_token={ADA}"))[0] == 401


@pytest.mark.must("MUST-31.6")
async def test_the_outsider_is_refused_at_home_nowhere_else(served: Replica) -> None:
    assert (await served.modern("tools/list", GUS, GLOBEX)).status_code == 200
    assert (await served.modern("tools/list", GUS, ACME)).status_code == 401


async def test_existence_shows_to_a_credential_of_the_tenant_only(served: Replica, record: Record) -> None:
    assert (await served.modern("tools/list", ADA, NOWHERE)).status_code == 404
    record.change_server("globex", "desk", status="suspended")
    assert (await served.modern("tools/list", GUS, GLOBEX)).status_code == 404
    assert (await served.modern("tools/list", ADA, GLOBEX)).status_code == 401


@pytest.mark.must("MUST-30.1")
async def test_metadata_is_the_same_for_every_well_formed_path(served: Replica) -> None:
    bodies = set()
    for tenant, server in (("acme", "desk"), ("acme", "nowhere"), ("no-such-tenant", "desk")):
        response = await served.http.get(f"/.well-known/oauth-protected-resource/mcp/{tenant}/{server}")
        assert response.status_code == 200
        document = response.json()
        public_url = served.runtime.settings.public_url
        assert document["resource"] == f"{public_url}/mcp/{tenant}/{server}"
        assert document["authorization_servers"] == [public_url]
        bodies.add(response.text.replace(f"{tenant}/{server}", "PATH"))
    assert len(bodies) == 1
    for path in ("", "/mcp", "/mcp/acme", "/mcp/acme/desk/more", "/mcp/Acme/desk", "/mcp/acme/%64esk"):
        assert (await served.http.get(f"/.well-known/oauth-protected-resource{path}")).status_code == 404


async def test_malformed_paths_are_not_found(served: Replica) -> None:
    for path in ("/mcp/", "/mcp/acme", "/mcp/acme/", "/mcp/acme/desk/", "/mcp/acme/desk/x", "/mcp/acme/%64esk"):
        assert (await served.modern("tools/list", ADA, path)).status_code == 404


async def test_a_credential_may_be_bound_to_addresses(served: Replica, record: Record) -> None:
    record.keep_key("office", credential("acme", "ada", "owner", address_ranges=("10.0.0.0/8",)))
    record.keep_key("here", credential("acme", "ada", "owner", address_ranges=("127.0.0.0/8",)))
    assert (await served.modern("tools/list", "office")).status_code == 403
    spoofed = await served.modern("tools/list", "office", headers={"X-Forwarded-For": "10.1.2.3"})
    assert spoofed.status_code == 403
    assert (await served.modern("tools/list", "here")).status_code == 200


@pytest.mark.must("MUST-22.2")
async def test_default_deny_and_scopes_decide_what_is_listed_and_called(served: Replica) -> None:
    def names(response: Any) -> list[str]:
        return [tool["name"] for tool in response.json()["result"]["tools"]]

    assert "erase" in names(await served.modern("tools/list", ADA))
    assert names(await served.modern("tools/list", READER)) == ["echo", "trace"]
    assert names(await served.modern("tools/list", MAX)) == []
    assert (await served.call("echo", {"text": "x"}, MAX)).json()["error"]["code"] == -32602
    refused = await served.call("erase", {"name": "x"}, READER)
    assert refused.status_code == 403
    assert 'error="insufficient_scope", scope="mcp:call"' in refused.headers["www-authenticate"]


async def test_a_denied_tool_answers_like_one_that_does_not_exist(served: Replica) -> None:
    denied = (await served.call("echo", {"text": "x"}, MAX)).text
    unknown = (await served.call("ohce", {"text": "x"}, MAX)).text
    assert denied.replace("echo", "NAME") == unknown.replace("ohce", "NAME")
