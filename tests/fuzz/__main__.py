"""`python -m tests.fuzz [modern|legacy] --count N --seed N`: very many bodies at one runtime; or one of them
again, with `--only NUMBER`. The exit status is 0 when there was nothing wrong with any answer."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom
from typing import Final

from tests.fixtures.store import ValkeyServer
from tests.fuzz.campaign import Campaign, campaign
from tests.fuzz.desk import serving
from tests.fuzz.judging import faults
from tests.fuzz.running import run

ERAS: Final = ("modern", "legacy")


@contextmanager
def store() -> Iterator[str]:
    """A store of its own, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="atrium-fuzz-") as folder:
        server = ValkeyServer(Path(folder))
        server.start()
        try:
            yield server.url
        finally:
            server.stop()


async def show(redis_url: str, era: str, seed: int, number: int) -> bool:
    """Send one case once more, and write down what was sent, what came back, and what is wrong with it."""
    async with serving(redis_url) as served:
        case, reply = await Campaign(served, era, seed).replay(number)
    for name, value in case.headers:
        sys.stdout.write(f"{name.decode('latin-1')}: {value.decode('latin-1')}\n")
    sys.stdout.write(f"\n{case.body!r}\n\n{reply.status} {reply.headers}\n{reply.body!r}\n\n")
    wrong = faults(case, reply)
    sys.stdout.write("\n".join(wrong or ["nothing is wrong with it"]) + "\n")
    return not wrong


def main() -> int:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="tests.fuzz", description=__doc__)
    parser.add_argument("eras", nargs="*", default=list(ERAS), metavar="modern|legacy")
    parser.add_argument("--count", type=int, default=200_000, help="how many different bodies, in each era")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(2**32))
    parser.add_argument("--only", type=int, help="send the one case of this number again")
    options = parser.parse_args()
    good = True
    with store() as url:
        for era in options.eras:
            if options.only is not None:
                good &= run(show(url, era, options.seed, options.only))
                continue
            outcome = run(campaign(url, era, options.seed, options.count))
            sys.stdout.write(f"{outcome}\n" + "".join(f"{each}\n" for each in outcome.found))
            good &= not outcome.found and outcome.incidents == 0
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
