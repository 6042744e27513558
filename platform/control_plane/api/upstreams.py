"""/upstreams: MCP servers of others, what they offer, and what was decided about it."""

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.api.answers import Nothing, One, Page
from control_plane.api.asking import READ, WRITE, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.operations import ApiView, operation
from control_plane.api.upstream_shapes import (
    UpstreamChangeShape,
    UpstreamDefinitionDetailShape,
    UpstreamDefinitionShape,
    UpstreamShape,
)
from tenants.abilities import Ability
from tenants.models import Upstream, UpstreamDefinition
from tenants.models.upstream import UpstreamAuth, UpstreamEra
from tenants.selectors.servers import server_get
from tenants.selectors.upstreams import (
    definition_get,
    definition_list,
    upstream_changes,
    upstream_get,
    upstream_list,
)
from tenants.services.upstream_approvals import definitions_approve, definitions_refuse
from tenants.services.upstream_items import upstream_items_add
from tenants.services.upstream_reading import upstream_read_now, upstream_read_soon
from tenants.services.upstreams import upstream_create, upstream_delete, upstream_update

NEWEST_FIRST: Final = ("-created_at", "pk")
MOST_DECIDED: Final = 2_000


class UpstreamHeaderForm(Form):
    """A header that is sent with every request."""

    name = serializers.CharField()
    value = serializers.CharField(help_text="A credential is a reference to a secret, as `Bearer {{secret.NAME}}`.")


class UpstreamChanges(Form):
    """What may be changed of an upstream."""

    name = serializers.CharField(required=False)
    url = serializers.CharField(required=False, help_text="Its MCP endpoint, over https.")
    era = serializers.ChoiceField(UpstreamEra.values, required=False)
    auth = serializers.ChoiceField(UpstreamAuth.values, required=False)
    headers = UpstreamHeaderForm(many=True, required=False)
    concurrency = serializers.IntegerField(required=False, help_text="How many calls at once, at most.")


class UpstreamCreation(UpstreamChanges):
    """A new one."""

    prefix = serializers.CharField(help_text="Lower-case letters, digits and inner hyphens, 24 at most. It stays.")
    name = serializers.CharField()
    url = serializers.CharField(help_text="Its MCP endpoint, over https.")


class UpstreamDecision(Form):
    """Which definitions: their ids, each with the digest of what was seen."""

    definitions = serializers.DictField(
        child=serializers.CharField(), help_text="`{id: offered_digest}`, as the list of definitions says."
    )


class UpstreamItemsChoice(Form):
    """Which definitions of whichever upstreams."""

    definitions = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_DECIDED)


class UpstreamItemsAdded(serializers.Serializer[Any]):
    """How many the server did not have yet."""

    added = serializers.IntegerField()


class Upstreams(ApiView):
    """All of them."""

    @operation(READ, Ability.MANAGE_SERVERS, answer=Page(UpstreamShape, ("prefix",)))
    def get(self, request: TenantRequest) -> QuerySet[Any]:
        """List the upstreams of the tenant."""
        return upstream_list()

    @operation(WRITE, Ability.MANAGE_SERVERS, body=UpstreamCreation, answer=One(UpstreamShape, 201))
    def post(self, request: TenantRequest) -> Upstream:
        """Connect an upstream. It is read at once, and nothing of it is served before it is approved."""
        made = upstream_create(tenant=request.tenant, actor=request.actor, **_given(request))
        upstream_read_soon(tenant=request.tenant, actor=request.actor, upstream_id=made.pk)
        return upstream_get(upstream_id=made.pk)


class UpstreamDetail(ApiView):
    """One of them."""

    @operation(READ, Ability.MANAGE_SERVERS, answer=One(UpstreamShape))
    def get(self, request: TenantRequest, upstream_id: UUID) -> Upstream:
        """Read an upstream and how it is."""
        return upstream_get(upstream_id=upstream_id)

    @operation(WRITE, Ability.MANAGE_SERVERS, body=UpstreamChanges, answer=One(UpstreamShape))
    def patch(self, request: TenantRequest, upstream_id: UUID) -> Upstream:
        """Change how an upstream is reached. What was approved of it stays approved."""
        upstream_update(tenant=request.tenant, actor=request.actor, upstream_id=upstream_id, **_given(request))
        return upstream_get(upstream_id=upstream_id)

    @operation(WRITE, Ability.MANAGE_SERVERS, answer=Nothing())
    def delete(self, request: TenantRequest, upstream_id: UUID) -> None:
        """Disconnect an upstream: everything of it leaves every server."""
        upstream_delete(tenant=request.tenant, actor=request.actor, upstream_id=upstream_id)


def _read(request: TenantRequest, upstream_id: UUID) -> None:
    upstream_read_now(tenant=request.tenant, actor=request.actor, upstream_id=upstream_id)


class UpstreamReading(ApiView):
    """Reading it again."""

    @operation(WRITE, Ability.MANAGE_SERVERS, answer=One(UpstreamShape), ahead=_read)
    def post(self, request: TenantRequest, upstream_id: UUID) -> Upstream:
        """Read what an upstream offers, now. The answer says how it went."""
        return upstream_get(upstream_id=upstream_id)


class UpstreamDefinitions(ApiView):
    """What it offers."""

    @operation(READ, Ability.MANAGE_SERVERS, answer=Page(UpstreamDefinitionShape, ("kind", "key", "pk")))
    def get(self, request: TenantRequest, upstream_id: UUID) -> QuerySet[Any]:
        """List what an upstream offers, and what was decided about each."""
        return definition_list(upstream=upstream_get(upstream_id=upstream_id))


class UpstreamDefinitionDetail(ApiView):
    """One thing that it offers."""

    @operation(READ, Ability.MANAGE_SERVERS, answer=One(UpstreamDefinitionDetailShape))
    def get(self, request: TenantRequest, upstream_id: UUID, definition_id: UUID) -> UpstreamDefinition:
        """Read what is offered, what was approved, and what differs."""
        return definition_get(upstream=upstream_get(upstream_id=upstream_id), definition_id=definition_id)


class UpstreamApproval(ApiView):
    """Saying yes."""

    @operation(WRITE, Ability.MANAGE_SERVERS, body=UpstreamDecision, answer=One(UpstreamShape))
    def post(self, request: TenantRequest, upstream_id: UUID) -> Upstream:
        """Approve definitions as they were seen: all, or none."""
        definitions_approve(tenant=request.tenant, actor=request.actor, upstream_id=upstream_id, seen=_seen(request))
        return upstream_get(upstream_id=upstream_id)


class UpstreamRefusal(ApiView):
    """Saying no."""

    @operation(WRITE, Ability.MANAGE_SERVERS, body=UpstreamDecision, answer=One(UpstreamShape))
    def post(self, request: TenantRequest, upstream_id: UUID) -> Upstream:
        """Refuse definitions as they were seen: none of them is served so."""
        definitions_refuse(tenant=request.tenant, actor=request.actor, upstream_id=upstream_id, seen=_seen(request))
        return upstream_get(upstream_id=upstream_id)


class UpstreamAudit(ApiView):
    """Their audit."""

    @operation(READ, Ability.SEE_ALL_CALLS, answer=Page(UpstreamChangeShape, NEWEST_FIRST))
    def get(self, request: TenantRequest) -> QuerySet[Any]:
        """List what was done to upstreams, and decided about them, in the last 90 days, newest first."""
        return upstream_changes()


class ServerUpstreamItems(ApiView):
    """What a server has of upstreams."""

    @operation(WRITE, Ability.MANAGE_SERVERS, body=UpstreamItemsChoice, answer=One(UpstreamItemsAdded))
    def post(self, request: TenantRequest, server: str) -> dict[str, int]:
        """Put approved tools, resources, templates and prompts of upstreams on a server."""
        found = server_get(slug=server, actor=request.actor)
        ids = request.body["definitions"]
        added = upstream_items_add(tenant=request.tenant, actor=request.actor, server=found, definition_ids=ids)
        return {"added": added}


def _given(request: TenantRequest) -> dict[str, Any]:
    given = dict(request.body)
    if "headers" in given:
        given["headers"] = [(header["name"], header["value"]) for header in given["headers"]]
    return given


def _seen(request: TenantRequest) -> dict[UUID, str]:
    field = serializers.UUIDField()
    return {field.run_validation(key): digest for key, digest in request.body["definitions"].items()}
