"""What the operator, or a tenant's owner over REST, takes away stops serving, in a runtime that knows it already."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.fixtures.api import bearer, signed_in
from tests.fixtures.waiting import until
from tests.security.serving import served_runtime
from tests.security.world import World

HERS, HIS = "/mcp/acme/vault", "/mcp/globex/shed"
WITHIN_SECONDS = 5


def suspend_tenant(world: World) -> Any:
    form = {"action": "suspend", "_selected_action": [str(world.cast.acme.tenant.pk)]}
    operator = signed_in(world.olga)
    return operator.client.post("/operator/tenants/tenant/", form, headers=operator.headers)


def suspend_server(world: World) -> Any:
    return bearer(world.acme.keys["manage"].secret).post("tenants/acme/servers/vault/suspend")


def revoke_key(world: World) -> Any:
    key = world.acme.keys["mcp"].api_key.pk
    return bearer(world.acme.keys["manage"].secret).delete(f"tenants/acme/api-keys/{key}")


@pytest.mark.parametrize(("take_away", "refusal"), [(suspend_tenant, 404), (suspend_server, 404), (revoke_key, 401)])
def test_it_stops_within_seconds_and_the_other_tenant_goes_on(
    committed_world: World, store: Any, take_away: Callable[[World], Any], refusal: int
) -> None:
    world = committed_world
    hers, his = world.acme.keys["mcp"].secret, world.globex.keys["mcp"].secret
    with served_runtime() as served:
        assert served.modern(HERS, hers, "tools/list").status_code == 200
        assert take_away(world).status_code in (200, 302)
        until(lambda: served.modern(HERS, hers, "tools/list").status_code == refusal, WITHIN_SECONDS)
        assert served.modern(HIS, his, "tools/list").status_code == 200


def test_a_suspended_tenant_can_be_read_and_not_changed(committed_world: World, store: Any) -> None:
    world, ada = committed_world, bearer(committed_world.acme.keys["manage"].secret)
    assert suspend_tenant(world).status_code == 302
    assert ada.get("tenants/acme").json()["status"] == "suspended"
    refused = ada.post("tenants/acme/servers/vault/resume")
    assert (refused.status_code, refused.json()["error"]["type"]) == (403, "tenant_suspended")
    gus = bearer(world.globex.keys["manage"].secret)
    assert gus.post("tenants/acme/servers/vault/resume").content == gus.post("tenants/none/servers/x/resume").content
