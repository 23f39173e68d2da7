"""Facts of the language that several stages read: the patterns of names, and the words that are none."""

from __future__ import annotations

import re
from typing import Final

VARIABLE: Final = "[A-Za-z_][A-Za-z0-9_]{0,63}"
"""Of a variable, a block's parameter, and the counter of a Repeat."""

BLOCK: Final = "[a-z][a-z0-9_]{0,63}"
"""Of a block: layers begin with a capital, so that the two cannot collide."""

CONSTANTS: Final = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
"""What expressions take these words for."""

RESERVED: Final = frozenset({"if", "else", "and", "or", "not", *CONSTANTS})
"""Words that cannot be names."""


def is_variable(name: str) -> bool:
    """Whether a text can name a variable."""
    return re.fullmatch(VARIABLE, name) is not None and name not in RESERVED
