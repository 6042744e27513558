"""A tenant's plan as a form: a field for each limit, empty where the default holds."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from control_plane.dashboard.forms import PageForm
from control_plane.dashboard.plan_rows import LIMITS, PlanRow, limit_in_words
from mcp_runtime.contract.limits import Rate
from tenants.actor import PLATFORM
from tenants.models import Tenant
from tenants.plan import PlanLimits
from tenants.services.tenants import tenant_limits_set

PER_SECOND, BURST = "per_second", "burst"
MOST = 10**12


class PlanForm(PageForm):
    """What differs from the default plan. What equals it is not kept, and follows it should it change."""

    def __init__(self, data: Any = None, *, tenant: Tenant, **options: Any) -> None:
        super().__init__(data, initial=_flat(tenant.plan), **options)
        self.tenant, self.usual = tenant, PlanLimits()
        for name in self.usual.__struct_fields__:
            self._add(name, getattr(self.usual, name))

    def lines(self, rows: Sequence[PlanRow]) -> list[tuple[PlanRow, list[BoundField], str]]:
        """For each limit its row with what is used of it, its fields, and the default in words."""
        return [
            (row, [self[field] for field in self._names(row.name)], limit_in_words(row.name, self.usual))
            for row in rows
        ]

    def save(self) -> Tenant | None:
        """By the service; None where the form says why not."""
        return self.ask(tenant_limits_set, tenant=self.tenant, actor=PLATFORM, overrides=self._overrides())

    def _add(self, name: str, usual: Any) -> None:
        label = LIMITS.get(name, (name, ""))[0]
        if isinstance(usual, Rate):
            self.fields[f"{name}_{PER_SECOND}"] = forms.FloatField(label=label, required=False, max_value=MOST)
            self.fields[f"{name}_{BURST}"] = forms.IntegerField(
                label=f"{label}, at once", required=False, max_value=MOST
            )
        else:
            self.fields[name] = forms.IntegerField(label=label, required=False, max_value=MOST)

    def _names(self, name: str) -> list[str]:
        return [name] if name in self.fields else [f"{name}_{PER_SECOND}", f"{name}_{BURST}"]

    def _overrides(self) -> dict[str, Any]:
        chosen = {name: self._chosen(name) for name in self.usual.__struct_fields__}
        return {name: value for name, value in chosen.items() if value is not None}

    def _chosen(self, name: str) -> Any:
        """The limit as it is kept, or None where the default holds."""
        usual, given = getattr(self.usual, name), [self.cleaned_data[field] for field in self._names(name)]
        if not isinstance(usual, Rate):
            return None if given[0] in (None, usual) else given[0]
        per_second, burst = given
        own = Rate(
            usual.per_second if per_second is None else per_second,
            usual.burst if burst is None else burst,
        )
        return None if own == usual else {PER_SECOND: own.per_second, BURST: own.burst}


def _flat(plan: dict[str, Any]) -> dict[str, Any]:
    """A plan as the form's fields."""
    flat: dict[str, Any] = {}
    for name, value in plan.items():
        flat |= {f"{name}_{part}": each for part, each in value.items()} if isinstance(value, dict) else {name: value}
    return flat
