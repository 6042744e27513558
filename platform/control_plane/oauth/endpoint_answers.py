"""What the token and revocation endpoints have in common: strict reading, rates, answers that nobody keeps."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from control_plane.oauth import rates
from control_plane.oauth.parameters import MalformedError, form_parameters
from tenants.selectors.housekeeping import oauth_scope

Endpoint = Callable[..., tuple[Mapping[str, str], str | None, int]]
JSON: Final = "application/json"


class InvalidFormError(Exception):
    """The form is not what this endpoint takes. `error` is the code of RFC 6749 section 5.2."""

    def __init__(self, description: str, error: str = "invalid_request") -> None:
        super().__init__(description)
        self.error = error


def answered(
    request: HttpRequest, path: str, names: tuple[str, ...], check: Callable[[dict[str, str]], None], ask: Endpoint
) -> HttpResponse:
    """Pass the known parameters of a posted form to oauthlib, in one transaction, and answer with what it says."""
    if rates.is_too_often(request, rates.TOKEN):
        return _wait(rates.TOKEN)
    client = rates.client_at(request, "")
    try:
        values = _values(request, names)
        client = rates.client_at(request, values.get("client_id", ""))
        if rates.has_been_too_often(client, rates.REFUSED):
            return _wait(rates.REFUSED)
        check(values)
    except InvalidFormError as error:
        return _refused(client, 400, {"error": error.error, "error_description": str(error)})
    headers = {"Authorization": request.headers["Authorization"]} if "Authorization" in request.headers else {}
    with oauth_scope():
        try:
            _, body, status = ask(f"{settings.PUBLIC_URL}{path}", "POST", list(values.items()), headers)
        except OAuth2Error as error:
            body, status = error.json, error.status_code
    content = json.loads(body) if body else {}
    return _json(status, content) if status == 200 else _refused(client, status, content)


def _values(request: HttpRequest, names: tuple[str, ...]) -> dict[str, str]:
    try:
        parameters = form_parameters(request)
    except MalformedError as error:
        raise InvalidFormError(str(error)) from error
    if "resource" in parameters.repeated:
        raise InvalidFormError("A token is for one resource", "invalid_target")
    if parameters.repeated:
        raise InvalidFormError("Parameters are repeated")
    return {name: parameters.values[name] for name in names if name in parameters.values}


def _wait(rate: rates.Rate) -> HttpResponse:
    response = _json(429, {"error": "temporarily_unavailable", "error_description": "Too many requests. Wait."})
    response.headers["Retry-After"] = str(rate.seconds)
    return response


def _refused(client: str, status: int, content: dict[str, Any]) -> HttpResponse:
    rates.is_too_often_by(client, rates.REFUSED)
    response = _json(status, content)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="oauth", charset="UTF-8"'
    return response


def _json(status: int, content: dict[str, Any]) -> HttpResponse:
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return HttpResponse(json.dumps(content), content_type=JSON, status=status, headers=headers)
