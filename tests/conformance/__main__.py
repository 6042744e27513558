"""`python -m tests.conformance`: run whole revisions of the public suite, and print a line per scenario.

    python -m tests.conformance [--url URL] [REVISION …]

Without a URL it starts Atrium with two replicas behind a proxy without affinity. Exit status 0 when every scenario
that Atrium is known to pass (see passing.py) passed.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conformance.passing import PASSING
from tests.conformance.suite import REVISIONS, Scenario, revision_run
from tests.fixtures.live import live_installation, rotating_proxy
from tests.fixtures.node import node_ensure


@contextmanager
def target(url: str | None, folder: Path) -> Iterator[str]:
    """The URL to test, or a fresh installation's."""
    if url:
        yield url
        return
    with live_installation(folder) as live:
        endpoint = live.endpoint("everything")
        authorization = ("--authorization", f"Bearer {endpoint.api_key}")
        with rotating_proxy(live, folder / "proxy.log", *authorization) as proxy_url:
            yield live.endpoint("everything", proxy_url).url


def report(revision: str, results: dict[str, Scenario]) -> list[str]:
    """Print a line per scenario; the names of those that should have passed and did not."""
    for name, scenario in results.items():
        print(f"{'✓' if scenario.is_good else '✗'} {name}@{revision}: {scenario.passed} passed")
        for complaint in scenario.complaints or ([] if scenario.passed else ["no check ran"]):
            print(f"    {complaint[:200]}")
    lost = [name for name in PASSING[revision] if name not in results or not results[name].is_good]
    good = sum(scenario.is_good for scenario in results.values())
    print(f"{revision}: {good} of {len(results)} scenarios passed\n")
    return [f"{name}@{revision}" for name in lost]


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="an endpoint that needs no credential; default: a fresh installation")
    parser.add_argument("revisions", nargs="*", default=REVISIONS, metavar="REVISION", help=" ".join(REVISIONS))
    options = parser.parse_args()
    node = node_ensure()
    lost: list[str] = []
    with tempfile.TemporaryDirectory() as folder, target(options.url, Path(folder)) as url:
        for revision in options.revisions:
            lost += report(revision, revision_run(node, url, revision, Path(folder) / revision))
    if lost:
        print(f"Should have passed: {', '.join(lost)}", file=sys.stderr)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
