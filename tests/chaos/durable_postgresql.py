"""A PostgreSQL server that keeps what it was told, as in production, and dies without having been warned."""

from typing import Final

from tests.postgresql import PostgresqlServer

DATABASE: Final = "atrium"
OWNER: Final = "atrium_owner"
APPLICATION: Final = "atrium_app"


class DurablePostgresql(PostgresqlServer):
    """With fsync and synchronous commits: PostgreSQL's own defaults."""

    def start(self) -> None:
        """Make the cluster and Atrium's empty database; returns when it takes connections."""
        data = str(self._folder / "data")
        self._run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        self.rise()
        self.execute(
            f"CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD 'secret'", f"CREATE DATABASE {DATABASE} OWNER {OWNER}"
        )

    def rise(self) -> None:
        """Start it, recovering from its log where it died; returns when it takes connections."""
        options = f"-k {self._folder} -c listen_addresses= -c max_connections=200"
        where = ["-D", str(self._folder / "data"), "-l", str(self._folder / "log")]
        self._run("pg_ctl", *where, "-o", options, "-w", "start")

    def die(self) -> None:
        """As by a power cut: every backend ends at once, nothing is written down any more."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "-w", "stop")

    def stop(self) -> None:
        """Stop the server, unless it is dead just now, and remove its folder."""
        if not (self._folder / "data" / "postmaster.pid").exists():
            self.rise()
        super().stop()

    @property
    def settings(self) -> dict[str, str]:
        """How Atrium is told of it: the application's role, and the owner's for migrations."""
        return {
            "DATABASE_URL": self.url(APPLICATION, DATABASE),
            "MIGRATION_DATABASE_URL": self.url(OWNER, DATABASE),
        }

    @property
    def conninfo(self) -> str:
        """How an onlooker comes in, who sees every tenant."""
        return f"host={self._folder} user=postgres dbname={DATABASE}"
