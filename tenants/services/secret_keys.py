"""The data keys of tenants, and turning them. Each step is a transaction of its own: what is interrupted is gone on
with by asking again, and asking twice does no harm."""

import logging
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from tenants.models import DataKey, Secret, Tenant, UpstreamAccount, UpstreamAuthorization
from tenants.scope import tenant_scope
from tenants.sealing import SealBrokenError
from tenants.secret_sealing import (
    column_opened,
    column_sealed,
    data_key_made,
    data_key_sealed_anew,
    is_sealed_by_first,
    secret_opened,
    secret_sealed,
)
from tenants.selectors.housekeeping import key_turning_scope
from tenants.selectors.stored_secrets import data_key_newest
from tenants.selectors.tenants import tenant_locked

logger = logging.getLogger(__name__)

BATCH: Final = 50
Sealed = type[Secret] | type[UpstreamAccount] | type[UpstreamAuthorization]
SEALED: Final[dict[Sealed, tuple[str, ...]]] = {
    Secret: ("sealed_value",),
    UpstreamAccount: ("sealed_access_token", "sealed_refresh_token"),
    UpstreamAuthorization: ("sealed_secret",),
}
"""What data keys seal, and in which columns."""


@dataclass(slots=True)
class Turned:
    """How many rows were sealed anew, and how many could not be opened."""

    sealed_anew: int = 0
    unreadable: int = 0


def data_key_current(*, tenant: Tenant) -> DataKey:
    """The key to seal with, made where the tenant has none. Its tenant is locked, in its scope."""
    return data_key_newest() or _made(tenant.pk, number=1)


def data_keys_reseal() -> Turned:
    """Seal every data key that an older key of the installation has sealed by the first one. Afterwards the older one
    is needed for none of them, unless some were unreadable."""
    turned = Turned()
    for tenant_id in _tenants():
        with tenant_scope(tenant_id):
            for row in DataKey.objects.select_for_update().order_by("number"):
                _reseal(row, turned)
    return turned


def data_keys_renew() -> Turned:
    """Give every tenant that has secrets a new data key, seal them by it, and remove the old one. A tenant whose last
    turn was interrupted goes on with the key that it began with."""
    turned = Turned()
    for tenant_id in _tenants():
        with tenant_scope(tenant_id):
            tenant_locked(tenant_id=tenant_id)
            keys = list(DataKey.objects.order_by("-number"))
            newest = keys[0] if len(keys) > 1 else _made(tenant_id, number=keys[0].number + 1)
        for model in SEALED:
            while _renew_some(model, tenant_id, newest, turned):
                pass
        with tenant_scope(tenant_id):
            tenant_locked(tenant_id=tenant_id)
            old = DataKey.objects.filter(number__lt=newest.number)
            old.filter(secrets=None, upstream_accounts=None, upstream_authorizations=None).delete()
    return turned


def _reseal(row: DataKey, turned: Turned) -> None:
    if is_sealed_by_first(row):
        return
    try:
        row.sealed_key = data_key_sealed_anew(row)
    except SealBrokenError:
        logger.exception("a data key does not open", extra={"tenant": str(row.tenant_id)})
        turned.unreadable += 1
        return
    row.save(update_fields=["sealed_key", "updated_at"])
    turned.sealed_anew += 1


def _renew_some(model: Sealed, tenant_id: UUID, newest: DataKey, turned: Turned) -> bool:
    """A batch; False where there is nothing left that opens."""
    with tenant_scope(tenant_id):
        old = model.objects.select_for_update(of=("self",)).filter(data_key__number__lt=newest.number)
        rows = list(old.select_related("data_key").order_by("pk")[:BATCH])
        renew = _renewed if model is Secret else _columns_renewed
        done = sum(renew(row, newest) for row in rows)
    turned.sealed_anew += done
    if not done:
        turned.unreadable += len(rows)
    return done > 0


def _renewed(row: Secret, newest: DataKey) -> bool:
    try:
        value = secret_opened(row)
    except SealBrokenError:
        logger.exception("a secret does not open", extra={"tenant": str(row.tenant_id), "secret": str(row.pk)})
        return False
    row.sealed_value = secret_sealed(value, row=row, data_key=newest, version=row.version)
    row.data_key = newest
    row.save(update_fields=["sealed_value", "data_key", "updated_at"])
    return True


def _columns_renewed(row: UpstreamAccount | UpstreamAuthorization, newest: DataKey) -> bool:
    columns = [column for column in SEALED[type(row)] if getattr(row, column) is not None]
    which: Any = {"row": row, "generation": getattr(row, "generation", 0)}
    before: Any = {**which, "data_key": row.data_key}
    try:
        for column in columns:
            value = column_opened(getattr(row, column), column=column, **before)
            setattr(row, column, column_sealed(value, column=column, data_key=newest, **which))
    except SealBrokenError:
        logger.exception("a token does not open", extra={"tenant": str(row.tenant_id), "row": str(row.pk)})
        return False
    row.data_key = newest
    row.save(update_fields=[*columns, "data_key", "updated_at"])
    return True


def _made(tenant_id: UUID, *, number: int) -> DataKey:
    row_id = uuid4()
    sealed = data_key_made(tenant_id=tenant_id, row_id=row_id)
    made: DataKey = DataKey.objects.create(id=row_id, tenant_id=tenant_id, number=number, sealed_key=sealed)
    return made


def _tenants() -> list[UUID]:
    with key_turning_scope():
        return list(DataKey.objects.order_by("tenant_id").values_list("tenant_id", flat=True).distinct())
