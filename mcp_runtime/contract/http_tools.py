"""A tool that is one REST call: what a tenant says of it, as it is kept and as `ToolSpec.config` publishes it.

Nothing in it is secret: a credential is a reference by name, `{{secret.NAME}}`, filled in when the call is made.
"""

from typing import Any, Final

from msgspec import Struct

from egress.allowance import ANYTHING, Allowance
from mcp_runtime.contract.tools import ToolAnnotations

KIND: Final = "http"


class HttpParameter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where one argument of the tool goes. `argument` is a property of the input schema.

    `location`: path | query | header | body (the whole body) | field (one field of the body). `name` is the name there,
    the argument's own where empty; in the path it is that of the placeholder. `style` and `explode` as in OpenAPI 3.1
    "Style Values": simple | form | spaceDelimited | pipeDelimited | deepObject, for lists and objects.
    `allow_slashes` lets a value in the path be several segments.
    """

    argument: str
    location: str
    name: str = ""
    style: str = ""
    explode: bool | None = None
    allow_slashes: bool = False

    @property
    def wire_name(self) -> str:
        """The name that the other side knows."""
        return self.name or self.argument


class HttpConstant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every call sends. `location`: query | header | field. `value` may refer to secrets."""

    location: str
    name: str
    value: str


class HttpPagination(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How further pages are asked for. `items` (JMESPath) selects the list of a page; the lists become one.

    `kind`: link (the header Link with rel="next", RFC 8288) | cursor (`cursor`, JMESPath, selects what the next request
    sends as the query's `parameter`) | page (the query's `parameter` is counted up from `first` until a page is empty).
    `most_pages` is where it ends even though there is more.
    """

    kind: str
    items: str = "@"
    cursor: str = ""
    parameter: str = ""
    first: int = 1
    most_pages: int = 10


class HttpToolConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The whole of it. `url` is absolute; its path may hold `{placeholders}`, its origin never. `body`: none | json |
    form | text | any other media type is `content_type`'s to say.

    `select` (JMESPath) takes what matters out of a JSON answer. `retries` is how often a request that may be repeated
    is sent again; `idempotency_header` names a header that makes any request such a one, by the call's own key.
    `largest_answer` is in bytes.
    """

    method: str
    url: str
    parameters: tuple[HttpParameter, ...] = ()
    constants: tuple[HttpConstant, ...] = ()
    body: str = "none"
    content_type: str = ""
    select: str = ""
    pagination: HttpPagination | None = None
    retries: int = 0
    idempotency_header: str = ""
    largest_answer: int = 1024 * 1024


class HttpToolDefinition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An HTTP tool as a tenant writes it down: what clients are told of it, and the request."""

    name: str
    title: str = ""
    description: str = ""
    input_schema: dict[str, Any]
    output_schema: dict[str, Any] | None = None
    annotations: ToolAnnotations = ToolAnnotations(open_world_hint=True)
    request: HttpToolConfig


class PublishedHttpTool(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a snapshot holds of one, as `ToolSpec.config`: the request, whose secrets it refers to, and what that tenant
    lets its requests reach."""

    tenant_id: str
    request: HttpToolConfig
    allowance: Allowance = ANYTHING
