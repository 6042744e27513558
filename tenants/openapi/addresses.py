"""Where the operations of a document are: its servers."""

import re
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from tenants.openapi.errors import OperationRefused

_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")


def server_urls(holder: dict[str, Any], document_url: str = "") -> list[str]:
    """The absolute addresses that a document, path or operation names, with the defaults of their variables. A
    relative one is relative to where the document came from."""
    servers = holder.get("servers")
    listed = servers if isinstance(servers, list) else []
    found = [_address(each, document_url) for each in listed if isinstance(each, dict)]
    return [url for url in found if urlsplit(url).scheme in ("https", "http") and urlsplit(url).hostname]


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
    variables = server.get("variables")
    known = variables if isinstance(variables, dict) else {}

    def default(match: re.Match[str]) -> str:
        variable = known.get(match[1])
        return str(variable.get("default", "")) if isinstance(variable, dict) else ""

    url = _VARIABLE.sub(default, str(server.get("url", "")))
    try:
        return urljoin(document_url, url) if document_url else url
    except ValueError:
        return ""
