"""Where the tests find what is not a test."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The checkout."""
SPECS = ROOT / "specs"
