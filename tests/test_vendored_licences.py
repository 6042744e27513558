"""What others wrote and we ship keeps its licence beside it."""

from pathlib import PurePosixPath

from tests.repository import files, read


def unlicensed(names: list[str]) -> list[str]:
    """The vendored files, by folder or by being minified, that have no licence in their own folder."""
    folders = {str(PurePosixPath(name).parent) for name in names if PurePosixPath(name).name.startswith("LICENSE")}
    vendored = [name for name in names if "vendor" in PurePosixPath(name).parts[:-1] or ".min." in name]
    return [name for name in vendored if str(PurePosixPath(name).parent) not in folders]


def test_the_project_has_its_own_licence() -> None:
    text = read("LICENSE")
    assert "Apache License" in text
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_every_vendored_file_has_its_licence_beside_it() -> None:
    assert unlicensed(list(files())) == []


def test_a_missing_licence_is_reported() -> None:
    planted = ["static/vendor/chart/chart.js", "static/vendor/htmx/htmx.js", "static/vendor/htmx/LICENSE", "a/b.min.js"]
    assert unlicensed(planted) == ["static/vendor/chart/chart.js", "a/b.min.js"]
