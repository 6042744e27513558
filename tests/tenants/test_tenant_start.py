"""People make tenants for themselves, with a first server: all of it or nothing."""

from typing import Any

import pytest

from tenants.errors import EmailNotVerifiedError, InvalidValueError, LimitReachedError, NameTakenError
from tenants.models import Server, ServerTool, Tenant, User
from tenants.scope import platform_scope, tenant_scope
from tenants.selectors.across_tenants import tenants_of_user, tenants_started
from tenants.server_templates import SERVER_TEMPLATES, ServerTemplate
from tenants.services.members import membership_add, membership_remove
from tenants.services.tenant_start import MOST_STARTED, StartedTenant, tenant_slug_check, tenant_start
from tenants.services.tenants import tenant_create
from tenants.services.users import user_create, user_sign_up
from tests.fixtures.cast import Cast


def start(person: User, slug: str, **choices: Any) -> StartedTenant:
    return tenant_start(**{"user_id": person.pk, "slug": slug, "name": slug.title(), "template": "blank", **choices})


@pytest.fixture
def everything_shipped(catalogue: Any, settings: Any) -> None:
    settings.TOOL_CATALOGUE = "control_plane.composition.tool_catalogue"


@pytest.mark.usefixtures("everything_shipped")
@pytest.mark.parametrize("template", SERVER_TEMPLATES, ids=lambda template: template.key)
def test_whoever_starts_a_tenant_owns_it_and_has_a_server(cast: Cast, template: ServerTemplate) -> None:
    made = start(cast.gus.user, "north", template=template.key)
    assert [(found.tenant.slug, found.role) for found in tenants_of_user(user_id=cast.gus.user.pk)] == [
        ("globex", "owner"),
        ("north", "owner"),
    ]
    with tenant_scope(made.tenant):
        (server,) = Server.objects.all()
        toolkits = set(ServerTool.objects.values_list("toolkit", flat=True))
    assert (server.slug, server.name, toolkits) == (template.slug, template.name, set(template.toolkits))


@pytest.mark.parametrize(
    ("choices", "error"),
    [
        ({"slug": "acme"}, NameTakenError),
        ({"slug": "Not a slug"}, InvalidValueError),
        ({"slug": "new"}, InvalidValueError),
        ({"slug": "operator"}, InvalidValueError),
        ({"name": " "}, InvalidValueError),
        ({"template": "castle"}, InvalidValueError),
    ],
)
def test_what_can_not_be_made_leaves_nothing(cast: Cast, choices: dict[str, str], error: Any) -> None:
    with pytest.raises(error) as refused:
        start(cast.gus.user, **{"slug": "north", **choices})
    assert refused.value.extra["field"] in choices
    with platform_scope("test"):
        assert sorted(Tenant.objects.values_list("slug", flat=True)) == ["acme", "globex"]


def test_nobody_multiplies_quotas_at_will(cast: Cast) -> None:
    nora, otto = user_create(email="nora@north.test"), user_create(email="otto@north.test")
    made = [start(nora, f"north-{number}") for number in range(MOST_STARTED)]
    for left in made:
        membership_add(tenant=left.tenant, actor=cast.ada.actor, user=otto, role="owner")
        membership_remove(tenant=left.tenant, actor=cast.ada.actor, user=nora)
    with pytest.raises(LimitReachedError) as refused:
        start(nora, "one-more")
    assert refused.value.extra == {"limit": "tenants", "maximum": MOST_STARTED}
    assert (tenants_started(user_id=nora.pk), tenants_started(user_id=otto.pk)) == (MOST_STARTED, 0)
    start(otto, "of-his-own")


def test_the_operator_makes_as_many_as_it_takes(cast: Cast) -> None:
    olga = user_create(email="olga@operator.test", is_staff=True)
    for number in range(MOST_STARTED + 1):
        start(olga, f"north-{number}")
    tenant_create(owner=cast.gus.user, slug="made-for-gus", name="Made")
    assert tenants_started(user_id=cast.gus.user.pk) == 0


@pytest.mark.parametrize(("signup", "may"), [("open", True), ("invite", False), ("domains", False)])
def test_a_claim_is_enough_only_where_everybody_may_sign_up(cast: Cast, settings: Any, signup: str, may: bool) -> None:
    settings.SIGNUP = signup
    nora = user_sign_up(email="nora@north.test", password="three wandering storks")
    if may:
        assert start(nora, "north").tenant.slug == "north"
        return
    with pytest.raises(EmailNotVerifiedError):
        start(nora, "north")


def test_a_slug_is_looked_at_before_it_is_taken(cast: Cast) -> None:
    tenant_slug_check(slug="north")
    for slug, error in {"acme": NameTakenError, "start": InvalidValueError, "-": InvalidValueError}.items():
        with pytest.raises(error):
            tenant_slug_check(slug=slug)
