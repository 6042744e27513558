"""The keys behind secrets: a tenant's data key seals them, and a key of the installation's ring seals the data key.

Both are AES-256-GCM as in `tenants.sealing`, each value for its own column, row and tenant. A secret's place names its
version too, so an earlier value that is put back does not open.
"""

import os
from typing import Final
from uuid import UUID

from tenants import sealing
from tenants.models import DataKey, Secret
from tenants.models.tenant_owned import TenantOwned

_KEYS: Final = b"atrium data keys"
_KEY_COLUMN: Final = "sealed_key"
_VALUE_COLUMN: Final = "sealed_value"


def data_key_made(*, tenant_id: UUID, row_id: UUID) -> bytes:
    """A new random key, sealed for its row."""
    return _wrapped(os.urandom(sealing.KEY_BYTES), tenant_id, row_id)


def data_key_sealed_anew(row: DataKey) -> bytes:
    """The same key, sealed by the first of the ring. Raises SealBrokenError."""
    return _wrapped(_opened(row), row.tenant_id, row.pk)


def is_sealed_by_first(row: DataKey) -> bool:
    """True where the first key of the ring has sealed this data key."""
    return sealing.key_name(row.sealed_key) == next(iter(sealing.ring(_KEYS)))


def secret_sealed(value: str, *, row: Secret, data_key: DataKey, version: int) -> bytes:
    """The value as this row may keep it, as this version. Raises SealBrokenError where the data key does not open."""
    return sealing.sealed_by(sealing.key_ring(_opened(data_key)), value.encode(), _place(row, version))


def secret_opened(row: Secret) -> str:
    """The value; `row.data_key` is fetched along. Raises SealBrokenError."""
    keys = sealing.key_ring(_opened(row.data_key))
    return sealing.opened_by(keys, row.sealed_value, _place(row, row.version)).decode()


def column_sealed(value: str, *, row: TenantOwned, column: str, generation: int, data_key: DataKey) -> bytes:
    """A value as this column of another row may keep it, as this generation of it. Raises SealBrokenError."""
    keys = sealing.key_ring(_opened(data_key))
    return sealing.sealed_by(keys, value.encode(), sealing.place(row.tenant_id, row.pk, f"{column}/{generation}"))


def column_opened(
    sealed: bytes | memoryview, *, row: TenantOwned, column: str, generation: int, data_key: DataKey
) -> str:
    """What `column_sealed` was given for this very place. Raises SealBrokenError."""
    keys = sealing.key_ring(_opened(data_key))
    place = sealing.place(row.tenant_id, row.pk, f"{column}/{generation}")
    return sealing.opened_by(keys, sealed, place).decode()


def _wrapped(key: bytes, tenant_id: UUID, row_id: UUID) -> bytes:
    return sealing.sealed_by(sealing.ring(_KEYS), key, sealing.place(tenant_id, row_id, _KEY_COLUMN))


def _opened(row: DataKey) -> bytes:
    return sealing.opened_by(sealing.ring(_KEYS), row.sealed_key, sealing.place(row.tenant_id, row.pk, _KEY_COLUMN))


def _place(row: Secret, version: int) -> bytes:
    return sealing.place(row.tenant_id, row.pk, f"{_VALUE_COLUMN}/{version}")
