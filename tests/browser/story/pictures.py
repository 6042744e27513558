"""The pictures of README.md: those that the story leaves, in light. `make pictures` takes them anew."""

import os
import shutil
from typing import Final

from tests.browser.examination import SCREENSHOTS
from tests.repository import ROOT

FOLDER: Final = ROOT / "docs" / "images"
KEPT: Final = ("home", "connect", "permissions", "consent")
MOST_BYTES: Final = 150_000


def keep(name: str) -> None:
    """Put a picture that was just taken into the documents, where one is wanted there and PICTURES is set."""
    taken = SCREENSHOTS / f"story-{name}-light.png"
    if name in KEPT and os.environ.get("PICTURES"):
        assert taken.stat().st_size <= MOST_BYTES, f"{taken} is too large for a document"
        FOLDER.mkdir(exist_ok=True)
        shutil.copyfile(taken, FOLDER / f"{name}.png")
