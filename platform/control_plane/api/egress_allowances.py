"""/egress-allowance: the hosts and methods that a tenant lets its tools and upstreams use."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from control_plane.api.answers import One, Whole
from control_plane.api.asking import ACCESS, READ, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.operations import ApiView, operation
from tenants.abilities import Ability
from tenants.models import Tenant
from tenants.selectors.egress_cut_off import CutOff, egress_cut_off
from tenants.services.egress_allowances import (
    MOST_HOSTS,
    egress_allowance_checked,
    egress_allowance_manage,
    egress_allowance_set,
)

HOSTS = "Names, or `*.example.com` for all below one. Null is every host."
METHODS = "In capitals. Null is every method."


class Names(serializers.ListField):
    """Of hosts or methods, to be judged by the rules that hold everywhere."""

    def __init__(self, help_text: str) -> None:
        child = serializers.CharField(max_length=260, allow_blank=True)
        super().__init__(child=child, allow_null=True, max_length=MOST_HOSTS, help_text=help_text)


class EgressAllowanceShape(serializers.Serializer[Tenant]):
    """What may be reached."""

    hosts = Names(HOSTS)
    methods = Names(METHODS)


class EgressAllowanceForm(Form):
    """Both lists. They replace those before."""

    hosts = Names(HOSTS)
    methods = Names(METHODS)


class CutOffShape(serializers.Serializer[CutOff]):
    """Something that asks where the lists do not let it."""

    kind = serializers.CharField(help_text="`tool`, `upstream`, `sign_in` (of an upstream) or `openapi`.")
    name = serializers.CharField()
    server = serializers.CharField(source="where", help_text="Empty for what belongs to no server.")
    host = serializers.CharField()
    method = serializers.CharField()
    reason = serializers.CharField(help_text="`host_not_allowed` or `method_not_allowed`.")


class EgressAllowance(ApiView):
    """Both lists."""

    @operation(READ, answer=One(EgressAllowanceShape))
    def get(self, request: TenantRequest) -> dict[str, Any]:
        """Read which hosts and methods the tenant's tools and upstreams may use."""
        return _shown(request.tenant)

    @operation(ACCESS, Ability.MANAGE_MEMBERS, body=EgressAllowanceForm, answer=One(EgressAllowanceShape))
    def put(self, request: TenantRequest) -> dict[str, Any]:
        """Say which hosts and methods they may use. What asks elsewhere is refused within seconds; ask first what that
        is."""
        return _shown(egress_allowance_set(tenant=request.tenant, actor=request.actor, **request.body))


class EgressAllowancePreview(ApiView):
    """Lists that are not kept yet."""

    @operation(ACCESS, Ability.MANAGE_MEMBERS, body=EgressAllowanceForm, answer=Whole(CutOffShape))
    def post(self, request: TenantRequest) -> Sequence[CutOff]:
        """See what these lists would cut off. Nothing is kept."""
        egress_allowance_manage(request.actor)
        return egress_cut_off(allowance=egress_allowance_checked(**request.body))


def _shown(tenant: Tenant) -> dict[str, Any]:
    return {"hosts": tenant.egress_hosts, "methods": tenant.egress_methods}
