"""Where the operations of a document are: its servers."""

import re
from dataclasses import dataclass
from itertools import islice, product
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from tenants.openapi.errors import OperationRefused

MOST_CHOICES: Final = 20
_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class ServerVariable:
    """A part of an address that is for whoever calls to choose. `values` is empty where any will do."""

    name: str
    default: str
    values: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class ServerChoice:
    """One of a document's servers. `template` is its address as written, `urls` what its variables make of it, with
    their defaults first; empty where that is no full address."""

    template: str
    description: str
    variables: tuple[ServerVariable, ...]
    urls: tuple[str, ...]


def server_choices(document: dict[str, Any], document_url: str = "") -> list[ServerChoice]:
    """The servers of a document, for a person to choose from."""
    listed = document.get("servers")
    servers = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return [_choice(each, document_url) for each in servers[:MOST_CHOICES]]


def _choice(server: dict[str, Any], document_url: str) -> ServerChoice:
    variables = tuple(_variables(server.get("variables")))
    ways = islice(product(*(each.values or (each.default,) for each in variables)), MOST_CHOICES)
    filled = [_filled(server, {each.name: value for each, value in zip(variables, way, strict=True)}) for way in ways]
    made = [_absolute(url, document_url) for url in filled]
    urls = tuple(dict.fromkeys(url for url in made if _is_full(url)))
    return ServerChoice(str(server.get("url", "")), _text(server.get("description")), variables, urls)


def _variables(said: Any) -> list[ServerVariable]:
    found = []
    for name, each in said.items() if isinstance(said, dict) else ():
        if isinstance(each, dict):
            enum = each.get("enum")
            default = str(each.get("default", ""))
            values = [str(value) for value in enum] if isinstance(enum, list) else []
            ordered = tuple(dict.fromkeys([default, *values])) if values else ()
            found.append(ServerVariable(name, default, ordered, _text(each.get("description"))))
    return found


def server_urls(holder: dict[str, Any], document_url: str = "") -> list[str]:
    """The absolute addresses that a document, path or operation names, with the defaults of their variables. A
    relative one is relative to where the document came from."""
    servers = holder.get("servers")
    listed = servers if isinstance(servers, list) else []
    found = [_address(each, document_url) for each in listed if isinstance(each, dict)]
    return [url for url in found if _is_full(url)]


def base_url_for(
    document: dict[str, Any], path_item: dict[str, Any], operation: dict[str, Any], *, chosen: str, document_url: str
) -> str:
    """What the path of an operation is appended to. `chosen` is what a person has chosen in place of the document's
    own servers. Raises OperationRefused where there is nothing."""
    for holder in (operation, path_item):
        if found := server_urls(holder, document_url):
            return found[0].rstrip("/")
    if chosen:
        return chosen.rstrip("/")
    if found := server_urls(document, document_url):
        return found[0].rstrip("/")
    raise OperationRefused("The document names no full server address. Give the base URL.")


def _address(server: dict[str, Any], document_url: str) -> str:
    variables = _variables(server.get("variables"))
    return _absolute(_filled(server, {each.name: each.default for each in variables}), document_url)


def _filled(server: dict[str, Any], values: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values.get(match[1], ""), str(server.get("url", "")))


def _absolute(url: str, document_url: str) -> str:
    try:
        return urljoin(document_url, url) if document_url else url
    except ValueError:
        return ""


def _is_full(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("https", "http") and bool(parts.hostname)
    except ValueError:
        return False


def _text(said: Any) -> str:
    return said[:500] if isinstance(said, str) else ""
