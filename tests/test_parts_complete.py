"""Every test is in exactly one part that `make test` runs on SQLite, or in one on PostgreSQL; few are in both."""

from collections import Counter

from tests.parts import PARTS, SELECTIONS, counted, main, summary
from tests.repository import python_files


def owners(name: str, *, on_sqlite: bool = True) -> list[str]:
    """The parts that run a file, on SQLite or on another database."""
    found = []
    for part in (part for part in PARTS if on_sqlite is not bool(part.environment)):
        left_out = tuple(path.removeprefix("--ignore=") for path in part.paths if path.startswith("--ignore="))
        taken = tuple(path for path in part.paths if not path.startswith("--"))
        if name.startswith(taken) and not (left_out and name.startswith(left_out)):
            found.append(part.name)
    return found


def test_every_test_file_is_in_one_part() -> None:
    files = [name for name in python_files("tests") if name.split("/")[-1].startswith("test_")]
    assert len(files) > 50
    others = {name: owners(name) for name in files if len(owners(name)) != 1}
    assert {name: parts for name, parts in others.items() if parts or not owners(name, on_sqlite=False)} == {}


def test_a_test_in_no_part_would_be_noticed() -> None:
    assert owners("tests/nowhere/test_lost.py") == owners("tests/nowhere/test_lost.py", on_sqlite=False) == []
    assert owners("tests/control_plane/processes/test_new.py") == ["processes"]
    assert owners("tests/control_plane/test_new.py") == ["unit"]


def test_selections_have_names_of_their_own() -> None:
    assert len({part.name for part in SELECTIONS}) == len(SELECTIONS)


def test_an_unknown_part_is_refused(capsys: object) -> None:
    assert main(["nothing"]) == 2
    assert "There is no part nothing; there are end_to_end, " in capsys.readouterr().err  # type: ignore[attr-defined]


def test_the_last_line_is_the_sum() -> None:
    total = Counter(tests=10, failures=1, errors=2, skipped=3)
    assert summary(total, 1.5).strip("= ") == "1 failed, 4 passed, 3 skipped, 2 errors in 1.50s"
    assert counted([]) == Counter()
