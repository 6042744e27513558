"""What docs/deployment.md says to do first, on a public installation: an operator, a tenant, a server, a call."""

import json
import re

import httpx
import pytest

from tests.deployment.edge import PUBLIC_URL
from tests.deployment.installation import Installation
from tests.deployment.mcp_requests import HOST, get, modern
from tests.fixtures.waiting import until

pytestmark = pytest.mark.processes

PASSWORD = "correct horse battery"


def test_the_operator_signs_in(installation: Installation) -> None:
    who = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD, "DJANGO_SUPERUSER_EMAIL": "olga@atrium.example"}
    given = [f"{name}={value}" for name, value in who.items()]
    installation.run("web", "env", *given, "python", "manage.py", "createsuperuser", "--no-input")
    form = get(installation, "/operator/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)
    cookie = form.headers["set-cookie"].split(";")[0]
    assert token
    assert cookie.startswith("__Host-")

    fields = {"csrfmiddlewaretoken": token[1], "username": "olga@atrium.example", "password": PASSWORD}
    headers = {**HOST, "Cookie": cookie, "Origin": PUBLIC_URL, "Referer": f"{PUBLIC_URL}/operator/login/"}
    url = f"{installation.edge_url}/operator/login/"
    assert httpx.post(url, data={**fields, "password": "wrong"}, headers=headers).status_code == 200
    signed_in = httpx.post(url, data=fields, headers=headers)
    assert signed_in.status_code == 302
    session = re.search(r"__Host-atrium-session=[^;]+;.*Secure", signed_in.headers["set-cookie"])
    assert session

    page = get(installation, "/operator/tenants/tenant/", Cookie=session[0].split(";")[0])
    assert page.status_code == 200
    assert {"acme", "globex"} <= set(re.findall(r">(\w+)</a>", page.text))


def test_a_new_tenant_makes_a_server_and_its_key_calls_it(installation: Installation) -> None:
    options = ("north", "--name=North", "--owner=nora@north.example", "--json")
    made = json.loads(installation.run("web", "python", "manage.py", "create_tenant", *options))
    api = f"{installation.edge_url}/api/v1/tenants/north"
    with httpx.Client(headers={**HOST, "Authorization": f"Bearer {made['api_key']}"}) as nora:
        server = nora.post(f"{api}/servers", json={"slug": "desk", "name": "Desk", "toolkits": ["text"]}).json()
        assert server["url"] == f"{PUBLIC_URL}/mcp/north/desk"
        answer = nora.post(f"{api}/api-keys", json={"name": "laptop", "scopes": ["mcp:call"], "servers": ["desk"]})
        issued = answer.json()
        listing = modern(installation, "tools/list", key=issued["secret"])
        listing["url"] = f"{installation.edge_url}/mcp/north/desk"
        tools = httpx.request(**listing).json()["result"]["tools"]
        assert {tool["name"] for tool in tools} == {"slugify", "text_diff", "text_statistics"}

        assert nora.delete(f"{api}/api-keys/{issued['api_key']['id']}").status_code == 200
        until(lambda: httpx.request(**listing).status_code == 401, 5)


def test_an_outsider_s_key_finds_no_such_tenant(installation: Installation) -> None:
    outsider = {"Authorization": f"Bearer {installation.demo['outsider']['api_key']}"}
    answers = [get(installation, f"/api/v1/tenants/{tenant}/servers", **outsider) for tenant in ("acme", "nowhere")]
    assert answers[0].status_code in (403, 404)
    assert answers[0].content == answers[1].content
