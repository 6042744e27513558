"""Which method is served by what, collected from the families beside this file."""

import importlib
import pkgutil

from mcp_runtime import methods
from mcp_runtime.calls.call import Method


def _collect(era: str) -> dict[str, Method]:
    found: dict[str, Method] = {}
    for module_info in pkgutil.iter_modules(methods.__path__):
        if module_info.name == "registry":
            continue
        module = importlib.import_module(f"{methods.__name__}.{module_info.name}")
        served: dict[str, Method] = getattr(module, era, {})
        if twice := found.keys() & served.keys():
            raise RuntimeError(f"served by two modules: {', '.join(sorted(twice))}")
        found.update(served)
    return found


MODERN: dict[str, Method] = _collect("MODERN")
LEGACY: dict[str, Method] = _collect("LEGACY")
