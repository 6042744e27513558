"""A dump of the database, restored elsewhere as docs/deployment.md says, holds everything: rows, policies, rights."""

from pathlib import Path
from typing import Final
from urllib.parse import unquote

import psycopg
import pytest

from tests.deployment.installation import Installation
from tests.postgresql import binaries
from tests.repository import run

pytestmark = pytest.mark.processes

CONTENTS: Final = """
SELECT (SELECT array_agg(slug ORDER BY slug) FROM tenants_tenant),
       (SELECT array_agg(digest ORDER BY digest) FROM tenants_apikey),
       (SELECT count(*) FROM pg_policies),
       (SELECT count(*) FROM pg_class WHERE relforcerowsecurity),
       (SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = 'atrium_app'),
       (SELECT array_agg(DISTINCT tableowner) FROM pg_tables WHERE schemaname = 'public')
"""


def test_a_restored_dump_is_the_database(installation: Installation, tmp_path: Path) -> None:
    host = unquote(installation.database)
    dump = str(tmp_path / "atrium.dump")
    where = {"PGHOST": host, "PGUSER": "postgres"}
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE restored OWNER atrium_owner")

    for program, *arguments in (
        ("pg_dump", "--format=custom", f"--file={dump}", "atrium"),
        ("pg_restore", "--exit-on-error", "--dbname=restored", dump),
    ):
        finished = run(str(binaries() / program), *arguments, **where)
        assert finished.returncode == 0, finished.stderr

    found = []
    for name in ("atrium", "restored"):
        with psycopg.connect(host=host, user="postgres", dbname=name) as database:
            found.append(database.execute(CONTENTS).fetchone())
    assert found[0] == found[1]
    assert found[0] is not None
    assert found[0][0] == ["acme", "globex"]
    assert min(found[0][2:5]) > 10
