"""Declaring the operator's pages. Whoever is no operator is sent to sign in as one, whatever they asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from control_plane.dashboard.pages import refusal_page
from tenants.errors import ApplicationError
from tenants.models import User

View = Callable[..., HttpResponse]
LOGIN: Final = "/operator/login/"
PLACES: Final = (
    ("Tenants", "/operator/overview/", "building-2"),
    ("Health", "/operator/health/", "activity"),
)


@dataclass(frozen=True, slots=True)
class OperatorPage:
    """An operator asks, signed in."""

    request: HttpRequest
    person: User

    @property
    def is_posted(self) -> bool:
        """True where a form was sent."""
        return self.request.method == "POST"


def operator_page(*, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Declare a page for operators. The handler gets an OperatorPage, in no scope: selectors open what they need."""

    def declare(handler: View) -> View:
        @wraps(handler)
        def answered(request: HttpRequest, **names: Any) -> HttpResponse:
            person = request.user
            if not (isinstance(person, User) and person.is_active and person.is_staff):
                return HttpResponseRedirect(f"{LOGIN}?{urlencode({'next': request.get_full_path()})}")
            if request.method not in (*methods, "HEAD"):
                return HttpResponseNotAllowed(methods)
            try:
                response = handler(OperatorPage(request, person), **names)
            except ApplicationError as error:
                return refusal_page(request, error)
            response.headers.setdefault("Cache-Control", "no-store, private")
            return response

        answered.is_declared = True  # type: ignore[attr-defined]
        answered.methods = methods  # type: ignore[attr-defined]
        return answered

    return declare


def show(asked: OperatorPage, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a template in the operator's frame."""
    path = asked.request.path
    places = [(label, href, icon, path.startswith(href)) for label, href, icon in PLACES]
    return render(asked.request, template, {"person": asked.person, "places": places, **context}, status=status)
