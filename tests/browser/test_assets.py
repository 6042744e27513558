"""What is served is what the sources say, byte for byte; and templates use no class and no icon that it lacks."""

import filecmp
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.repository import ROOT, files, read

SERVED: Final = "platform/control_plane/static/control_plane"
WRITTEN: Final = ("js/", "icons/atrium.svg")
TAGS: Final = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
HOOKS: Final = {"language-"}
"""Beginnings of classes that style nothing: they name a thing for scripts and readers."""


def templates() -> list[str]:
    return [name for name in files() if name.startswith("templates/") and name.endswith(".html")]


def classes_used(text: str) -> set[str]:
    """The classes that the `class` attributes of a template may hold, whichever branch it takes."""
    # A value may hold tags with quotes of their own, so tags go first; what they choose among stays.
    bare = TAGS.sub(lambda tag: " " if tag[0].startswith("{%") else "\0", text)
    values = re.findall(r'(?<![\w-])class="([^"]*)"', bare)
    return {word for value in values for word in value.split() if "\0" not in word}


def classes_defined(sheet: str) -> set[str]:
    return {name.replace("\\", "") for name in re.findall(r"\.((?:[a-zA-Z_]|\\.)(?:[\w-]|\\.)*)", sheet)}


def undefined(text: str, sheet: str) -> set[str]:
    """The classes of a template that the sheet does not know."""
    unknown = classes_used(text) - classes_defined(sheet)
    return {name for name in unknown if not name.startswith(tuple(HOOKS))}


def icons_used(text: str) -> set[str]:
    """The icons that a template or a Python file names."""
    named = r'<c-icon name="([a-z0-9-]+)"|(?:\s|^)icon="([a-z0-9-]+)"'
    return {next(filter(None, found)) for found in re.findall(named, text)}


@pytest.fixture(scope="module")
def built(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything built once more, elsewhere."""
    target = tmp_path_factory.mktemp("assets")
    subprocess.run(["bash", "tests/setup/assets.sh"], cwd=ROOT, check=True, timeout=600)
    subprocess.run([str(node), "assets/build.js", str(target)], cwd=ROOT, check=True, timeout=120)
    return target


def test_what_is_served_is_what_is_built(built: Path) -> None:
    made = {str(path.relative_to(built)) for path in built.rglob("*") if path.is_file()}
    served = {name.removeprefix(f"{SERVED}/") for name in files() if name.startswith(f"{SERVED}/")}
    assert {name for name in served if not name.startswith(WRITTEN)} == made
    assert [name for name in made if not filecmp.cmp(built / name, ROOT / SERVED / name, shallow=False)] == []


def test_every_class_is_in_the_sheet() -> None:
    sheet = read(f"{SERVED}/app.css")
    admin = "templates/admin/"
    found = {name: undefined(read(name), sheet) for name in templates() if not name.startswith(admin)}
    assert {name: classes for name, classes in found.items() if classes} == {}


def test_every_icon_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', read(f"{SERVED}/icons/lucide.svg")))
    assert sprite == set(read("assets/icons.txt").split())
    found = {name: icons_used(read(name)) - sprite for name in templates()}
    assert {name: icons for name, icons in found.items() if icons} == {}


def test_nothing_is_inline() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)|hx-on|javascript:")
    assert {name: found for name in templates() if (found := inline.findall(read(name)))} == {}


def test_what_is_unknown_is_reported() -> None:
    text = (
        '<a class="btn{% if wide %} moon{% endif %} tag-{{ kind }}"><c-icon name="submarine" /><c-button icon="copy">'
    )
    assert undefined(text, ".btn{}.sm\\:flex{}") == {"moon"}
    assert icons_used(text) == {"submarine", "copy"}
    assert classes_defined(".sm\\:flex{}.a.b:hover") == {"sm:flex", "a", "b"}
