"""Every setting is read in one way, is in .env.example with a word about it, and has a row in docs/configuration.md."""

import ast
import re
from functools import cache
from typing import Final

from tests.repository import PACKAGES, python_files, read, syntax_tree

MOST_SETTINGS: Final = 40
READS_DIRECTLY: Final = "platform/control_plane/environment.py"
DEFAULTS_SET: Final = tuple(
    f'os.environ.setdefault("{name}"' for name in ("DJANGO_SETTINGS_MODULE", "CELERY_SKIP_CHECKS")
)


@cache
def readers() -> frozenset[str]:
    """The functions of `control_plane.environment` that are told a name, and the look-up that they all use."""
    functions = [node for node in syntax_tree(read(READS_DIRECTLY)).body if isinstance(node, ast.FunctionDef)]
    named = {node.name for node in functions if node.args.args and node.args.args[0].arg == "name"}
    return frozenset(named | {"os.environ.get"})


def settings_read(source: str) -> set[str]:
    """The names that a source reads through `control_plane.environment`, or by its own functions inside that module."""
    names = set()
    for node in ast.walk(syntax_tree(source)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            function = ast.unparse(node.func).removeprefix("environment.")
            if function in readers() and str(node.args[0].value).isupper():
                names.add(str(node.args[0].value))
    return names


def direct_reads(source: str) -> list[str]:
    """The places that ask the environment themselves. Setting a default for Django or Celery is not reading."""
    lines = source.splitlines()
    found = [line.strip() for line in lines if re.search(r"os\.(environ|getenv)\b", line)]
    return [line for line in found if not line.startswith(DEFAULTS_SET)]


@cache
def all_settings() -> frozenset[str]:
    return frozenset().union(*(settings_read(read(name)) for name in python_files(*PACKAGES)))


def example_settings(text: str) -> dict[str, bool]:
    """The names of an example file, commented out or not; True where the line before is a comment in words."""
    form = re.compile(r"(?:# ?)?([A-Z][A-Z0-9_]+)=")
    pairs = zip(["", *text.splitlines()], text.splitlines(), strict=False)
    found = [(match, before) for before, line in pairs if (match := form.match(line))]
    return {match[1]: before.startswith("# ") and not form.match(before) for match, before in found}


def test_the_example_file_explains_exactly_the_settings_that_are_read() -> None:
    example = example_settings(read(".env.example"))
    assert set(example) == all_settings()
    assert [name for name, explained in example.items() if not explained] == []


def test_the_configuration_page_has_a_row_for_every_setting() -> None:
    rows = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", read("docs/configuration.md"), re.MULTILINE))
    assert rows == all_settings()


def test_there_are_few_settings() -> None:
    assert 10 < len(all_settings()) <= MOST_SETTINGS


def test_only_the_readers_ask_the_environment() -> None:
    found = {name: direct_reads(read(name)) for name in python_files(*PACKAGES) if name != READS_DIRECTLY}
    assert {name: places for name, places in found.items() if places} == {}


def test_undocumented_and_direct_reads_are_seen() -> None:
    assert settings_read('X = environment.number("NEW_LIMIT", 5)\nY = text("OTHER", "")') == {"NEW_LIMIT", "OTHER"}
    assert example_settings("# what for\nAA=1\n\n# BB=2\nCC=3\n") == {"AA": True, "BB": False, "CC": False}
    assert direct_reads('x = os.environ["SECRET"]\nos.getenv("Y")') == ['x = os.environ["SECRET"]', 'os.getenv("Y")']
