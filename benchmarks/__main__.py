"""`python -m benchmarks [PART …]`: measure one part, or all, and print their tables.

`calls` are echo, SDK and Atrium in turn; `guards` is Atrium beside itself without what keeps it safe; `replicas` is two
of it beside one; `pages` are those of the dashboard; `background` is jobs beside inline calls; `gateway` is an upstream
called directly, through Atrium and through ContextForge.

BENCH_ROUNDS (5) and BENCH_SECONDS (4, per run) make it shorter or longer. Ends with status 1 where an answer was wrong
or the audit counter differs from the calls made, with 2 where it could not measure; never because of a time.
"""

import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import Final

from benchmarks import background, beside, gateways, pages, report
from benchmarks.audit_counter import CounterMissing, settled
from benchmarks.calls import COUNT, is_right_answer
from benchmarks.load import LoadFailed, bring_wrk
from benchmarks.measurement import Measurement, measure
from benchmarks.processes import resident_megabytes
from benchmarks.rehearsal import Rehearsed, WrongAnswer, median_answer, rehearse
from benchmarks.scale import measure_scale
from benchmarks.streamed_call import CallFailed
from benchmarks.targets import Target, TargetFailed, atrium, comparison


def main() -> int:
    """Measure and print; returns the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # the servers are stopped on the way out
    parts = sys.argv[1:] or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        print(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    return max(_measured(part) for part in parts)


def measure_calls() -> int:
    """One call, seen from outside; returns the exit status."""
    bring_wrk()
    with ExitStack() as stack:
        return _bench(stack, _rounds(), _seconds())


def measure_the_guards() -> int:
    """Atrium with and without its guards; returns the exit status."""
    bring_wrk()
    print(f"\n{report.machine()}; {_rounds()} rounds of {_seconds()} s each, in turn.\n", flush=True)
    measurement = beside.measure_guards(_rounds(), _seconds())
    print(beside.guards_table(measurement), "", *report.answers_lines(measurement), sep="\n")
    return int(any(run.failures for server in measurement.servers for run in measurement.all_runs(server)))


def measure_the_replicas() -> int:
    """Two replicas and one; returns the exit status."""
    bring_wrk()
    print(f"\n{report.machine()}; {_rounds()} rounds of {_seconds()} s each, in turn.\n", flush=True)
    found = beside.measure_replicas(_rounds(), _seconds())
    calls, failures = sum(run.sent for run in found.runs), sum(run.failures for run in found.runs)
    print(beside.replicas_table(found), "", f"{calls:,} calls, {failures} without their answer.", sep="\n")
    print(f"Audit counters: {found.audited:,} events{'' if found.audited == calls else ': WRONG'}.")
    return int(failures > 0 or found.audited != calls)


def measure_the_pages() -> int:
    """The pages of a busy company; returns the exit status."""
    print(f"\n{report.machine()}; every page {pages.TIMES} times, warm.\n", flush=True)
    print(pages.pages_table(pages.measure_pages()))
    return 0


def measure_jobs() -> int:
    """Jobs beside inline calls; returns the exit status."""
    print(f"\n{report.machine()}; {_rounds()} rounds of {background.CALLS} calls of each kind, in turn.\n", flush=True)
    print(background.background_table(background.measure_background(_rounds())))
    return 0


def measure_the_gateways() -> int:
    """An upstream, and two gateways before it; returns the exit status."""
    bring_wrk()
    print(f"\n{report.machine()}; {_rounds()} rounds of {_seconds()} s each, in turn.\n", flush=True)
    found = gateways.measure_gateways(_rounds(), _seconds())
    print(gateways.gateways_table(found), "", report.noise_line(found), *report.answers_lines(found), sep="\n")
    ours = (gateways.OURS, gateways.DIRECT)
    return int(any(run.failures for server in ours for run in found.all_runs(server)))


def _measured(part: str) -> int:
    """Measure one part; its exit status."""
    began = monotonic()
    try:
        return PARTS[part]()
    except (LoadFailed, TargetFailed, CounterMissing) as failure:
        print(failure, file=sys.stderr)
        return 2
    except (WrongAnswer, pages.PageFailed, CallFailed) as failure:
        print(failure, file=sys.stderr)
        return 1
    finally:
        print(f"\n{part} took {monotonic() - began:.0f} s.", flush=True)


def _rounds() -> int:
    return int(os.environ.get("BENCH_ROUNDS", "5"))


def _seconds() -> int:
    return int(os.environ.get("BENCH_SECONDS", "4"))


def _bench(stack: ExitStack, rounds: int, seconds: int) -> int:
    print(f"{report.machine()}; {rounds} rounds of {seconds} s per server and number of connections.\n", flush=True)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    targets = _start(stack, folder)
    ours = next(target for target in targets if target.name == "Atrium")
    idle = {target: resident_megabytes(target.process) for target in targets}
    events_before = settled(ours, 2 * COUNT)
    measurement = measure(targets, rounds, seconds)
    memory = {target.name: (idle[target], resident_megabytes(target.process)) for target in targets}
    print(report.figures_table(measurement, memory), "", report.ratios_table(measurement), "", sep="\n")
    print(report.noise_line(measurement), *report.answers_lines(measurement), sep="\n")
    is_exact = _audit_matches(ours, events_before, measurement)
    print("", report.scale_table(measure_scale()), "", sep="\n")
    failures = sum(run.failures for target in targets for run in measurement.all_runs(target.name))
    return 0 if is_exact and not failures else 1


def _start(stack: ExitStack, folder: Path) -> dict[Target, Rehearsed]:
    """Start and rehearse the three. The echo's answer is as long as Atrium's."""
    ours = stack.enter_context(atrium(folder / "atrium.log"))
    rehearsed = rehearse(ours, is_right_answer, folder / "atrium.lua")
    fixed = median_answer(rehearsed)
    answer_file = folder / "answer.json"
    answer_file.write_bytes(fixed)
    echo = stack.enter_context(comparison("echo", "echo", [str(answer_file)], "/", folder / "echo.log"))
    sdk = stack.enter_context(comparison("SDK", "official_sdk", [], "/mcp", folder / "sdk.log"))

    def is_fixed(_call: object, status: int, body: bytes) -> bool:
        return status == 200 and body == fixed

    return {
        echo: rehearse(echo, is_fixed, folder / "echo.lua"),
        sdk: rehearse(sdk, is_right_answer, folder / "sdk.lua"),
        ours: rehearsed,
    }


def _audit_matches(ours: Target, before: int, measurement: Measurement) -> bool:
    calls = sum(run.sent for run in measurement.all_runs(ours.name))
    counted = settled(ours, before + calls) - before
    print(f"Audit counter: {counted:,} events for {calls:,} calls{'' if counted == calls else ': WRONG'}.")
    return counted == calls


PARTS: Final = {
    "calls": measure_calls,
    "guards": measure_the_guards,
    "replicas": measure_the_replicas,
    "pages": measure_the_pages,
    "background": measure_jobs,
    "gateway": measure_the_gateways,
}

if __name__ == "__main__":
    sys.exit(main())
