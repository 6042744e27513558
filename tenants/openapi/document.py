"""From bytes to a document: JSON or YAML, and within bounds."""

from typing import Any, Final

import msgspec
import yaml

from tenants.openapi.errors import DocumentRefused

LARGEST_DOCUMENT: Final = 24 * 1024 * 1024
"""In bytes. The largest public ones have about 13 MiB of JSON."""
LARGEST_YAML: Final = 8 * 1024 * 1024
"""YAML takes fifty times as long to read."""
DEEPEST: Final = 200
MOST_VALUES: Final = 3_000_000
"""Each takes memory, however short it is written; the largest public documents have half a million."""


class _Loader(yaml.CSafeLoader):
    """YAML as JSON would have it: dates stay text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def read_document(body: bytes) -> dict[str, Any]:
    """The document as JSON has it: all names are text. Raises DocumentRefused for what is no OpenAPI 3.0 or 3.1."""
    if len(body) > LARGEST_DOCUMENT:
        raise DocumentRefused(f"The document has more than {LARGEST_DOCUMENT // 1024 // 1024} MiB.")
    if body.count(b",") + body.count(b"[") > MOST_VALUES:
        raise DocumentRefused(f"The document has more than {MOST_VALUES:,} values.")
    document = _parsed(body)
    if not isinstance(document, dict):
        raise DocumentRefused("An OpenAPI document is an object with openapi, info and paths.")
    _check_version(document)
    if not isinstance(document.get("paths", {}), dict):
        raise DocumentRefused("`paths` must be an object.")
    return document


def _check_version(document: dict[str, Any]) -> None:
    if "swagger" in document:
        raise DocumentRefused("This is Swagger 2.0. Convert it to OpenAPI 3.0 or 3.1 first (many tools do).")
    version = str(document.get("openapi", ""))
    if not version.startswith(("3.0", "3.1")):
        found = f"says {version!r}" if version else "has no `openapi`"
        raise DocumentRefused(f"The document {found}; OpenAPI 3.0 and 3.1 can be read.")


def _parsed(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if body.lstrip()[:1] == b"{":
            raise DocumentRefused(f"This is no valid JSON: {error}.") from error
    except RecursionError as error:
        raise DocumentRefused("The document is nested too deeply.") from error
    return _as_json(_parsed_yaml(body))


def _parsed_yaml(body: bytes) -> Any:
    if len(body) > LARGEST_YAML:
        raise DocumentRefused(f"YAML may have {LARGEST_YAML // 1024 // 1024} MiB. Give larger documents as JSON.")
    loader = _Loader(body)
    try:
        node = loader.get_single_node()
        _check_nodes(node)
        return loader.construct_document(node)
    except yaml.YAMLError as error:
        raise DocumentRefused(f"This is neither JSON nor YAML: {' '.join(str(error).split())[:200]}") from error
    except (RecursionError, ValueError, OverflowError) as error:
        if isinstance(error, DocumentRefused):
            raise
        raise DocumentRefused("This YAML can't be read as JSON.") from error
    finally:
        loader.dispose()


def _check_nodes(root: Any) -> None:
    """Raises DocumentRefused where something is used twice: merged or nested, it could grow without bound."""
    seen, waiting = set[int](), [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            raise DocumentRefused("Aliases (*name) are not read. Write out what they stand for, or use $ref.")
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            waiting.extend(each for pair in node.value for each in pair)


def _as_json(value: Any, depth: int = 0) -> Any:
    """Names as text (`200:` is a number in YAML), and nothing that JSON has no word for."""
    if depth > DEEPEST:
        raise DocumentRefused("The document is nested too deeply.")
    if isinstance(value, dict):
        return {_name(name): _as_json(each, depth + 1) for name, each in value.items()}
    if isinstance(value, list):
        return [_as_json(each, depth + 1) for each in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise DocumentRefused(f"YAML's {type(value).__name__} has no place in an OpenAPI document.")


def _name(name: Any) -> str:
    if isinstance(name, bool):
        return "true" if name else "false"
    return name if isinstance(name, str) else str(name)
