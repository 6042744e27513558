"""Declaring operations. What is not declared is refused, and an operation is declared with everything it needs."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Final, Protocol

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from control_plane.api.answers import Asked, Page
from control_plane.api.asking import KnownRequest, known_request, operator_request, tenant_request
from control_plane.api.authentication import AUTHENTICATORS
from control_plane.api.declared import Declared
from control_plane.api.forms import Form, NoFields, PageQuery
from control_plane.api.json_body import JsonBody
from control_plane.api.rates import ManagementRate
from tenants.abilities import Ability
from tenants.scope import tenant_scope

Handler = Callable[..., Any]
FormType = type[Form]
NOT_STORED: Final = "no-store"
OPERATOR: Final = "operator"
"""Who is asked for in place of a scope."""

BY_SESSION: Final[Any] = [{"cookieAuth": []}]
"""How OpenAPI says that an operation takes a session and no key."""


class Answer(Protocol):
    """What the result of a handler becomes."""

    def render(self, result: Any, asked: Asked) -> Response:
        """The response."""

    def documented(self) -> dict[int, Any]:
        """Serializers by status, for OpenAPI."""


class ApiView(APIView):
    """The base of every resource."""

    authentication_classes = AUTHENTICATORS
    permission_classes = (Declared,)
    throttle_classes = (ManagementRate,)
    parser_classes: tuple[type[BaseParser], ...] = (JsonBody,)

    def finalize_response(self, request: Request, response: Response, *args: Any, **options: Any) -> Response:
        """No answer is kept by anything on its way."""
        response["Cache-Control"] = NOT_STORED
        return super().finalize_response(request, response, *args, **options)


def operation(
    scope: str,
    ability: Ability | None = None,
    *,
    answer: Answer,
    body: FormType | None = None,
    query: FormType | None = None,
    ahead: Callable[..., Any] | None = None,
) -> Callable[[Handler], Handler]:
    """Declare what a member of the tenant may do, with this scope of a key and this ability of a role (None: any).

    The handler gets a TenantRequest and runs in the scope of the tenant; what it returns becomes the answer. What waits
    for others than the database, such as fetching, is done `ahead`: called with the TenantRequest and the names of the
    path before a transaction is open; the handler finds what it returned in `request.ahead`.
    """
    parameters = query or _default_query(answer)

    def declare(handler: Handler) -> Handler:
        @wraps(handler)
        def answered(view: ApiView, request: Request, *, tenant: str, **names: Any) -> Response:
            asked = tenant_request(request, slug=tenant, scope=scope, ability=ability)
            asked = replace(
                asked,
                query=_validated(parameters, request.query_params.dict()),
                body={} if request.method == "GET" else _validated(body or NoFields, request.data),
            )
            if ahead is not None:
                asked = replace(asked, ahead=ahead(asked, **names))
            with tenant_scope(asked.tenant):
                return answer.render(handler(view, asked, **names), asked)

        return _declared(answered, scope, answer, body, parameters)

    return declare


def open_operation(scope: str, *, answer: Answer, body: FormType | None = None) -> Callable[[Handler], Handler]:
    """Declare what anybody known may do that is of no single tenant. The handler gets a KnownRequest."""

    def declare(handler: Callable[[Any, KnownRequest], Any]) -> Handler:
        @wraps(handler)
        def answered(view: ApiView, request: Request) -> Response:
            asked = known_request(request, scope=scope)
            _validated(NoFields, request.query_params.dict())
            if body is not None:
                asked = replace(asked, body=_validated(body, request.data))
            return answer.render(handler(view, asked), asked)

        return _declared(answered, scope, answer, body, NoFields)

    return declare


def operator_operation(
    *, answer: Answer, body: FormType | None = None, query: FormType | None = None
) -> Callable[[Handler], Handler]:
    """Declare what an operator of the platform may do, signed in; nobody else, and no key. The handler gets an
    OperatorRequest, in no scope: selectors and services open what they need."""
    parameters = query or _default_query(answer)

    def declare(handler: Handler) -> Handler:
        @wraps(handler)
        def answered(view: ApiView, request: Request, **names: Any) -> Response:
            asked = replace(
                operator_request(request),
                query=_validated(parameters, request.query_params.dict()),
                body={} if request.method == "GET" else _validated(body or NoFields, request.data),
            )
            return answer.render(handler(view, asked, **names), asked)

        documented: Handler = extend_schema(auth=BY_SESSION)(_declared(answered, OPERATOR, answer, body, parameters))
        return documented

    return declare


def _default_query(answer: Answer) -> FormType:
    return PageQuery if isinstance(answer, Page) else NoFields


def _declared(answered: Handler, scope: str, answer: Answer, body: FormType | None, query: FormType) -> Handler:
    answered.is_declared = True  # type: ignore[attr-defined]
    answered.scope = scope  # type: ignore[attr-defined]
    documented: Handler = extend_schema(
        operation_id=answered.__qualname__.replace(".", "_"),
        request=body,
        responses=answer.documented(),
        parameters=[] if query is NoFields else [query],
    )(answered)
    return documented


def _validated(form: FormType, data: Any) -> dict[str, Any]:
    filled = form(data=data)
    filled.is_valid(raise_exception=True)
    return dict(filled.validated_data)
