"""The lists of hosts and methods on a page and over REST: kept by owners and admins who saw what they cut off."""

from typing import Any

import pytest

from tenants.actor import PLATFORM
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tenants.services.tenants import tenant_suspend
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures.api import Asker
from tests.fixtures.cast import Cast
from tests.fixtures.http_tools import tool_made

PAGE = "/app/acme/settings/way-out"
API = "tenants/acme/egress-allowance"
ALL = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
LISTS = {"hosts": "api.example.com\n\n *.example.org \n", "methods": ["GET", "POST"]}


def kept(cast: Cast) -> tuple[Any, Any]:
    with tenant_scope(cast.acme.tenant):
        found = Tenant.objects.get()
    return found.egress_hosts, found.egress_methods


@pytest.mark.parametrize("role", ["owner", "admin", "developer", "caller", "auditor"])
def test_owners_and_admins_keep_the_lists_and_others_read_them(cast: Cast, role: str) -> None:
    client, _ = as_role(cast, role)
    may = role in ("owner", "admin")
    assert ("Owners and admins change this" in client.get(PAGE).content.decode()) is not may
    assert client.post(PAGE, LISTS).status_code == (302 if may else 403)
    expected = (["api.example.com", "*.example.org"], ["GET", "POST"]) if may else (None, None)
    assert kept(cast) == expected
    assert ("api.example.com" in client.get(PAGE).content.decode()) is may


def test_everything_is_allowed_again(cast: Cast) -> None:
    client = signed_in_client(cast.ada)
    client.post(PAGE, LISTS)
    assert client.post(PAGE, {"hosts": " \n", "methods": ALL}).status_code == 302
    assert kept(cast) == (None, None)


def test_what_is_cut_off_is_agreed_to_for_these_lists_alone(cast: Cast) -> None:
    tool_made(cast.ada)
    tool_made(cast.gus, name="of_globex")
    client = signed_in_client(cast.ada)
    shown = client.post(PAGE, {"hosts": "else.example.com", "methods": ALL})
    assert shown.status_code == 422
    assert [each.name for each in shown.context["cut_off"]] == ["get_item"]
    assert "of_globex" not in shown.content.decode()
    mark = shown.context["mark"]
    assert client.post(PAGE, {"hosts": "other.example.com", "methods": ALL, "agreed": mark}).status_code == 422
    assert kept(cast) == (None, None)
    assert client.post(PAGE, {"hosts": "else.example.com", "methods": ALL, "agreed": mark}).status_code == 302
    assert kept(cast) == (["else.example.com"], None)


@pytest.mark.parametrize("wrong", [{"hosts": "10.0.0.1", "methods": ["GET"]}, {"hosts": "", "methods": []}])
def test_what_is_wrong_is_said_at_the_field(cast: Cast, wrong: dict[str, Any]) -> None:
    answer = signed_in_client(cast.ada).post(PAGE, wrong)
    assert answer.status_code == 422
    assert len(answer.context["form"].errors) == 1
    assert kept(cast) == (None, None)


def test_nothing_changes_while_suspended_and_outsiders_find_nothing(cast: Cast) -> None:
    assert signed_in_client(cast.gus).get(PAGE).status_code == 404
    assert signed_in_client(cast.gus).post(PAGE, LISTS).status_code == 404
    tenant_suspend(tenant=cast.acme.tenant, actor=PLATFORM)
    assert signed_in_client(cast.ada).post(PAGE, LISTS).status_code == 403


def test_the_same_over_rest(cast: Cast, ada_api: Asker, max_api: Asker, gus_api: Asker) -> None:
    tool_made(cast.ada)
    body = {"hosts": ["else.example.com"], "methods": None}
    (cut_off,) = ada_api.post(f"{API}/preview", body).json()["results"]
    assert (cut_off["name"], cut_off["server"], cut_off["reason"]) == ("get_item", "demo", "host_not_allowed")
    assert kept(cast) == (None, None)
    assert ada_api.put(API, body).json() == body
    assert (max_api.get(API).json(), kept(cast)) == (body, (["else.example.com"], None))
    assert max_api.put(API, body).status_code == 403
    assert {gus_api.get(API).status_code, gus_api.put(API, body).status_code} == {404}
    assert ada_api.put(API, {"hosts": None}).status_code == 400
    for wrong in ({"hosts": [], "methods": None}, {"hosts": ["10.0.0.1"], "methods": None}):
        assert ada_api.put(API, wrong).json()["error"]["type"] == "invalid_value"
