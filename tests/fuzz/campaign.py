"""Sends very many bodies to one runtime, over kept connections, and judges every answer."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import Final

from tests.fuzz.cases import SESSION, STATE, Case, make_case
from tests.fuzz.connection import Connection, Reply
from tests.fuzz.desk import serving
from tests.fuzz.judging import faults
from tests.fuzz.official import LEGACY
from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.serving import ACME, Replica

PATIENCE_SECONDS: Final = 20.0
"""An answer that takes longer counts as none."""

CONNECTIONS: Final = 12
FAULTS_AT_MOST: Final = 20
"""After so many there is nothing more to learn from one run."""

_STATE: Final = re.compile(rb'"requestState":"([^"\\]+)"')
_QUESTION: Final = re.compile(rb'"what": ?"([a-z]+)"')

Judge = Callable[[Case, Reply], list[str]]


@dataclass(slots=True)
class Outcome:
    """What came of a campaign. `statuses` counts answers, `found` has what was wrong, each with how to see it again."""

    era: str
    seed: int
    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    results: int = 0
    streams: int = 0
    incidents: int = 0
    seconds: float = 0.0
    processor_seconds: float = 0.0
    found: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = ", ".join(f"{count} × {status}" for status, count in sorted(self.statuses.items()))
        took = f"{self.seconds:.1f} s, {self.processor_seconds:.1f} s of a processor"
        came = f"{counts}; {self.results} results, {self.streams} streams; {len(self.found)} faults"
        return f"{self.era}, seed {self.seed}: {self.sent} different bodies in {took}; {came}"


class Campaign:
    """One run of one era over a served runtime."""

    def __init__(self, served: Replica, era: str, seed: int, judge: Judge = faults) -> None:
        self._port = served.http.base_url.port or 80
        self._era, self._seed, self._judge = era, seed, judge
        self._seen: set[int] = set()
        self._states: dict[bytes | None, bytes] = {}
        self.outcome = Outcome(era, seed)

    async def run(self, count: int) -> Outcome:
        """Send so many different bodies; the same seed sends the same ones."""
        began, worked = perf_counter(), process_time()
        cases = self._cases(count)
        await asyncio.gather(*(self._work(cases) for _ in range(CONNECTIONS)))
        self.outcome.seconds, self.outcome.processor_seconds = perf_counter() - began, process_time() - worked
        return self.outcome

    async def replay(self, number: int) -> tuple[Case, Reply]:
        """Send the one case of this number."""
        case = make_case(self._seed, self._era, number)
        with closing(self._connection()) as connection:
            sessions = await _open_sessions(connection)
            return case, await self._ask(connection, case, sessions)

    def _cases(self, count: int) -> Iterator[Case]:
        number = 0
        while len(self._seen) < count and len(self.outcome.found) < FAULTS_AT_MOST:
            case = make_case(self._seed, self._era, number)
            number, digest = number + 1, hash(case.body)
            if digest not in self._seen:
                self._seen.add(digest)
                yield case

    async def _work(self, cases: Iterator[Case]) -> None:
        with closing(self._connection()) as connection:
            sessions = await _open_sessions(connection)
            for case in cases:
                try:
                    reply = await self._ask(connection, case, sessions)
                except (TimeoutError, ConnectionError) as error:
                    connection.close()
                    self._blame(case, [f"{type(error).__name__} {error}"])
                else:
                    self._note(reply)
                    self._blame(case, self._judge(case, reply))
                    if reply.status == 429:
                        self._blame(case, [f"refused, of {reply.body!r:.300}, where nothing is scarce"])

    async def _ask(self, connection: Connection, case: Case, sessions: dict[str, bytes]) -> Reply:
        headers = [(name, sessions[case.revision] if value == SESSION else value) for name, value in case.headers]
        async with asyncio.timeout(PATIENCE_SECONDS):
            question = _QUESTION.search(case.body)
            state = self._states.get(question and question[1], b"none")
            reply = await connection.ask(headers, case.body.replace(STATE.encode(), state))
        if question and (asked := _STATE.search(reply.body)):
            self._states[question[1]] = asked[1]
        return reply

    def _connection(self) -> Connection:
        return Connection(self._port, ACME.encode())

    def _note(self, reply: Reply) -> None:
        outcome = self.outcome
        outcome.sent += 1
        outcome.statuses[reply.status] += 1
        outcome.results += b'"result":' in reply.body
        outcome.streams += reply.headers.get(b"content-type") == b"text/event-stream"

    def _blame(self, case: Case, wrong: list[str]) -> None:
        again = f"python -m tests.fuzz {self._era} --seed {self._seed} --only {case.number}"
        self.outcome.found += [f"{again}: {fault}\n    {case.body[:400]!r}" for fault in wrong]


async def _open_sessions(connection: Connection) -> dict[str, bytes]:
    """A session of each older revision, for this connection alone: no request of one meets another there."""
    sessions = {}
    for revision in LEGACY:
        body = (
            b'{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"%b","capabilities":{},'
            b'"clientInfo":{"name":"fuzz","version":"1"}}}' % revision.encode()
        )
        headers = {
            b"host": b"localhost",
            b"authorization": b"Bearer " + ADA.encode(),
            b"content-type": b"application/json",
            b"accept": b"application/json, text/event-stream",
        }
        reply = await connection.ask(headers.items(), body)
        sessions[revision] = reply.headers[b"mcp-session-id"]
    return sessions


async def campaign(redis_url: str, era: str, seed: int, count: int) -> Outcome:
    """Serve the desk, and send it so many bodies."""
    async with serving(redis_url) as served:
        outcome = await Campaign(served, era, seed).run(count)
        outcome.incidents = served.runtime.metrics.incidents
    return outcome
