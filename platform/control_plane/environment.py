"""Readers of the environment: they fail loudly, and accept `NAME_FILE` for values that are mounted as files.

An embedded installation (`make run`) keeps its address in `$ATRIUM_DATA_DIR/runtime.json` and its generated secrets in
`$ATRIUM_DATA_DIR/secrets.json`; further commands take from there what the environment does not say.
"""

import json
import os
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

SHORTEST_KEY: Final = 32
ROOT: Final = Path(__file__).resolve().parent.parent.parent


class ConfigurationError(Exception):
    """A setting is missing or malformed; the message says which one and what to write instead."""


def text(name: str, default: str | None = None) -> str:
    """The value of NAME, or the contents of the file that NAME_FILE names, or the default.

    Raises ConfigurationError where none of the three is there, or the file can't be read.
    """
    value = os.environ.get(name)
    if value is not None and value != "":
        return value
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationError(f"{name}_FILE={path} can't be read: {error.strerror}.") from error
    if default is None:
        raise ConfigurationError(f"{name} is not set. See .env.example.")
    return default


def number(name: str, default: int, *, minimum: int = 0, maximum: int = 2**31) -> int:
    """An integer within bounds; raises ConfigurationError otherwise."""
    value = text(name, str(default))
    try:
        result = int(value)
    except ValueError as error:
        raise ConfigurationError(f"{name}={value} is not a whole number.") from error
    if not minimum <= result <= maximum:
        raise ConfigurationError(f"{name}={value} is not between {minimum} and {maximum}.")
    return result


def items(name: str, default: str = "") -> list[str]:
    """A comma-separated list, without blanks."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def keys(name: str) -> list[str]:
    """A comma-separated list of secrets; raises ConfigurationError where one is too short to be random."""
    found = items(name)
    if any(len(key) < SHORTEST_KEY for key in found):
        raise ConfigurationError(f"{name} has a key of less than {SHORTEST_KEY} characters. Write random ones.")
    return found


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """A comma-separated list of addresses and ranges; raises ConfigurationError where one is neither."""
    try:
        return [ip_network(item) for item in items(name)]
    except ValueError as error:
        raise ConfigurationError(f"{name}: {error}.") from error


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """One of a few words; raises ConfigurationError otherwise."""
    value = text(name, default)
    if value not in allowed:
        raise ConfigurationError(f"{name}={value} is not one of {', '.join(allowed)}.")
    return value


def inherited(**changes: str) -> dict[str, str]:
    """This process's environment with some settings changed, for a child that finds our packages as this one does."""
    ours = [str(ROOT), str(ROOT / "platform")]
    also = [path for path in without_secrets()["PYTHONPATH"].split(os.pathsep) if path and path not in ours]
    path = os.pathsep.join([*ours, *also])
    return {**os.environ, "PYTHONPATH": path, **changes}


def without_secrets() -> dict[str, str]:
    """What a process gets that runs other people's code: where programs and packages are, language and time zone."""
    named = ("PATH", "HOME", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR")
    return {"PYTHONPATH": str(ROOT), **{name: os.environ[name] for name in named if name in os.environ}}


def announce_process(kind: str) -> None:
    """Say which kind of process this one is, before the settings are read; `settings.PROCESS` shows it."""
    os.environ["ATRIUM_PROCESS"] = kind


def data_dir() -> Path:
    """Where an embedded installation keeps its state; ./.data unless ATRIUM_DATA_DIR says otherwise."""
    return Path(os.environ.get("ATRIUM_DATA_DIR") or ROOT / ".data").resolve()


@cache
def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} can't be read: {error}. Remove it and run `make run` again.") from error
    return dict(document)


def runtime_document() -> dict[str, Any]:
    """What the running (or last) `make run` wrote: base URL and store address. Empty before the first run."""
    return _document(data_dir() / "runtime.json")


def secrets_document() -> dict[str, Any]:
    """The secrets that an embedded installation generated. Empty before the first run."""
    return _document(data_dir() / "secrets.json")


def port() -> int:
    """The port that `make run` and `make runtime` answer on. Raises ConfigurationError."""
    return number("PORT", 8000, minimum=1, maximum=65535)


def public_url(embedded: str | None = None) -> str:
    """The one base URL, without a trailing slash: issuer, prefix of every resource and of every printed URL.

    Where PUBLIC_URL doesn't say: the one passed, else the one of the running (or last) `make run`.
    """
    default = embedded or str(runtime_document().get("base_url") or f"http://127.0.0.1:{port()}")
    value = text("PUBLIC_URL", default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ConfigurationError(f"PUBLIC_URL={value} must be http(s)://host[:port], nothing after it.")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def is_loopback(url: str) -> bool:
    """True where the URL's host is this machine only; development conveniences exist only then."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
