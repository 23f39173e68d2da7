"""The version of archc, as `pyproject.toml` reads it and as files that archc writes carry it."""

__version__ = "0.1.0"
