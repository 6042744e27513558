"""One upstream MCP server, called directly, through Atrium and through ContextForge, in turn.

What is measured is on the server's core: the upstream that is called directly, or a gateway. The upstream behind the
gateways is the same program, on the core of the load.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks import processes
from benchmarks.calls import Call, Dialect, is_right_answer
from benchmarks.contextforge import bring_contextforge, contextforge
from benchmarks.load import LoadFailed
from benchmarks.measurement import CONNECTIONS, Figure, Measurement, measure
from benchmarks.rehearsal import rehearse
from benchmarks.report import answers_lines
from benchmarks.targets import LOAD_CORE, ROOT, Target, TargetFailed, atrium, beside, comparison

DIRECT: Final = "direct"
THEIRS: Final = "ContextForge"
OURS: Final = "Atrium"
TOOL: Final = "bench.echo"


def measure_gateways(rounds: int, seconds: int) -> Measurement:
    """All three. Raises TargetFailed, LoadFailed, WrongAnswer."""
    bring_contextforge()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        behind = stack.enter_context(
            comparison("upstream", "plain_mcp", [], "/mcp", folder / "upstream.log", core=LOAD_CORE)
        )
        targets = [
            stack.enter_context(comparison(DIRECT, "plain_mcp", [], "/mcp", folder / "direct.log")),
            stack.enter_context(_atrium(behind, folder)),
            stack.enter_context(contextforge(behind, folder)),
        ]
        rehearsed = {each: rehearse(each, is_right_either_way, folder / f"{each.name}.lua") for each in targets}
        found = measure(rehearsed, rounds, seconds)
        _check_answered(found, seconds)
        return found


def _check_answered(found: Measurement, seconds: int) -> None:
    """Raises LoadFailed where a run brought no answer at all: nothing can be compared with it."""
    for (server, connections), runs in found.runs.items():
        if not all(run.answered for run in runs):
            words = f"{server} answered nothing within {seconds} s at c={connections}: give it more by BENCH_SECONDS."
            raise LoadFailed("\n".join([words, *answers_lines(found)]))


def is_right_either_way(call: Call, status: int, body: bytes) -> bool:
    """As `is_right_answer`, also of an event stream with that answer alone: the client has said that it takes both."""
    messages = [line.removeprefix(b"data: ") for line in body.split(b"\n") if line.startswith(b"data: ")]
    return is_right_answer(call, status, messages[0] if len(messages) == 1 else body)


def gateways_table(found: Measurement) -> str:
    """In Markdown: what each did, then how Atrium compares, round by round."""
    lines = [
        "| | c=1 req/s | c=32 req/s | c=1 p50 ms | c=32 p50/p99 ms | CPU µs/call, c=32 |",
        "|---|---|---|---|---|---|",
    ]
    for server in found.servers:
        rates = [found.figure(server, connections, lambda run: run.per_second) for connections in CONNECTIONS]
        alone = found.figure(server, 1, lambda run: run.p50 / 1000)
        many = [found.figure(server, 32, value).median for value in (lambda run: run.p50, lambda run: run.p99)]
        cpu = found.figure(server, 32, lambda run: run.cpu_microseconds)
        cells = [*(_spread(rate, 0) for rate in rates), _spread(alone, 2), "/".join(f"{us / 1000:.2f}" for us in many)]
        lines.append(f"| {server} | {' | '.join(cells)} | {cpu.median:,.0f} |")
    ratios = ["| Atrium | median | lowest–highest round | first step | goal |", "|---|---|---|---|---|"]
    for words, other, connections, value, step, goal in (
        ("req/s, c=32, vs ContextForge", THEIRS, 32, lambda run: run.per_second, "≥ 100×", "≥ 200×"),
        ("p50, c=1, vs ContextForge", THEIRS, 1, lambda run: run.p50, "", "≤ 0.025×"),
        ("req/s, c=32, vs direct", DIRECT, 32, lambda run: run.per_second, "", ""),
        ("p50, c=1, vs direct", DIRECT, 1, lambda run: run.p50, "", ""),
    ):
        ratio = found.ratio(OURS, other, connections, value)
        spread = f"{ratio.lowest:.3g}–{ratio.highest:.3g}"
        ratios.append(f"| {words} | {ratio.median:.3g}× | {spread} | {step} | {goal} |")
    return "\n".join([*lines, "", *ratios])


@contextmanager
def _atrium(upstream: Target, folder: Path) -> Iterator[Target]:
    """A runtime with a server whose tool is the upstream's."""
    port = upstream.url.rsplit(":", 1)[1].split("/")[0]
    program = ("-m", "benchmarks.servers.gateway", port)
    with atrium(folder / "atrium.log") as stores:
        seeded = _seeded(processes.environment_of(stores.process))
        with beside(stores, OURS, program, folder / "gateway.log") as runtime:
            root = runtime.url.split("/mcp/")[0]
            yield Target(OURS, f"{root}{seeded['path']}", seeded["api_key"], runtime.process, Dialect(tool=TOOL))


def _seeded(environment: dict[str, str]) -> dict[str, str]:
    command = [sys.executable, "-m", "benchmarks.gateway_seed"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TargetFailed(f"{' '.join(command[1:])} failed: {done.stderr[-2000:]}")
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def _spread(figure: Figure, places: int) -> str:
    return f"{figure.median:,.{places}f} ({figure.lowest:,.{places}f}–{figure.highest:,.{places}f})"
