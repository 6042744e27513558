"""What the Dockerfile does, done on this machine."""

import re
from pathlib import Path

from tests.repository import BINARIES, PYTHON_PATH, read, run

DOCKERFILE = read("Dockerfile").replace("\\\n", " ")


def static_files_collect(directory: Path) -> None:
    """Collect the static files into a folder of this directory, which is the image's data directory. Fails where the
    step does."""
    step = next(re.finditer(r"^RUN (.*) python (manage\.py collectstatic.*)$", DOCKERFILE, re.MULTILINE))
    given = dict(assignment.split("=", 1) for assignment in step[1].split())
    environment = {**given, "ATRIUM_DATA_DIR": str(directory), "PYTHONPATH": PYTHON_PATH}
    finished = run(str(BINARIES / "python"), *step[2].split(), **environment)
    assert finished.returncode == 0, finished.stdout + finished.stderr
