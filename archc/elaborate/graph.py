"""The nodes of a Graph -> layer specs that say what they take, each of it written before them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from archc import language
from archc.diagnostics import catalog
from archc.diagnostics.report import Label, Report
from archc.elaborate.arguments import Written
from archc.elaborate.keys import Stray, known_entries
from archc.elaborate.scope import Scope, resolve
from archc.elaborate.suggest import suggest
from archc.elaborate.terms import elaborate_term
from archc.layers import LAYERS
from archc.layers.base import INPUT
from archc.layers.container import Sequential
from archc.layers.merges import MERGES, Merge
from archc.source import Span
from archc.spec import LayerSpec, Places
from archc.syntax.tree import Entry, MappingNode, SequenceNode, Tree, clip, kind, text_of

OWN_INPUT: Final = "input"
"""How a node names what the graph itself receives."""

_KEYS: Final = language.names(language.NODE)
_RESERVED: Final = {
    OWN_INPUT: "it is what the graph itself receives",
    "_steps": "it is an attribute of every Graph",
    "_output": "it is an attribute of every Graph",
}
_SYNONYMS: Final = {
    **dict.fromkeys(("input", "inputs", "inboundnodes", "source", "sources", "parents", "after", "takes"), "from"),
    **dict.fromkeys(("combine", "op", "mode", "join", "aggregate", "reduce", "merger"), "merge"),
    **dict.fromkeys(("layer", "modules", "ops", "body"), "layers"),
}
"""What other tools call the keys of a node, folded."""

ReadLayers = Callable[[Tree, str, Scope], tuple[LayerSpec, ...]]
"""Reads a list of layers: its tree, its path in the document, and the names that expressions may use there."""

IsName = Callable[[Written, str], bool]
"""Whether a layer may have a name, with its place; a fault says why not."""


def read_nodes(
    tree: Tree,
    output: Written | None,
    path: str,
    scope: Scope,
    report: Report,
    layers: ReadLayers,
    is_name: IsName,
) -> tuple[LayerSpec, ...] | None:
    """The nodes in their order; None where there are none, or where the graph's output is not among them."""
    if report.is_explained(tree.span):
        return None
    if not isinstance(tree, MappingNode) or not tree.entries:
        found = "an empty mapping" if isinstance(tree, MappingNode) else kind(tree)
        advice = "as in `stem: [{Linear: 10}, ReLU]`"
        fault = catalog.values.WrongStructure(
            where=f"`{path}`", expected="a mapping of names to nodes", found=found, advice=advice
        )
        report.add(fault, tree.span, path=path)
        return None
    reader = _Nodes(tree, path, scope, report, layers)
    named = [_is_free(entry, path, report, is_name) for entry in tree.entries]
    made = tuple([reader.node(entry) for entry in tree.entries])
    end = _output(output, reader, path)
    if end is None or not all(named):
        return None
    reader.report_unused(end)
    return made


def _is_free(entry: Entry, path: str, report: Report, is_name: IsName) -> bool:
    reason = _RESERVED.get(entry.name)
    if reason is None:
        return is_name(Written(entry.span, entry.key), path)
    report.add(catalog.names.BadName(name=entry.name, reason=reason), entry.key.span, path=path)
    return False


def _output(given: Written | None, reader: _Nodes, path: str) -> str | None:
    """The name of the node that gives the graph's output; None where no node has the name that is written."""
    if given is None:
        return [*reader.places][-1]
    name = text_of(given.value)
    if name is None or name in reader.places:  # what is no text is told as other arguments are
        return name
    reader.report.add(reader.unknown(name), given.value.span, path=path)
    return None


class _Nodes:
    """Reads the nodes of one graph, and keeps which of them are used."""

    def __init__(self, tree: MappingNode, path: str, scope: Scope, report: Report, layers: ReadLayers) -> None:
        self.path = path
        self.scope = scope
        self.report = report
        self.layers = layers
        self.places: dict[str, Span] = {entry.name: entry.key.span for entry in tree.entries}
        self.before: set[str] = set()
        self.used: set[str] = set()
        self.is_whole = True
        """Whether what every node takes is known, so that it can be said of one that nothing uses it."""

    def node(self, entry: Entry) -> LayerSpec:
        """One node. What is wrong of it is unknown, so that nothing after it is blamed."""
        path = f"{self.path}.{entry.name}"
        given = self.entries(entry, path)
        inputs = self.inputs(given["from"].value, entry, path) if "from" in given else (INPUT,)
        merge, merges = self.merge(given, inputs, entry, path)
        inner = self.layers(given["layers"].value, f"{path}.layers", self.scope) if "layers" in given else ()
        self.before.add(entry.name)
        known = bool(given) and inputs is not None and merges and _has_layers(given)
        spans = {name: item.span for name, item in given.items()}
        values = {name: item.value.span for name, item in given.items()}
        places = Places(path, entry.key.span, spans, values, self.scope.calls, entry.span, self.scope.repetition)
        if merge and "layers" not in given:
            made = type(merge).__name__
            layer = LAYERS[made](**vars(merge)) if known else None
            return LayerSpec(made, layer, entry.name, (), places, inputs or (INPUT,), merge)
        layer = Sequential() if known else None
        return LayerSpec("Sequential", layer, entry.name, inner, places, inputs or (INPUT,), merge)

    def entries(self, entry: Entry, path: str) -> dict[str, Written]:
        """What is written of a node; nothing where it cannot be read."""
        tree = entry.value
        if isinstance(tree, SequenceNode):
            return {"layers": Written(entry.span, tree)}
        if isinstance(tree, MappingNode) and tree.entries and not self.is_layer(tree):
            known = known_entries(tree.entries, _KEYS, self.wrong_key, path, self.report, _meant_key)
            given = {name: Written(item.span, _resolved(item, self)) for name, item in known.items()}
            if "layers" in given or "merge" in given:
                return given
            several = "from" in given and isinstance(given["from"].value, SequenceNode)
            if all(item.name in _KEYS for item in tree.entries) and not several:
                self.report.add(catalog.graphs.EmptyNode(node=clip(entry.name)), entry.key.span, path=path)
            self.is_whole = self.is_whole and "from" in given
            return given if "from" in given else {}
        self.is_whole = False
        layer = isinstance(tree, MappingNode) and bool(tree.entries)
        advice = "the layers of a node are a list: begin each with `- `" if layer else "as in `[{Linear: 10}, ReLU]`"
        fault = catalog.values.WrongStructure(
            where=f"the node `{clip(entry.name)}`",
            expected="a list of layers, or a mapping with `from`, `merge` and `layers`",
            found=kind(tree),
            advice=advice,
        )
        if not self.report.is_explained(tree.span):
            self.report.add(fault, entry.key.span if layer else tree.span, path=path)
        return {}

    def is_layer(self, tree: MappingNode) -> bool:
        """Whether layers stand where the keys of a node do."""
        return all(entry.name in LAYERS for entry in tree.entries)

    def inputs(self, tree: Tree, entry: Entry, path: str) -> tuple[str, ...] | None:
        """The nodes that a node takes; None where one is not known."""
        items = tree.items if isinstance(tree, SequenceNode) else (tree,)
        names = [self.taken(item, entry, path) for item in items]
        if not items:
            expected, found = "a node, or a list of nodes", "an empty list"
            fault = catalog.values.WrongValue(name="from", expected=expected, found=found)
            self.report.add(fault, tree.span, path=path)
        if not items or None in names:
            self.is_whole = False
            return None
        return tuple([name for name in names if name is not None])

    def taken(self, tree: Tree, entry: Entry, path: str) -> str | None:
        """One name of `from`: of an earlier node, or of the graph's own input."""
        if self.report.is_explained(tree.span):
            return None
        name = text_of(tree)
        if name is None:
            fault = catalog.values.WrongValue(name="from", expected="a node, or a list of nodes", found=kind(tree))
            self.report.add(fault, tree.span, path=path)
            return None
        if name == OWN_INPUT:
            return INPUT
        self.used.add(name)
        if name in self.before:
            return name
        if name in self.places:
            later = catalog.graphs.LaterNode(node=clip(entry.name), takes=clip(name))
            labels = [] if name == entry.name else [Label(self.places[name], "written here")]
            self.report.add(later, tree.span, path=path, labels=labels)
        else:
            self.report.add(self.unknown(name), tree.span, path=path)
        return None

    def unknown(self, name: str) -> catalog.graphs.UnknownNode:
        known = (*self.places, OWN_INPUT)
        return catalog.graphs.UnknownNode(name=clip(name), known=known, suggestion=suggest(name, known))

    def merge(
        self, given: dict[str, Written], inputs: tuple[str, ...] | None, entry: Entry, path: str
    ) -> tuple[Merge | None, bool]:
        """How a node makes one of several, and whether that is right, as it is where there is nothing to merge."""
        written = given.get("merge")
        if written is None:
            if inputs is not None and len(inputs) > 1:
                fault = catalog.graphs.MergeMissing(node=clip(entry.name), count=len(inputs))
                self.report.add(fault, given["from"].span, path=path)
                return None, False
            return None, True
        merge = elaborate_term(written.value, "merge", MERGES, f"{path}.merge", self.report)
        if inputs is not None and len(inputs) == 1:
            self.report.add(catalog.graphs.NothingToMerge(node=clip(entry.name)), written.span, path=path)
            return merge, False
        return merge, merge is not None

    def wrong_key(self, stray: Stray) -> catalog.names.UnknownKey:
        return catalog.names.UnknownKey(
            key=stray.name, where="a node", known=_KEYS, suggestion=stray.suggestion, free=stray.free
        )

    def report_unused(self, output: str) -> None:
        """Report the nodes that nothing takes, where it is known what every node takes."""
        for name, span in self.places.items():
            if self.is_whole and name != output and name not in self.used:
                fault = catalog.graphs.UnusedNode(node=clip(name), output=clip(output))
                self.report.add(fault, span, path=f"{self.path}.{name}")


def _has_layers(given: dict[str, Written]) -> bool:
    """Whether the layers of a node are a list of some, if they are written; all may have been left out by `when`."""
    tree = given["layers"].value if "layers" in given else None
    return tree is None or (isinstance(tree, SequenceNode) and bool(tree.items))


def _resolved(entry: Entry, nodes: _Nodes) -> Tree:
    """The value with its expressions evaluated; those of layers are evaluated as the layers are read."""
    return entry.value if entry.name == "layers" else resolve(entry.value, nodes.scope, nodes.report)


def _meant_key(name: str, known: list[str]) -> str | None:
    return suggest(name, known, _SYNONYMS)
