"""An installation that is about to be shaken: every process of a production one, on 127.0.0.1, each kept running.

PostgreSQL and Valkey keep what they were told as production's do. Two replicas of the runtime stand behind a proxy
without affinity; workers for tools, one for the housekeeping, and beat run by the product's own command lines.
"""

import asyncio
import json
import secrets
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import redis

from control_plane.supervisor.child import Program
from control_plane.supervisor.programs import Programs
from control_plane.supervisor.store import store_answers, store_configure
from tests.chaos.durable_postgresql import DurablePostgresql
from tests.chaos.history import Onlooker
from tests.chaos.installed import toolkit_installed
from tests.chaos.keeper import Keeper
from tests.fixtures.process import answers, free_port
from tests.repository import PYTHON_PATH, run

UP_SECONDS: Final = 180.0
POLL_SECONDS: Final = 0.1
REPLICAS: Final = ("runtime-1", "runtime-2")
MORTALS: Final = ("mortal-1", "mortal-2")
"""Replicas that die of every job that they make; started on request."""

TOOL_WORKERS: Final = ("tools-1", "tools-2")
JOBS_AT_ONCE: Final = 3
"""Of each worker."""


class DidNotComeUp(Exception):  # noqa: N818 - reads as the state it reports
    """A part of the installation did not start; the message says which, and what it said."""


@dataclass
class Cluster:
    """One installation. `faults` names what is planted (`tests.chaos.faults`), by program."""

    directory: Path
    faults: Mapping[str, str] = field(default_factory=dict)
    keepers: dict[str, Keeper] = field(default_factory=dict)
    companies: list[dict[str, Any]] = field(default_factory=list)
    upstream: int = 0

    def __post_init__(self) -> None:
        self.database = DurablePostgresql()
        self.onlooker = Onlooker(self.database)
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / "logs").mkdir(exist_ok=True)
        self._ports = {name: free_port() for name in ("proxy", "store", *MORTALS, *REPLICAS)}
        self.store = store_configure(self.directory, port=self._ports["store"], password=secrets.token_hex(16))
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "ATRIUM_DATA_DIR": str(self.directory),
            "PUBLIC_URL": f"http://127.0.0.1:{self._ports['proxy']}",
            "SECRET_KEY": secrets.token_urlsafe(40),
            "REDIS_URL": self.store.url,
            "PYTHONPATH": f"{PYTHON_PATH}:{toolkit_installed(self.directory / 'site')}",
            "PYTHONUNBUFFERED": "1",
            **self.database.settings,
        }

    async def __aenter__(self) -> "Cluster":
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._stop)
            await self._start()
            self._running = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._running.aclose()

    @property
    def record(self) -> Path:
        """Where the upstream writes down what happened."""
        return self.directory / "effects.jsonl"

    def pids(self, names: Sequence[str]) -> list[int | None]:
        """The processes of these programs."""
        return [self.keepers[name].pid for name in names]

    def at(self, replica: str, url: str) -> str:
        """A URL, asked of this replica and no other."""
        return url.replace(self.environment["PUBLIC_URL"], f"http://127.0.0.1:{self._ports[replica]}")

    async def back(self, names: Sequence[str], times: int) -> None:
        """Until each of these workers has been ready so many times, this one included."""
        for name in names:
            await self._until(name, lambda name=name: self._said(name).count(f"{name}@localhost ready") >= times)

    async def mend(self, name: str) -> None:
        """Start a program again as the product has it."""
        await self.keepers[name].stop()
        (program,) = [program for program in self._programs() if program.name == name]
        await self._keep(program)

    async def start_mortal(self, name: str) -> None:
        """One of `MORTALS`."""
        port = str(self._ports[name])
        await self._keep(self._own(name, (sys.executable, "-m", "tests.chaos.faults.mortal", port)))
        await self._until(name, lambda: answers(f"http://127.0.0.1:{port}/readyz"))

    def store_empty(self) -> None:
        """FLUSHALL. Raises redis.RedisError where the store is away."""
        with redis.Redis.from_url(self.store.url, socket_timeout=5) as client:
            client.flushall()

    async def _start(self) -> None:
        await asyncio.to_thread(self.database.start)
        await self._keep(Programs(self.directory, self.environment).store(self.store))
        await self._until("store", lambda: store_answers(self.store.url))
        await self._run(sys.executable, "manage.py", "migrate", "--no-input", "-v", "0")
        await asyncio.to_thread(self.onlooker.watch)
        await asyncio.gather(*(self._keep(self._spoilt(program)) for program in self._programs()))
        self.companies = json.loads(await self._run(sys.executable, "-m", "tests.chaos.prepare"))
        await self._until("upstream", lambda: self._said("upstream").strip().isdigit())
        self.upstream = int(self._said("upstream"))
        for name in REPLICAS:
            await self._until(name, lambda name=name: answers(f"http://127.0.0.1:{self._ports[name]}/readyz"))
        await self.back(TOOL_WORKERS, 1)
        await self._until("proxy", lambda: answers(f"{self.environment['PUBLIC_URL']}/readyz"))

    async def _stop(self) -> None:
        *others, store = [*reversed(self.keepers.values())] or [None]
        await asyncio.gather(*(keeper.stop() for keeper in others if keeper is not None))
        if store is not None:
            await store.stop()
        await asyncio.to_thread(self.database.stop)

    def _programs(self) -> list[Program]:
        programs = Programs(self.directory, self.environment)
        targets = [option for name in REPLICAS for option in ("--replica", f"127.0.0.1:{self._ports[name]}")]
        ours = (sys.executable, "-m")
        return [
            self._own("upstream", (*ours, "tests.chaos.upstream", str(self.record))),
            self._own(
                "proxy", (*ours, "tests.conformance.rotating_proxy", "--listen", str(self._ports["proxy"]), *targets)
            ),
            *(self._named(programs.runtime(self._ports[name]), name) for name in REPLICAS),
            *(self._named(_changed(programs.tools(), name), name) for name in TOOL_WORKERS),
            self._named(programs.worker(), "housekeeping"),
            programs.beat(),
        ]

    def _own(self, name: str, command: tuple[str, ...]) -> Program:
        return Program(name=name, command=command, environment=self.environment, log=self._log(name))

    def _named(self, program: Program, name: str) -> Program:
        return replace(program, name=name, log=self._log(name))

    def _spoilt(self, program: Program) -> Program:
        """The program as it is, or with its fault planted before it begins."""
        fault = self.faults.get(program.name)
        if fault is None:
            return program
        interpreter, *arguments = program.command
        return replace(program, command=(interpreter, "-m", "tests.chaos.faults", fault, *arguments[1:]))

    async def _keep(self, program: Program) -> None:
        self.keepers[program.name] = Keeper(program)
        await self.keepers[program.name].start()

    async def _run(self, *command: str) -> str:
        done = await asyncio.to_thread(lambda: run(*command, **self.environment))
        if done.returncode != 0:
            raise DidNotComeUp(f"{' '.join(command)}: {done.stderr[-4000:]}")
        return done.stdout

    async def _until(self, name: str, ready: Any) -> None:
        try:
            async with asyncio.timeout(UP_SECONDS):
                while not await asyncio.to_thread(ready):
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as error:
            raise DidNotComeUp(f"{name}: {self._said(name)[-4000:]}") from error

    def _said(self, name: str) -> str:
        log = self._log(name)
        return log.read_text(errors="replace") if log.exists() else ""

    def _log(self, name: str) -> Path:
        return self.directory / "logs" / f"{name}.log"


def _changed(worker: Program, name: str) -> Program:
    """One of several workers: under a name of its own, with as many processes as are wanted here."""
    options = dict(zip(worker.command, worker.command[1:], strict=False))
    changes = {options["--hostname"]: f"{name}@localhost", options["--concurrency"]: str(JOBS_AT_ONCE)}
    return replace(worker, command=tuple(changes.get(word, word) for word in worker.command))
