"""Errors of the management API: one table, documented, with a status for every refusal."""

from http import HTTPStatus

import pytest
from django.db import OperationalError
from rest_framework import exceptions

from control_plane.api import errors as api_errors
from control_plane.api.errors import STATUS, WORDS, refusal_of
from tenants import errors
from tenants.errors import ApplicationError


def kinds(module: object) -> list[type[ApplicationError]]:
    found = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, ApplicationError)]
    return [kind for kind in found if kind is not ApplicationError]


def test_every_refusal_has_a_status() -> None:
    types = {kind.code for module in (errors, api_errors) for kind in kinds(module)} | {
        word for word, _ in WORDS.values()
    }
    assert types == set(STATUS)
    assert {HTTPStatus(status) for status in STATUS.values()} <= {status for status in HTTPStatus if status >= 400}


def test_what_is_no_refusal_is_raised_on() -> None:
    assert refusal_of(ZeroDivisionError()) is None


@pytest.mark.parametrize("error", [OperationalError("connection to 10.0.0.3 failed"), exceptions.ParseError("line 7")])
def test_nothing_internal_is_said(error: Exception) -> None:
    refusal = refusal_of(error)
    assert refusal is not None
    assert str(error) not in refusal.message
    assert refusal.details == {}
