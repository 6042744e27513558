"""A log line is one JSON object, and no secret is in it, wherever a library put it."""

import json
import logging
import sys

import pytest

from control_plane.logs import JsonLines

KEY = "atk_f4uyiV3C9HkUs0E5IjWQyfaheMaverqY0ctd30"

TOKEN = "Vw3Zr0u7n-5kTqLh2Yx_9dPsJcAeBfGm"


def line(message: str, *arguments: object, **extra: object) -> str:
    record = logging.getLogger("atrium.test").makeRecord(
        "atrium.test", logging.INFO, __file__, 1, message, arguments, None, extra=extra
    )
    return JsonLines().format(record)


def test_a_line_has_time_level_logger_message_and_what_was_added() -> None:
    entry = json.loads(line("%s calls", 3, tenant="acme", took=1.5))
    assert entry["time"].endswith("+00:00")
    assert {name: entry[name] for name in ("level", "logger", "message", "tenant", "took")} == {
        "level": "info",
        "logger": "atrium.test",
        "message": "3 calls",
        "tenant": "acme",
        "took": 1.5,
    }


def test_a_line_stays_one_line() -> None:
    assert "\n" not in line("one\ntwo", detail="three\nfour")


@pytest.mark.parametrize(
    ("written", "secret"),
    [
        (f"key {KEY} used", KEY),
        ("Authorization: Bearer 0123456789abcdef.x", "0123456789abcdef"),
        ("postgres://atrium_app:hush-hush@database.example/atrium", "hush-hush"),
        ("redis://:hush-hush@127.0.0.1:6379/0", "hush-hush"),
        (f"Internal Server Error: /invitations/{TOKEN}", TOKEN),
        (f"<WSGIRequest: GET '/accounts/confirm-email/MQ:1vMbX2:{TOKEN}/'>", TOKEN),
        (f"Forbidden (CSRF token missing.): /accounts/password/reset/2n9c-x1/d0zkwo-{TOKEN}/", TOKEN),
    ],
)
def test_a_secret_is_cut_from_messages_arguments_extras_and_exceptions(written: str, secret: str) -> None:
    assert secret not in line(written)
    assert secret not in line("%s", written)
    assert secret not in line("x", detail=written)
    assert secret not in line("x", detail={"inner": [written]})
    try:
        raise ValueError(written)
    except ValueError:
        record = logging.LogRecord("atrium.test", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    formatted = JsonLines().format(record)
    assert secret not in formatted
    assert "ValueError" in json.loads(formatted)["exception"]


def test_what_is_named_as_a_secret_is_cut_whatever_it_holds() -> None:
    assert json.loads(line("x", password="plain"))["password"] == "[redacted]"


def test_the_root_logger_writes_such_lines(settings: object) -> None:
    configured = settings.LOGGING  # type: ignore[attr-defined]
    assert configured["root"]["handlers"] == ["stream"]
    assert (
        configured["formatters"][configured["handlers"]["stream"]["formatter"]]["()"] == "control_plane.logs.JsonLines"
    )
