"""`python -m control_plane.supervisor`: everything on one port, until Ctrl-C."""

import argparse
import asyncio
import signal
import sys

from control_plane.environment import ConfigurationError
from control_plane.supervisor.family import Hopeless
from control_plane.supervisor.run import run
from control_plane.supervisor.voice import complain
from mcp_runtime.lifeline import end_with_parent


def main() -> int:
    """Exit status: 0 after an orderly end, 1 when a part did not stay up, 2 when something must be configured first."""
    parser = argparse.ArgumentParser(prog="control_plane.supervisor", description=__doc__)
    parser.add_argument("--with-parent", action="store_true", help="stop when the process that started this one ends")
    if parser.parse_args().with_parent:
        end_with_parent(signal.SIGTERM)
    try:
        asyncio.run(run())
    except ConfigurationError as error:
        complain(str(error))
        return 2
    except Hopeless as error:
        complain(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
