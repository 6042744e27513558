"""/tenants: the tenants of whoever asks."""

from rest_framework import serializers

from control_plane.api.answers import One, Whole
from control_plane.api.asking import ACCESS, READ, KnownRequest, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.operations import ApiView, open_operation, operation
from tenants.abilities import Ability, Role
from tenants.models.tenant import AuditMode
from tenants.selectors.across_tenants import TenantOfUser
from tenants.server_templates import SERVER_TEMPLATES
from tenants.services.tenant_start import tenant_start
from tenants.services.tenants import tenant_update


class TenantShape(serializers.Serializer[TenantOfUser]):
    """A tenant, and the role in it of whoever asks."""

    id = serializers.UUIDField(source="tenant.id")
    slug = serializers.CharField(source="tenant.slug")
    name = serializers.CharField(source="tenant.name")
    status = serializers.CharField(source="tenant.status", help_text="`active` or `suspended`.")
    audit = serializers.CharField(source="tenant.audit", help_text="`buffered` or `strict`.")
    created_at = serializers.DateTimeField(source="tenant.created_at")
    role = serializers.CharField()


class TenantChange(Form):
    """What may be changed of a tenant."""

    name = serializers.CharField(required=False)
    audit = serializers.ChoiceField(AuditMode.values, required=False)


class TenantCreation(Form):
    """A tenant of one's own, and what its first server starts from."""

    slug = serializers.CharField(help_text="Its part of every URL. It stays as it is.")
    name = serializers.CharField()
    template = serializers.ChoiceField([template.key for template in SERVER_TEMPLATES], default="blank")


class Tenants(ApiView):
    """All of them."""

    @open_operation(READ, answer=Whole(TenantShape))
    def get(self, request: KnownRequest) -> list[TenantOfUser]:
        """List the tenants that you belong to; a key belongs to one."""
        return request.tenants()

    @open_operation(ACCESS, body=TenantCreation, answer=One(TenantShape, 201))
    def post(self, request: KnownRequest) -> TenantOfUser:
        """Make a tenant of your own, with a first server. For people who signed in; a key belongs to its tenant."""
        made = tenant_start(user_id=request.person_id(), **request.body)
        return TenantOfUser(tenant=made.tenant, role=Role.OWNER.value)


class TenantDetail(ApiView):
    """One of them."""

    @operation(READ, answer=One(TenantShape))
    def get(self, request: TenantRequest) -> TenantOfUser:
        """Read a tenant."""
        return TenantOfUser(tenant=request.tenant, role=request.actor.role or "")

    @operation(ACCESS, Ability.MANAGE_TENANT, body=TenantChange, answer=One(TenantShape))
    def patch(self, request: TenantRequest) -> TenantOfUser:
        """Rename a tenant, or choose how its calls are recorded."""
        changed = tenant_update(tenant=request.tenant, actor=request.actor, **request.body)
        return TenantOfUser(tenant=changed, role=request.actor.role or "")
