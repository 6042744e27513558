"""Who uses which secret: what refers to secrets says so when it is saved, so that nobody deletes one unawares."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from mcp_runtime.contract.secret_references import ReferenceMalformed, secrets_named
from tenants.errors import InvalidValueError
from tenants.models import Secret, SecretUse, Tenant
from tenants.scope import tenant_scope


def secret_names_in(texts: Iterable[str], *, field: str) -> set[str]:
    """The names of the secrets that these texts refer to. Raises InvalidValueError for what only looks like a
    reference."""
    try:
        return {name for text in texts for name in secrets_named(text)}
    except ReferenceMalformed as error:
        raise InvalidValueError(str(error), field=field) from error


def secret_uses_set(
    *, tenant: Tenant, kind: str, object_id: UUID, label: str, names: set[str], field: str = "secrets"
) -> None:
    """This object refers to these secrets, and to no others; to none before it is deleted. Those that it referred to
    already may be gone meanwhile. Part of the service that saves the object, which has asked who may.

    Raises InvalidValueError for a name that no secret has.
    """
    with tenant_scope(tenant):
        own = SecretUse.objects.filter(kind=kind, object_id=object_id)
        own.exclude(name__in=names).delete()
        before = set(own.values_list("name", flat=True))
        # Locked, so that none of them is deleted unawares meanwhile.
        secrets = {row.name: row for row in Secret.objects.select_for_update(of=("self",)).filter(name__in=names)}
        missing = sorted(names - before - secrets.keys())
        if missing:
            raise InvalidValueError(f"There is no secret {missing[0]}. Store it first.", field=field)
        own.update(label=label[:200])
        SecretUse.objects.bulk_create(
            SecretUse(tenant=tenant, secret=secrets[name], name=name, kind=kind, object_id=object_id, label=label[:200])
            for name in sorted(names - before)
        )


def secret_uses_relabelled(*, kind: str, labels: Mapping[UUID, str]) -> None:
    """These objects, by their ids, are called otherwise now. In the tenant's scope, of few objects or many."""
    for use in SecretUse.objects.filter(kind=kind, object_id__in=labels):
        use.label = labels[use.object_id][:200]
        use.save(update_fields=["label", "updated_at"])


def secret_uses_dropped(*, kind: str, object_ids: Iterable[UUID]) -> None:
    """These objects go, and refer to nothing any more. In the tenant's scope."""
    SecretUse.objects.filter(kind=kind, object_id__in=list(object_ids)).delete()
