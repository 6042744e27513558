"""`migrate` as the owner of the tables, with the roles that row-level security needs."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections

from tenants.database_roles import ApplicationRole, RolesNotPreparedError, privileges_grant, roles_prepare
from tenants.migration_executor import Executor

OWNER_ALIAS = "owner"


vars(migrate)["MigrationExecutor"] = Executor
"""Django's command asks its module for one."""


class Command(migrate.Command):
    """Django's `migrate`, signed in by MIGRATION_DATABASE_URL where that is set."""

    def add_arguments(self, parser: CommandParser) -> None:
        """As Django's, with another default database."""
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER_ALIAS if OWNER_ALIAS in settings.DATABASES else DEFAULT_DB_ALIAS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare the roles, migrate, grant."""
        connection = connections[options["database"]]
        only_looks = options["check_unapplied"] or options["plan"]
        if connection.vendor != "postgresql" or only_looks:
            super().handle(*args, **options)
            return
        configured = connections[DEFAULT_DB_ALIAS].settings_dict
        application = ApplicationRole(name=configured["USER"], password=configured["PASSWORD"])
        try:
            roles_prepare(connection, application)
        except RolesNotPreparedError as error:
            raise CommandError(str(error)) from error
        super().handle(*args, **options)
        privileges_grant(connection, application)
