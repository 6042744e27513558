from typing import Any

from mcp_runtime.contract.keys import quota_key
from tenants.models import ServerTool
from tenants.publishing.store import store as connected_store
from tenants.scope import tenant_scope
from tenants.services.api_keys import api_key_create
from tenants.services.calls import calls_record
from tenants.services.permissions import selection_set
from tests.fixtures.api import Asker, signed_in
from tests.fixtures.cast import Cast
from tests.tenants.audit_events import event_of

USAGE, PERMISSIONS = "tenants/acme/usage", "tenants/acme/servers/demo/permissions"


def reasons(answer: Any) -> dict[str, str]:
    return {tool["name"]: tool["reason"] for tool in answer.json()["tools"]}


def test_usage_is_everybodys_or_ones_own(cast: Cast, store: Any, ada_api: Asker, max_api: Asker) -> None:
    calls_record(events=[event_of(cast.ada, duration_ms=8), event_of(cast.max, duration_ms=5, outcome="timeout")])
    calls_record(events=[event_of(cast.gus)])
    seen = ada_api.get(USAGE).json()
    assert seen["last_day"] == {"calls": 2, "sampled": 2, "failed": 1, "p95_ms": 8.0}
    assert (seen["today"]["limit"], seen["today"]["used"]) == (50_000, 0)
    assert max_api.get(USAGE).json()["last_day"] == {"calls": 1, "sampled": 1, "failed": 1, "p95_ms": 5.0}


def test_what_is_left_is_unknown_without_the_store(
    cast: Cast, store: Any, ada_api: Asker, settings: Any, tmp_path: Any
) -> None:
    assert connected_store().get(quota_key(str(cast.acme.tenant.pk), 0)) is None
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock"
    assert ada_api.get(USAGE).json()["today"]["used"] is None


def test_everybody_may_ask_what_they_may_call(cast: Cast, store: Any, max_api: Asker) -> None:
    assert reasons(max_api.get(PERMISSIONS)) == {"count": "", "shout": ""}
    for query in ("role=caller", f"user_id={cast.ada.user.pk}", f"user_id={cast.max.user.pk}"):
        assert max_api.get(f"{PERMISSIONS}?{query}").status_code == 403


def test_who_manages_grants_may_ask_for_others(cast: Cast, store: Any, ada_api: Asker) -> None:
    key = api_key_create(
        tenant=cast.acme.tenant, actor=cast.max.actor, name="Key", scopes=["mcp:read", "mcp:call"]
    ).api_key
    with tenant_scope(cast.acme.tenant):
        count = ServerTool.objects.get(name="count")
    selection_set(
        tenant=cast.acme.tenant,
        actor=cast.ada.actor,
        server=cast.acme.server,
        subject_kind="api_key",
        subject=str(key.family),
        tools=[count],
    )
    assert reasons(ada_api.get(f"{PERMISSIONS}?role=caller")) == {"count": "", "shout": ""}
    assert reasons(ada_api.get(f"{PERMISSIONS}?user_id={cast.max.user.pk}")) == {"count": "", "shout": ""}
    assert reasons(ada_api.get(f"{PERMISSIONS}?api_key_id={key.pk}")) == {"count": "", "shout": "outside_selection"}
    auditor = ada_api.get(f"{PERMISSIONS}?role=auditor").json()
    assert (auditor["tools"], auditor["nothing"]) == ([], "Members with the role auditor call no tools.")
    assert ada_api.get(f"{PERMISSIONS}?role=caller&user_id={cast.max.user.pk}").status_code == 400


def test_ids_of_another_tenant_are_not_found(cast: Cast, store: Any, ada_api: Asker, gus_api: Asker) -> None:
    key = api_key_create(tenant=cast.globex.tenant, actor=cast.gus.actor, name="Key", scopes=["mcp:read"]).api_key
    for query in (f"user_id={cast.gus.user.pk}", f"api_key_id={key.pk}", f"connection_id={key.pk}"):
        assert ada_api.get(f"{PERMISSIONS}?{query}").status_code == 404
    assert gus_api.get(PERMISSIONS).content == gus_api.get("tenants/none/servers/demo/permissions").content
    assert signed_in(cast.gus.user).get(f"/api/v1/{USAGE}").status_code == 404
