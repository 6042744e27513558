"""The operator looks across tenants; nobody else looks at all, and no secret is shown."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tenants.actor import PLATFORM
from tenants.admin.operator_site import operator_site
from tenants.models import ApiKey, Tenant, User
from tenants.scope import active_scope, platform_scope, tenant_scope
from tenants.services.tenants import tenant_suspend
from tenants.services.users import user_create
from tests.fixtures.cast import Cast
from tests.tenants.conftest import MakeKey

PAGES = [model._meta.model_name for model in operator_site._registry]


@pytest.fixture(autouse=True)
def served(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.tenants.operator_urls"
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def operator(db: None) -> Client:
    client = Client()
    client.force_login(user_create(email="op@atrium.test", is_staff=True))
    return client


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_the_operator_alone(cast: Cast, operator: Client, page: str) -> None:
    url = reverse(f"operator:tenants_{page}_changelist")
    assert operator.get(url).status_code == 200
    assert active_scope() is None
    for person in (cast.ada, cast.gus):
        visitor = Client()
        visitor.force_login(person.user)
        answer = visitor.get(url)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("operator:login"))


def test_it_shows_every_tenant(cast: Cast, operator: Client) -> None:
    page = operator.get(reverse("operator:tenants_server_changelist")).content.decode()
    assert "acme" in page
    assert "globex" in page


def test_it_shows_no_secret_and_no_hash(cast: Cast, operator: Client, make_key: MakeKey) -> None:
    issued = make_key(cast.max)
    cast.ada.user.set_password("a secret of hers")
    cast.ada.user.save()
    with platform_scope("test"):
        digest = ApiKey.objects.get().digest
    pages = [
        reverse("operator:tenants_apikey_change", args=[issued.api_key.pk]),
        reverse("operator:tenants_user_change", args=[cast.ada.user.pk]),
    ]
    for page in pages:
        answer = operator.get(page)
        assert answer.status_code == 200
        for secret in (issued.secret, digest, cast.ada.user.password):
            assert secret not in answer.content.decode()


def act(client: Client, page: str, action: str, *chosen: object) -> int:
    url = reverse(f"operator:tenants_{page}_changelist")
    return client.post(url, {"action": action, "_selected_action": [str(key) for key in chosen]}).status_code


def test_actions_go_through_the_services(cast: Cast, operator: Client) -> None:
    assert act(operator, "tenant", "suspend", cast.acme.tenant.pk) == 302
    with platform_scope("test"):
        statuses = dict(Tenant.objects.values_list("slug", "status"))
    assert statuses == {"acme": "suspended", "globex": "active"}
    act(operator, "tenant", "resume", cast.acme.tenant.pk)
    with tenant_scope(cast.acme.tenant):
        assert Tenant.objects.get().status == "active"


def test_an_operator_does_not_lock_themselves_out(cast: Cast, operator: Client) -> None:
    me = User.objects.get(is_staff=True)
    act(operator, "user", "disable", cast.max.user.pk, me.pk)
    assert not User.objects.get(pk=cast.max.user.pk).is_active
    assert User.objects.get(pk=me.pk).is_active
    act(operator, "user", "enable", cast.max.user.pk)
    assert User.objects.get(pk=cast.max.user.pk).is_active


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_edited_by_hand(cast: Cast, operator: Client, page: str) -> None:
    assert operator.get(reverse(f"operator:tenants_{page}_add")).status_code == 403
    url = reverse("operator:tenants_tenant_change", args=[cast.acme.tenant.pk])
    assert operator.post(url, {"name": "Mine"}).status_code == 403
    delete = reverse("operator:tenants_tenant_delete", args=[cast.acme.tenant.pk])
    assert operator.post(delete, {"post": "yes"}).status_code == 403


def test_the_platforms_services_nest_in_its_scope(cast: Cast) -> None:
    with platform_scope("test"):
        tenant_suspend(tenant=cast.acme.tenant, actor=PLATFORM)
        assert Tenant.objects.filter(status="active").get().slug == "globex"
