"""Putting several resources, templates and prompts on a server at once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tenants import validation
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.catalogue import tool_catalogue
from tenants.errors import InvalidValueError, LimitReachedError, NameTakenError, NotFoundError
from tenants.models import Server, ServerPrimitive, Tenant
from tenants.models.server_primitive import PrimitiveKind
from tenants.offered_primitives import Key, PrimitiveDefinition, offered_primitives
from tenants.publishing.changes import server_changed
from tenants.scope import tenant_scope
from tenants.selectors.server_primitives import WORDS
from tenants.selectors.servers import server_locked
from tenants.selectors.tenants import tenant_locked

LIMIT: Final = "resources_and_prompts_per_server"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the catalogue, and the name it is to have here, if not its own."""

    kind: PrimitiveKind
    toolkit: str
    source: str
    name: str | None = None


def server_primitives_add(
    *, tenant: Tenant, actor: Actor, server: Server, choices: Sequence[Choice]
) -> list[ServerPrimitive]:
    """Put these of the catalogue on the server: all of them, or none.

    Raises InvalidValueError for none, NotFoundError where the catalogue lacks one, NameTakenError where a name or a URI
    is there already or twice among them, LimitReachedError.
    """
    actor.require(Ability.MANAGE_SERVERS)
    if not choices:
        raise InvalidValueError("Choose at least one.", field="chosen")
    with tenant_scope(tenant):
        most = tenant_locked(tenant_id=tenant.pk).limits.resources_and_prompts_per_server
        locked = server_locked(actor=actor, server_id=server.pk)
        offered = offered_primitives(tool_catalogue())
        rows = [_row(locked, choice, offered) for choice in dict.fromkeys(choices)]
        check_room(locked, rows, most)
        ServerPrimitive.objects.bulk_create(rows)
        server_changed(tenant=tenant, server=locked)
        return rows


def check_room(server: Server, rows: Sequence[ServerPrimitive], most: int) -> None:
    """Raises NameTakenError, LimitReachedError where these can't join what a server has."""
    present = list(ServerPrimitive.objects.filter(server_id=server.pk))
    together = [*present, *rows]
    _check_once([(row.kind, row.name) for row in together], "name")
    _check_once([(row.kind, row.source) for row in together if row.kind != PrimitiveKind.PROMPT], "URI")
    check_number(len(present), len(rows), most)


def check_number(present: int, more: int, most: int) -> None:
    """Raises LimitReachedError where a server that has so many can't have so many more."""
    if present + more > most:
        room = max(most - present, 0)
        raise LimitReachedError(
            f"The plan allows {most} resources and prompts per server, so there is room for {room} more here.",
            limit=LIMIT,
            maximum=most,
        )


def _row(server: Server, choice: Choice, offered: Mapping[Key, PrimitiveDefinition]) -> ServerPrimitive:
    definition = offered.get((choice.kind, choice.toolkit, choice.source))
    if definition is None:
        raise NotFoundError(f"There is no such {WORDS[choice.kind]} in the catalogue.")
    return ServerPrimitive(
        tenant_id=server.tenant_id,
        server=server,
        kind=choice.kind,
        toolkit=choice.toolkit,
        source=choice.source,
        name=primitive_name(choice.kind, choice.name or definition.name),
    )


def _check_once(named: Iterable[tuple[str, str]], what: str) -> None:
    taken = sorted({f"{WORDS[PrimitiveKind(kind)]} {name}" for (kind, name), n in Counter(named).items() if n > 1})
    if taken:
        raise NameTakenError(
            f"The server can have one of each {what}, and would have two of {', '.join(taken)}.",
            field=what.lower(),
        )


def primitive_name(kind: str, value: str) -> str:
    """A name as it is kept: a prompt's is what clients ask for, any other is read by people. Raises
    InvalidValueError."""
    return validation.prompt_name(value) if kind == PrimitiveKind.PROMPT else validation.name(value)
