"""A setting that is missing or malformed is named in one sentence; values may be mounted as files."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from control_plane import environment
from control_plane.environment import ConfigurationError


def test_a_value_may_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert environment.text("SECRET_KEY") == "from the file"
    monkeypatch.setenv("SECRET_KEY", "said directly")
    assert environment.text("SECRET_KEY") == "said directly"


def test_an_empty_value_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    assert environment.text("DATABASE_URL", "default") == "default"


@pytest.mark.parametrize(
    ("name", "value", "read", "sentence"),
    [
        ("PORT", "eight", lambda: environment.port(), "PORT=eight is not a whole number."),
        ("PORT", "70000", lambda: environment.port(), "PORT=70000 is not between 1 and 65535."),
        ("SIGNUP", "x", lambda: environment.choice("SIGNUP", "open", ("open",)), "SIGNUP=x is not one of open."),
        ("SECRET_KEY_FILE", "/nowhere", lambda: environment.text("SECRET_KEY"), "No such file"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", lambda: environment.networks("TRUSTED_PROXIES"), "TRUSTED_PROXIES"),
        ("ENCRYPTION_KEYS", "x" * 31, lambda: environment.keys("ENCRYPTION_KEYS"), "less than 32 characters"),
        ("PUBLIC_URL", "ftp://x", lambda: environment.public_url(), "must be http(s)://host[:port]"),
        ("PUBLIC_URL", "https://x/y", lambda: environment.public_url(), "must be http(s)://host[:port]"),
        ("PUBLIC_URL", "https://", lambda: environment.public_url(), "must be http(s)://host[:port]"),
    ],
)
def test_a_malformed_value_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, read: object, sentence: str
) -> None:
    monkeypatch.delenv(name.removesuffix("_FILE"), raising=False)
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as refusal:
        read()  # type: ignore[operator]
    assert sentence in str(refusal.value)


def test_a_missing_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(ConfigurationError, match=r"SECRET_KEY is not set"):
        environment.text("SECRET_KEY")


def test_lists_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", " 10.0.0.0/8, 192.0.2.1 ,")
    assert environment.networks("TRUSTED_PROXIES") == [ip_network("10.0.0.0/8"), ip_network("192.0.2.1")]


@pytest.mark.parametrize(
    ("given", "understood"),
    [
        ("https://Atrium.Example/", "https://atrium.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_the_base_url_has_one_form(monkeypatch: pytest.MonkeyPatch, given: str, understood: str) -> None:
    monkeypatch.setenv("PUBLIC_URL", given)
    assert environment.public_url() == understood


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000", True),
        ("http://[::1]:8000", True),
        ("http://127.0.0.1.example", False),
        ("https://atrium.example", False),
        ("http://10.0.0.1", False),
    ],
)
def test_only_this_machine_is_loopback(url: str, answer: bool) -> None:
    assert environment.is_loopback(url) is answer
