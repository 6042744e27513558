"""The tenant that somebody looked at last, in a cookie of its own: remembering costs no query."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE: Final = "atrium-tenant"


def tenant_remembered(request: HttpRequest, response: HttpResponse, slug: str) -> HttpResponse:
    """The response, with a cookie where it was another tenant before."""
    if request.COOKIES.get(COOKIE) != slug:
        response.set_cookie(
            COOKIE, slug, httponly=True, samesite="Lax", path="/app/", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


def last_tenant(request: HttpRequest) -> str:
    """Its slug, or nothing; whether they are a member is the caller's to ask."""
    return request.COOKIES.get(COOKIE, "")
