"""DNS rebinding finds no door, and browsers are told only what they may read."""

import pytest

from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.legacy_client import initialize, legacy_headers, post, request
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, Replica, modern_request

pytestmark = pytest.mark.anyio

PAGE = "https://app.acme.example"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "127.0.0.1:x", "", "[::1", "localhost@evil.example"],
)
async def test_a_foreign_host_is_refused(served: Replica, host: str) -> None:
    response = await served.modern("server/discover", headers={"Host": host})
    assert response.status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:9", "localhost:8000", "LOCALHOST", "[::1]:80"])
async def test_loopback_names_on_any_port_are_accepted_while_embedded(served: Replica, host: str) -> None:
    assert (await served.modern("server/discover", headers={"Host": host})).status_code == 200


@pytest.mark.must("MUST-01")
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "file://", "http://[", "http://evil@x"]
)
async def test_a_foreign_origin_is_refused_with_and_without_a_credential(served: Replica, origin: str) -> None:
    for key in (ADA, "nonsense"):
        response = await served.modern("server/discover", key, headers={"Origin": origin})
        assert response.status_code == 403
        assert "access-control-allow-origin" not in response.headers
    anonymous = await served.http.post(ACME, content=b"{}", headers={"Origin": origin})
    assert anonymous.status_code == 403


@pytest.mark.must("MUST-01")
async def test_a_foreign_origin_is_refused_whatever_is_asked(served: Replica, record: Record) -> None:
    record.change_server("acme", "desk", allowed_origins=(PAGE,))
    session = await initialize(served)
    for origin, status in (("https://evil.example", 403), (PAGE, 200)):
        headers = legacy_headers(session=session, Origin=origin)
        assert (await post(served, request("ping"), session=session, Origin=origin)).status_code == status
        if status == 403:
            for method in ("GET", "DELETE"):
                assert (await served.http.request(method, ACME, headers=headers)).status_code == status
    assert (await post(served, request("ping"), session=session)).status_code == 200


async def test_a_servers_own_origins_show_to_its_credentials_only(served: Replica, record: Record) -> None:
    record.change_server("acme", "desk", allowed_origins=(PAGE,))
    response = await served.modern("server/discover", headers={"Origin": PAGE})
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == PAGE
    assert response.headers["access-control-expose-headers"] == "Mcp-Session-Id, WWW-Authenticate"
    assert "access-control-allow-credentials" not in response.headers
    assert (await served.modern("server/discover", "nonsense", headers={"Origin": PAGE})).status_code == 403


async def test_a_page_of_the_installation_can_read_why_it_was_refused(served: Replica) -> None:
    response = await served.modern("server/discover", "nonsense", headers={"Origin": "http://localhost:3000"})
    assert response.status_code == 401
    assert response.headers["access-control-allow-origin"] == "http://localhost:3000"


async def test_a_preflight_tells_nothing_of_the_server(served: Replica) -> None:
    asked = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, mcp-param-region, x-other",
    }
    answers = [await served.http.options(path, headers=asked) for path in (ACME, "/mcp/acme/nowhere")]
    for response in answers:
        assert response.status_code == 204
        allowed = response.headers["access-control-allow-headers"]
        assert "authorization" in allowed
        assert "mcp-param-region" in allowed
        assert "x-other" not in allowed
        assert "access-control-allow-credentials" not in response.headers
    first, second = ({k: v for k, v in answer.headers.items() if k != "date"} for answer in answers)
    assert first == second


@pytest.mark.must("MUST-31.4")
async def test_two_copies_of_a_credential_are_refused(served: Replica) -> None:
    request = modern_request("server/discover")
    headers = [*request["headers"].items(), ("Authorization", "Bearer other")]
    response = await served.http.post(ACME, content=request["content"], headers=headers)
    assert response.status_code == 400
