"""A secret that something uses, whose value nobody may ever see, its owner included."""

from tenants.models import Secret, Server
from tenants.services.secret_uses import secret_uses_set
from tenants.services.stored_secrets import secret_create
from tests.fixtures.cast import Person


def value_of(mark: str) -> str:
    """What the secret of this company holds; not a word that is in any other text."""
    return f"{mark[::-1]}-4711"


def secret_stored(person: Person, server: Server, mark: str) -> Secret:
    """One, used by the server."""
    tenant, actor, name = person.company.tenant, person.actor, f"key-{mark}"
    made = secret_create(tenant=tenant, actor=actor, name=name, value=value_of(mark), description=f"Opens {mark}")
    secret_uses_set(tenant=tenant, kind="server", object_id=server.pk, label=f"Use {mark}", names={name})
    return made
