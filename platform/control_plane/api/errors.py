"""From refusal to answer: the one table, and the one shape `{"error": {"type", "message", "details"}}`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from tenants.errors import ApplicationError, InvalidValueError

REALM: Final = 'Bearer realm="Atrium management API"'


class TenantSuspendedError(ApplicationError):
    """The operator has suspended the tenant: it can be read, not changed."""

    code: ClassVar[str] = "tenant_suspended"


class AddressNotAllowedError(ApplicationError):
    """The key may be used from other addresses only."""

    code: ClassVar[str] = "address_not_allowed"


class InsufficientScopeError(ApplicationError):
    """The key lacks a scope; `extra["scope"]` names it."""

    code: ClassVar[str] = "insufficient_scope"


class NotDeclaredError(ApplicationError):
    """The route says of no ability that it suffices, so none does."""

    code: ClassVar[str] = "forbidden"


class BodyTooLargeError(ApplicationError):
    """The body is larger than the limit; `extra["limit"]` is in bytes."""

    code: ClassVar[str] = "body_too_large"


STATUS: Final[Mapping[str, int]] = {
    "invalid_value": 400,
    "invalid_json": 400,
    "unauthenticated": 401,
    "ability_missing": 403,
    "email_not_verified": 403,
    "insufficient_scope": 403,
    "address_not_allowed": 403,
    "tenant_suspended": 403,
    "csrf_failed": 403,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "not_acceptable": 406,
    "name_taken": 409,
    "limit_reached": 409,
    "last_owner": 409,
    "in_use": 409,
    "already_ended": 409,
    "not_repeatable": 409,
    "upstream_sign_in_failed": 409,
    "changed_meanwhile": 409,
    "body_too_large": 413,
    "unsupported_media_type": 415,
    "rate_limited": 429,
    "unavailable": 503,
}
"""HTTP status by type; docs/errors.md says the same, and a test compares the two."""

WORDS: Final[Mapping[type[Exception], tuple[str, str]]] = {
    exceptions.NotAuthenticated: ("unauthenticated", ""),
    exceptions.AuthenticationFailed: ("unauthenticated", ""),
    exceptions.ParseError: ("invalid_json", "The body is not a JSON object of at most 16 levels. Send one."),
    exceptions.MethodNotAllowed: ("method_not_allowed", "Use one of the methods in the Allow header."),
    exceptions.NotAcceptable: ("not_acceptable", "Answers are application/json: allow it in Accept."),
    exceptions.UnsupportedMediaType: ("unsupported_media_type", "Send the body as Content-Type: application/json."),
    exceptions.Throttled: ("rate_limited", "Too many requests. Wait as long as Retry-After says."),
    exceptions.PermissionDenied: ("csrf_failed", "Send the CSRF token of your session as X-CSRFToken."),
    exceptions.NotFound: ("not_found", "There is nothing here."),
    Http404: ("not_found", "There is nothing here."),
    PermissionDenied: ("forbidden", "This is not allowed."),
    RequestDataTooBig: ("body_too_large", "The body is too large."),
    OperationalError: ("unavailable", "The database does not answer just now. Retry shortly."),
}
UNAUTHENTICATED: Final = (
    "Send a management API key as a bearer token. It must be neither revoked nor expired, and its person a member."
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is said of an error, and the headers that go with it."""

    type: str
    message: str
    details: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's exception handler; None, so that it is raised on, for what is no refusal."""
    refusal = refusal_of(error)
    if refusal is None:
        return None
    body = {"error": {"type": refusal.type, "message": refusal.message, "details": refusal.details}}
    return Response(_writable(body), status=STATUS[refusal.type], headers=refusal.headers)


def refusal_of(error: Exception) -> Refusal | None:
    """The refusal that an exception means, or None."""
    if isinstance(error, ApplicationError):
        return _of_application(error)
    if isinstance(error, exceptions.ValidationError):
        return Refusal("invalid_value", "Some values don't fit; details say which and why.", _fields(error.detail))
    words = next((WORDS[kind] for kind in type(error).__mro__ if kind in WORDS), None)
    if words is None:
        return None
    kind, message = words
    return Refusal(kind, message or UNAUTHENTICATED, headers=_headers(kind, error))


def _of_application(error: ApplicationError) -> Refusal:
    if isinstance(error, InvalidValueError):
        return Refusal(error.code, error.message, {"fields": {error.extra.get("field", ""): [error.message]}})
    headers = {}
    if isinstance(error, InsufficientScopeError):
        scope = error.extra["scope"]
        headers["WWW-Authenticate"] = f'{REALM}, error="insufficient_scope", scope="{scope}"'
    return Refusal(error.code, error.message, error.extra, headers)


def _headers(kind: str, error: Exception) -> dict[str, str]:
    if kind == "unauthenticated":
        return {"WWW-Authenticate": REALM}
    if kind == "rate_limited":
        return {"Retry-After": str(getattr(error, "wait", None) or 1)}
    return {"Retry-After": "2"} if kind == "unavailable" else {}


def _fields(detail: Any) -> dict[str, Any]:
    return {"fields": detail if isinstance(detail, dict) else {"": detail}}


def _writable(said: Any) -> Any:
    """The same, where it repeats half of a character that was sent, with its number: UTF-8 has no place for one."""
    if isinstance(said, dict):
        return {_writable(name): _writable(each) for name, each in said.items()}
    if isinstance(said, list):
        return [_writable(each) for each in said]
    return said.encode("utf-8", "backslashreplace").decode() if isinstance(said, str) else said
