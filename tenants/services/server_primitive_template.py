"""What a new server offers beside the tools of its toolkits."""

from collections.abc import Sequence
from typing import Final

from tenants.catalogue import tool_catalogue
from tenants.errors import InvalidValueError, NameTakenError
from tenants.models import Server, ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind
from tenants.offered_primitives import offered_primitives
from tenants.services.server_primitive_choice import check_room

LONGEST_NAME: Final = 200


def primitives_install(*, server: Server, toolkits: Sequence[str], most: int) -> int:
    """Add every resource, template and prompt of the toolkits that is not there by its name or URI; returns how many.

    Raises InvalidValueError where two of the toolkits clash, LimitReachedError.
    """
    present = list(ServerPrimitive.objects.filter(server_id=server.pk))
    taken = {(row.kind, word) for row in present for word in (row.name, row.source)}
    rows = [
        ServerPrimitive(
            tenant_id=server.tenant_id, server=server, kind=kind, toolkit=toolkit, source=source, name=definition.name
        )
        for (kind, toolkit, source), definition in offered_primitives(tool_catalogue()).items()
        if toolkit in toolkits and not {(kind, definition.name), (kind, source)} & taken
    ]
    if not rows:
        return 0
    _tell_apart(rows)
    try:
        check_room(server, rows, most)
    except NameTakenError as error:
        raise InvalidValueError(f"These toolkits do not go together. {error.message}", field="toolkits") from error
    ServerPrimitive.objects.bulk_create(rows)
    return len(rows)


def _tell_apart(rows: Sequence[ServerPrimitive]) -> None:
    """Resources are found by their URIs, so toolkits may call two alike: the second is called by its URI here."""
    seen = set()
    for row in rows:
        if (row.kind, row.name) in seen and row.kind != PrimitiveKind.PROMPT:
            row.name = row.source[:LONGEST_NAME]
        seen.add((row.kind, row.name))
