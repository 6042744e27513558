"""The pages of settings: owners change the tenant, everybody their own account."""

from typing import Any

import pytest
from django.test import Client

from control_plane.dashboard.plan_rows import LIMITS
from tenants.actor import PLATFORM
from tenants.models import Membership, Tenant, User
from tenants.plan import PlanLimits
from tenants.scope import tenant_scope
from tenants.services.members import membership_role_set
from tenants.services.tenants import tenant_limits_set, tenant_suspend
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures.cast import Cast

SETTINGS = "/app/acme/settings/"
YOU = "/app/acme/settings/you"
PASSWORD = "correct horse battery"


def tenant_of(cast: Cast) -> Tenant:
    with tenant_scope(cast.acme.tenant):
        return Tenant.objects.get()


@pytest.mark.parametrize("role", ["owner", "admin", "developer", "caller", "auditor"])
def test_owners_change_the_tenant_and_others_read_it(cast: Cast, role: str) -> None:
    client, _ = as_role(cast, role)
    page = client.get(SETTINGS)
    assert page.status_code == 200
    assert ("Only owners change this" in page.content.decode()) is (role != "owner")
    answer = client.post(SETTINGS, {"name": "Acme & Sons", "audit": "strict"})
    assert answer.status_code == (302 if role == "owner" else 403)
    changed = tenant_of(cast)
    assert (changed.name, changed.audit) == (("Acme & Sons", "strict") if role == "owner" else ("Acme", "buffered"))
    assert client.get(YOU).status_code == 200


def test_what_is_wrong_is_said_at_the_field(cast: Cast) -> None:
    answer = signed_in_client(cast.ada).post(SETTINGS, {"name": "   ", "audit": "strict"})
    assert answer.status_code == 422
    assert tenant_of(cast).audit == "buffered"


def test_the_plan_is_shown_with_what_is_used_of_it(cast: Cast) -> None:
    tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"members": 2, "calls_per_day": 777})
    page = signed_in_client(cast.max).get(SETTINGS)
    plan = {row.name: row for row in page.context["plan"]}
    assert (plan["members"].used, plan["members"].most, plan["members"].is_nearly_used) == (2, "2", True)
    assert (plan["calls_per_day"].used, plan["calls_per_day"].most) == (0, "777")
    assert plan["tenant"].most == "50, 100 at once"
    assert plan["body_bytes"].most == "4 MiB"
    assert [row.name for row in page.context["plan"]][:1] == ["servers"]


def test_every_limit_has_words() -> None:
    assert set(LIMITS) == set(PlanLimits.__struct_fields__)


def test_nothing_is_changed_while_suspended(cast: Cast) -> None:
    tenant_suspend(tenant=cast.acme.tenant, actor=PLATFORM)
    client = signed_in_client(cast.ada)
    assert "Nothing can be changed while the tenant is suspended" in client.get(SETTINGS).content.decode()
    assert client.post(SETTINGS, {"name": "Other", "audit": "strict"}).status_code == 403


def test_one_names_oneself(cast: Cast) -> None:
    client = signed_in_client(cast.max)
    assert client.post(YOU, {"name": "Max <b>Power</b>"}).status_code == 302
    assert User.objects.get(pk=cast.max.user.pk).name == "Max <b>Power</b>"
    assert "<b>Power" not in client.get(YOU).content.decode()
    assert client.post(YOU, {"name": "two\x07lines"}).status_code == 422


def with_password(user: User) -> list[Client]:
    """Two browsers in which the person signed in with a password."""
    user.set_password(PASSWORD)
    user.save()
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(user)
    return browsers


def test_signing_out_everywhere_leaves_this_browser_alone(cast: Cast) -> None:
    here, elsewhere = with_password(cast.max.user)
    assert here.post(f"{YOU}/sign-out", {"password": "wrong"}).status_code == 422
    assert elsewhere.get(YOU).status_code == 200
    assert here.post(f"{YOU}/sign-out", {"password": PASSWORD}).status_code == 302
    assert here.get(YOU).status_code == 200
    assert elsewhere.get(YOU).status_code == 302
    assert User.objects.get(pk=cast.max.user.pk).check_password(PASSWORD)


def test_passwords_are_not_guessed_there(cast: Cast) -> None:
    here, _ = with_password(cast.max.user)
    for _ in range(10):
        here.post(f"{YOU}/sign-out", {"password": "wrong"})
    answer = here.post(f"{YOU}/sign-out", {"password": PASSWORD})
    assert answer.status_code == 422
    assert "Too many attempts" in answer.content.decode()


def test_anybody_may_leave_but_the_last_owner(cast: Cast) -> None:
    ada, max_ = signed_in_client(cast.ada), signed_in_client(cast.max)
    ada.post("/app/acme/settings/leave")
    assert "at least one owner" in ada.get(YOU).content.decode()
    assert max_.post("/app/acme/settings/leave")["Location"] == "/app/"
    assert max_.get(YOU).status_code == 404
    with tenant_scope(cast.acme.tenant):
        assert [member.user_id for member in Membership.objects.all()] == [cast.ada.user.pk]


def test_an_owner_leaves_where_there_is_another(cast: Cast) -> None:
    membership_role_set(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user, role="owner")
    assert signed_in_client(cast.ada).post("/app/acme/settings/leave")["Location"] == "/app/"


def test_the_outsider_has_nothing_to_set(cast: Cast) -> None:
    gus = signed_in_client(cast.gus)
    for path in (SETTINGS, YOU):
        assert gus.get(path).status_code == 404
        assert gus.post(path, {"name": "Mine", "audit": "strict"}).status_code == 404
    assert gus.post("/app/acme/settings/leave").status_code == 404
    assert tenant_of(cast).name == "Acme"


def test_settings_ask_as_many_questions_whatever_there_is(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = signed_in_client(cast.ada)
    client.get(SETTINGS)
    with django_assert_max_num_queries(18):
        client.get(SETTINGS)
