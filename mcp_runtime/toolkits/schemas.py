"""From Python types to JSON Schema 2020-12 that stands on its own."""

from typing import Any

import msgspec

from mcp_runtime.schema_rules import schema_positions


def find_obstacle(annotation: Any) -> str | None:
    """Why a type has no JSON form (a schema and a decoder), or None where it has."""
    try:
        msgspec.json.schema_components([annotation])
        msgspec.json.Decoder(annotation)
    except (TypeError, ValueError, RuntimeError) as error:
        return str(error).splitlines()[-1]
    return None


def _points_to(schema: dict[str, Any], reference: str) -> bool:
    return any(position.get("$ref") == reference for _, position in schema_positions(schema))


def schema_of(annotation: Any) -> dict[str, Any]:
    """The schema of a type, with the definitions it refers to under `$defs`. The type itself stands at the root, not
    behind a reference, because clients look for `properties` there. Raises TypeError on a type without JSON form."""
    (root,), definitions = msgspec.json.schema_components([annotation])
    reference = root.get("$ref")
    if reference is not None:
        name = reference.rpartition("/")[2]
        root = dict(definitions[name])
        others = {other: schema for other, schema in definitions.items() if other != name}
        # A type that contains itself stays among the definitions too.
        definitions = definitions if _points_to({**root, "$defs": others}, reference) else others
    return {**root, "$defs": definitions} if definitions else dict(root)
