"""What ends a client's access, by name: each is done to max's connection at acme."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.db.models import F
from django.utils import timezone

from tenants.actor import PLATFORM
from tenants.models import Application, AuthorizationCode, Connection, RefreshToken
from tenants.scope import platform_scope, tenant_scope
from tenants.services.connections import connection_revoke
from tenants.services.members import membership_remove, membership_role_set
from tenants.services.servers import server_delete, server_rename, server_suspend
from tenants.services.tenants import tenant_suspend
from tenants.services.users import user_disable
from tests.fixtures.cast import Cast

Ending = Callable[[Cast], object]


def revoke(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant):
        connection = Connection.objects.get(user_id=cast.max.user.pk, revoked_at=None)
    connection_revoke(tenant=cast.acme.tenant, actor=cast.max.actor, connection_id=connection.pk)


def end_registration(cast: Cast) -> None:
    with platform_scope("test"):
        Application.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def outlast(**ages: timedelta) -> Ending:
    """Let time pass for codes and refresh tokens: their columns of time move back."""

    def ending(cast: Cast) -> None:
        with tenant_scope(cast.acme.tenant):
            for model in (AuthorizationCode, RefreshToken):
                columns = {name: age for name, age in ages.items() if hasattr(model, name)}
                if columns:
                    model.objects.update(**{name: F(name) - age for name, age in columns.items()})

    return ending


def by_owner(service: Callable[..., object], **names: object) -> Ending:
    def ending(cast: Cast) -> None:
        service(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, **names)

    return ending


ENDINGS: Final[dict[str, Ending]] = {
    "the person ends the connection": revoke,
    "the person leaves": lambda cast: membership_remove(
        tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user
    ),
    "the person becomes an auditor": lambda cast: membership_role_set(
        tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user, role="auditor"
    ),
    "the person is disabled": lambda cast: user_disable(user=cast.max.user),
    "the server is suspended": by_owner(server_suspend),
    "the server moves": by_owner(server_rename, slug="elsewhere"),
    "the server goes": by_owner(server_delete),
    "the tenant is suspended": lambda cast: tenant_suspend(tenant=cast.acme.tenant, actor=PLATFORM),
}
CLIENT_ENDS: Final[dict[str, Ending]] = {"its registration ends": end_registration}
