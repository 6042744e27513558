"""The toolkits of this installation, as the composition root hands them in."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from mcp_runtime.contract.ports import ToolCatalogue


@cache
def _load(path: str) -> ToolCatalogue:
    catalogue: ToolCatalogue = import_string(path)
    return catalogue


def tool_catalogue() -> ToolCatalogue:
    """The catalogue that the setting TOOL_CATALOGUE names. Raises ImportError where it names nothing."""
    return _load(settings.TOOL_CATALOGUE)
