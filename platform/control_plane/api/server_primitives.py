"""The operations on resources, templates and prompts of a server: the same for each, declared once.

Each kind has a module of its own with what may be sent and what is shown, and the views that are made of it here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.api.answers import Nothing, One, Page
from control_plane.api.asking import READ, WRITE, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.operations import ApiView, operation
from tenants.abilities import Ability
from tenants.hosted_drafts import Draft
from tenants.models import Server, ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind
from tenants.selectors.server_primitives import hosted_primitive_get, server_primitive_get, server_primitive_list
from tenants.selectors.servers import server_get
from tenants.services.hosted_primitives import hosted_primitive_create, hosted_primitive_update
from tenants.services.server_primitives import (
    server_primitive_add,
    server_primitive_remove,
    server_primitive_update,
)

Handler = TypeVar("Handler", bound=Callable[..., Any])


class PrimitiveShape(serializers.Serializer[ServerPrimitive]):
    """What each of them has. Empty texts mean "as its toolkit says"; what the tenant hosts itself has no toolkit."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    toolkit = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    is_enabled = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PrimitiveAddition(Form):
    """Which one of the catalogue to add, under its own name or another."""

    toolkit = serializers.CharField()
    name = serializers.CharField(required=False)


class PrimitiveChange(Form):
    """What may be changed. Empty texts take the override away."""

    name = serializers.CharField(required=False)
    title = serializers.CharField(required=False, allow_blank=True)
    description = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    is_enabled = serializers.BooleanField(required=False)


class HostedForm(Form):
    """What all have that a tenant hosts itself, whole: what is left out is empty."""

    name = serializers.CharField()
    title = serializers.CharField(required=False, allow_blank=True)
    description = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)


@dataclass(frozen=True, slots=True)
class Family:
    """One kind: what it is called, by which field of the catalogue one is added, and what goes in and comes out.
    `draft` makes of a body what is kept; `hosted` of a row what its shape shows."""

    kind: PrimitiveKind
    name: str
    words: str
    id_name: str
    source: str
    shape: type[PrimitiveShape]
    addition: type[PrimitiveAddition]
    change: type[PrimitiveChange]
    hosted_form: type[HostedForm]
    hosted_shape: type[serializers.Serializer[Any]]
    draft: Callable[[dict[str, Any]], Draft]
    hosted: Callable[[ServerPrimitive], dict[str, Any]]

    def of(self, server: Server, identity: dict[str, UUID]) -> ServerPrimitive:
        """The one that a path names. Raises NotFoundError."""
        return server_primitive_get(server=server, kinds=[self.kind], primitive_id=identity[self.id_name])

    @property
    def hosted_id_name(self) -> str:
        """The placeholder of the paths of one that is hosted."""
        return f"hosted_{self.id_name}"

    def hosted_of(self, server: Server, primitive_id: UUID) -> dict[str, Any]:
        """What is shown of one that is hosted. Raises NotFoundError, also for one that is not."""
        return self.hosted(hosted_primitive_get(server=server, kind=self.kind, primitive_id=primitive_id))


class Views(NamedTuple):
    """The views of a family."""

    every: type[ApiView]
    one: type[ApiView]
    hosting: type[ApiView]
    hosted: type[ApiView]


def family_views(family: Family) -> Views:
    """All operations of a family."""
    return Views(_every(family), _one(family), _hosting(family), _hosted(family))


def _every(family: Family) -> type[ApiView]:
    def get(_: ApiView, request: TenantRequest, server: str) -> QuerySet[Any]:
        return server_primitive_list(server=_server(request, server), kinds=[family.kind])

    def post(_: ApiView, request: TenantRequest, server: str) -> ServerPrimitive:
        found, said = _server(request, server), {**request.body}
        source = said.pop(family.source)
        return server_primitive_add(**_who(request, found), kind=family.kind, source=source, **said)

    words, name = family.words, f"{family.name}s"
    get = _named(get, f"{name}.get", f"List the {words}s of a server.")
    post = _named(post, f"{name}.post", f"Add a {words} of a toolkit. Whoever may connect to the server sees it.")
    answer = One(family.shape, 201)
    return _view(
        name,
        get=operation(READ, answer=Page(family.shape, ("name",)))(get),
        post=operation(WRITE, Ability.MANAGE_SERVERS, body=family.addition, answer=answer)(post),
    )


def _one(family: Family) -> type[ApiView]:
    def get(_: ApiView, request: TenantRequest, server: str, **identity: UUID) -> ServerPrimitive:
        return family.of(_server(request, server), identity)

    def patch(_: ApiView, request: TenantRequest, server: str, **identity: UUID) -> ServerPrimitive:
        found = _server(request, server)
        row = family.of(found, identity)
        return server_primitive_update(**_who(request, found), primitive=row, **request.body)

    def delete(_: ApiView, request: TenantRequest, server: str, **identity: UUID) -> None:
        found = _server(request, server)
        server_primitive_remove(**_who(request, found), primitive=family.of(found, identity))

    words, name, answer = family.words, f"{family.name}Detail", One(family.shape)
    get = _named(get, f"{name}.get", f"Read a {words}.")
    patch = _named(patch, f"{name}.patch", f"Change, enable or disable a {words}.")
    delete = _named(delete, f"{name}.delete", f"Take a {words} from the server.")
    return _view(
        name,
        get=operation(READ, answer=answer)(get),
        patch=operation(WRITE, Ability.MANAGE_SERVERS, body=family.change, answer=answer)(patch),
        delete=operation(WRITE, Ability.MANAGE_SERVERS, answer=Nothing())(delete),
    )


def _hosting(family: Family) -> type[ApiView]:
    def post(_: ApiView, request: TenantRequest, server: str) -> dict[str, Any]:
        found = _server(request, server)
        row = hosted_primitive_create(**_who(request, found), draft=family.draft(request.body))
        return family.hosted_of(found, row.pk)

    name = f"Hosted{family.name}s"
    post = _named(
        post, f"{name}.post", f"Host a {family.words} of your own. Whoever may connect to the server sees it."
    )
    answer = One(family.hosted_shape, 201)
    return _view(name, post=operation(WRITE, Ability.MANAGE_SERVERS, body=family.hosted_form, answer=answer)(post))


def _hosted(family: Family) -> type[ApiView]:
    def get(_: ApiView, request: TenantRequest, server: str, **identity: UUID) -> dict[str, Any]:
        return family.hosted_of(_server(request, server), identity[family.hosted_id_name])

    def put(_: ApiView, request: TenantRequest, server: str, **identity: UUID) -> dict[str, Any]:
        found = _server(request, server)
        primitive_id = identity[family.hosted_id_name]
        hosted_primitive_update(**_who(request, found), primitive_id=primitive_id, draft=family.draft(request.body))
        return family.hosted_of(found, primitive_id)

    words, name, answer = family.words, f"Hosted{family.name}", One(family.hosted_shape)
    get = _named(get, f"{name}.get", f"Read a {words} of your own, with its content.")
    put = _named(
        put, f"{name}.put", f"Write a {words} of your own anew. Subscribers are told where it reads otherwise."
    )
    return _view(
        name,
        get=operation(READ, answer=answer)(get),
        put=operation(WRITE, Ability.MANAGE_SERVERS, body=family.hosted_form, answer=answer)(put),
    )


def _server(request: TenantRequest, slug: str) -> Server:
    return server_get(slug=slug, actor=request.actor)


def _who(request: TenantRequest, server: Server) -> dict[str, Any]:
    return {"tenant": request.tenant, "actor": request.actor, "server": server}


def _named(handler: Handler, name: str, words: str) -> Handler:
    """What OpenAPI calls the operation, and says of it."""
    handler.__qualname__, handler.__doc__ = name, words
    return handler


def _view(name: str, **handlers: Callable[..., Any]) -> type[ApiView]:
    return type(name, (ApiView,), handlers)
