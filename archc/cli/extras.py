"""The packages of the `train` extra: are they there?"""

from __future__ import annotations

from importlib.util import find_spec

from archc.diagnostics import catalog

_NAMES = {"torch": "PyTorch", "safetensors": "safetensors", "numpy": "NumPy"}


def missing_extra(command: str, *packages: str) -> catalog.training.MissingExtra | None:
    """The fault that says which package a command lacks; None where all are installed. Imports none of them."""
    for package in packages:
        if not _is_installed(package):
            return catalog.training.MissingExtra(command=f"`{command}`", package=_NAMES.get(package, package))
    return None


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:
        return False
