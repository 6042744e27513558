"""/secrets: credentials that a tenant's tools are called with. Values go in, and none comes out."""

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.api.answers import Nothing, One, Page
from control_plane.api.asking import READ, WRITE, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.operations import ApiView, operation
from tenants.abilities import Ability
from tenants.models import Secret, SecretChange, SecretUse
from tenants.models.secret import SecretAction
from tenants.selectors.stored_secrets import secret_changes, secret_get, secret_list
from tenants.services.stored_secrets import secret_create, secret_delete, secret_describe, secret_rotate

NEWEST_FIRST: Final = ("-created_at", "pk")


class SecretUseShape(serializers.Serializer[SecretUse]):
    """Something that refers to a secret."""

    kind = serializers.CharField()
    id = serializers.UUIDField(source="object_id")
    name = serializers.CharField(source="label", help_text="As people call it.")


class SecretShape(serializers.Serializer[Secret]):
    """A secret, without its value."""

    id = serializers.UUIDField()
    name = serializers.CharField(help_text="Tools refer to it as `{{secret.NAME}}`.")
    description = serializers.CharField()
    version = serializers.IntegerField(help_text="How many values it has had.")
    created_at = serializers.DateTimeField()
    created_by = serializers.UUIDField(source="created_by_id", allow_null=True)
    rotated_at = serializers.DateTimeField(help_text="When it was given its value.")
    rotated_by = serializers.UUIDField(source="rotated_by_id", allow_null=True)
    used_by = SecretUseShape(source="uses", many=True)


class SecretChangeShape(serializers.Serializer[SecretChange]):
    """What was done to a secret; the secret itself may be gone."""

    id = serializers.UUIDField()
    secret_id = serializers.UUIDField()
    name = serializers.CharField()
    action = serializers.ChoiceField(SecretAction.values)
    version = serializers.IntegerField()
    user_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()


class ValueField(serializers.CharField):
    """As it is, to be judged by the rules that hold everywhere."""

    def __init__(self) -> None:
        super().__init__(trim_whitespace=False, allow_blank=True, write_only=True)


class SecretCreation(Form):
    """A secret with its first value."""

    name = serializers.CharField(help_text="Lower-case letters, digits, `-` and `_`, beginning with a letter.")
    description = serializers.CharField(required=False, allow_blank=True)
    value = ValueField()


class SecretDescription(Form):
    """What may be changed of a secret beside its value."""

    description = serializers.CharField(allow_blank=True)


class SecretRotation(Form):
    """Another value."""

    value = ValueField()


class SecretDeletion(Form):
    """Whether it may go although something refers to it."""

    force = serializers.BooleanField(default=False)


class Secrets(ApiView):
    """All of them."""

    @operation(READ, Ability.MANAGE_SERVERS, answer=Page(SecretShape, ("name",)))
    def get(self, request: TenantRequest) -> QuerySet[Any]:
        """List the secrets of the tenant. Their values are shown nowhere."""
        return secret_list()

    @operation(WRITE, Ability.MANAGE_SERVERS, body=SecretCreation, answer=One(SecretShape, 201))
    def post(self, request: TenantRequest) -> Secret:
        """Store a secret. Its value can't be read again, by anybody."""
        made = secret_create(tenant=request.tenant, actor=request.actor, **request.body)
        return secret_get(secret_id=made.pk)


class SecretDetail(ApiView):
    """One of them."""

    @operation(READ, Ability.MANAGE_SERVERS, answer=One(SecretShape))
    def get(self, request: TenantRequest, secret_id: UUID) -> Secret:
        """Read what is known of a secret beside its value."""
        return secret_get(secret_id=secret_id)

    @operation(WRITE, Ability.MANAGE_SERVERS, body=SecretDescription, answer=One(SecretShape))
    def patch(self, request: TenantRequest, secret_id: UUID) -> Secret:
        """Describe a secret."""
        secret_describe(tenant=request.tenant, actor=request.actor, secret_id=secret_id, **request.body)
        return secret_get(secret_id=secret_id)

    @operation(WRITE, Ability.MANAGE_SERVERS, query=SecretDeletion, answer=Nothing())
    def delete(self, request: TenantRequest, secret_id: UUID) -> None:
        """Delete a secret with its value. Refused while something refers to it, unless `force` is true."""
        secret_delete(tenant=request.tenant, actor=request.actor, secret_id=secret_id, **request.query)


class SecretValueRotation(ApiView):
    """Another value."""

    @operation(WRITE, Ability.MANAGE_SERVERS, body=SecretRotation, answer=One(SecretShape))
    def post(self, request: TenantRequest, secret_id: UUID) -> Secret:
        """Give a secret another value. The one before is used for nothing from now on."""
        secret_rotate(tenant=request.tenant, actor=request.actor, secret_id=secret_id, **request.body)
        return secret_get(secret_id=secret_id)


class SecretChanges(ApiView):
    """Their audit."""

    @operation(READ, Ability.SEE_ALL_CALLS, answer=Page(SecretChangeShape, NEWEST_FIRST))
    def get(self, request: TenantRequest) -> QuerySet[Any]:
        """List what was done to secrets in the last 90 days, newest first."""
        return secret_changes()
