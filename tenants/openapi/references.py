"""`$ref` within the one document. Another document is never fetched."""

from typing import Any, Final
from urllib.parse import unquote

from tenants.openapi.errors import OperationRefused

MOST_HOPS: Final = 20


def pointed_at(document: dict[str, Any], reference: Any) -> Any:
    """What a reference within the document leads to (RFC 6901). Raises OperationRefused."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        raise OperationRefused(f"It refers to another document ({str(reference)[:80]}); bundle them into one first.")
    found: Any = document
    for step in unquote(reference[1:]).split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, dict) and name in found:
            found = found[name]
        else:
            raise OperationRefused(f"It refers to {reference[:80]}, which is not in the document.")
    return found


def followed(document: dict[str, Any], node: Any) -> dict[str, Any]:
    """The object itself, where it may be a reference to one. Raises OperationRefused."""
    for _ in range(MOST_HOPS):
        if not isinstance(node, dict):
            raise OperationRefused("It has something else where an object should be.")
        if "$ref" not in node:
            return node
        node = pointed_at(document, node["$ref"])
    raise OperationRefused("Its references lead in a circle.")
