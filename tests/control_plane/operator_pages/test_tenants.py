"""The operator's pages of tenants: numbers of everybody, plans, suspending; and nothing of what was called."""

from typing import Any

import pytest
from django.test import Client

from tenants.actor import PLATFORM
from tenants.models import Tenant, User
from tenants.scope import active_scope, platform_scope
from tenants.services.servers import server_create
from tenants.services.tenants import tenant_create, tenant_limits_set
from tenants.services.users import user_create
from tests.control_plane.dashboard.pages import fields_of
from tests.control_plane.dashboard.test_calls import record
from tests.fixtures.cast import Cast

OVERVIEW = "/operator/overview/"
ACME = f"{OVERVIEW}acme/"


@pytest.fixture
def olga(db: None) -> User:
    return user_create(email="olga@operator.test", is_staff=True)


@pytest.fixture
def operator(olga: User) -> Client:
    client = Client()
    client.force_login(olga)
    return client


def acme() -> Tenant:
    with platform_scope("test"):
        return Tenant.objects.get(slug="acme")


def test_every_tenant_is_there_with_its_numbers(cast: Cast, operator: Client) -> None:
    server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="second", name="Second")
    for _ in range(3):
        record(cast.max)
    rows = {row.tenant.slug: row for row in operator.get(OVERVIEW).context["part"].rows}
    assert (rows["acme"].members, rows["acme"].servers, rows["acme"].calls) == (2, 2, 3)
    assert (rows["globex"].members, rows["globex"].servers, rows["globex"].calls) == (1, 1, 0)
    assert active_scope() is None


def test_tenants_are_searched_for(cast: Cast, operator: Client) -> None:
    def found(query: str) -> list[str]:
        return [row.tenant.slug for row in operator.get(OVERVIEW + query).context["part"].rows]

    operator.post(f"{OVERVIEW}globex/suspend")
    assert found("?q=CM") == ["acme"]
    assert found("?status=suspended") == ["globex"]
    assert found("?q=acme&status=suspended") == []
    assert "No tenant fits" in operator.get(f"{OVERVIEW}?q=nobody").content.decode()


def test_many_tenants_are_read_in_parts_with_as_many_queries(
    cast: Cast, operator: Client, django_assert_max_num_queries: Any
) -> None:
    operator.get(OVERVIEW)
    with django_assert_max_num_queries(16) as counted:
        operator.get(OVERVIEW)
    for number in range(51):
        tenant_create(owner=cast.gus.user, slug=f"t-{number:02}", name=f"T {number}")
    with django_assert_max_num_queries(len(counted)):
        first = operator.get(OVERVIEW).context["part"]
    assert (len(first.rows), first.previous_url) == (50, "")
    second = operator.get(first.next_url).context["part"]
    assert [row.tenant.slug for row in second.rows] == ["t-48", "t-49", "t-50"]
    assert second.previous_url == f"{OVERVIEW}?"


def test_a_tenants_page_has_its_people_servers_and_refusals(cast: Cast, operator: Client) -> None:
    record(cast.max, tool="post", outcome="refused", reason="not_granted", arguments='{"text":"quiet words"}')
    record(cast.gus, tool="elsewhere", outcome="refused", reason="not_granted")
    page = operator.get(ACME).content.decode()
    for shown in ("max@acme.test", "ada@acme.test", "Demo", "post", "denied"):
        assert shown in page
    for hidden in ("quiet words", "elsewhere", "gus@globex.test"):
        assert hidden not in page


def test_what_differs_from_the_default_plan_is_kept_and_nothing_else(cast: Cast, operator: Client) -> None:
    form = fields_of(operator.get(ACME))
    sent = {**form, "members": "40", "servers": "10", "tenant_per_second": "75.5", "principal_burst": "40"}
    assert operator.post(ACME, sent).status_code == 302
    assert acme().plan == {"members": 40, "tenant": {"per_second": 75.5, "burst": 100}}
    page = operator.get(ACME)
    assert page.context["form"]["members"].value() == 40
    assert page.context["form"]["tenant_per_second"].value() == 75.5
    operator.post(ACME, {**fields_of(page), "members": "", "tenant_per_second": "", "tenant_burst": ""})
    assert acme().plan == {}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"members": "0"}, "at least 1"),
        ({"members": "many"}, "whole number"),
        ({"tenant_per_second": "-1"}, "more than 0"),
        ({"tenant_per_second": "inf"}, "Enter a number"),
    ],
)
def test_a_plan_that_is_none_is_refused(cast: Cast, operator: Client, wrong: dict[str, str], says: str) -> None:
    tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"members": 7})
    answer = operator.post(ACME, wrong)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert acme().plan == {"members": 7}


def test_suspending_and_resuming_go_through_the_services(cast: Cast, operator: Client) -> None:
    operator.post(f"{ACME}suspend")
    assert acme().status == "suspended"
    assert "Resume" in operator.get(ACME).content.decode()
    operator.post(f"{ACME}resume")
    assert acme().status == "active"


def test_there_is_no_page_of_what_is_not_there(operator: Client) -> None:
    for path in (f"{OVERVIEW}made-up/", f"{OVERVIEW}made-up/suspend"):
        answer = operator.get(path) if path.endswith("/") else operator.post(path)
        assert answer.status_code == 404


def test_whoever_is_no_operator_signs_in_first(cast: Cast, operator: Client, olga: User) -> None:
    ada = Client()
    ada.force_login(cast.ada.user)
    for path in (OVERVIEW, ACME, "/operator/health/"):
        assert ada.get(path)["Location"] == f"/operator/login/?next={path.replace('/', '%2F')}"
    olga.is_active = False
    olga.save()
    assert operator.get(OVERVIEW).status_code == 302


def test_names_are_text(cast: Cast, operator: Client) -> None:
    tenant_create(owner=cast.gus.user, slug="odd", name="<b>Odd")
    for path in (OVERVIEW, f"{OVERVIEW}odd/", f"{OVERVIEW}?q=%3Cb%3E"):
        assert "<b>Odd" not in operator.get(path).content.decode()
