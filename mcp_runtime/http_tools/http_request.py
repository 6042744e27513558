"""From the arguments of a call to the request that is sent."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from msgspec import json

from mcp_runtime.contract.http_tools import HttpConstant, HttpParameter, HttpToolConfig
from mcp_runtime.http_tools.errors import ArgumentRefused
from mcp_runtime.http_tools.styles import STYLES, Pairs, exploded, pairs, simple
from mcp_runtime.http_tools.url_template import UrlTemplate, parse_url_template

LONGEST_HEADER: Final = 8 * 1024
CONTENT_TYPES: Final = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "text": "text/plain; charset=utf-8",
}
Fill = Callable[[str], str]
"""Puts secrets in the place of the references in a text."""

_HEADER_VALUE: Final = re.compile(r"[\x21-\x7e]+(?:[ \t]+[\x21-\x7e]+)*")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is sent. `url` is complete; every URL that one tool sends begins with `prefix`. `secret_headers` are the
    names, in lower case, of those that must not travel to another origin."""

    method: str
    url: str
    prefix: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    secret_headers: frozenset[str] = frozenset()


class RequestMaker:
    """Makes the requests of one tool; built once for each definition that was published."""

    def __init__(self, config: HttpToolConfig) -> None:
        self._config = config
        self._url: UrlTemplate = parse_url_template(config.url)
        self._of: dict[str, list[HttpParameter]] = {}
        for parameter in config.parameters:
            self._of.setdefault(parameter.location, []).append(parameter)
        self._with_slashes = frozenset(each.wire_name for each in self._of.get("path", ()) if each.allow_slashes)

    def make(self, arguments: Mapping[str, Any], fill: Fill) -> HttpRequest:
        """The request for these arguments, which fit the tool's schema. Raises ArgumentRefused, and whatever `fill`
        raises for a secret that is gone."""
        values = {each.wire_name: _as_simple(each, arguments) for each in self._of.get("path", ())}
        missing = [name for name in self._url.names if values.get(name) is None]
        if missing:
            raise ArgumentRefused(f"{missing[0]} is missing: it is a part of the path.")
        path = self._url.filled(
            {name: value for name, value in values.items() if value is not None}, with_slashes=self._with_slashes
        )
        query = self._query(arguments, fill)
        headers, secret_headers = self._headers(arguments, fill)
        body = self._body(arguments, fill)
        if body is not None:
            headers.append(("Content-Type", self._config.content_type or CONTENT_TYPES[self._config.body]))
        url = f"{path}?{query}" if query else path
        return HttpRequest(self._config.method, url, self._url.prefix, tuple(headers), body, frozenset(secret_headers))

    def _query(self, arguments: Mapping[str, Any], fill: Fill) -> str:
        given = self._pairs("query", arguments, fill)
        made = urlencode(given, quote_via=quote, safe="")
        return "&".join(part for part in (self._url.query, made) if part)

    def _pairs(self, location: str, arguments: Mapping[str, Any], fill: Fill) -> Pairs:
        found = [(each.name, fill(each.value)) for each in self._constants(location)]
        for parameter in self._of.get(location, ()):
            value = arguments.get(parameter.argument)
            if value is not None:
                style = parameter.style or STYLES[location][0]
                explode = exploded(style, chosen=parameter.explode)
                found += pairs(parameter.wire_name, value, style=style, explode=explode)
        return found

    def _constants(self, location: str) -> list[HttpConstant]:
        return [each for each in self._config.constants if each.location == location]

    def _headers(self, arguments: Mapping[str, Any], fill: Fill) -> tuple[Pairs, set[str]]:
        headers: Pairs = []
        secret = set[str]()
        for constant in self._constants("header"):
            value = fill(constant.value)
            headers.append((constant.name, _checked(constant.name, value)))
            if value != constant.value:
                secret.add(constant.name.lower())
        for parameter in self._of.get("header", ()):
            given = _as_simple(parameter, arguments)
            if given:
                headers.append((parameter.wire_name, _checked(parameter.argument, given)))
        return headers, secret

    def _body(self, arguments: Mapping[str, Any], fill: Fill) -> bytes | None:
        if self._config.body == "none":
            return None
        whole = self._of.get("body", ())
        if whole:
            return self._encoded(arguments.get(whole[0].argument), whole[0])
        if self._config.body == "form":
            return urlencode(self._pairs("field", arguments, fill), quote_via=quote).encode()
        fields: dict[str, Any] = {each.name: fill(each.value) for each in self._constants("field")}
        given = [each for each in self._of.get("field", ()) if each.argument in arguments]
        return json.encode(fields | {each.wire_name: arguments[each.argument] for each in given})

    def _encoded(self, value: Any, parameter: HttpParameter) -> bytes | None:
        if value is None and parameter.argument:
            return None
        if self._config.body == "json":
            return json.encode(value)
        if self._config.body == "form":
            return urlencode(pairs(parameter.argument, value, style="form", explode=True), quote_via=quote).encode()
        return value.encode() if isinstance(value, str) else json.encode(value)


def _as_simple(parameter: HttpParameter, arguments: Mapping[str, Any]) -> str | None:
    value = arguments.get(parameter.argument)
    return None if value is None else simple(parameter.argument, value, explode=bool(parameter.explode))


def _checked(name: str, value: str) -> str:
    """A header's value as RFC 9110, 5.5 has it: visible ASCII, single words or several."""
    if len(value) > LONGEST_HEADER:
        raise ArgumentRefused(f"{name} is longer than {LONGEST_HEADER} characters: it is sent in a header.")
    if value and not _HEADER_VALUE.fullmatch(value):
        raise ArgumentRefused(f"{name} is sent in a header, which holds visible ASCII characters and spaces between.")
    return value
