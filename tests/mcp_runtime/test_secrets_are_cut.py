"""What looks like a credential is not kept, wherever it stands; what does not stays as it is."""

import pytest

from mcp_runtime.redaction import REDACTED, STRING_LENGTH, redact, redact_text, without_secrets

TWENTY = "A1b2C3d4E5f6G7h8I9j0"

SECRETS = [
    f"atk_{TWENTY}",
    f"ata_{TWENTY}",
    f"atr_{TWENTY}",
    f"atc_{TWENTY}",
    f"ats_{TWENTY}",
    f"Bearer {TWENTY}",
    f"eyJ{TWENTY}.{TWENTY}.{TWENTY}",
    *(f"{prefix}{mark}{TWENTY}" for prefix in ("sk", "pk", "rk", "ghp", "gho", "ghs") for mark in "-_"),
    *(f"xox{kind}-{TWENTY}" for kind in "abps"),
    f"glpat-{TWENTY}",
    "AKIAIOSFODNN7EXAMPLE",
    f"-----BEGIN RSA PRIVATE KEY-----\n{TWENTY}\n-----END RSA PRIVATE KEY-----",
    f"-----BEGIN PRIVATE KEY-----\n{TWENTY}",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_cut_out_of_the_text_around_it(secret: str) -> None:
    shown = redact_text(f"use {secret}")
    assert shown.startswith(f"use {REDACTED}")
    assert TWENTY not in shown


def test_a_password_in_a_url_is_cut() -> None:
    assert redact_text("redis://ada:hunter2@cache/0") == f"redis://{REDACTED}@cache/0"


@pytest.mark.parametrize("text", ["", "ghost of a task-list", "Grüße: https://example.com/a?b=c", "1-2_3"])
def test_other_text_stays(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.parametrize("before", [STRING_LENGTH - 10, STRING_LENGTH, 2 * STRING_LENGTH - 8])
@pytest.mark.parametrize("after", [0, 5 * STRING_LENGTH])
def test_no_part_of_a_secret_survives_where_a_long_text_is_cut(before: int, after: int) -> None:
    early = f"atk_{TWENTY * 60} "
    for text in ("." * before, early + "." * (before - len(early))):
        shown = redact_text(f"{text} atk_{TWENTY}{' ' * after}")
        assert "atk_" not in shown
        assert len(shown) < STRING_LENGTH + 30


def test_properties_are_cut_by_name_however_deep() -> None:
    arguments = {"a": [{"user_password": "x", "name": "ada"}], "note": "y", "z" * 1000: "v"}
    assert redact(arguments, frozenset({"note"})) == {
        "a": [{"user_password": REDACTED, "name": "ada"}],
        "note": REDACTED,
        "z" * 1000: REDACTED,
    }


@pytest.mark.must("MUST-21.3")
def test_log_messages_are_whole_but_for_credentials() -> None:
    said = {"tokens": 7, "api_key": "canary", "steps": ["x" * 3000, {"seen": "Bearer canary0123456789"}]}
    assert without_secrets(said) == {
        "tokens": 7,
        "api_key": REDACTED,
        "steps": ["x" * 3000, {"seen": REDACTED}],
    }
