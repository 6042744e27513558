"""What a tenant lets its tools and upstreams reach: kept by owners and admins, and published."""

from typing import Any

import pytest

from egress.allowance import ANYTHING, Allowance
from mcp_runtime.contract.snapshot import decode_snapshot
from tenants.actor import Actor
from tenants.catalogue import tool_catalogue
from tenants.errors import AbilityMissingError, InvalidValueError
from tenants.models import Outbox, Server, Tenant
from tenants.publishing.snapshots import server_document
from tenants.scope import tenant_scope
from tenants.selectors.egress_cut_off import egress_cut_off
from tenants.services.egress_allowances import METHODS, egress_allowance_set
from tests.fixtures.cast import Cast, Person
from tests.fixtures.http_tools import tool_made


def keep(person: Person, hosts: Any = None, methods: Any = None) -> Tenant:
    return egress_allowance_set(tenant=person.company.tenant, actor=person.actor, hosts=hosts, methods=methods)


def published(person: Person) -> dict[str, Any]:
    """The tools of their server as a replica hears of them."""
    with tenant_scope(person.company.tenant):
        server = Server.objects.select_related("tenant").get(pk=person.company.server.pk)
        body = server_document(server=server, catalogue=tool_catalogue()).body
    return {tool.name: tool.config for tool in decode_snapshot(body).tools}


def test_it_is_kept_as_it_is_meant_and_published_to_its_own_tenant_alone(cast: Cast) -> None:
    for person in (cast.ada, cast.gus):
        tool_made(person)
    changed = keep(cast.ada, [" API.example.com", "*.example.org", "api.example.com "], ["post", "GET"])
    assert changed.egress_allowance == Allowance(hosts=("api.example.com", "*.example.org"), methods=("GET", "POST"))
    config = published(cast.ada)["get_item"]
    assert config["allowance"] == {"hosts": ["api.example.com", "*.example.org"], "methods": ["GET", "POST"]}
    assert "allowance" not in published(cast.gus)["get_item"]
    with tenant_scope(cast.acme.tenant):
        assert Outbox.objects.filter(key="acme/demo").exists()
    assert keep(cast.ada).egress_allowance is ANYTHING
    assert "allowance" not in published(cast.ada)["get_item"]


def test_a_list_that_can_not_be_read_lets_nothing_out(cast: Cast) -> None:
    tenant = cast.acme.tenant
    tenant.egress_hosts = ["§"]
    assert not tenant.egress_allowance.allows_host("api.example.com")
    assert not tenant.egress_allowance.allows_method("GET")


NO_NAMES = ["", "10.0.0.1", "https://api.example.com", "api.example.com:443", "*", "*.*.com", "a b.com", "localhost"]
TOO_MANY = [f"h{number}.example.com" for number in range(201)]


@pytest.mark.parametrize("hosts", [[], TOO_MANY, ["ä.example.com"], *([name] for name in NO_NAMES)])
def test_hosts_are_names(cast: Cast, hosts: list[str]) -> None:
    with pytest.raises(InvalidValueError) as refused:
        keep(cast.ada, hosts)
    assert refused.value.extra == {"field": "hosts"}


@pytest.mark.parametrize("methods", [[], [""], ["TRACE"], ["GET", "CONNECT"], ["ge t"]])
def test_methods_are_those_that_there_are(cast: Cast, methods: list[str]) -> None:
    with pytest.raises(InvalidValueError) as refused:
        keep(cast.ada, None, methods)
    assert refused.value.extra == {"field": "methods"}
    assert len(METHODS) == 7


def test_members_and_outsiders_and_keys_of_some_servers_change_nothing(cast: Cast) -> None:
    actors = (
        cast.max.actor,
        Actor(user_id=cast.ada.user.pk, role="developer"),
        Actor(role="owner", servers=frozenset()),
    )
    for actor in actors:
        with pytest.raises(AbilityMissingError):
            egress_allowance_set(tenant=cast.acme.tenant, actor=actor, hosts=["evil.example.com"], methods=None)
    with tenant_scope(cast.acme.tenant):
        assert Tenant.objects.get().egress_hosts is None


def test_what_would_be_cut_off_is_told_of_the_own_tenant_alone(cast: Cast) -> None:
    tool_made(cast.ada, name="near")
    tool_made(cast.ada, name="far", url="https://far.example.net/{id}")
    tool_made(cast.gus, name="foreign", url="https://far.example.net/{id}")
    with tenant_scope(cast.acme.tenant):
        by_host = egress_cut_off(allowance=Allowance(hosts=("far.example.net",)))
        by_method = egress_cut_off(allowance=Allowance(methods=("POST",)))
        nothing = egress_cut_off(allowance=ANYTHING)
    assert [(each.kind, each.name, each.where, each.reason) for each in by_host] == [
        ("tool", "near", "demo", "host_not_allowed")
    ]
    assert sorted((each.name, each.reason) for each in by_method) == [
        ("far", "method_not_allowed"),
        ("near", "method_not_allowed"),
    ]
    assert nothing == []
