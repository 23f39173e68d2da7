"""A file -> the project that it belongs to. Nothing outside it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SETTINGS: Final = "archc.toml"
"""The file of a project's settings; it marks the project's root, too."""

_ROOT_MARKS: Final = (SETTINGS, "pyproject.toml", ".git")


def project_root(folder: Path) -> Path:
    """The nearest folder that marks a project, from `folder` up; `folder` itself where none does."""
    for candidate in (folder, *folder.parents):
        if any((candidate / mark).exists() for mark in _ROOT_MARKS):
            return candidate
    return folder
