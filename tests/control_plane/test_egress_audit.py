"""What is refused its way out beside calls is read by the tenant's own people, and a flood of it is cut short."""

from typing import Any

import pytest
from django.core.cache import cache

from control_plane.egress_audit import MOST
from control_plane.openapi_documents import document_fetched
from control_plane.upstream_doors import authorization_looked_up
from tenants.errors import ApplicationError
from tenants.models import Call, Tenant
from tenants.scope import tenant_scope
from tenants.services.egress_allowances import egress_allowance_set
from tests.control_plane.dashboard.pages import signed_in_client
from tests.egress.outside import INSTALLATION
from tests.fixtures.api import Asker
from tests.fixtures.cast import Cast, Person
from tests.fixtures.upstreams import connected

WHO = "egress_refused: host_not_allowed"


@pytest.fixture(autouse=True)
def nowhere(settings: Any, cast: Cast) -> None:
    """Nothing may be reached, so nothing is."""
    settings.EGRESS = INSTALLATION
    cache.clear()
    for person in (cast.ada, cast.gus):
        egress_allowance_set(tenant=person.company.tenant, actor=person.actor, hosts=["only.example"], methods=None)


def who(person: Person) -> dict[str, Any]:
    """Them, with their tenant as it is now."""
    with tenant_scope(person.company.tenant):
        return {"tenant": Tenant.objects.get(), "actor": person.actor}


def reasons(person: Person) -> list[tuple[str, str]]:
    with tenant_scope(person.company.tenant):
        return list(Call.objects.order_by("time").values_list("client_name", "reason"))


def test_a_document_that_is_refused_is_read_of_by_its_own_tenant_alone(cast: Cast) -> None:
    with pytest.raises(ApplicationError):
        document_fetched(**who(cast.ada), url="https://far.example.com/a.json")
    assert reasons(cast.ada) == [("openapi_import", f"{WHO} far.example.com")]
    assert reasons(cast.gus) == []
    page = signed_in_client(cast.ada).get("/app/acme/calls/").content.decode()
    assert "no server" in page
    assert "no server" not in signed_in_client(cast.gus).get("/app/globex/calls/").content.decode()


def test_so_is_a_sign_in(cast: Cast) -> None:
    upstream = connected(cast.ada, auth="oauth")
    with pytest.raises(ApplicationError):
        authorization_looked_up(**who(cast.ada), upstream_id=upstream.pk)
    assert set(reasons(cast.ada)) == {("upstream_oauth", f"{WHO} tracker.example.com")}
    assert reasons(cast.gus) == []


def test_a_flood_is_cut_short(cast: Cast) -> None:
    for _ in range(MOST + 5):
        with pytest.raises(ApplicationError):
            document_fetched(**who(cast.ada), url="https://far.example.com/a.json")
    assert len(reasons(cast.ada)) == MOST


def test_it_is_kept_whichever_door_it_was_asked_at(cast: Cast, ada_api: Asker) -> None:
    hosts = ["one.example.com", "two.example.com", "tracker.example.com"]
    upstream, browser = connected(cast.ada, auth="oauth"), signed_in_client(cast.ada)
    url = {"url": f"https://{hosts[0]}/a.json"}
    assert ada_api.post("tenants/acme/servers/demo/openapi-sources", url).status_code == 400
    assert browser.post("/app/acme/servers/demo/openapi/new", {"url": f"https://{hosts[1]}/a.json"}).status_code == 422
    assert browser.post(f"/app/acme/upstreams/{upstream.pk}/account/look").status_code == 302
    assert [reason for _, reason in reasons(cast.ada)][:2] == [f"{WHO} {host}" for host in hosts[:2]]
    assert {reason for _, reason in reasons(cast.ada)[2:]} == {f"{WHO} {hosts[2]}"}
