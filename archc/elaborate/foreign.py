"""A name that is no term -> what its author meant: Python, another framework, a slip. Loaded where a name is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from archc.elaborate import synonyms
from archc.elaborate.suggest import fold, same, suggest, suggest_argument
from archc.syntax.tree import MappingNode, ScalarNode, Tree, clip
from archc.terms.record import declared
from archc.terms.term import Term

_PREFIX = re.compile(
    r"(?:torch\.)?nn\.(?:functional\.|modules\.)?|F\.|(?:torch\.)?optim\.(?:lr_scheduler\.)?"
    r"|(?:tf\.)?keras\.(?:layers|losses|optimizers)\.|layers\.|transforms\.|torch\."
)
_CALL = re.compile(r"(?P<name>[\w.]+)\s*\((?P<arguments>.*)\)", re.DOTALL)
_SPACED = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:\s*=\s*|\s+)(?P<value>\S.*)")
_CONSTANTS: Final = {"True": "true", "False": "false", "None": "null"}
_TYPE_KEYS: Final = frozenset({"type", "class", "classname", "layer", "op", "kind", "module", "layertype"})
_SHOWN: Final = 80


class Meaning(NamedTuple):
    """What a wrong name means. A certain one is taken as meant; `spelling` is a whole term, as a spec writes it."""

    suggestion: str | None = None
    advice: str | None = None
    spelling: str | None = None
    certain: bool = False


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
    return _slip(name, value, table, known) or _foreign(bare(name), value, known) or _near(bare(name), known)


def _slip(name: str, value: Tree | None, table: Mapping[str, type[Term]], known: list[str]) -> Meaning | None:
    """A known name, with what does not belong to it."""
    short = bare(name)
    if short != name and short in known:
        return Meaning(short, certain=True)
    if value is None and (trimmed := name.rstrip(",;")) in known:
        return Meaning(trimmed, certain=True)
    if fold(name) in _TYPE_KEYS and isinstance(value, ScalarNode) and (named := _known(str(value.value), table)):
        return Meaning(advice=f"write `{named}` alone: the name of a layer is no value")
    return _python(name, table) if value is None else None


def _foreign(name: str, value: Tree | None, known: list[str]) -> Meaning | None:
    """A word of another framework for a layer that torch has under several names, or not as one layer."""
    folded = fold(name)
    if "Linear" not in known or same(name, known):
        return None
    if folded == "activation" and isinstance(value, ScalarNode) and (layer := activation(value)):
        return Meaning(advice=f"write `{layer}`", spelling=layer)
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


def keyed(tree: MappingNode, table: Mapping[str, type[Term]]) -> str | None:
    """How a mapping of several keys is written as a term: its name is the value of `type`, or one of the keys."""
    for entry in tree.entries:
        if fold(entry.name) in _TYPE_KEYS and isinstance(entry.value, ScalarNode):
            name = _known(str(entry.value.value), table)
        else:
            name = entry.name if entry.name in table else None
        if name is None:
            continue
        rest = [f"{other.name}: {_short(other.value)}" for other in tree.entries if other is not entry]
        own = table[name].principal if entry.name == name and isinstance(entry.value, ScalarNode) else None
        if own and isinstance(entry.value, ScalarNode) and entry.value.value is not None:
            rest.insert(0, f"{own}: {_short(entry.value)}")
        return clip(f"{name}: {{{', '.join(rest)}}}" if rest else name, _SHOWN)
    return None


def _short(tree: Tree) -> str:
    text = tree.span.text
    return text if "\n" not in text and len(text) < _SHOWN else "..."


def _known(name: str, table: Mapping[str, type[Term]]) -> str | None:
    found = meaning(name, None, table) if name not in table else Meaning(name)
    return found.suggestion if found.suggestion in table else None


def _python(name: str, table: Mapping[str, type[Term]]) -> Meaning | None:
    """`nn.Linear(784, 10)`, `Linear 10` or `Linear=10`."""
    call = _CALL.fullmatch(name)
    spaced = None if call else _SPACED.fullmatch(name)
    found = call or spaced
    head = _known(found["name"], table) if found else None
    if head is None or found is None:
        return None
    if spaced and spaced["value"] in table:
        return Meaning(head, f"put a `,` between them, as in `{head}, {spaced['value']}`")
    text = spell(table[head], call["arguments"]) if call else f"{head}: {found['value']}"
    return Meaning(head, f"write `{clip(text, _SHOWN)}`" if text else f"write `{head}: {{...}}`", text)


def spell(cls: type[Term], arguments: str) -> str | None:
    """The arguments of a Python call as a spec writes them; sizes that follow from the input are left out."""
    names = list(declared(cls))
    written: dict[str, str] = {}
    for index, part in enumerate(_split(arguments)):
        key, equals, text = part.partition("=")
        if not equals and index >= len(names):
            return None
        name = key.strip() if equals else names[index]
        name = name if name in names else suggest_argument(name, names) or name
        written[name] = _value(text if equals else part)
    for name in getattr(cls, "sizes", {}):
        written.pop(name, None)
    if getattr(cls, "contains", ()):
        return None
    if not written:
        return cls.__name__
    if cls.principal and list(written) == [cls.principal]:
        return f"{cls.__name__}: {written[cls.principal]}"
    return f"{cls.__name__}: {{{', '.join(f'{name}: {text}' for name, text in written.items())}}}"


def _value(text: str) -> str:
    text = text.strip()
    text = f"[{text[1:-1].rstrip(', ')}]" if text.startswith("(") and text.endswith(")") else text
    return _CONSTANTS.get(text, text)


def _split(text: str) -> Iterator[str]:
    """The parts of a text between the commas that are in no bracket."""
    depth = start = 0
    for at, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            yield text[start:at]
            start = at + 1
    if text[start:].strip():
        yield text[start:]
