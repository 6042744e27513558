"""`python -m tests.conformance`: run whole revisions of the public suite, or its part about tasks, and print a line per
scenario.

    python -m tests.conformance [--url URL] [REVISION …]

Without a URL it starts Atrium with two replicas behind a proxy without affinity, and runs the scenarios for
authorization servers too. Exit status 0 when every scenario that Atrium is known to pass (see passing.py) passed.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.conformance.authorization_server import SCENARIOS, authorization_run
from tests.conformance.passing import PASSING
from tests.conformance.suite import RUNS, Scenario, suite_run
from tests.fixtures.live import Live, live_installation, rotating_proxy
from tests.fixtures.node import node_ensure


@contextmanager
def everything(live: Live, folder: Path) -> Iterator[str]:
    """The endpoint with the suite's fixtures, through a proxy that authorizes."""
    endpoint = live.endpoint("everything")
    with rotating_proxy(live, folder / "proxy.log", "--authorization", f"Bearer {endpoint.api_key}") as proxy_url:
        yield live.endpoint("everything", proxy_url).url


def show(results: Mapping[str, Scenario], suffix: str) -> None:
    """A line per scenario, and one per complaint."""
    for name, scenario in results.items():
        print(f"{'✓' if scenario.is_good else '✗'} {name}@{suffix}: {scenario.passed} passed")
        for complaint in scenario.complaints or ([] if scenario.passed else ["no check ran"]):
            print(f"    {complaint[:200]}")


def report(revision: str, results: dict[str, Scenario]) -> list[str]:
    """Print a line per scenario; the names of those that should have passed and did not."""
    show(results, revision)
    lost = [name for name in PASSING[revision] if name not in results or not results[name].is_good]
    good = sum(scenario.is_good for scenario in results.values())
    print(f"{revision}: {good} of {len(results)} scenarios passed\n")
    return [f"{name}@{revision}" for name in lost]


def servers(node: Path, url: str, revisions: Sequence[str], folder: Path) -> list[str]:
    """Run what revisions ask of a server; the names of what should have passed and did not."""
    reports = [report(revision, suite_run(node, url, revision, folder / revision)) for revision in revisions]
    return [name for names in reports for name in names]


def authorization(node: Path, live: Live, folder: Path) -> list[str]:
    """Run what all revisions ask of an authorization server; the names of what did not pass, or was left out."""
    lost = []
    for run, results in authorization_run(node, live, folder).items():
        show(results, str(run))
        good = [name for name, scenario in results.items() if scenario.is_good and not scenario.skipped]
        lost += [f"{name}@{run}" for name in SCENARIOS if name not in good]
    return lost


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="an endpoint that needs no credential; default: a fresh installation")
    parser.add_argument("revisions", nargs="*", default=RUNS, metavar="REVISION", help=" ".join(RUNS))
    options = parser.parse_args()
    node = node_ensure()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        if options.url:
            lost = servers(node, options.url, options.revisions, folder)
        else:
            live = stack.enter_context(live_installation(folder))
            url = stack.enter_context(everything(live, folder))
            lost = servers(node, url, options.revisions, folder) + authorization(node, live, folder)
    if lost:
        print(f"Should have passed: {', '.join(lost)}", file=sys.stderr)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
