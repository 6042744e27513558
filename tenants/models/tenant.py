"""A tenant: one company's part of the platform."""

from typing import Any, ClassVar

from django.db import models

from egress.allowance import ANYTHING, Allowance
from tenants.models.tenant_owned import TenantManager
from tenants.models.timestamped import Timestamped
from tenants.plan import PlanLimits, plan_from_overrides


class TenantStatus(models.TextChoices):
    """Whether its servers serve."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class AuditMode(models.TextChoices):
    """`buffered`: calls are recorded in batches. `strict`: nothing runs before its record is committed."""

    BUFFERED = "buffered"
    STRICT = "strict"


class Tenant(Timestamped):
    """One company. `plan` holds what differs from the default plan (see `tenants.plan`).

    `started_by` is who made it for themselves; null where the operator did, or that person's account is gone.
    `egress_hosts` and `egress_methods` are lists of what may be reached for the tenant; null is everything.
    """

    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    status = models.CharField(max_length=16, choices=TenantStatus.choices, default=TenantStatus.ACTIVE)
    audit = models.CharField(max_length=16, choices=AuditMode.choices, default=AuditMode.BUFFERED)
    plan = models.JSONField(default=dict, blank=True)
    started_by = models.ForeignKey("tenants.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    egress_hosts = models.JSONField(null=True, blank=True)
    egress_methods = models.JSONField(null=True, blank=True)

    objects: ClassVar[TenantManager[Any]] = TenantManager()

    class Meta:
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.slug

    @property
    def limits(self) -> PlanLimits:
        """All limits of this tenant, the default plan's included."""
        return plan_from_overrides(self.plan)

    @property
    def egress_allowance(self) -> Allowance:
        """What may be reached for this tenant: ANYTHING where it keeps no list, and nothing where a list can't be read,
        such as one that a later release wrote."""
        if self.egress_hosts is None and self.egress_methods is None:
            return ANYTHING
        try:
            return Allowance(hosts=_names(self.egress_hosts), methods=_names(self.egress_methods))
        except ValueError:
            return Allowance(hosts=(), methods=())


def _names(kept: list[str] | None) -> tuple[str, ...] | None:
    return None if kept is None else tuple(kept)
