"""How large a document may be. Each limit is a fault of its own, found before the memory is spent."""

from typing import Final

FILE_BYTES: Final = 4 * 1024 * 1024
NESTING: Final = 100
NODES: Final = 200_000
EXPANDED_NODES: Final = 1_000_000
SCALAR_BYTES: Final = 64 * 1024
INT_BITS: Final = 63
"""Integers lie in -2**63 .. 2**63 - 1."""
