"""The table that `make bench` prints, in Markdown."""

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.load import Run
from benchmarks.measurement import Figure, Measurement
from benchmarks.scale import Scale


@dataclass(frozen=True, slots=True)
class Goal:
    """A ratio that matters: of which value, at how many connections, against whom, and what is aimed at."""

    title: str
    other: str
    connections: int
    value: Callable[[Run], float]
    first_step: str
    goal: str


GOALS: Final = (
    Goal("req/s, c=32, vs the echo", "echo", 32, lambda run: run.per_second, "≥ 0.55×", "≥ 1.25×"),
    Goal("req/s, c=32, vs the SDK", "SDK", 32, lambda run: run.per_second, "≥ 7×", "≥ 15×"),
    Goal("req/s, c=1, vs the echo", "echo", 1, lambda run: run.per_second, "", ""),
    Goal("p50, c=1, vs the echo", "echo", 1, lambda run: run.p50, "≤ 1.6×", "≤ 1.1×"),
    Goal("p99, c=1, vs the echo", "echo", 1, lambda run: run.p99, "", ""),
    Goal("p50, c=32, vs the echo", "echo", 32, lambda run: run.p50, "", ""),
    Goal("p99, c=32, vs the echo", "echo", 32, lambda run: run.p99, "≤ 3×", "≤ 2×"),
    Goal("CPU per call, c=32, vs the echo", "echo", 32, lambda run: run.cpu_microseconds, "", ""),
    Goal("CPU per call, c=32, vs the SDK", "SDK", 32, lambda run: run.cpu_microseconds, "", ""),
)


def machine() -> str:
    """The machine in one line, with its load before the measurement."""
    names = [line for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if "model name" in line]
    model = names[0].split(":", 1)[1].strip() if names else platform.machine()
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, load average before {load:.1f}"


def figures_table(measurement: Measurement, memory: dict[str, tuple[float, float]]) -> str:
    """What each server did. `memory` has its resident MB before and after the load; spread in brackets."""
    lines = [
        "| server | c=1 req/s | c=32 req/s | c=1 p50/p99 ms | c=32 p50/p99 ms | CPU µs/call, c=1 / c=32 | RSS MB |",
        "|---|---|---|---|---|---|---|",
    ]
    for server in measurement.servers:
        idle, after = memory[server]
        cells = [
            server,
            *(_with_spread(measurement.figure(server, c, lambda run: run.per_second)) for c in (1, 32)),
            *(_latencies(measurement, server, c) for c in (1, 32)),
            " / ".join(
                f"{measurement.figure(server, c, lambda run: run.cpu_microseconds).median:.1f}" for c in (1, 32)
            ),
            f"{idle:.0f} → {after:.0f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def ratios_table(measurement: Measurement, server: str = "Atrium") -> str:
    """How Atrium compares, round by round, and what is aimed at."""
    lines = ["| Atrium | median | lowest–highest round | first step | goal |", "|---|---|---|---|---|"]
    for goal in GOALS:
        if {server, goal.other} <= set(measurement.servers):
            ratio = measurement.ratio(server, goal.other, goal.connections, goal.value)
            spread = f"{ratio.lowest:.2f}–{ratio.highest:.2f}"
            lines.append(f"| {goal.title} | {ratio.median:.2f}× | {spread} | {goal.first_step} | {goal.goal} |")
    return "\n".join(lines) if len(lines) > 2 else ""


def noise_line(measurement: Measurement) -> str:
    """How much of the server's core went to others: a quiet machine shows next to nothing."""
    shares = [run.elsewhere for runs in measurement.runs.values() for run in runs]
    return f"Other work on the server's core: {median(shares):.0%} of the time (highest run {max(shares):.0%})."


def answers_lines(measurement: Measurement) -> list[str]:
    """How many answers were compared, per server, and what was wrong with them."""
    lines = []
    for server in measurement.servers:
        runs = measurement.all_runs(server)
        unanswered = sum(run.sent - run.answered for run in runs)
        lines.append(
            f"{server}: {sum(run.answered for run in runs):,} answers, {sum(run.wrong for run in runs)} wrong, "
            f"{sum(run.refused for run in runs)} not 200, {unanswered} calls unanswered, "
            f"{sum(run.socket_errors for run in runs)} socket errors."
        )
    return lines


def _with_spread(figure: Figure) -> str:
    return f"{figure.median:,.0f} ({figure.lowest:,.0f}–{figure.highest:,.0f})"


def _latencies(measurement: Measurement, server: str, connections: int) -> str:
    values = (lambda run: run.p50, lambda run: run.p99)
    return " / ".join(f"{measurement.figure(server, connections, value).median / 1000:.2f}" for value in values)


def scale_table(scale: Scale) -> str:
    """What many tenants, long lists and idle sessions cost one runtime."""
    rows = [
        ("memory, idle", f"{scale.idle_megabytes:.0f} MB", "", ""),
        ("memory with 2,000 tenants", f"{scale.many_megabytes:.0f} MB", "≤ 150 MB", "≤ 110 MB"),
        ("memory per stream that listens", f"{scale.stream_kilobytes:.1f} kB", "≤ 20 kB", "≤ 16 kB"),
        ("memory per idle legacy session", f"{scale.session_kilobytes:.1f} kB", "0", "0"),
        ("`tools/list`, 1,000 tenants × 100 tools, p50", f"{scale.list_p50_ms:.2f} ms", "", ""),
        ("`tools/list`, 1,000 tenants × 100 tools, p99", f"{scale.list_p99_ms:.2f} ms", "≤ 50 ms", "≤ 5 ms"),
    ]
    lines = ["| one runtime | measured | first step | goal |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
