"""A tenant's secrets, in its scope. Only `secret_read` opens one."""

from uuid import UUID

from django.db.models import QuerySet

from mcp_runtime.contract.secret_values import SecretValue
from tenants.errors import NotFoundError
from tenants.models import DataKey, Secret, SecretChange
from tenants.secret_sealing import secret_opened


def secret_list() -> QuerySet[Secret]:
    """The tenant's secrets by name, with who rotated them and what uses them, and without their values."""
    rows: QuerySet[Secret] = Secret.objects.defer("sealed_value").order_by("name")
    return rows.select_related("created_by", "rotated_by").prefetch_related("uses")


def secret_get(*, secret_id: UUID) -> Secret:
    """One of them; raises NotFoundError."""
    return _found(secret_list(), secret_id)


def secret_locked(*, secret_id: UUID) -> Secret:
    """One of them, locked until the scope ends; raises NotFoundError."""
    return _found(Secret.objects.select_for_update(of=("self",)), secret_id)


def _found(rows: QuerySet[Secret], secret_id: UUID) -> Secret:
    secret = rows.filter(pk=secret_id).first()
    if secret is None:
        raise NotFoundError("There is no such secret.")
    return secret


def secret_read(*, name: str) -> SecretValue | None:
    """The value of a secret, for whoever sends it where it belongs; None where there is none of this name. One query.
    Raises SealBrokenError."""
    row: Secret | None = Secret.objects.select_related("data_key").filter(name=name).first()
    return None if row is None else SecretValue(row.name, row.version, secret_opened(row))


def secret_changes(*, secret_id: UUID | None = None) -> QuerySet[SecretChange]:
    """What was done to secrets, also to those that are gone, or to one of them; newest first."""
    rows: QuerySet[SecretChange] = SecretChange.objects.order_by("-created_at", "pk")
    return rows if secret_id is None else rows.filter(secret_id=secret_id)


def data_key_newest() -> DataKey | None:
    """The key that seals the tenant's secrets now; None before it has any."""
    key: DataKey | None = DataKey.objects.order_by("-number").first()
    return key
