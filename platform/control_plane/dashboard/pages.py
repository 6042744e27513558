"""Declaring pages. What is not declared is refused, as in the management API (`control_plane.api.operations`)."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from control_plane.dashboard.asking import PersonPage, TenantPage, person_page, tenant_page
from control_plane.dashboard.last_tenant import tenant_remembered
from tenants.abilities import Ability
from tenants.errors import ApplicationError
from tenants.models import User
from tenants.scope import tenant_scope

View = Callable[..., HttpResponse]
Ahead = Callable[..., Any]
STATUS: Final = {
    "not_found": 404,
    "ability_missing": 403,
    "email_not_verified": 403,
    "tenant_suspended": 403,
    "limit_reached": 409,
    "upstream_sign_in_failed": 409,
    "changed_meanwhile": 409,
    "unavailable": 503,
}


def page(
    ability: Ability | None = None, *, methods: tuple[str, ...] = ("GET", "POST"), ahead: Ahead | None = None
) -> Callable[[View], View]:
    """Declare a page of a tenant, for members whose role has the ability (None: any role).

    The handler gets a TenantPage and the names of its path, and runs in the scope of the tenant; it renders within
    it. An ApplicationError that it lets out becomes a page that says what to do. What waits for others than the
    database, such as fetching, is done `ahead`: called with the same, for whoever may, before a transaction is open;
    the handler finds what it returned in `asked.ahead`.
    """

    def declare(handler: View) -> View:
        @wraps(handler)
        def answered(request: HttpRequest, *, tenant: str, **names: Any) -> HttpResponse:
            refused = _refused_before(request, methods)
            if refused is not None:
                return refused
            try:
                asked = tenant_page(request, _person(request), slug=tenant, ability=ability)
                if ahead is not None:
                    asked = replace(asked, ahead=ahead(asked, **names))
                with tenant_scope(asked.tenant):
                    return tenant_remembered(request, _private(handler(asked, **names)), tenant)
            except ApplicationError as error:
                return refusal_page(request, error)

        return _declared(answered, methods)

    return declare


def page_of_person(*, methods: tuple[str, ...] = ("GET", "POST")) -> Callable[[View], View]:
    """Declare a page for anybody who signed in, of no single tenant. The handler gets a PersonPage."""

    def declare(handler: View) -> View:
        @wraps(handler)
        def answered(request: HttpRequest, **names: Any) -> HttpResponse:
            refused = _refused_before(request, methods)
            if refused is not None:
                return refused
            try:
                return _private(handler(person_page(request, _person(request)), **names))
            except ApplicationError as error:
                return refusal_page(request, error)

        return _declared(answered, methods)

    return declare


def show(
    asked: TenantPage | PersonPage, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a template with what the layouts read, and the page's own context."""
    return render(asked.request, template, {**asked.context(), **(context or {})}, status=status)


def for_the_last_time(part: HttpResponse, *, what: str) -> HttpResponse:
    """A part that changes no more. What of it this selector names takes the place of the frame, and asks no further."""
    part.headers["HX-Reswap"] = "outerHTML"
    part.headers["HX-Reselect"] = what
    return part


def refusal_page(request: HttpRequest, error: ApplicationError) -> HttpResponse:
    """What a person sees of a refusal that no form could show: the reason, and what to do."""
    status = STATUS.get(error.code, 400)
    return _private(render(request, "errors/refused.html", {"error": error, "status": status}, status=status))


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and back afterwards."""
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")


def _declared(answered: View, methods: tuple[str, ...]) -> View:
    answered.is_declared = True  # type: ignore[attr-defined]
    answered.methods = methods  # type: ignore[attr-defined]
    return answered


def _refused_before(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse | None:
    if request.method not in (*methods, "HEAD"):
        return HttpResponseNotAllowed(methods)
    return None if isinstance(request.user, User) and request.user.is_active else sign_in_first(request)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - `_refused_before` has looked
    return request.user


def _private(response: HttpResponse) -> HttpResponse:
    """A page belongs to whoever asked for it: nothing on its way keeps it."""
    response.headers.setdefault("Cache-Control", "no-store, private")
    return response
