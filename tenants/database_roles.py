"""PostgreSQL's roles: the owner migrates, the application only reads and writes, the platform's sees all tenants.

`MIGRATION_DATABASE_URL` signs in as the owner, `DATABASE_URL` as the application. The platform's role can't log in; the
application's steps into it inside one transaction, and has none of its rights before (see `tenants.scope`).
"""

from dataclasses import dataclass
from typing import Final

from django.db import ProgrammingError
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from tenants.scope import PLATFORM_ROLE

_LEDGER: Final = "django_migrations"
_INHERIT_PER_GRANT: Final = 160_000


class RolesNotPreparedError(Exception):
    """The roles are not as they must be, and this user may not make them so; the message says what to do."""


@dataclass(frozen=True, slots=True)
class ApplicationRole:
    """The role in DATABASE_URL."""

    name: str
    password: str


def roles_prepare(connection: BaseDatabaseWrapper, application: ApplicationRole) -> None:
    """Make the roles that are missing, and let the application step into the platform's.

    Raises RolesNotPreparedError where the owner may not, or where the application's role would bypass the policies.
    """
    _check_bypasses_nothing(connection, application)
    with connection.cursor() as cursor:
        for statement in _missing(connection, application):
            try:
                cursor.execute(statement)
            except ProgrammingError as error:
                raise RolesNotPreparedError(_advice(application, error)) from error


def _check_bypasses_nothing(connection: BaseDatabaseWrapper, application: ApplicationRole) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [application.name])
        found = cursor.fetchone()
    if found is not None and found[0]:
        raise RolesNotPreparedError(
            f"DATABASE_URL signs in as {application.name}, which bypasses row-level security. "
            "Name a role there that is neither superuser nor BYPASSRLS; it is made if it does not exist."
        )


def privileges_grant(connection: BaseDatabaseWrapper, application: ApplicationRole) -> None:
    """Let the application and the platform's role read and write every table, and only read what was migrated."""
    grantees = [sql.Identifier(PLATFORM_ROLE)]
    if application.name != connection.settings_dict["USER"]:
        grantees.append(sql.Identifier(application.name))
    roles = sql.SQL(", ").join(grantees)
    tables = connection.introspection.django_table_names(only_existing=True)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(roles))
        for table in tables:
            rights = sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}")
            cursor.execute(rights.format(sql.Identifier(table), roles))
        cursor.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(_LEDGER), roles))


def _missing(connection: BaseDatabaseWrapper, application: ApplicationRole) -> list[sql.Composed]:
    with connection.cursor() as cursor:
        names = [PLATFORM_ROLE, application.name]
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [names])
        present = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            "SELECT 1 FROM pg_auth_members WHERE roleid = to_regrole(%s) AND member = to_regrole(%s)",
            [f'"{name}"' for name in names],
        )
        is_member = cursor.fetchone() is not None
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
    platform, role = sql.Identifier(PLATFORM_ROLE), sql.Identifier(application.name)
    statements = []
    if PLATFORM_ROLE not in present:
        statements.append(sql.SQL("CREATE ROLE {} NOLOGIN").format(platform))
    if application.name not in present:
        make = sql.SQL("CREATE ROLE {} LOGIN NOINHERIT PASSWORD {}")
        statements.append(make.format(role, sql.Literal(application.password)))
    return statements if is_member else [*statements, *_membership(platform, role, version)]


def _membership(platform: sql.Identifier, role: sql.Identifier, version: int) -> list[sql.Composed]:
    """Before PostgreSQL 16, inheriting was a property of the member; since then, of the membership."""
    if version >= _INHERIT_PER_GRANT:
        return [sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(platform, role)]
    return [
        sql.SQL("ALTER ROLE {} NOINHERIT").format(role),
        sql.SQL("GRANT {} TO {}").format(platform, role),
    ]


def _advice(application: ApplicationRole, error: Exception) -> str:
    return (
        f"The roles can't be prepared ({str(error).strip()}). Give the user of MIGRATION_DATABASE_URL the right "
        "CREATEROLE, or run as a superuser: "
        f"CREATE ROLE {PLATFORM_ROLE} NOLOGIN; CREATE ROLE \"{application.name}\" LOGIN NOINHERIT PASSWORD '…'; "
        f'GRANT {PLATFORM_ROLE} TO "{application.name}"; and on PostgreSQL 16 or later end the last one with '
        "WITH INHERIT FALSE, SET TRUE."
    )
