"""What a question may ask of a person, and what it may not (MCP client/elicitation).

What a form asks for passes through the client, and its model: passwords, keys and numbers of cards never do, a page is
opened for them. And what is in the URL of that page passes through the client as well.
"""

from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from mcp_runtime.redaction import is_sensitive_name, without_secrets

_PLAIN: Final = ("string", "number", "integer", "boolean")
_DIALECTS: Final = tuple(
    f"{scheme}://json-schema.org/draft{name}schema"
    for scheme in ("https", "http")
    for name in ("/2020-12/", "/2019-09/", "-07/")
)
_LEADING_AWAY: Final = frozenset({"$ref", "$dynamicRef", "$recursiveRef", "$id", "$vocabulary"})
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


def check_form(schema: dict[str, Any]) -> None:
    """Raises TypeError where a schema is not that of a form (Requested Schema), or asks for what no form may."""
    properties = schema.get("properties")
    if schema.get("type") != "object" or not isinstance(properties, dict):
        raise TypeError('the schema of a form says "type": "object" and has properties')
    for name, field in properties.items():
        if not isinstance(field, dict) or not _is_field(field):
            raise TypeError(f"{name!r} is no field of a form: use a string, number, boolean, or a list of choices")
        if _is_secret(name, field):
            raise TypeError(
                f"{name!r} looks like a secret, and a form never asks for one: it would pass through the client. Have "
                "it entered on a page of yours (elicit_url), or rename the field if it is none"
            )


def check_strangers_form(schema: Any) -> None:
    """The same for a form that somebody else has written, in which nothing may lead anywhere: checking an answer must
    fetch no schema. Raises TypeError."""
    if not isinstance(schema, dict):
        raise TypeError("a form has a schema")
    if str(schema.get("$schema", _DIALECTS[0])).rstrip("#") not in _DIALECTS or _leads_away(schema):
        raise TypeError("the schema of a form refers to nothing outside of it")
    check_form(schema)


def _leads_away(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(_LEADING_AWAY & value.keys()) or any(map(_leads_away, value.values()))
    return isinstance(value, list) and any(map(_leads_away, value))


def _is_field(field: dict[str, Any]) -> bool:
    if field.get("type") == "array":
        items = field.get("items")
        return isinstance(items, dict) and ("enum" in items or "anyOf" in items)
    return field.get("type") in _PLAIN and "$ref" not in field


def _is_secret(name: str, field: dict[str, Any]) -> bool:
    if field.get("format") == "password" or field.get("writeOnly") is True:
        return True
    return field["type"] == "string" and not {"enum", "oneOf"} & field.keys() and is_sensitive_name(name)


def check_page(url: str) -> None:
    """Raises ValueError where no client could open this URL safely, or where it would let in whoever holds it."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not is_safe or not parts.hostname or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError(f"{url[:80]!r} can't be opened: use an absolute https URL")
    if parts.username is not None or parts.password is not None:
        raise ValueError("the URL of a page has a user or password in it; whoever opens it signs in there")
    names = [name for name, _ in parse_qsl(parts.query + "&" + parts.fragment, keep_blank_values=True)]
    if without_secrets(url) != url or any(map(is_sensitive_name, names)):
        raise ValueError(
            "the URL of a page has a credential in it, and clients see it: have the page find out who opens it"
        )
