"""What nginx sends where, and what it says to those behind it."""

from pathlib import Path

import httpx
import pytest

from tests.deployment.conftest import Behind
from tests.deployment.edge import edge
from tests.deployment.upstream import listening

pytestmark = pytest.mark.processes


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/mcp/acme/demo", "runtime"),
        ("/mcp/acme/demo?x=1", "runtime"),
        ("/.well-known/oauth-protected-resource/mcp/acme/demo", "runtime"),
        ("/.well-known/oauth-authorization-server", "web"),
        ("/oauth/token", "web"),
        ("/api/v1/servers", "web"),
        ("/mcpish", "web"),
        ("/static/x.css", "web"),
        ("/livez", "web"),
        ("/", "web"),
    ],
)
def test_the_path_decides_who_answers(behind: Behind, path: str, where: str) -> None:
    assert httpx.get(behind.url + path).text.startswith(where)
    assert behind.seen() == [path]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/tenants/acme/servers/demo/openapi-sources", 200),
        ("/app/acme/servers/demo/openapi/new", 200),
        ("/api/v1/tenants/acme/servers/demo/tools", 413),
        ("/app/acme/servers/openapi", 413),
    ],
)
def test_documents_may_be_large_where_they_are_given_and_nowhere_else(behind: Behind, path: str, status: int) -> None:
    assert httpx.post(behind.url + path, content=b"x" * 9_000_000).status_code == status


def test_both_replicas_get_their_share(behind: Behind) -> None:
    for _ in range(8):
        httpx.post(f"{behind.url}/mcp/acme/demo", content=b"{}")
    assert all(len(runtime.seen) >= 3 for runtime in behind.runtimes)


def test_only_nginx_says_where_a_request_comes_from(behind: Behind) -> None:
    forged = {
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Port": "1",
        "X-Forwarded-Prefix": "/evil",
        "X-Real-IP": "203.0.113.7",
        "Forwarded": "for=203.0.113.7",
        "X_Forwarded_For": "203.0.113.7",
    }
    for path in ("/mcp/acme/demo", "/api/v1/servers"):
        httpx.get(behind.url + path, headers={**forged, "Host": "atrium.example:8443"})

    for upstream in (*behind.runtimes, behind.web):
        for request in upstream.seen:
            claims = {name: value for name, value in request.headers.items() if "forward" in name or "real" in name}
            assert claims == {"x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https"}
            assert request.headers["host"] == "atrium.example:8443"
    assert len(behind.seen()) == 2


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/health", "//metrics", "/%6detrics", "/x/../health"])
def test_details_for_the_operator_are_not_public(behind: Behind, path: str) -> None:
    host, port = behind.url.removeprefix("http://").split(":")
    with httpx.Client() as client:
        request = client.build_request("GET", behind.url)
        request.url = request.url.copy_with(raw_path=path.encode())
        assert client.send(request).status_code == 404, (host, port)
    assert behind.seen() == []


def test_a_body_over_the_limit_of_atrium_is_for_atrium_to_refuse(behind: Behind) -> None:
    body = b"x" * (4 * 1024 * 1024 + 1)
    assert httpx.post(f"{behind.url}/mcp/acme/demo", content=body).status_code == 200
    assert [len(request.body) for runtime in behind.runtimes for request in runtime.seen] == [len(body)]


def test_a_body_far_over_the_limit_stops_at_the_edge(behind: Behind) -> None:
    refused = httpx.post(f"{behind.url}/mcp/acme/demo", content=b"x" * (8 * 1024 * 1024 + 1))
    assert refused.status_code == 413
    assert refused.json()["error"]["data"] == {"type": "body_too_large"}
    assert behind.seen() == []


def test_what_the_link_of_a_mail_ends_with_is_in_no_log(tmp_path: Path) -> None:
    links = ("/invitations/", "/accounts/confirm-email/", "/accounts/password/reset/2n9c/")
    with listening("web") as web, edge(tmp_path, runtime_ports=[web.port], web_port=web.port) as url:
        for link in links:
            assert httpx.get(f"{url}{link}hush-hush").text.startswith("web")
        httpx.get(f"{url}/accounts/login/")
    log = (tmp_path / "edge.log").read_text()
    assert all(f'"path":"{path}"' in log for path in ("/invitations/...", "/accounts/login/"))
    assert "hush-hush" not in log
