"""What pip leaves behind of a package with a toolkit; its module is on the path already."""

from pathlib import Path


def toolkit_installed(site: Path) -> Path:
    """Write it into this folder, which then belongs on the path."""
    metadata = site / "atrium_warehouse-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: atrium-warehouse\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[atrium.toolkits]\nwarehouse = tests.chaos.toolkit:toolkit\n")
    return site
