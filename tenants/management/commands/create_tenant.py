"""`manage.py create_tenant`: a tenant, its owner, and the key by which the owner manages it."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from tenants.abilities import Role
from tenants.actor import Actor
from tenants.errors import ApplicationError
from tenants.selectors.users import claimants
from tenants.services.api_keys import SCOPE_NEEDS, api_key_create
from tenants.services.tenants import tenant_create
from tenants.services.users import user_create


class Command(BaseCommand):
    """For an operator, where people can't sign up by themselves."""

    help = "Make a tenant with its owner, and print a key that may everything that the owner may. It is shown once."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The slug is part of every URL of the tenant."""
        parser.add_argument("slug")
        parser.add_argument("--name", required=True, help="what people call the company")
        parser.add_argument("--owner", required=True, help="e-mail address; an account that exists is taken as it is")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, slug: str, name: str, owner: str, **options: Any) -> None:
        """Make all of it or nothing, and print."""
        try:
            with transaction.atomic():
                made = _make(slug, name, owner)
        except ApplicationError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            self.stdout.write(json.dumps(made))
            return
        self.stdout.write(f"{made['tenant']} belongs to {made['owner']}.")
        self.stdout.write(f"Key, shown this once: {made['api_key']}")


def _make(slug: str, name: str, email: str) -> dict[str, str]:
    owner = claimants(email=email).owner or user_create(email=email)
    tenant = tenant_create(owner=owner, slug=slug, name=name)
    actor = Actor(role=Role.OWNER, user_id=owner.pk)
    issued = api_key_create(tenant=tenant, actor=actor, name="first key", scopes=list(SCOPE_NEEDS))
    return {"tenant": tenant.slug, "owner": owner.email, "api_key": issued.secret}
