"""A term that is none -> what its author meant: Python, another framework, a slip. Loaded where a term is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from archc.diagnostics.fault import Remedy
from archc.elaborate import synonyms
from archc.elaborate.composed import composed
from archc.elaborate.python import read
from archc.elaborate.spelled import Given, Value, of_layers, spelled, term, value_of
from archc.elaborate.suggest import fold, same, suggest
from archc.syntax import scalars
from archc.syntax.tree import Entry, MappingNode, ScalarNode, SequenceNode, Tree, clip
from archc.terms.record import declared
from archc.terms.term import Term

_PREFIX = re.compile(
    r"(?:torch\.)?nn\.(?:functional\.|modules\.)?|F\.|(?:torch\.)?optim\.(?:lr_scheduler\.)?|lr_scheduler\."
    r"|(?:tf\.)?keras\.(?:layers|losses|optimizers)\.|layers\.|(?:torchvision\.)?transforms\.(?:v2\.)?|torch\."
)
_CALL = re.compile(r"(?P<name>[\w.]+)\s*\((?P<arguments>.*)\)", re.DOTALL)
_SPACED = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:\s*=\s*|\s+)(?P<value>\S.*)")
_PRINTED_NAME = re.compile(r"\((\w+)\)")
_TYPE_KEYS: Final = frozenset(
    {"type", "class", "classname", "classpath", "layer", "op", "kind", "module", "layertype", "target", "name"}
)
"""Keys under which other notations have the name of a class, folded."""
_ARGUMENT_KEYS: Final = frozenset(
    {"args", "kwargs", "params", "parameters", "config", "cfg", "arguments", "options", "initargs", "settings"}
)
"""Keys under which other notations have its arguments, folded."""
_SHOWN: Final = 120


_ACTIVATION: Final = "activation"


class Meaning(NamedTuple):
    """What a wrong name means. A certain one is taken as meant; `terms` are whole terms, as a spec writes them."""

    suggestion: str | None = None
    advice: str | None = None
    terms: tuple[str, ...] = ()
    certain: bool = False


def rewritten(terms: Sequence[str]) -> Remedy | None:
    """The remedy that puts these terms in the place of one; none where there are none."""
    if not terms:
        return None
    return Remedy(f"write {_listed(terms)}", "\n".join(terms), safe=False, action="rewrite")


def _listed(terms: Sequence[str]) -> str:
    return ", then ".join(f"`{clip(text, _SHOWN)}`" for text in terms)


def bare(name: str) -> str:
    """A name without Python's module before it and empty parentheses behind it: `nn.ReLU()` is `ReLU`."""
    found = _CALL.fullmatch(name.strip())
    if found and not found["arguments"].strip():
        name = found["name"]
    prefix = _PREFIX.match(name)
    return name[prefix.end() :] if prefix else name


def meaning(name: str, value: Tree | None, table: Mapping[str, type[Term]], others: tuple[str, ...] = ()) -> Meaning:
    """What a name means that is not in a table of terms; `others` are names that are known beside them."""
    known = [*table, *others]
    return (
        _slip(name, value, table, known)
        or _foreign(bare(name), value, known)
        or _own_name(name, value, table, known)
        or _near(bare(name), known)
    )


def _slip(name: str, value: Tree | None, table: Mapping[str, type[Term]], known: list[str]) -> Meaning | None:
    """A known name, with what does not belong to it."""
    short = bare(name)
    if short != name and short in known:
        return Meaning(short, certain=True)
    if value is None and (trimmed := name.rstrip(",;")) in known:
        return Meaning(trimmed, certain=True)
    if value is None:
        return _python(name, table) or _spaced(name, table)
    if fold(name) in _TYPE_KEYS and isinstance(value, ScalarNode):
        return _typed(value, table)
    return None


def _typed(value: ScalarNode, table: Mapping[str, type[Term]]) -> Meaning | None:
    """`type: ReLU`."""
    if named := _known(str(value.value), table):
        reason = ": the name of a layer is no value" if of_layers(table) else ""
        return Meaning(advice=f"write `{named}` alone{reason}", terms=(named,))
    return _python(str(value.value), table)


def _own_name(name: str, value: Tree | None, table: Mapping[str, type[Term]], known: list[str]) -> Meaning | None:
    """`conv1: {Conv2d: {...}}`, `(fc): Linear(in_features=4, out_features=2)`: the name of a layer as the key."""
    printed = _PRINTED_NAME.fullmatch(name)
    own = printed[1] if printed else name
    if value is None or not of_layers(table) or same(own, known) or "." in own:
        return None
    found = named(None if printed and own.isdigit() else own, value, table)
    return Meaning(advice=f"write `{clip(found, _SHOWN)}`", terms=(found,)) if found else None


def named(own: str | None, value: Tree, table: Mapping[str, type[Term]]) -> str | None:
    """A layer with its name, from the two of them; None where the value is no term."""
    if isinstance(value, SequenceNode) and value.items and all(_head(item) in table for item in value.items):
        return term("Sequential", {"layers": value_of(value).text}, own)
    if isinstance(value, ScalarNode) and isinstance(value.value, str):
        if known := _known(value.value, table):
            return term(known, {}, own)
        reading = read(f"self.{own} = {value.value}" if own else value.value, table)
        return reading.terms[0] if reading and len(reading.terms) == 1 else None
    if not isinstance(value, MappingNode):
        return None
    entry = value.entries[0] if len(value.entries) == 1 else None
    cls = table.get(entry.name) if entry else None
    if entry is None or cls is None:
        return _keyed(value, table, own)
    return _of_entry(cls, entry.value, own)


def _head(item: Tree) -> str:
    """The name of a term."""
    if isinstance(item, MappingNode):
        return item.entries[0].name if len(item.entries) == 1 else ""
    return str(item.value) if isinstance(item, ScalarNode) else ""


def _of_entry(cls: type[Term], value: Tree, own: str | None) -> str | None:
    """A term from its value, as a spec has it, and a name."""
    if contains := getattr(cls, "contains", ()):
        written = value_of(value).text
        inner = {contains[0]: written} if isinstance(value, SequenceNode) else None
        if isinstance(value, MappingNode):
            inner = {entry.name: value_of(entry.value).text for entry in value.entries}
        return term(cls.__name__, inner, own) if inner else None
    if isinstance(value, MappingNode):
        return spelled(cls, Given(named={entry.name: value_of(entry.value) for entry in value.entries}, name=own))
    if isinstance(value, ScalarNode) and value.value is None:
        return term(cls.__name__, {}, own)
    if cls.principal:
        return spelled(cls, Given(named={cls.principal: value_of(value)}, name=own))
    return spelled(cls, Given(_positional(value), name=own))


def _positional(value: Tree) -> tuple[Value, ...]:
    return tuple(map(value_of, value.items if isinstance(value, SequenceNode) else (value,)))


def listed(tree: SequenceNode, table: Mapping[str, type[Term]]) -> str | None:
    """How a list of a name and its arguments, `[Conv2d, 8, 3]`, is written as a term."""
    first = tree.items[0] if tree.items else None
    cls = table.get(_known(str(first.value), table) or "") if isinstance(first, ScalarNode) else None
    return spelled(cls, Given(tuple(map(value_of, tree.items[1:])))) if cls else None


def in_order(cls: type[Term], value: Tree) -> Remedy | None:
    """What is written for arguments without their names; None where they are not in an order that is right."""
    text = spelled(cls, Given(_positional(value)))
    return rewritten((text,)) if text else None


def keyed(tree: MappingNode, table: Mapping[str, type[Term]]) -> str | None:
    """How a mapping of several keys is written as a term: its name is the value of `type`, or one of the keys."""
    return _keyed(tree, table, None)


def activation_inside(tree: MappingNode, table: Mapping[str, type[Term]]) -> str | None:
    """The layer behind one that has its activation among its arguments, as Keras has it."""
    found = _parts(tree, table) if of_layers(table) else None
    if found is None or _ACTIVATION in declared(found[0]):
        return None
    parts = [tree, *(entry.value for entry in tree.entries if isinstance(entry.value, MappingNode))]
    return next((activation(e.value) for part in parts for e in part.entries if e.name == _ACTIVATION), None)


def _keyed(tree: MappingNode, table: Mapping[str, type[Term]], own: str | None) -> str | None:
    found = _parts(tree, table)
    return _with_arguments(*found, own) if found else None


def _parts(tree: MappingNode, table: Mapping[str, type[Term]]) -> tuple[type[Term], Tree | None, list[Entry]] | None:
    """The class that is meant by a mapping of several keys, the value beside its name, and the other entries."""
    for entry in sorted(tree.entries, key=lambda entry: fold(entry.name) == "name"):  # `type` before `name`
        if fold(entry.name.lstrip("_")) in _TYPE_KEYS and isinstance(entry.value, ScalarNode):
            cls = table.get(_known(str(entry.value.value), table) or "")
            first: Tree | None = None
        else:
            cls, first = table.get(entry.name), entry.value
        if cls is not None:
            return cls, first, [other for other in tree.entries if other is not entry]
    return None


def _with_arguments(cls: type[Term], first: Tree | None, others: list[Entry], own: str | None) -> str | None:
    """A term whose arguments stand beside its name, or in a part of their own."""
    ordered: tuple[Value, ...] = ()
    given: dict[str, Value] = {}
    if isinstance(first, ScalarNode) and first.value is not None and cls.principal:
        given[cls.principal] = value_of(first)
    for entry in others:
        inside = fold(entry.name) in _ARGUMENT_KEYS and entry.name not in declared(cls)
        if inside and isinstance(entry.value, MappingNode):
            given |= {part.name: value_of(part.value) for part in entry.value.entries}
        elif inside and isinstance(entry.value, SequenceNode):
            ordered = _positional(entry.value)
        elif entry.name == "name" and "name" not in declared(cls):
            own = str(entry.value.value) if isinstance(entry.value, ScalarNode) else own
        else:
            given[entry.name] = value_of(entry.value)
    if _ACTIVATION not in declared(cls):
        given.pop(_ACTIVATION, None)
    return spelled(cls, Given(ordered, given, own))


def unwrapped(cls: type[Term], around: Entry, entries: Sequence[Entry]) -> Remedy | None:
    """What is written for `Adam: {args: {lr: 0.001}}`, where `around` stands around arguments."""
    if fold(around.name) not in _ARGUMENT_KEYS:
        return None
    text = _with_arguments(cls, None, list(entries), None)
    return rewritten((text,)) if text else None


def _foreign(name: str, value: Tree | None, known: list[str]) -> Meaning | None:
    """A word of another framework for a layer that torch has under several names, or not as one layer."""
    folded = fold(name)
    if not of_layers(known) or same(name, known):
        return None
    if folded == "activation" and isinstance(value, ScalarNode) and (layer := activation(value)):
        return Meaning(advice=f"write `{layer}`", terms=(layer,))
    if terms := composed(name, value):
        return Meaning(advice=f"write {_listed(terms)}", terms=terms)
    if folded in synonyms.LAYER_ADVICE:
        return Meaning(advice=synonyms.LAYER_ADVICE[folded])
    if pair := synonyms.PER_RANK.get(folded):
        return Meaning(pair[1], f"write `{pair[1]}` for images, or `{pair[0]}` for vectors and sequences")
    return None


def _near(name: str, known: list[str]) -> Meaning:
    """Another word for a known name, or a misspelt one."""
    found = suggest(name, known, synonyms.LAYERS if "Concat" in known else synonyms.CHOICES)
    return Meaning(found, certain=found is not None)


def activation(value: Tree) -> str | None:
    """The layer of an activation by name, as in Keras's `activation: relu`."""
    text = str(value.value) if isinstance(value, ScalarNode) and isinstance(value.value, str) else ""
    return synonyms.ACTIVATIONS.get(fold(bare(text)))


def _known(name: str, table: Mapping[str, type[Term]]) -> str | None:
    """The name of a term, also with Python's module before it or under another word."""
    if name in table:
        return name
    short = bare(name.removeprefix("torch.").removeprefix("tensorflow."))
    found = short if short in table else _near(short, [*table]).suggestion
    if found is None and of_layers(table) and (pair := synonyms.PER_RANK.get(fold(short))):
        found = pair[1]
    return found if found in table else None


def _python(name: str, table: Mapping[str, type[Term]]) -> Meaning | None:
    """`nn.Linear(784, 10)`, `F.max_pool2d(x, 2)`, `x.view(-1, 784)`."""
    reading = read(name, table)
    if reading is None:
        return None
    if reading.terms:
        return Meaning(reading.last, f"write {_listed(reading.terms)}", reading.terms)
    if reading.advice is None and reading.last is not None:
        return Meaning(reading.last, f"write `{reading.last}: {{...}}`, with the arguments by their names")
    return Meaning(reading.last, reading.advice)


def _spaced(name: str, table: Mapping[str, type[Term]]) -> Meaning | None:
    """`Linear 10`, `Linear=10`, `Conv2d 32 3`, or two layers without a comma between them."""
    found = _SPACED.fullmatch(name)
    head = _known(found["name"], table) if found else None
    if found is None or head is None:
        return None
    if found["value"] in table:
        return Meaning(head, f"put a `,` between them, as in `{head}, {found['value']}`")
    cls = table[head]
    values = [Value(scalars.resolve(word), word) for word in found["value"].split()]
    alone = Given(named={cls.principal: values[0]}) if cls.principal and len(values) == 1 else Given(values)
    text = spelled(cls, alone, short=True)
    if text is None:
        return Meaning(head, f"write `{head}: {{...}}`")
    return Meaning(head, f"write `{text}`", (text,))


def as_a_list(entries: Sequence[Entry], table: Mapping[str, type[Term]]) -> Remedy | None:
    """What is written for a mapping of names to layers, or of layers alone; None where one of them is none."""
    made: list[str] = []
    for entry in entries:
        cls = table.get(entry.name)
        name = entry.name.replace(".", "_")  # a dot separates the names of nested layers
        text = _of_entry(cls, entry.value, None) if cls else named(name, entry.value, table)
        if text is None:
            return None
        made.append(text)
    title = "make it a list of layers, the keys their names"
    return Remedy(title, "\n".join(made), safe=False, action="rewrite-as-list") if made else None
