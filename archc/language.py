"""Facts of the language that several stages read: the keys of its mappings, the patterns of names, reserved words."""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Key(NamedTuple):
    """A key of a mapping: what it is for, an entry with it, and whether there has to be one."""

    name: str
    doc: str
    example: str = ""
    required: bool = False


Keys = tuple[Key, ...]

DOCUMENT: Final[Keys] = (
    Key("archc", "The edition of the language.", "archc: 1", required=True),
    Key("name", "Name of the network; by default the file's name.", "name: FashionCNN"),
    Key("description", "Free text.", "description: a first try"),
    Key("input", "Shape of one sample, without the batch axis.", "input: [1, 28, 28]", required=True),
    Key("vars", "Constants that expressions may use.", "vars: {width: 64}"),
    Key("include", "Files of the project with `vars` and `blocks`.", "include: [blocks.yaml]"),
    Key("blocks", "Reusable groups of layers with parameters.", "blocks: {pair: {layers: [Tanh, Tanh]}}"),
    Key("layers", "The layers, one after the other.", "layers: [ReLU]", required=True),
    Key("expect", "Claims about the network; `archc check` fails where one does not hold.", "expect: {output: [10]}"),
    Key("train", "How to train the network.", "train: {data: MNIST, loss: MSELoss, optimizer: SGD, epochs: 1}"),
)
"""Those of a spec, in the order in which they are written. Beside them there is free metadata, `x-...`."""

FRAGMENT: Final[Keys] = tuple(key for key in DOCUMENT if key.name in ("archc", "include", "vars", "blocks"))
"""Those of a file that is included."""

INPUT: Final[Keys] = (
    Key("shape", "Shape of one sample, without the batch axis.", "shape: [1, 28, 28]", required=True),
    Key("dtype", "Type of the elements: `float32` or, for tokens, `int64`.", "dtype: int64"),
    Key("axes", "What its axes hold, by default what the first layer takes them for.", "axes: [steps, features]"),
)

LAYER: Final[Keys] = (
    Key("name", "Name of the submodule; by default its position.", "name: conv1"),
    Key("when", "False leaves the layer out.", "when: true"),
)
"""Those that every layer has beside its arguments."""

REPEAT: Final[Keys] = (
    Key("times", "How often the layers are repeated.", "times: 3", required=True),
    Key("as", "The name of the counter: 0, 1, 2, ...", "as: i"),
    Key("layers", "The layers to repeat.", "layers: [ReLU]", required=True),
    LAYER[1],
)

BLOCK: Final[Keys] = (
    Key(
        "params",
        "Parameters: `int`, `float`, `bool` or `str` for a required one, else its default.",
        "params: {channels: int, kernel: 3}",
    ),
    Key("layers", "The layers of the block.", "layers: [ReLU]", required=True),
)

NODE: Final[Keys] = (
    Key("from", "The nodes that it takes, or `input`, which is what the graph receives.", "from: [stem, input]"),
    Key("merge", "What makes one of several: Add, Multiply or Concat.", "merge: Add"),
    Key("layers", "The layers of the node.", "layers: [ReLU]"),
)
"""Those of a node of a Graph."""


def names(keys: Keys) -> tuple[str, ...]:
    """The names of some keys."""
    return tuple([key.name for key in keys])


VARIABLE: Final = "[A-Za-z_][A-Za-z0-9_]{0,63}"
"""Of a variable, a block's parameter, and the counter of a Repeat."""

BLOCK_NAME: Final = "[a-z][a-z0-9_]{0,63}"
"""Of a block: layers begin with a capital, so that the two cannot collide."""

_NOT_IN_FOLDERS: Final = r'\x00-\x1f\x7f/\\:*?"<>|'
_DEVICES: Final = "(?:[cC][oO][nN]|[pP][rR][nN]|[aA][uU][xX]|[nN][uU][lL]|[cC][oO][mM][0-9]|[lL][pP][tT][0-9])(?:[.]|$)"

NAME: Final = rf"(?![. ])(?!{_DEVICES})[^{_NOT_IN_FOLDERS}]*[^{_NOT_IN_FOLDERS}. ]"
"""Of a document: what can be the name of a folder, under every system. `why_no_name` knows more."""

NAME_LENGTH: Final = 64
"""The most characters of a document's name."""

CONSTANTS: Final = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
"""What expressions take these words for."""

RESERVED: Final = frozenset({"if", "else", "and", "or", "not", *CONSTANTS})
"""Words that cannot be names."""


def is_variable(name: str) -> bool:
    """Whether a text can name a variable."""
    return re.fullmatch(VARIABLE, name) is not None and name not in RESERVED


def is_block(name: str) -> bool:
    """Whether a text can name a block."""
    return re.fullmatch(BLOCK_NAME, name) is not None and name not in RESERVED


def why_no_name(name: str) -> str | None:
    """Why a text cannot name a document, whose runs are in a folder of that name; None where it can."""
    if not name:
        return "it is empty"
    if len(name) > NAME_LENGTH or len(name.encode(errors="replace")) > 255:
        return f"it is longer than {NAME_LENGTH} characters, or 255 bytes"
    if wrong := re.search(f"[{_NOT_IN_FOLDERS}]", name):
        return (
            f"it has {'a control character' if wrong[0] < ' ' else f'`{wrong[0]}`'}, which a folder's name cannot have"
        )
    if not name.isprintable():
        return "it has a character that cannot be seen"
    if name[0] in ". " or name[-1] in ". ":
        return f"it {'begins' if name[0] in '. ' else 'ends'} with a {'dot' if '.' in (name[0], name[-1]) else 'space'}"
    return "Windows keeps this name for a device" if re.match(_DEVICES, name) else None


def name_like(text: str) -> str:
    """The nearest name of a document to a text; empty where nothing of it is left."""
    readable = "".join([character if character.isprintable() else " " for character in text])
    found = re.sub(f"[{_NOT_IN_FOLDERS}]+", "-", readable).strip(". -")[:NAME_LENGTH]
    while len(found.encode(errors="replace")) > 255:
        found = found[:-1]
    found = found.rstrip(". ")
    return next((name for name in (found, f"{found}-") if found and not why_no_name(name)), "")
