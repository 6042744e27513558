"""What the definition of an HTTP tool must be before it is kept. Everything here is decided without a connection."""

import re
from collections.abc import Iterator
from typing import Any, Final

from mcp_runtime.bounded_query import QueryRefused, check_expression
from mcp_runtime.contract.http_tools import HttpConstant, HttpPagination, HttpParameter, HttpToolConfig
from mcp_runtime.contract.secret_references import ReferenceMalformed, secrets_named
from mcp_runtime.http_tools.errors import DefinitionMistake
from mcp_runtime.http_tools.http_request import CONTENT_TYPES
from mcp_runtime.http_tools.styles import STYLES
from mcp_runtime.http_tools.url_template import parse_url_template

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
WITHOUT_BODY: Final = ("GET", "HEAD")
LOCATIONS: Final = ("path", "query", "header", "body", "field")
MOST_PARAMETERS: Final = 200
MOST_RETRIES: Final = 5
MOST_PAGES: Final = 50
LARGEST_ANSWER: Final = 10 * 1024 * 1024

NOT_SETTABLE: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-real-ip",
    }
)
"""Headers of the connection, of proxies, of the body, and cookies: they are not a tool's to set."""
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_MEDIA_TYPE: Final = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:;\s?[\w-]+=[\w.\"/-]+)*", re.ASCII)
_CREDENTIAL: Final = frozenset({"authorization", "api-key", "x-api-key", "apikey", "x-auth-token"})
_REFERENCE: Final = "{{secret."


def check_config(config: HttpToolConfig, input_schema: dict[str, Any]) -> None:
    """Raises DefinitionMistake for the first thing that is wrong; its field is below `request`."""
    for field, text in _mistakes(config, set(input_schema.get("properties", {}))):
        raise DefinitionMistake(f"request.{field}", text)


def _mistakes(config: HttpToolConfig, arguments: set[str]) -> Iterator[tuple[str, str]]:
    if config.method not in METHODS:
        yield "method", f"Use one of {', '.join(METHODS)}."
    try:
        placeholders = set(parse_url_template(config.url).names)
    except DefinitionMistake as mistake:
        yield mistake.field, str(mistake)
        return
    yield from _of_parameters(config, arguments, placeholders)
    for number, constant in enumerate(config.constants):
        for text in _of_constant(constant):
            yield f"constants.{number}", text
    yield from _of_body(config)
    yield from _of_answer(config)


def _of_parameters(config: HttpToolConfig, arguments: set[str], placeholders: set[str]) -> Iterator[tuple[str, str]]:
    if len(config.parameters) > MOST_PARAMETERS:
        yield "parameters", f"At most {MOST_PARAMETERS} parameters."
    filled = {each.wire_name for each in config.parameters if each.location == "path"}
    for name in sorted(placeholders - filled):
        yield "url", f"Nothing fills {{{name}}}: say which argument does."
    seen = set[tuple[str, str]]()
    for number, parameter in enumerate(config.parameters):
        here = f"parameters.{number}"
        if parameter.argument not in arguments:
            yield here, f"The input schema has no property {parameter.argument!r}."
        if parameter.location == "path" and parameter.wire_name not in placeholders:
            yield here, f"The URL has no {{{parameter.wire_name}}}."
        if (parameter.location, parameter.wire_name) in seen:
            yield here, f"{parameter.wire_name!r} is given twice."
        seen.add((parameter.location, parameter.wire_name))
        for text in _of_parameter(parameter):
            yield here, text


def _of_parameter(parameter: HttpParameter) -> Iterator[str]:
    if parameter.location not in LOCATIONS:
        yield f"A parameter goes into one of {', '.join(LOCATIONS)}."
    elif parameter.style and parameter.style not in STYLES.get(parameter.location, ()):
        yield f"The style {parameter.style!r} does not exist there."
    if parameter.location == "header":
        yield from _of_header(parameter.wire_name)
        if parameter.wire_name.lower() in _CREDENTIAL:
            yield "A credential is no argument: the model would have to know it. Use a secret as a constant."


def _of_constant(constant: HttpConstant) -> Iterator[str]:
    if constant.location not in ("query", "header", "field"):
        yield "A constant goes into query, header or field."
    if constant.location == "header":
        yield from _of_header(constant.name)
        if constant.name.lower() in _CREDENTIAL and _REFERENCE not in constant.value:
            yield "Keep the credential as a secret, and write {{secret.NAME}} here."
    if not constant.name:
        yield "A constant needs a name."
    try:
        secrets_named(constant.value)
    except ReferenceMalformed as malformed:
        yield str(malformed)


def _of_header(name: str) -> Iterator[str]:
    if not _TOKEN.fullmatch(name):
        yield f"{name[:80]!r} is no name of a header."
    elif name.lower() in NOT_SETTABLE or name.lower().startswith(("proxy-", "sec-")):
        yield f"The header {name} is not a tool's to set."


def _of_body(config: HttpToolConfig) -> Iterator[tuple[str, str]]:
    whole = [each for each in config.parameters if each.location == "body"]
    fields = [each for each in config.parameters if each.location == "field"]
    fixed = [each for each in config.constants if each.location == "field"]
    if config.body not in ("none", *CONTENT_TYPES):
        yield "body", f"Use none, {', '.join(CONTENT_TYPES)}."
    elif config.body == "none" and (whole or fields or fixed):
        yield "body", "Parameters go into the body, so say what it is: json, form or text."
    elif config.body != "none" and config.method in WITHOUT_BODY:
        yield "body", f"{config.method} has no body."
    if config.body == "text" and (fields or fixed or len(whole) != 1):
        yield "body", "A body of text is one parameter with the location body."
    if len(whole) > 1 or (whole and (fields or fixed)):
        yield "parameters", "Either one parameter is the whole body, or several are its fields."
    if config.content_type and not _MEDIA_TYPE.fullmatch(config.content_type):
        yield "content_type", f"{config.content_type[:80]!r} is no media type."


def _of_answer(config: HttpToolConfig) -> Iterator[tuple[str, str]]:
    if not 0 <= config.retries <= MOST_RETRIES:
        yield "retries", f"Between 0 and {MOST_RETRIES}."
    if config.idempotency_header:
        for text in _of_header(config.idempotency_header):
            yield "idempotency_header", text
    if not 0 < config.largest_answer <= LARGEST_ANSWER:
        yield "largest_answer", f"At most {LARGEST_ANSWER} bytes."
    if config.select:
        yield from _of_expression("select", config.select)
    if config.pagination is not None:
        yield from _of_pages(config, config.pagination)


def _of_pages(config: HttpToolConfig, pages: HttpPagination) -> Iterator[tuple[str, str]]:
    if pages.kind not in ("link", "cursor", "page"):
        yield "pagination.kind", "Use link, cursor or page."
    if config.method != "GET":
        yield "pagination", "Only what GET answers has further pages."
    if pages.kind in ("cursor", "page") and not pages.parameter:
        yield "pagination.parameter", "Say which parameter of the query asks for the next page."
    if pages.kind == "cursor" and not pages.cursor:
        yield "pagination.cursor", "Say where the answer has the next page's cursor (JMESPath)."
    if not 1 <= pages.most_pages <= MOST_PAGES:
        yield "pagination.most_pages", f"Between 1 and {MOST_PAGES}."
    yield from _of_expression("pagination.items", pages.items)
    if pages.cursor:
        yield from _of_expression("pagination.cursor", pages.cursor)


def _of_expression(field: str, expression: str) -> Iterator[tuple[str, str]]:
    try:
        check_expression(expression)
    except QueryRefused as refusal:
        yield field, str(refusal)
