"""The whole installation behind nginx: who answers what, in both eras, with both replicas taking part."""

import httpx
import pytest

from tests.deployment.edge import PUBLIC_URL
from tests.deployment.installation import Installation
from tests.deployment.mcp_requests import LegacyClient, get, modern, tool_call

pytestmark = pytest.mark.processes


def test_a_call_of_the_modern_era_is_answered_by_both_replicas(installation: Installation) -> None:
    before = installation.metric("atrium_calls_total")
    for _ in range(6):
        answer = httpx.request(**tool_call(installation, "text_statistics", {"text": "one two"}))
        assert answer.json()["result"]["structuredContent"] == {"characters": 7, "words": 2, "lines": 1}
    assert min(now - then for now, then in zip(installation.metric("atrium_calls_total"), before, strict=True)) >= 2


def test_a_session_of_the_older_era_is_known_to_both_replicas(installation: Installation) -> None:
    client = LegacyClient(installation)
    before = installation.metric("atrium_calls_total")
    for _ in range(6):
        answer = client.request("tools/call", {"name": "slugify", "arguments": {"text": "One Two"}})
        assert answer.json()["result"]["structuredContent"] == {"slug": "one-two"}
    assert min(now - then for now, then in zip(installation.metric("atrium_calls_total"), before, strict=True)) >= 2


def test_the_metadata_of_any_path_names_the_public_url(installation: Installation) -> None:
    for path in (installation.path("demo"), "/mcp/nobody/nothing"):
        document = get(installation, f"/.well-known/oauth-protected-resource{path}").json()
        assert document["resource"] == PUBLIC_URL + path
        assert document["authorization_servers"] == [PUBLIC_URL]


def test_the_outsider_learns_nothing(installation: Installation) -> None:
    outsider = installation.demo["outsider"]["api_key"]
    there = httpx.request(**modern(installation, "tools/list", key=outsider))
    nowhere = modern(installation, "tools/list", key=outsider)
    nowhere["url"] = f"{installation.edge_url}/mcp/acme/does-not-exist"
    assert there.status_code == 401
    answer = httpx.request(**nowhere)
    assert (answer.status_code, answer.json()) == (there.status_code, there.json())


def test_the_rest_is_answered_by_web(installation: Installation) -> None:
    page = get(installation, "/")
    assert page.status_code == 200
    assert "Atrium" in page.text
    assert page.headers["strict-transport-security"]
    assert get(installation, "/readyz").text == "ok\n"


def test_static_files_have_hashed_names_and_are_kept_for_good(installation: Installation) -> None:
    page = get(installation, "/").text
    sheet = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = get(installation, sheet)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", ["/metrics", "/health"])
def test_details_need_more_than_the_token(installation: Installation, path: str) -> None:
    token = {"Authorization": f"Bearer {installation.secret('metrics_token')}", "Host": "atrium.example"}
    assert get(installation, path, **token).status_code == 404
    assert httpx.get(f"http://127.0.0.1:{installation.ports['web']}{path}", headers=token).status_code == 200
    del token["Authorization"]
    assert httpx.get(f"http://127.0.0.1:{installation.ports['web']}{path}", headers=token).status_code == 404


def test_a_body_over_the_limit_is_refused_by_atrium_itself(installation: Installation) -> None:
    answer = httpx.request(**tool_call(installation, "slugify", {"text": "x" * (4 * 1024 * 1024)}))
    assert answer.status_code == 413
    assert answer.json()["error"]["data"] == {"type": "body_too_large", "limit": 4 * 1024 * 1024}
