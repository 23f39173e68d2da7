"""The `layers` list -> layer specs, containers included."""

from __future__ import annotations

from typing import Final

from archc.diagnostics.catalog import names as faults
from archc.diagnostics.report import Label, Report
from archc.elaborate.arguments import Owner, Written, validate
from archc.elaborate.suggest import LAYER_SYNONYMS, fold, suggest
from archc.elaborate.terms import Spelling, arguments, spelling
from archc.layers import LAYERS, Layer
from archc.layers.reserved import SEQUENTIAL_ATTRIBUTES
from archc.source import Span
from archc.spec import LayerSpec, Places
from archc.syntax.tree import Mapping, Sequence, Tree, clip, kind, text_of

MAX_LAYERS: Final = 100_000

_OWN: Final = frozenset({"name", "when"})
_EXAMPLES: Final = {"globalaveragepooling2d": "AdaptiveAvgPool2d: 1"}


class _TooMany(Exception):  # noqa: N818 - it is control flow, not an error
    """The network has more layers than the limit."""


def elaborate_layers(tree: Tree, report: Report) -> tuple[LayerSpec, ...]:
    """The layers of a document. A layer whose arguments are wrong is kept, without them."""
    reader = _Reader(report)
    try:
        return reader.layers(tree, "layers")
    except _TooMany:
        return ()


class _Reader:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.count = 0

    def layers(self, tree: Tree, path: str) -> tuple[LayerSpec, ...]:
        if not isinstance(tree, Sequence) or not tree.items:
            advice = "begin each layer with `- `" if isinstance(tree, Mapping) else None
            found = "an empty list" if isinstance(tree, Sequence) else kind(tree)
            fault = faults.WrongStructure(where=f"`{path}`", expected="a list of layers", found=found, advice=advice)
            self.report.add(fault, _first_line(tree), path=path)
            return ()
        made = []
        names: dict[str, Span] = {}
        for index, item in enumerate(tree.items):
            layer = self.layer(item, f"{path}[{index}]", index, names)
            if layer:
                made.append(layer)
        return tuple(made)

    def layer(self, tree: Tree, path: str, index: int, names: dict[str, Span]) -> LayerSpec | None:
        self.count += 1
        if self.count > MAX_LAYERS:
            self.report.add(faults.TooManyLayers(limit=MAX_LAYERS), tree.span, path=path)
            raise _TooMany
        term = spelling(tree, "layer", LAYERS, path, self.report)
        if term is None:
            return _unknown("", tree.span, path)
        cls = LAYERS.get(term.name) or self.meant(term, path)
        if cls is None:
            return _unknown(term.name, term.span, path)
        return self.known_layer(cls, term._replace(name=cls.__name__), path, index, names)

    def known_layer(self, cls: type[Layer], term: Spelling, path: str, index: int, names: dict[str, Span]) -> LayerSpec:
        own = _OWN | set(cls.contains)
        given = arguments(cls, term, own, self.report, path)
        if given is None:
            return _unknown(term.name, term.span, path)
        written_name = given.pop("name", None)
        name = self.name(written_name, path)
        at = written_name.value.span if written_name and name else term.span
        self.claim(name or str(index), given_span=at, names=names, path=path)
        if when := given.pop("when", None):
            self.report.add(faults.NotYet(key="when"), when.span, path=path)
        children: tuple[LayerSpec, ...] = ()
        for contained in cls.contains:
            children += self.contained(given.pop(contained, None), contained, term, path)
        layer = validate(cls, given, {}, Owner(term.name, term.span, path), self.report)
        if cls.contains and not children:
            layer = None
        spans = {key: item.span for key, item in given.items()}
        values = {key: item.value.span for key, item in given.items()}
        return LayerSpec(term.name, layer, name, children, Places(path, term.span, spans, values))

    def contained(self, given: Written | None, argument: str, term: Spelling, path: str) -> tuple[LayerSpec, ...]:
        """The layers inside a container."""
        if given is None:
            fault = faults.MissingArgument(owner=term.name, arguments=(argument,), descriptions=("a list of layers",))
            self.report.add(fault, term.span, path=path)
            return ()
        return self.layers(given.value, f"{path}.{argument}")

    def name(self, given: Written | None, path: str) -> str | None:
        if given is None:
            return None
        tree = given.value
        text = text_of(tree)
        if text is None:
            self.report.add(faults.WrongValue(name="name", expected="text", found=kind(tree)), tree.span, path=path)
            return None
        reason = _why_not_a_name(text)
        if reason is None:
            return text
        fixed = text.replace(".", "_") if "." in text else f"{text}_"
        suggestion = fixed if text.strip(".") and len(fixed) < 40 else None
        self.report.add(faults.BadName(name=clip(text), reason=reason, suggestion=suggestion), tree.span, path=path)
        return None

    def claim(self, name: str, *, given_span: Span, names: dict[str, Span], path: str) -> None:
        """Record a sibling's name; a second one of the same name is a fault."""
        if name in names:
            labels = [Label(names[name], "the first one")]
            self.report.add(faults.DuplicateName(name=name), given_span, path=path, labels=labels)
        names.setdefault(name, given_span)

    def meant(self, term: Spelling, path: str) -> type[Layer] | None:
        """Report an unknown layer. A misspelt one is taken as meant, so that what follows can be checked."""
        suggestion = suggest(term.name, LAYERS, LAYER_SYNONYMS)
        example = _EXAMPLES.get(fold(term.name))
        fault = faults.UnknownLayer(name=clip(term.name), suggestion=suggestion, example=example)
        self.report.add(fault, term.span, path=path)
        foreign = fold(term.name) in LAYER_SYNONYMS and fold(term.name) != fold(suggestion or "")
        return None if suggestion is None or foreign else LAYERS[suggestion]


def _unknown(name: str, span: Span, path: str) -> LayerSpec:
    """A layer of which nothing is known, so that nothing after it is blamed."""
    return LayerSpec(name, None, None, (), Places(path, span, {}, {}))


def _why_not_a_name(name: str) -> str | None:
    if not name:
        return "it is empty"
    if "." in name:
        return "a dot separates the names of nested layers"
    if name in SEQUENTIAL_ATTRIBUTES:
        return "it is an attribute of every torch Sequential"
    return None


def _first_line(tree: Tree) -> Span:
    if isinstance(tree, Mapping) and tree.entries:
        return tree.entries[0].key.span
    return tree.span
