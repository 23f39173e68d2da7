"""A key or an argument that its owner does not have -> where it belongs. Loaded where a name is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from archc import language
from archc.elaborate import synonyms
from archc.elaborate.foreign import activation
from archc.elaborate.suggest import fold
from archc.layers import LAYERS
from archc.recipe.expect import Expect
from archc.recipe.losses import LOSSES
from archc.recipe.optimizers import OPTIMIZERS
from archc.recipe.section import Section
from archc.recipe.train import Train
from archc.syntax.tree import Entry, MappingNode, ScalarNode
from archc.terms.record import declared
from archc.terms.term import Term

if TYPE_CHECKING:
    from archc.elaborate.misplaced import Meant

_ACTIVATION: Final = frozenset({"activation", "act", "actfn", "activationfn", "activationfunction", "nonlinearity"})
_OF_THEIR_OWN: Final = {
    "dropout": "Dropout",
    "dropoutrate": "Dropout",
    "batchnorm": "BatchNorm2d",
    "batchnormalization": "BatchNorm2d",
    "bn": "BatchNorm2d",
    "usebn": "BatchNorm2d",
    "pool": "MaxPool2d",
    "pooling": "MaxPool2d",
    "maxpool": "MaxPool2d",
    "flatten": "Flatten",
    "relu": "ReLU",
}
"""Words for what other configurations make a part of a layer, and torch a layer of its own."""

_FAMILIAR: Final = (
    "Conv2d",
    "Linear",
    "MaxPool2d",
    "BatchNorm2d",
    "Dropout",
    "LeakyReLU",
    "Flatten",
    "Softmax",
    "LSTM",
    "SGD",
    "Adam",
)


def argument_advice(entry: Entry, owner: str, table: Mapping[str, type[Term]]) -> str | None:
    """What to do about an argument that the term `owner` does not have under any name."""
    folded = fold(entry.name)
    if owner in LAYERS or owner in synonyms.LAYERS.values():
        if entry.name in LAYERS and owner in LAYERS and LAYERS[owner].contains:
            return f"the layers of a `{owner}` are a list: begin each with `- `, as in `- {entry.name}: ...`"
        if folded in _ACTIVATION:
            return _activation(entry, owner)
        if folded in _OF_THEIR_OWN:
            layer = _OF_THEIR_OWN[folded]
            number = isinstance(entry.value, ScalarNode) and type(entry.value.value) in (int, float)
            text = f"{layer}: {entry.value.span.text}" if number and layer in ("Dropout", "MaxPool2d") else layer
            return f"put `{text}` after `{owner}`, as a layer of its own"
    if folded in synonyms.ARGUMENT_ADVICE:
        return synonyms.ARGUMENT_ADVICE[folded]
    other = next((name for name in _familiar_first(table) if entry.name in declared(table[name])), None)
    return f"`{entry.name}` is an argument of `{other}`, not of `{owner}`" if other else None


def _activation(entry: Entry, owner: str) -> str:
    if layer := activation(entry.value):
        return f"put `{layer}` after `{owner}`, as a layer of its own"
    if isinstance(entry.value, ScalarNode) and entry.value.value in (None, "linear", "none", "identity", "None"):
        return "delete it: a layer has no activation of its own"
    return f"put the activation after `{owner}`, as a layer of its own, as in `ReLU`"


def _familiar_first(table: Mapping[str, type[Term]]) -> Iterator[str]:
    yield from (name for name in _FAMILIAR if name in table)
    yield from table


def branch_advice(tree: ScalarNode, path: str) -> str | None:
    """What to write where the layers of a branch are a name: of a layer, or of another layer whose output is meant."""
    if ".branches" not in path and not path.endswith((".layers", ".shortcut")):
        return None
    if tree.value in LAYERS:
        return f"write `[{tree.span.text}]`: it is a list of layers"
    return (
        "a branch is a list of layers, and what other layers give has no name here; "
        "a `Graph` has named nodes, each from any earlier ones"
    )


def key_advice(name: str, where: str) -> str | None:
    """Where a key belongs that the section `where` does not have, or what to do about it."""
    if name in LAYERS:
        return f"`{name}` is a layer: list it under `layers`"
    for noun, table in (("optimizer", OPTIMIZERS), ("loss", LOSSES)):
        if name in table:
            return f"`{name}` is a name of the key `{noun}`, as in `{noun}: {name}`"
    place = next((section for section, keys in _sections() if name in keys and section != where), None)
    if fold(name) in synonyms.KEY_ADVICE and (place is None or place == "`expect`"):
        return synonyms.KEY_ADVICE[fold(name)]
    if place is not None:
        return f"`{name}` is a key of {place}, not of {where}"
    if name in language.names(language.DOCUMENT)[1:] and where != "a spec":
        return f"`{name}` is a key of the document itself, not of {where}"
    return None


def key_meant(entry: Entry, where: str, tree: MappingNode) -> Meant | None:
    """What a key asks for that the section `where` does not have, and how it is said where it belongs."""
    from archc.elaborate.misplaced import meant

    place = next((section for section, keys in _sections() if entry.name in keys and section != where), "")
    own = "" if where == "a spec" else where.strip("`")
    return meant(entry, own, tree, place.strip("`") if place.startswith("`train") else None)


def _sections() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every section of the document with its keys, by what it is called in messages."""
    yield from _inside("train", Train)
    yield from _inside("expect", Expect)
    yield "`input`", language.names(language.INPUT)
    yield "a block", ("params",)


def _inside(path: str, cls: type[Section]) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield f"`{path}`", tuple(declared(cls))
    for name, field in declared(cls).items():
        part = field.record
        if part and issubclass(part, Section):
            yield from _inside(f"{path}.{name}", part)
