from datetime import timedelta

from django.utils import timezone

from tenants.models import Application, Connection
from tenants.scope import tenant_scope
from tenants.selectors.server_overviews import Dependents, server_dependents, server_overview_list
from tenants.services.api_keys import api_key_create, api_key_revoke
from tenants.services.calls import calls_record
from tenants.services.servers import server_create
from tests.fixtures.cast import Cast
from tests.tenants.audit_events import event_of


def connected(cast: Cast, client_id: str) -> None:
    with tenant_scope(cast.acme.tenant):
        application = Application.objects.create(
            tenant=cast.acme.tenant, client_id=client_id, authorization_grant_type="authorization-code"
        )
        Connection.objects.create(
            tenant=cast.acme.tenant,
            server=cast.acme.server,
            user=cast.max.user,
            application=application,
            client_id=client_id,
            client_name="Claude Code",
            redirect_host="127.0.0.1",
            consented_at=timezone.now(),
        )


def test_a_list_of_servers_says_how_many_tools_and_calls_each_has(cast: Cast) -> None:
    server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="blank", name="Blank")
    calls_record(events=[event_of(cast.ada), event_of(cast.max), event_of(cast.gus)])
    since = timezone.now() - timedelta(days=1)
    with tenant_scope(cast.acme.tenant):
        seen = [
            (each.server.slug, each.tools, each.calls)
            for each in server_overview_list(actor=cast.ada.actor, since=since)
        ]
        own = [each.calls for each in server_overview_list(actor=cast.max.actor, since=since)]
    assert seen == [("blank", 0, 0), ("demo", 2, 2)]
    assert own == [0, 1]


def test_what_depends_on_a_server_is_counted_before_it_goes(cast: Cast) -> None:
    tenant, actor, demo = cast.acme.tenant, cast.ada.actor, cast.acme.server
    other = server_create(tenant=tenant, actor=actor, slug="other", name="Other")
    for servers in ([demo], [demo, other], [other], None):
        api_key_create(tenant=tenant, actor=actor, name="Key", scopes=["mcp:read"], servers=servers)
    gone = api_key_create(tenant=tenant, actor=actor, name="Key", scopes=["mcp:read"], servers=[demo])
    api_key_revoke(tenant=tenant, actor=actor, api_key_id=gone.api_key.pk)
    connected(cast, "first")
    connected(cast, "second")
    with tenant_scope(tenant):
        assert server_dependents(server=demo) == Dependents(2, 1, keys_for_it_alone=1, keys_for_others_too=2)
    with tenant_scope(cast.globex.tenant):
        assert server_dependents(server=cast.globex.server) == Dependents(0, 0, 0, 0)
