"""Playground: the way to a tool, and the key by which the page calls it."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from tenants import playground
from tenants.models import ApiKey
from tenants.scope import tenant_scope
from tenants.services.servers import server_create, server_suspend
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures.cast import Cast

START = "/app/acme/playground/"
PAGE = f"{START}demo/"
KEY = f"{PAGE}key"


def setting(page: Any) -> dict[str, str]:
    """What the page tells its scripts."""
    (found,) = re.findall(r'<script id="setting" type="application/json">(.*?)</script>', page.content.decode())
    return dict(json.loads(found))


def test_one_server_is_chosen_without_asking(cast: Cast) -> None:
    browser = signed_in_client(cast.max)
    assert browser.get(START).headers["Location"] == PAGE
    second = server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="second", name="Second")
    page = browser.get(START).content.decode()
    assert f'href="{PAGE}"' in page
    assert f'href="{START}second/"' in page
    server_suspend(tenant=cast.acme.tenant, actor=cast.ada.actor, server=second)
    assert browser.get(START).headers["Location"] == PAGE


def test_the_page_knows_the_real_endpoint(cast: Cast) -> None:
    page = signed_in_client(cast.max).get(f"{PAGE}shout/")
    assert setting(page) == {
        "server": "Demo",
        "url": "http://127.0.0.1:8000/mcp/acme/demo",
        "base": PAGE,
        "key_url": KEY,
        "jobs_url": "/app/acme/jobs/",
    }
    assert "atk_" not in page.content.decode()
    assert "<noscript>" in page.content.decode()


def test_a_tool_that_one_may_not_call_is_not_there(cast: Cast) -> None:
    browser = signed_in_client(cast.max)
    answers = [browser.get(f"{START}{path}/") for path in ("demo/made_up", "made-up/shout", "made-up/made_up")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert all("There is no such tool here" in answer.content.decode() for answer in answers)


def test_the_key_comes_as_json_and_is_for_this_person_and_server(cast: Cast) -> None:
    answer = signed_in_client(cast.max).post(KEY)
    assert answer.json()["seconds"] == 900
    assert answer.json()["key"].startswith("atk_")
    assert "no-store" in answer.headers["Cache-Control"]
    with tenant_scope(cast.acme.tenant):
        (key,) = ApiKey.objects.all()
        assert (key.user_id, key.family) == (cast.max.user.pk, playground.FAMILY)
        assert [server.slug for server in key.servers.all()] == ["demo"]


def test_who_asks_too_often_is_told_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playground, "MOST_AT_ONCE", 1)
    browser = signed_in_client(cast.max)
    assert browser.post(KEY).status_code == 200
    refused = browser.post(KEY)
    assert refused.status_code == 429
    assert "Wait" in refused.json()["error"]


def test_no_other_page_gets_a_key_for_it(cast: Cast) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(cast.max.user)
    assert careful.post(KEY).status_code == 403
    assert careful.get(KEY).status_code == 405
    with tenant_scope(cast.acme.tenant):
        assert ApiKey.objects.count() == 0


def test_who_may_not_call_has_no_playground(cast: Cast) -> None:
    auditor, _ = as_role(cast, "auditor")
    gus = signed_in_client(cast.gus)
    for path in (START, PAGE, f"{PAGE}shout/"):
        assert auditor.get(path).status_code == 403
        assert gus.get(path).status_code == 404
    assert auditor.post(KEY).status_code == 403
    assert gus.post(KEY).status_code == 404
    assert Client().get(PAGE).status_code == 302
