"""The arguments of another notation -> a term as a spec writes it. Loaded where a term is wrong."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from archc.diagnostics.fault import Fault
from archc.elaborate import synonyms
from archc.elaborate.suggest import fold, suggest_argument
from archc.syntax.tree import MappingNode, ScalarNode, SequenceNode, Tree
from archc.syntax.write import write_flow
from archc.terms.engine import ValidationError
from archc.terms.record import Argument, declared
from archc.terms.term import Term

_OF_CALLS_ALONE: Final = frozenset({"training", "inplace", "device", "dtype", "batchfirst"})
"""Arguments that a call in Python has, folded, and a spec has no need of."""


def of_layers(names: Container[str]) -> bool:
    """Whether these are the names of layers, and not of losses, optimizers or transforms."""
    return "Linear" in names


class Value(NamedTuple):
    """The value of an argument, `...` where it is not known, as that of an expression; and how a spec writes it."""

    data: object
    text: str


def value_of(tree: Tree) -> Value:
    """What stands at a place of a spec, on one line."""
    match tree:
        case MappingNode():
            parts = [(entry.name, value_of(entry.value)) for entry in tree.entries]
            text = ", ".join(f"{write_flow(name)}: {value.text}" for name, value in parts)
            return Value(_known({name: value.data for name, value in parts}), f"{{{text}}}")
        case SequenceNode():
            values = [value_of(item) for item in tree.items]
            return Value(_known([value.data for value in values]), f"[{', '.join(value.text for value in values)}]")
        case ScalarNode():
            return _scalar(tree)


def _scalar(tree: ScalarNode) -> Value:
    if isinstance(tree.value, str):
        if tree.value == "None" and not tree.quoted:
            return Value(None, "null")
        return Value(... if "${" in tree.value else tree.value, write_flow(tree.value))
    return Value(
        tree.value, tree.span.text if tree.span.text and "\n" not in tree.span.text else write_flow(tree.value)
    )


def _known(data: dict[str, object] | list[object]) -> object:
    parts = data.values() if isinstance(data, dict) else data
    return ... if any(part is ... for part in parts) else data


class Given(NamedTuple):
    """Arguments as another notation has them: those in order, those with their names, and the name of the layer.

    `exact` where the order is torch's, and no other that leaves out what follows from the input.
    """

    ordered: Sequence[Value] = ()
    named: Mapping[str, Value] = {}
    name: str | None = None
    exact: bool = False


def spelled(cls: type[Term], given: Given, *, short: bool = False) -> str | None:
    """How a term is written that is right with these arguments; None where it is not, whichever order is meant.

    Arguments in order are in torch's, or in that of notations which leave out what follows from the input. Sizes that
    follow from the input are left out. Where it is to be `short`, or arguments are in order, so are defaults, and the
    name of the one argument that can stand alone.
    """
    if getattr(cls, "contains", ()):
        return None
    return next(filter(None, (_in_order(cls, names, given, short) for names in _orders(cls, given))), None)


def _orders(cls: type[Term], given: Given) -> Iterator[list[str]]:
    names = list(declared(cls))
    yield names
    if given.ordered and not given.exact and (sizes := _sizes(cls)):
        yield [name for name in names if name not in sizes]


def _sizes(cls: type[Term]) -> Mapping[str, int]:
    """The arguments that follow from the input."""
    return getattr(cls, "sizes", {})


def _in_order(cls: type[Term], names: list[str], given: Given, short: bool) -> str | None:
    if len(given.ordered) > len(names):
        return None
    written = dict(zip(names, given.ordered, strict=False))
    for name, value in given.named.items():
        meant = name if name in declared(cls) else suggest_argument(name, [*declared(cls)])
        if meant is not None and meant not in written:
            written[meant] = value
        elif meant is not None or not _is_needless(name):
            return None
    if not _is_right(cls, written):
        return None
    kept = {name: value for name, value in written.items() if name not in _sizes(cls)}
    if short:
        kept = {name: _shortest(value, declared(cls)[name].kind.spread) for name, value in kept.items()}
    if short or given.ordered:
        kept = {
            name: value
            for name, value in kept.items()
            if name == cls.principal or not _is_default(value, declared(cls)[name])
        }
    texts = {name: value.text for name, value in kept.items()}
    if (short or given.ordered) and given.name is None and cls.principal and list(texts) == [cls.principal]:
        return f"{cls.__name__}: {texts[cls.principal]}"
    return term(cls.__name__, texts, given.name)


def _is_default(value: Value, argument: Argument) -> bool:
    default = argument.default
    default = [*default] if isinstance(default, tuple) else default
    return value.data in (default, _shortest(Value(default, ""), argument.kind.spread).data)


def _shortest(value: Value, spread: int) -> Value:
    """`(5, 5)` as 5, where one stands for as many."""
    data = value.data
    if isinstance(data, list) and len(data) == spread and all(item == data[0] and item is not None for item in data):
        return Value(data[0], write_flow(data[0]))
    return value


def _is_needless(name: str) -> bool:
    """Whether an argument is deleted, and nothing else changes."""
    folded = fold(name)
    return folded in _OF_CALLS_ALONE or synonyms.ARGUMENT_ADVICE.get(folded, "").startswith("delete it: ")


def _is_right(cls: type[Term], written: Mapping[str, Value]) -> bool:
    """Whether a term has these arguments, as far as their values are known."""
    values = {name: value.data for name, value in written.items()}
    if any(value is ... for value in values.values()):
        return all(name in values for name, argument in declared(cls).items() if argument.required)
    try:
        cls(**values).check()
    except (ValidationError, Fault):
        return False
    return True


def term(name: str, arguments: Mapping[str, str], own: str | None = None) -> str:
    """A term with these arguments, each as it is written. `own` is the name of the layer."""
    parts = {"name": write_flow(own), **arguments} if own else arguments
    return f"{name}: {{{', '.join(f'{key}: {text}' for key, text in parts.items())}}}" if parts else name
