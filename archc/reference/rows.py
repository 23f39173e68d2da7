"""Terms and sections -> the rows of their arguments: name, kind of value, default, meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archc.layers.base import Layer
from archc.recipe.data import DataKind
from archc.recipe.section import Cadence, Interval
from archc.reference.prose import fitted
from archc.terms.record import Argument, Record, declared
from archc.terms.term import Term

Row = tuple[str, str, str, str]
"""Name, kind of value, default, meaning."""


def written(name: str, says: str, default: str, doc: str, width: int) -> Iterator[str]:
    """A row as lines of text."""
    yield from fitted(f"{name}  ({says}; {default})", width, "  ", "    ")
    yield from fitted(doc, width, "      ")


def rows(cls: type[Term]) -> list[Row]:
    """The arguments of a term: name, kind of value, default, meaning."""
    found = [argument_row(argument, cls) for argument in declared(cls).values()]
    if issubclass(cls, Layer):
        found += [_contained_row(name, cls) for name in cls.contains]
        found.append(("name", "text", "its position", "Name of the submodule."))
        found.append(("when", "true or false", "true", "False leaves the layer out."))
    return found


def _contained_row(name: str, cls: type[Layer]) -> Row:
    default = "may be left out, or empty: the identity" if name in cls.may_be_empty else "required"
    if name == "nodes":
        return name, "a mapping of names to nodes", default, "The nodes, each after those that it takes."
    if name == "branches":
        return name, "a list of lists of layers, or a mapping of names to them", default, "Each gets the input."
    return name, "a list of layers", default, "The layers inside."


def argument_row(argument: Argument, cls: type[Record]) -> Row:
    """The row of one argument."""
    # Only a layer has sizes that follow from its input; the name is that of something else in a section.
    found = getattr(cls, "sizes", None)
    sizes: Mapping[str, int] = found if isinstance(found, Mapping) else {}
    if argument.name in sizes:
        default = "inferred from the input"
    elif argument.required:
        default = "required"
    else:
        default = f"default {_spelt(argument.default)}"
    return argument.name, argument.kind.says, default, argument.doc


def _spelt(value: Any) -> str:
    """A default as it is written in a spec."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Interval() | Cadence():
            text = f"{value.number} {value.unit}"
        case Record():
            text = ", ".join(f"{name}: {_spelt(item)}" for name, item in vars(value).items())
        case tuple():
            same = len(set(value)) == 1
            text = str(value[0]) if same else f"[{', '.join(_spelt(item) for item in value)}]"
        case _:
            text = str(value)
    return text


def spellings(cls: type[Term]) -> str:
    """The ways to write a term."""
    required = [name for name, argument in declared(cls).items() if argument.required]
    if issubclass(cls, Layer) and cls.contains:
        return f"`{cls.__name__}: [...]`" if cls.principal else f"`{cls.__name__}: {{{cls.contains[0]}: {{...}}}}`"
    if issubclass(cls, DataKind):
        beside = "".join(f", {name}: ..." for name in required or [*declared(cls)][:1])
        alone = [] if required else [f"`data: {cls.__name__}`"]
        return ", ".join([*alone, f"`data: {{name: {cls.__name__}{beside}}}`"])
    found = [] if required else [f"`{cls.__name__}`"]
    if cls.principal:
        found.append(f"`{cls.__name__}: ...` ({cls.principal})")
    names = required or [name for name in declared(cls) if name not in getattr(cls, "sizes", {})][:1]
    if names:
        found.append(f"`{cls.__name__}: {{{', '.join(f'{name}: ...' for name in names)}}}`")
    return ", ".join(found)
