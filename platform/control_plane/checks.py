"""Deployment mistakes as system checks: `manage.py check --deploy` is the runbook, with `--database default` also for
what only the database itself can say."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from control_plane.environment import is_loopback

SHORTEST_SECRET: Final = 50
SHORTEST_TOKEN: Final = 24


@register(Tags.security, deploy=True)
def public_url_is_https(**_: Any) -> list[CheckMessage]:
    """Tokens travel in headers: without TLS anybody on the way reads them."""
    if settings.EMBEDDED or settings.PUBLIC_URL.startswith("https://"):
        return []
    return [Error("PUBLIC_URL is http on a host that is not this machine.", hint="Use https.", id="atrium.E001")]


@register(Tags.security, deploy=True)
def secret_key_is_strong(**_: Any) -> list[CheckMessage]:
    """Sessions, demo credentials and sealed states are derived from it."""
    if len(settings.SECRET_KEY) >= SHORTEST_SECRET and len(set(settings.SECRET_KEY)) > 10:
        return []
    hint = f"Write {SHORTEST_SECRET} or more random characters."
    return [Error("SECRET_KEY is short or repeats itself.", hint=hint, id="atrium.E002")]


@register(Tags.security, deploy=True)
def database_keeps_tenants_apart(**_: Any) -> list[CheckMessage]:
    """SQLite has no row-level security, and one writer at a time."""
    if settings.EMBEDDED or _is_postgresql(settings.DATABASE_URL):
        return []
    hint = "Set DATABASE_URL to a PostgreSQL database."
    return [Error("PUBLIC_URL is public, and the database is SQLite.", hint=hint, id="atrium.E003")]


@register(Tags.security, deploy=True)
def migrations_have_their_own_role(**_: Any) -> list[CheckMessage]:
    """The owner of a table is above its policies' grants; the application must not be the owner."""
    application, owner = settings.DATABASE_URL, settings.MIGRATION_DATABASE_URL
    if not _is_postgresql(application) or urlsplit(application).username != urlsplit(owner).username:
        return []
    hint = "Set MIGRATION_DATABASE_URL to the owner's, DATABASE_URL to a role that owns nothing."
    return [Error("The application and the migrations use the same database role.", hint=hint, id="atrium.E004")]


@register(Tags.database)
def application_role_is_powerless(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A superuser, a role with BYPASSRLS and the owner of a table pass by row-level security."""
    if "default" not in (databases or ()) or connections["default"].vendor != "postgresql" or settings.EMBEDDED:
        return []
    return role_mistakes("default")


def role_mistakes(alias: str) -> list[CheckMessage]:
    """What the role of one database connection could do beyond the policies."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        mighty = cursor.fetchone() == (True,)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        owned = int(cursor.fetchone()[0])
    found: list[CheckMessage] = []
    if mighty:
        hint = "ALTER ROLE … NOSUPERUSER NOBYPASSRLS."
        found.append(Error("The role of DATABASE_URL passes by row-level security.", hint=hint, id="atrium.E005"))
    if owned:
        hint = "Tables belong to the role of MIGRATION_DATABASE_URL: REASSIGN OWNED BY … TO …."
        found.append(Error(f"The role of DATABASE_URL owns {owned} tables.", hint=hint, id="atrium.E006"))
    return found


@register(Tags.security, deploy=True)
def metrics_have_a_token(**_: Any) -> list[CheckMessage]:
    """Without a token nobody but this machine sees /health and /metrics; with a short one, whoever guesses it."""
    if settings.EMBEDDED or len(settings.METRICS_TOKEN) >= SHORTEST_TOKEN:
        return []
    hint = f"Set METRICS_TOKEN to {SHORTEST_TOKEN} or more random characters."
    return [Error("METRICS_TOKEN is missing or short.", hint=hint, id="atrium.E007")]


@register(Tags.security, deploy=True)
def store_has_a_password(**_: Any) -> list[CheckMessage]:
    """Whoever reaches the store can publish credentials."""
    parts = urlsplit(settings.REDIS_URL)
    if parts.password or parts.scheme == "unix" or is_loopback(settings.REDIS_URL):
        return []
    return [Error("REDIS_URL has no password.", hint="redis://:password@host:6379/0", id="atrium.E008")]


@register(Tags.security, deploy=True)
def mail_leaves_the_machine(**_: Any) -> list[CheckMessage]:
    """Invitations and password resets travel by mail."""
    if settings.EMBEDDED or settings.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend":
        return []
    hint = "Set EMAIL_URL, such as smtp+tls://user:password@host:587."
    return [Error("Mail is not sent anywhere.", hint=hint, id="atrium.E009")]


def _is_postgresql(url: str) -> bool:
    return urlsplit(url).scheme in ("postgres", "postgresql")
