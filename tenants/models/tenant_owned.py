"""Managers that know of nothing but the tenant whose scope is open."""

from typing import Any, ClassVar, TypeVar

from django.db import DEFAULT_DB_ALIAS, models

from tenants.models.timestamped import Timestamped
from tenants.scope import ScopeError, required_scope

M = TypeVar("M", bound=models.Model)


class TenantQuerySet(models.QuerySet[M]):
    """Refuses to write a row of another tenant, as the policies' WITH CHECK does on PostgreSQL."""

    def _insert(self, objs: Any, fields: Any, *args: Any, **options: Any) -> Any:
        for row in objs:
            self._check_owner(getattr(row, tenant_attribute(self.model)))
        return super()._insert(objs, fields, *args, **options)  # type: ignore[misc]

    def update(self, **values: Any) -> int:
        """As Django's, for rows that stay where they belong."""
        for name in {"tenant", "tenant_id"} & values.keys():
            self._check_owner(getattr(values[name], "pk", values[name]))
        return super().update(**values)

    def _update(self, values: Any) -> Any:
        for field, _, value in values:
            if field.attname == tenant_attribute(self.model):
                self._check_owner(getattr(value, "pk", value))
        return super()._update(values)  # type: ignore[misc]

    def _check_owner(self, tenant_id: Any) -> None:
        scope = required_scope(self.db)
        if not scope.is_platform and tenant_id != scope.tenant_id:
            raise ScopeError(f"This {self.model._meta.verbose_name} belongs to another tenant.")


class TenantManager(models.Manager[M]):
    """Rows of the tenant whose scope is open; all rows in the platform's scope; ScopeError outside both."""

    def get_queryset(self) -> TenantQuerySet[M]:
        scope = required_scope(self._db or DEFAULT_DB_ALIAS)
        rows: TenantQuerySet[M] = TenantQuerySet(self.model, using=self._db)
        return rows if scope.is_platform else rows.filter(**{tenant_attribute(self.model): scope.tenant_id})


def tenant_attribute(model: type[models.Model]) -> str:
    """The attribute that holds the tenant's id: a tenant belongs to itself."""
    return "id" if model._meta.object_name == "Tenant" else "tenant_id"


class TenantOwned(Timestamped):
    """A row that belongs to one tenant."""

    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[TenantManager[Any]] = TenantManager()

    class Meta:
        abstract = True
        # Also for what Django does behind the scenes: following a key, refreshing, saving, cascading.
        base_manager_name = "objects"
