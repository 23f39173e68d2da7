"""pydantic_core's engine by itself, without the package around it.

The package of pydantic_core builds a typed mapping for every schema that it knows, and its mark on a deprecated
function loads asyncio, which takes a tenth of a cold `archc check`. The engine is one extension module in that package.
It is loaded here under its own name, so that whoever imports pydantic later gets the same classes.
"""

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import TYPE_CHECKING

__all__ = ["SchemaValidator", "ValidationError"]

_PACKAGE = "pydantic_core"
_ENGINE = f"{_PACKAGE}._pydantic_core"


def _engine() -> ModuleType:
    """The extension module alone; the whole package where it is loaded anyway, or has its engine elsewhere."""
    package = None if _PACKAGE in sys.modules else find_spec(_PACKAGE)
    spec = package and PathFinder.find_spec(_ENGINE, package.submodule_search_locations)
    if not spec or not spec.loader:
        return import_module(_PACKAGE)
    if _ENGINE in sys.modules:
        return sys.modules[_ENGINE]
    engine = module_from_spec(spec)
    spec.loader.exec_module(engine)
    return sys.modules.setdefault(_ENGINE, engine)


if TYPE_CHECKING:
    from pydantic_core import SchemaValidator, ValidationError
else:
    SchemaValidator, ValidationError = _engine().SchemaValidator, _engine().ValidationError
