"""What a new server offers beside the tools of its toolkits."""

from collections.abc import Sequence

from tenants.catalogue import tool_catalogue
from tenants.errors import InvalidValueError, NameTakenError
from tenants.models import Server, ServerPrimitive
from tenants.offered_primitives import offered_primitives
from tenants.services.server_primitive_choice import check_room


def primitives_install(*, server: Server, toolkits: Sequence[str], most: int) -> int:
    """Add every resource, template and prompt of the toolkits that is not there by its name or URI; returns how many.

    Raises InvalidValueError where two of the toolkits clash, LimitReachedError.
    """
    present = list(ServerPrimitive.objects.filter(server_id=server.pk))
    taken = {(row.kind, word) for row in present for word in (row.name, row.source)}
    rows = [
        ServerPrimitive(
            tenant_id=server.tenant_id,
            server=server,
            kind=kind,
            toolkit=toolkit,
            source=source,
            name=definition.name,
        )
        for (kind, toolkit, source), definition in offered_primitives(tool_catalogue()).items()
        if toolkit in toolkits and not {(kind, definition.name), (kind, source)} & taken
    ]
    if not rows:
        return 0
    try:
        check_room(server, rows, most)
    except NameTakenError as error:
        raise InvalidValueError(f"These toolkits do not go together. {error.message}", field="toolkits") from error
    ServerPrimitive.objects.bulk_create(rows)
    return len(rows)
