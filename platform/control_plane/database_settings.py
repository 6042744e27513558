"""How the settings describe a database to Django, from its DSN."""

from typing import Any, Final

import dj_database_url

_SQLITE: Final = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
}
_POSTGRESQL: Final = "-c idle_in_transaction_session_timeout=20s"
"""A process that stands still in the midst of a transaction would keep its locks from whoever takes over its work."""


def described(url: str, process: str) -> dict[str, Any]:
    """Django's description of one DSN, for a kind of process. SQLite gets WAL and immediate transactions, a server of
    PostgreSQL connections from a pool: under ASGI every request has its own thread, so a connection that outlives it
    would be lost. What the DSN itself asks of PostgreSQL (`?sslmode=require`) stays."""
    # A worker's processes keep theirs from task to task, and try it before each (control_plane.worker).
    age = 60 if process in ("worker", "tools") else 0
    config: dict[str, Any] = {**dj_database_url.parse(url, conn_max_age=age, conn_health_checks=bool(age))}
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = dict(_SQLITE)
        return config
    config["OPTIONS"] = {"options": _POSTGRESQL, **config.get("OPTIONS", {})}
    if process in ("web", "runtime"):
        config["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 20, "timeout": 5}
    return config
