"""archc: a compiler for declarative network architectures. Importing it loads neither torch nor numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archc.api import build, check, evaluate, load, loads, open, resume, train  # noqa: A004 - the contract's word
    from archc.diagnostics.report import Diagnostic, Report
    from archc.errors import ArchcError, Elsewhere, Interrupted, RunError, SpecError
    from archc.network import Network, Node
    from archc.version import __version__

_HOMES = {
    "ArchcError": "archc.errors",
    "Diagnostic": "archc.diagnostics.report",
    "Elsewhere": "archc.errors",
    "Interrupted": "archc.errors",
    "Network": "archc.network",
    "Node": "archc.network",
    "Report": "archc.diagnostics.report",
    "RunError": "archc.errors",
    "SpecError": "archc.errors",
    "__version__": "archc.version",
    "build": "archc.api",
    "check": "archc.api",
    "evaluate": "archc.api",
    "load": "archc.api",
    "loads": "archc.api",
    "open": "archc.api",
    "resume": "archc.api",
    "train": "archc.api",
}
"""Where each public name lives. Its module is loaded when the name is first used, so each command loads its own."""

__all__ = [
    "ArchcError",
    "Diagnostic",
    "Elsewhere",
    "Interrupted",
    "Network",
    "Node",
    "Report",
    "RunError",
    "SpecError",
    "__version__",
    "build",
    "check",
    "evaluate",
    "load",
    "loads",
    "open",
    "resume",
    "train",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'archc' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
