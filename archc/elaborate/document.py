"""The document's keys: the entry of `elaborate`."""

from __future__ import annotations

import re
from typing import Final

from archc import language
from archc.diagnostics import catalog
from archc.diagnostics.report import Report
from archc.elaborate.arguments import wrong_value
from archc.elaborate.definitions import Definitions
from archc.elaborate.keys import known_entries, unknown_key
from archc.elaborate.layers import elaborate_layers
from archc.elaborate.meanings import axes_of
from archc.elaborate.scope import Scope, resolve
from archc.elaborate.sections import elaborate_section
from archc.elaborate.suggest import suggest
from archc.layers.base import DTYPES, Dtype
from archc.recipe.expect import Expect
from archc.recipe.train import Train
from archc.source import Span
from archc.spec import InputSpec, LayerSpec, Spec
from archc.syntax.tree import Entry, MappingNode, ScalarNode, SequenceNode, Tree, clip, kind, text_of
from archc.terms.values import DIMENSION_LIMIT, TEXT, integer, listed

_SIZE: Final = integer("an int of at least 1", 1)
_SHAPE: Final = listed("a list of ints, the shape of one sample", _SIZE, least=1)

EDITION: Final = 1
MAX_RANK: Final = 16


def elaborate(tree: Tree, default_name: str, report: Report) -> Spec | None:
    """The spec that a tree says; None where it is not one at all. What is wrong goes to the report."""
    if not isinstance(tree, MappingNode):
        starter = "a spec is a mapping with the keys `archc`, `input` and `layers`; `archc new NAME` writes a starter"
        advice = "put the list under `layers:`" if isinstance(tree, SequenceNode) else starter
        fault = catalog.values.WrongStructure(where="a spec", expected="a mapping", found=kind(tree), advice=advice)
        report.add(fault, _short(tree))
        return None
    if not _edition(tree, report):
        return None
    given = _known_keys(tree, report)
    definitions = Definitions(report)
    if "include" in given:
        from archc.elaborate.includes import include

        include(given["include"], definitions, report)
    definitions.add(given)
    given = _resolved(given, definitions.scope, report)
    input_entry, layers_entry, train_entry = given.get("input"), given.get("layers"), given.get("train")
    layers: tuple[LayerSpec, ...] = ()
    if layers_entry:
        layers = elaborate_layers(_or_key(layers_entry), definitions, report)
    places: dict[str, Span] = {}
    return Spec(
        name=_name(given.get("name"), report) or default_name,
        description=_text(given.get("description"), report),
        input=_input(input_entry, report) if input_entry else None,
        layers=layers,
        train=elaborate_section(train_entry, Train, "train", places, report) if train_entry else None,
        places=places,
        has_train=train_entry is not None,
        expect=elaborate_section(given["expect"], Expect, "expect", places, report) if "expect" in given else None,
    )


def _resolved(given: dict[str, Entry], scope: Scope, report: Report) -> dict[str, Entry]:
    """The entries with their expressions evaluated, but for those whose expressions have scopes of their own."""
    own = ("vars", "blocks", "layers", "include")
    return {
        name: entry if name in own else entry._replace(value=resolve(entry.value, scope, report))
        for name, entry in given.items()
    }


def _edition(tree: MappingNode, report: Report) -> bool:
    """Check `archc: 1`. A newer edition stops the reading, since anything may mean something else there."""
    entry = tree.get("archc")
    if entry is None:
        return True
    value = entry.value.value if isinstance(entry.value, ScalarNode) else None
    if value == EDITION and isinstance(value, int) and not isinstance(value, bool):
        return True
    newer = isinstance(value, int) and not isinstance(value, bool) and value > EDITION
    found = str(value) if newer else kind(entry.value)
    report.add(catalog.names.UnknownEdition(found=found, newer=newer), _value_span(entry), path="archc")
    return not newer


def _known_keys(tree: MappingNode, report: Report) -> dict[str, Entry]:
    """The entries that a spec has keys for; the others are reported, and so is a key that is missing."""
    entries = tuple(entry for entry in tree.entries if not entry.name.startswith("x-"))
    known = language.names(language.DOCUMENT)
    given = known_entries(entries, known, unknown_key("a spec", known, tree), "", report)
    for key in language.DOCUMENT:
        if key.required and key.name not in given and not report.is_explained(tree.span):
            missing = catalog.values.MissingKey(key=key.name, where="a spec", example=key.example)
            report.add(missing, tree.entries[0].key.span if tree.entries else tree.span)
    return given


def _name(entry: Entry | None, report: Report) -> str | None:
    name = _text(entry, report)
    if name is None or entry is None or (reason := language.why_no_name(name)) is None:
        return name
    fault = catalog.names.BadName(name=clip(name), reason=reason, suggestion=language.name_like(name) or None)
    report.add(fault, _value_span(entry), path="name")
    return None


def _text(entry: Entry | None, report: Report) -> str | None:
    if entry is None:
        return None
    text = text_of(entry.value)
    if text is not None:
        return text
    fault = wrong_value(entry.name, TEXT, entry.value)
    report.add(fault, _value_span(entry), path=entry.name)
    return None


def _input(entry: Entry, report: Report) -> InputSpec | None:
    tree = entry.value
    dtype: Dtype | None = "float32"
    axes = None
    if isinstance(tree, MappingNode):
        known = language.names(language.INPUT)
        given = known_entries(tree.entries, known, unknown_key("`input`", known), "input", report)
        if "dtype" in given:
            dtype = _dtype(given["dtype"], report)
        if "shape" not in given:
            if not report.is_explained(tree.span):
                example = language.INPUT[0].example
                missing = catalog.values.MissingKey(key="shape", where="`input`", example=example)
                report.add(missing, entry.head, path="input")
            return None
        tree, axes = given["shape"].value, given.get("axes")
    shape = input_shape(tree, report, entry.head)
    if shape is None or dtype is None:
        return None
    return InputSpec(shape, dtype, entry.span, tree.span, axes_of(axes, len(shape), report) if axes else None)


def _dtype(entry: Entry, report: Report) -> Dtype | None:
    value = entry.value.value if isinstance(entry.value, ScalarNode) else None
    for dtype in DTYPES:
        if value == dtype:
            return dtype
    suggestion = suggest(str(value), DTYPES)
    fault = catalog.values.WrongValue(
        name="dtype", expected="`float32` or `int64`", found=kind(entry.value), suggestion=suggestion
    )
    report.add(fault, _value_span(entry), path="input")
    return None


def input_shape(tree: Tree, report: Report, fallback: Span) -> tuple[int, ...] | None:
    """A list of positive ints as a shape; `fallback` is the place of an empty value."""
    if not isinstance(tree, SequenceNode) or not tree.items:
        span = tree.span if tree.span.end > tree.span.start else fallback
        fault = wrong_value("input", _SHAPE, tree)
        if isinstance(tree, ScalarNode) and isinstance(tree.value, int):
            fault = fault.with_(advice=f"write `input: [{tree.value}]`")
        elif isinstance(tree, ScalarNode) and tree.value is None:
            fault = fault.with_(advice="as in `input: [1, 28, 28]`")
        report.add(fault, span, path="input")
        return None
    first = tree.items[0]
    if len(tree.items) == 1 and isinstance(first, ScalarNode) and isinstance(first.value, str) and not first.quoted:
        whole = wrong_value("input", _SHAPE, first)
        if whole.replacement is not None:
            report.add(whole.with_(replacement=None), first.span, path="input")
            return None
    if len(tree.items) > MAX_RANK:
        report.add(catalog.values.RankTooLarge(limit=MAX_RANK), tree.span, path="input")
        return None
    if any(map(_is_open, tree.items[1:])):
        fault = catalog.values.WrongValue(
            name="input",
            expected="the shape of one sample, with every size",
            found="sizes that are left open",
            advice="write those of a usual sample; `archc show --sizes` tells for which others the network is valid",
        )
        report.add(fault, tree.span, path="input")
        return None
    sizes = [_dimension(item, report) for item in tree.items]
    known = tuple(size for size in sizes if size is not None)
    return known if len(known) == len(sizes) else None


_OPEN: Final = re.compile(
    "[a-z?*]|-1|none|any|height|width|depth|length|steps|time|seq_len|sequence|batch|batch_size", re.IGNORECASE
)
"""How other tools write a size that is left open."""


def _is_open(tree: Tree) -> bool:
    """Whether a size is left open, as in `null`, `-1` or `H`."""
    return isinstance(tree, ScalarNode) and (tree.value in (None, -1) or _OPEN.fullmatch(str(tree.value)) is not None)


def _dimension(tree: Tree, report: Report) -> int | None:
    value = tree.value if isinstance(tree, ScalarNode) else None
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value < DIMENSION_LIMIT:
        return value
    fault = wrong_value("input", _SIZE, tree, "")
    if isinstance(value, int) and value >= DIMENSION_LIMIT:
        fault = fault.with_(expected=f"an int below {DIMENSION_LIMIT:,}")
    elif _is_open(tree):
        fault = fault.with_(advice="if it is the batch axis, delete it; else write a usual size")
    report.add(fault, tree.span, path="input")
    return None


def _value_span(entry: Entry) -> Span:
    """The place of a value; the key where nothing is written."""
    return entry.value.span if entry.value.span.end > entry.value.span.start else entry.head


def _or_key(entry: Entry) -> Tree:
    """The value of an entry; one that is left empty stands at its key."""
    tree = entry.value
    if isinstance(tree, ScalarNode) and tree.span.end == tree.span.start:
        return tree._replace(span=entry.key.span)
    return tree


def _short(tree: Tree) -> Span:
    """The first line of a tree, up to its first element."""
    first = tree.items[0].span if isinstance(tree, SequenceNode) and tree.items else tree.span
    end = first.source.text.find("\n", first.start, first.end)
    return tree.span.to(first._replace(end=end) if end >= 0 else first)
