"""A person's browser, a client and two replicas over real sockets: a refresh whose process died is told again, and what
the client gives back stops everywhere."""

import base64
import hashlib
import re
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.end_to_end.test_changes_reach_everywhere import BOUND_SECONDS, status
from tests.fixtures.live import Live
from tests.fixtures.waiting import until
from tests.repository import PYTHON_PATH, run

pytestmark = pytest.mark.processes

REDIRECT = "http://127.0.0.1:1/callback"
VERIFIER = "a-verifier-that-is-long-enough-for-everybody-0123456789"
HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|state)" value="([^"]+)"')


def hidden(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of a page's form."""
    return dict(HIDDEN.findall(page.text))


def connected(live: Live) -> dict[str, Any]:
    """A client registers, Ada signs in and lets it in; the client's id and tokens."""
    with httpx.Client(base_url=live.base_url, follow_redirects=True) as browser:
        client = {"client_name": "Editor", "redirect_uris": [REDIRECT]}
        client_id = browser.post("/oauth/register", json=client).json()["client_id"]
        asked = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": REDIRECT,
            "code_challenge": s256(VERIFIER),
            "code_challenge_method": "S256",
            "resource": live.endpoint("demo").url,
        }
        owner = live.demo["owner"]
        page = browser.get("/oauth/authorize", params=asked)
        signing_in = {**hidden(page), "login": owner["email"], "password": owner["password"]}
        page = browser.post(page.url, data=signing_in)
        decision = {**hidden(page), "decision": "allow", "tools": "all"}
        answer = browser.post("/oauth/authorize", data=decision, follow_redirects=False)
        told = parse_qs(urlsplit(answer.headers["location"]).query)
        assert told["iss"] == [live.base_url]
        form = {"grant_type": "authorization_code", "code": told["code"][0], "code_verifier": VERIFIER}
        tokens = browser.post("/oauth/token", data={**form, "client_id": client_id}).json()
        return {"client_id": client_id, **tokens}


def s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def test_a_client_goes_on_after_a_refresh_whose_process_died(live: Live) -> None:
    tokens = connected(live)
    client_id, old = tokens["client_id"], tokens["refresh_token"]
    where = {"PYTHONPATH": PYTHON_PATH, "ATRIUM_DATA_DIR": str(live.data_dir)}
    died = run(sys.executable, "-m", "tests.end_to_end.refresh_dying", client_id, old, **where)
    assert died.returncode == 9, died.stderr
    form = {"grant_type": "refresh_token", "client_id": client_id}
    told = httpx.post(f"{live.base_url}/oauth/token", data={**form, "refresh_token": old}).json()
    replicas = (live.base_url, live.replica_url)
    for base_url in replicas:
        assert status(base_url, told["access_token"]) == 200
    following = httpx.post(f"{live.base_url}/oauth/token", data={**form, "refresh_token": told["refresh_token"]})
    assert following.status_code == 200
    given_back = {"client_id": client_id, "token": following.json()["refresh_token"]}
    assert httpx.post(f"{live.base_url}/oauth/revoke", data=given_back).status_code == 200
    for base_url in replicas:
        until(lambda base_url=base_url: status(base_url, told["access_token"]) == 401, BOUND_SECONDS)
        assert status(base_url, live.endpoint("demo").api_key) == 200
