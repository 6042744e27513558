"""Tools that were made of a document, written anew when it says something else."""

from tenants.actor import Actor
from tenants.errors import ApplicationError, InvalidValueError
from tenants.models import OpenApiSource, Tenant
from tenants.openapi.operations import OpenApiImport
from tenants.selectors.openapi_changes import SourceChanges, source_changes
from tenants.services.http_tools import http_tool_update


def tools_renew(
    *, tenant: Tenant, actor: Actor, source: OpenApiSource, before: OpenApiImport, after: OpenApiImport
) -> SourceChanges:
    """Have every tool of a document say what `after` says where that is not what `before` said; what changed. Ids,
    names, grants and what was said of a tool beside its document stay. Part of the service that changes the document,
    which has locked its server.

    Raises InvalidValueError where a secret is missing or a tool can't be written anew; AbilityMissingError.
    """
    changes = source_changes(source=source, before=before, after=after)
    for change in changes.changed:
        try:
            http_tool_update(
                tenant=tenant, actor=actor, server=source.server, tool=change.tool, definition=change.after
            )
        except InvalidValueError as error:
            raise InvalidValueError(f"{change.tool.name}: {error.message}", field=_field(error)) from error
    return changes


def _field(error: ApplicationError) -> str:
    field = str(error.extra.get("field", ""))
    return "secret_names" if field == "request.constants" else field
