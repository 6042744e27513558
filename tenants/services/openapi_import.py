"""Operations of an OpenAPI document become tools of a server."""

from collections.abc import Sequence

import msgspec

from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import InvalidValueError, NotFoundError
from tenants.models import OpenApiSource, Server, ServerTool, Tenant
from tenants.openapi.errors import OperationRefused
from tenants.openapi.naming import free_name
from tenants.openapi.operations import ImportedTool, OpenApiImport
from tenants.scope import tenant_scope
from tenants.selectors.openapi_operations import names_taken, secrets_missing
from tenants.selectors.openapi_sources import openapi_import, openapi_source_locked, tools_by_operation
from tenants.selectors.servers import server_locked
from tenants.services.http_tools import NewHttpTool, http_tools_create


def openapi_tools_create(
    *,
    tenant: Tenant,
    actor: Actor,
    server: Server,
    source: OpenApiSource,
    operations: Sequence[str],
    background: bool = False,
) -> list[ServerTool]:
    """Make tools of these operations, named by their keys (`GET /orders`): of all of them, or of none. Those that are
    tools of this server already stay as they are. Each gets a name that no other tool of the server has.

    Raises NotFoundError, InvalidValueError where an operation can't become a tool or a secret is missing,
    LimitReachedError, AbilityMissingError.
    """
    actor.require(Ability.MANAGE_SERVERS)
    with tenant_scope(tenant):
        locked = server_locked(actor=actor, server_id=server.pk)
        row = openapi_source_locked(server=locked, source_id=source.pk)
        here = tools_by_operation(source=row)
        wanted = [key for key in dict.fromkeys(operations) if key not in here]
        if not operations:
            raise InvalidValueError("Choose at least one operation.", field="operations")
        if not wanted:
            return []
        made = _made(openapi_import(row), wanted)
        _check_secrets(made)
        new = [NewHttpTool(each.definition, background, each.key) for each in _named(made, names_taken(locked))]
        return http_tools_create(tenant=tenant, actor=actor, server=locked, tools=new, openapi_source=row)


def _made(reading: OpenApiImport, keys: Sequence[str]) -> list[ImportedTool]:
    made = []
    for key in keys:
        try:
            made.append(reading.tool(key))
        except KeyError as error:
            raise NotFoundError("The document has no such operation.") from error
        except OperationRefused as refusal:
            raise InvalidValueError(f"{key[:200]}: {refusal}", field="operations") from refusal
    return made


def _check_secrets(made: Sequence[ImportedTool]) -> None:
    """All that are missing at once; who saves the tools would name the first."""
    missing = secrets_missing(each.name for tool in made for each in tool.secrets)
    if missing:
        words = f"Store these secrets first, or choose others: {', '.join(missing)}."
        raise InvalidValueError(words, field="secret_names")


def _named(made: Sequence[ImportedTool], taken: set[str]) -> list[ImportedTool]:
    named = []
    for tool in made:
        name = free_name(tool.definition.name, tool.key, taken)
        taken.add(name)
        definition = msgspec.structs.replace(tool.definition, name=name)
        named.append(ImportedTool(tool.key, definition, tool.secrets))
    return named
