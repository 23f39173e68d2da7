"""The `layers` list -> layer specs: containers filled, blocks called, repeats spliced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from archc import language
from archc.diagnostics import catalog
from archc.diagnostics.report import Label, Report
from archc.elaborate import repeats
from archc.elaborate.arguments import Owner, Written, validate, wrong_value
from archc.elaborate.definitions import Block, Definitions
from archc.elaborate.scope import Scope, resolve
from archc.elaborate.terms import Expected, Spelling, arguments, spelling, whole
from archc.layers import LAYERS, Layer
from archc.layers.container import Sequential
from archc.layers.reserved import SEQUENTIAL_ATTRIBUTES
from archc.source import Span
from archc.spec import LayerSpec, Places
from archc.syntax.limits import NESTING
from archc.syntax.tree import MappingNode, ScalarNode, SequenceNode, Tree, clip, head, kind, text_of
from archc.terms.values import FLAG, TEXT

MAX_LAYERS: Final = 100_000

_OWN: Final = frozenset(language.names(language.LAYER))
_CONTAINED: Final = {"nodes": "a mapping of names to nodes"}


class _Budget:
    """How many layers may still be read. Once more are asked for, nothing is read any more."""

    def __init__(self, layers: int) -> None:
        self.left = layers
        self.over = False

    def allows(self, layers: int) -> bool:
        """Whether so many more may be read."""
        self.over = self.over or layers > self.left
        return not self.over

    def spend(self) -> bool:
        """Take one; false where there is none."""
        if self.allows(1):
            self.left -= 1
        return not self.over


class _Siblings:
    """The layers of one Sequential while it is read. An unnamed layer has its position as name."""

    def __init__(self) -> None:
        self.made: list[LayerSpec] = []
        self.names: dict[str, Span] = {}


class Here(NamedTuple):
    """Where a layer is read: its path in the document, the names that expressions may use, and its siblings."""

    path: str
    scope: Scope
    siblings: _Siblings

    def unknown(self, name: str, span: Span) -> None:
        """Put a layer in its place of which nothing is known, so that nothing after it is blamed."""
        self.siblings.made.append(LayerSpec(name, None, None, (), Places(self.path, span, {}, {})))


def elaborate_layers(tree: Tree, definitions: Definitions, report: Report) -> tuple[LayerSpec, ...]:
    """The layers of a document. A layer whose arguments are wrong is kept, without them."""
    reader = _Reader(definitions.blocks, definitions.scope, report)
    layers = reader.layers(tree, "layers", definitions.scope)
    if reader.budget.over:
        return ()
    if not layers and isinstance(tree, SequenceNode) and tree.items:
        report.add(catalog.values.NoLayerLeft(), _first_line(tree), path="layers")
    return layers


class _Reader:
    def __init__(self, blocks: Mapping[str, Block], document: Scope, report: Report) -> None:
        self.blocks = blocks
        self.document = document
        self.report = report
        self.budget = _Budget(MAX_LAYERS)

    # Lists

    def layers(self, tree: Tree, path: str, scope: Scope, *, empty: bool = False) -> tuple[LayerSpec, ...]:
        """The layers of one Sequential; none only where `empty` permits it."""
        siblings = _Siblings()
        if self.is_list(tree, path, empty=empty):
            self.items(tree, Here(path, scope, siblings))
        return tuple(siblings.made)

    def is_list(self, tree: Tree, path: str, *, empty: bool = False) -> bool:
        if self.report.is_explained(tree.span):
            return False
        if isinstance(tree, SequenceNode) and (tree.items or empty):
            return True
        found = "an empty list" if isinstance(tree, SequenceNode) else kind(tree)
        fault = catalog.values.WrongStructure(
            where=f"`{path}`", expected="a list of layers", found=found, advice="as in `[Flatten, {Linear: 10}]`"
        )
        if isinstance(tree, MappingNode):
            from archc.elaborate.foreign import as_a_list

            spelling = as_a_list(tree.entries, LAYERS)
            first = f", as in `- {spelling.text.splitlines()[0]}`" if spelling else ""
            is_flow = tree.span.text.startswith("{")
            advice = "put the layers in `[...]`, each in `{...}`" if is_flow else f"begin each layer with `- `{first}"
            fault = fault.with_(advice=advice, spelling=spelling)
        elif isinstance(tree, ScalarNode) and isinstance(tree.value, str):
            from archc.elaborate.elsewhere import branch_advice

            fault = fault.with_(advice=branch_advice(tree, path) or fault.advice)
        self.report.add(fault, _first_line(tree), path=path, target=tree.span)
        return False

    def items(self, tree: Tree, here: Here) -> None:
        """Read the items of a list into the siblings: a layer is one of them, a Repeat may be many."""
        for index, item in enumerate(whole(tree.items) if isinstance(tree, SequenceNode) else ()):
            if self.budget.over:
                return
            self.item(item, here._replace(path=f"{here.path}[{index}]"))

    def item(self, tree: Tree, here: Here) -> None:
        if not self.counted(tree, here.path):
            return
        if here.scope.depth > NESTING:
            self.report.add(catalog.syntax.NestedTooDeep(limit=NESTING), _first_line(tree), path=here.path)
            self.budget.over = True
            return
        term = spelling(tree, "layer", LAYERS, here.path, self.report)
        if term is None:
            here.unknown("", tree.span)
        elif term.name == repeats.REPEAT:
            self.repeat(term, here)
        elif term.name in self.blocks:
            self.call(self.blocks[term.name], term, here)
        else:
            cls = LAYERS.get(term.name) or self.meant(term, here.path)
            if cls is None:
                here.unknown(term.name, term.span)
            else:
                self.layer(cls, term if term.name == cls.__name__ else term._replace(name=cls.__name__), here)

    def counted(self, tree: Tree, path: str) -> bool:
        """Count a layer before anything is made of it: what repeats it multiplies the work."""
        was_over = self.budget.over
        if self.budget.spend():
            return True
        if not was_over:
            self.report.add(catalog.values.TooManyLayers(limit=MAX_LAYERS), tree.span, path=path)
        return False

    # Layers

    def layer(self, cls: type[Layer], term: Spelling, here: Here) -> None:
        path, scope, siblings = here
        needed = tuple(name for name in cls.contains if name not in cls.may_be_empty)
        given = arguments(Expected(cls, LAYERS, _OWN | set(cls.contains), needed), term, path, self.report)
        if given is None:
            here.unknown(term.name, term.span)
            return
        inner = {name: given.pop(name) for name in cls.contains if name in given}
        given = self.resolved(given, scope)
        when = given.pop("when", None)
        if self.is_left_out(when, term, here):
            return
        name = self.claimed(given.pop("name", None), term, here)
        children: tuple[LayerSpec, ...] | None = ()
        if cls.contains:
            children = self.children(cls, inner, given, term, path, scope._replace(depth=scope.depth + 1))
        layer = validate(cls, given, {}, Owner(term.name, head(term.span, term.value), path), self.report)
        if children is None:
            layer = None
        spans = {key: item.span for key, item in (given | inner).items()}
        written = given | {"when": when} if when else given
        values = {key: item.value.span for key, item in written.items()}
        places = Places(path, term.span, spans, values, scope.calls, term.item, scope.repetition)
        siblings.made.append(LayerSpec(term.name, layer, name, children or (), places))

    def resolved(self, given: dict[str, Written], scope: Scope) -> dict[str, Written]:
        """The arguments with their expressions evaluated."""
        return {name: Written(item.span, resolve(item.value, scope, self.report)) for name, item in given.items()}

    def is_left_out(self, when: Written | None, term: Spelling, here: Here) -> bool:
        """Whether a layer is not there. Where `when` is wrong, something unknown is in its place."""
        value = when.value.value if when and isinstance(when.value, ScalarNode) else None
        if when is None or value is True:
            return False
        if value is not False:
            self.report.add(wrong_value("when", FLAG, when.value), when.value.span, path=here.path)
            here.unknown(term.name, term.span)
        return True

    def claimed(self, given: Written | None, term: Spelling, here: Here) -> str | None:
        """The name of a layer, which no sibling has. None where it has its position as name."""
        path, _, siblings = here
        name = self.name(given, path)
        place = given.value.span if given and name else term.span
        shown = name or str(len(siblings.made))
        if shown in siblings.names:
            repeated = siblings.names[shown] == place
            labels = [] if repeated else [Label(siblings.names[shown], "the first one")]
            self.report.add(catalog.names.DuplicateName(name=shown, repeated=repeated), place, path=path, labels=labels)
        siblings.names.setdefault(shown, place)
        return name

    # Containers

    def children(
        self,
        cls: type[Layer],
        inner: dict[str, Written],
        given: dict[str, Written],
        term: Spelling,
        path: str,
        scope: Scope,
    ) -> tuple[LayerSpec, ...] | None:
        """The layers inside a container: a chain, or branches that are Sequentials. None where one is wrong."""
        missing = tuple(name for name in cls.contains if name not in inner and name not in cls.may_be_empty)
        if missing:
            fault = catalog.values.MissingArgument(
                owner=term.name,
                arguments=missing,
                descriptions=tuple(_CONTAINED.get(name, "a list of layers") for name in missing),
            )
            self.report.add(fault, term.span, path=path)
            return None
        if not cls.branching:
            return (
                next((self.layers(inner[name].value, f"{path}.{name}", scope) for name in cls.contains), None) or None
            )
        if "nodes" in inner:
            from archc.elaborate.graph import read_nodes

            place, output = f"{path}.nodes", given.get("output")
            return read_nodes(inner["nodes"].value, output, place, scope, self.report, self.layers, self.is_name)
        if "branches" in inner:
            return self.branches(inner["branches"].value, f"{path}.branches", scope)
        parts = [
            self.branch(name, inner[name].value, f"{path}.{name}", scope, cls) for name in cls.contains if name in inner
        ]
        return tuple(part for part in parts if part.children) or None

    def branch(self, name: str, tree: Tree, path: str, scope: Scope, cls: type[Layer] | None = None) -> LayerSpec:
        """One branch of a container: a Sequential with the branch's name. An empty one is the identity."""
        empty = cls is None or name in cls.may_be_empty
        layers = self.layers(tree, path, scope, empty=empty) if self.counted(tree, path) else ()
        places = Places(path, tree.span, {}, {}, scope.calls)
        if not isinstance(tree, SequenceNode):
            layers = (LayerSpec("", None, None, (), places),)
        return LayerSpec("Sequential", Sequential(), name, layers, places)

    def branches(self, tree: Tree, path: str, scope: Scope) -> tuple[LayerSpec, ...] | None:
        """Branches as a list have their position as name; as a mapping, their keys."""
        if self.report.is_explained(tree.span):
            return None
        if isinstance(tree, SequenceNode) and tree.items:
            named = [(str(index), f"{path}[{index}]", item) for index, item in enumerate(tree.items)]
        elif isinstance(tree, MappingNode) and tree.entries:
            named = [(entry.name, f"{path}.{entry.name}", entry.value) for entry in tree.entries]
            if any(self.name(Written(e.span, e.key), path) is None for e in tree.entries):
                return None
        else:
            expected = "a list of lists of layers, or a mapping of names to lists of layers"
            fault = catalog.values.WrongStructure(where=f"`{path}`", expected=expected, found=kind(tree))
            self.report.add(fault, _first_line(tree), path=path)
            return None
        for item in [item for _, _, item in named if _is_no_layer(item)][1:]:
            self.report.mark_explained(item.span)  # it is one mistake
        return tuple(self.branch(name, item, place, scope) for name, place, item in named)

    # Repeat

    def repeat(self, term: Spelling, here: Here) -> None:
        path, scope, _ = here
        given = repeats.arguments_of(term, path, self.report)
        if given is None:
            here.unknown(term.name, term.span)
            return
        own = self.resolved({name: item for name, item in given.items() if name != "layers"}, scope)
        if self.is_left_out(own.get("when"), term, here):
            return
        times = repeats.times(own["times"], path, self.report)
        counter = repeats.counter(own.get("as"), path, self.report)
        if not self.is_list(given["layers"].value, f"{path}.layers") or times is None:
            here.unknown(term.name, term.span)
            return
        if not self.budget.allows(times):
            self.report.add(catalog.values.TooManyLayers(limit=MAX_LAYERS), own["times"].value.span, path=path)
        for number in range(times):
            if self.budget.over:
                return
            inner = scope.within({counter: number}) if counter else scope
            inner = inner._replace(repetition=repeats.which(number, times, counter, scope.repetition))
            with self.report.repetition(term.span):
                self.items(given["layers"].value, Here(f"{path}.layers", inner, here.siblings))

    # Blocks

    def call(self, block: Block, term: Spelling, here: Here) -> None:
        """A call of a block: a nested Sequential of its layers, which see its parameters and the document's vars."""
        path, scope, siblings = here
        if block.name in scope.blocks:
            fault = catalog.blocks.RecursiveBlock(name=block.name, chain=(*scope.blocks, block.name))
            self.report.add(fault, term.span, path=path, labels=[Label(block.span, "defined here")])
            here.unknown(term.name, term.span)
            return
        given = self.resolved(block.arguments(term, path, self.report), scope)
        when = given.pop("when", None)
        if self.is_left_out(when, term, here):
            return
        name = self.claimed(given.pop("name", None), term, here)
        values = block.values(given, term, path, self.report)
        places = Places(path, term.span, {}, {}, scope.calls, term.item, scope.repetition)
        if values is None:
            siblings.made.append(LayerSpec("Sequential", None, name, (), places))
            return
        call = Label(term.span, f"`{block.name}` is called here")
        inner = Scope(
            names={**self.document.names, **values},
            calls=(*scope.calls, call),
            blocks=(*scope.blocks, block.name),
            depth=scope.depth + 1,
            repetition=scope.repetition,
        )
        with self.report.inside(inner.calls):
            children = self.layers(block.layers.value, f"{block.path}.layers", inner)
        layer = Sequential() if children else None
        siblings.made.append(LayerSpec("Sequential", layer, name, children, places))

    # Names

    def is_name(self, given: Written, path: str) -> bool:
        return self.name(given, path) is not None

    def name(self, given: Written | None, path: str) -> str | None:
        if given is None:
            return None
        tree = given.value
        text = text_of(tree)
        if text is None:
            self.report.add(wrong_value("name", TEXT, tree), tree.span, path=path)
            return None
        reason = _why_not_a_name(text)
        if reason is None:
            return text
        fixed = text.replace(".", "_") if "." in text else f"{text}_"
        suggestion = fixed if text.strip(".") and len(fixed) < 40 else None
        self.report.add(
            catalog.names.BadName(name=clip(text), reason=reason, suggestion=suggestion), tree.span, path=path
        )
        return None

    def meant(self, term: Spelling, path: str) -> type[Layer] | None:
        """Report an unknown layer. A misspelt one is taken as meant, so that what follows can be checked."""
        from archc.elaborate.foreign import bare, meaning, rewritten
        from archc.layers.absent import ABSENT

        if reason := ABSENT.get(bare(term.name)):
            absent = catalog.names.UnknownLayer(name=clip(term.name), reason=reason)
            self.report.add(absent, term.span, path=path)
            return None
        found = meaning(term.name, term.value, LAYERS, (repeats.REPEAT, *self.blocks))
        spelling = rewritten(found.terms)
        fault = catalog.names.UnknownLayer(
            name=clip(term.name),
            suggestion=found.suggestion,
            advice=found.advice,
            certain=found.certain,
            spelling=spelling,
        )
        self.report.add(fault, term.span, path=path, target=term.item if spelling else None)
        return LAYERS.get(found.suggestion or "") if found.certain else None


def _why_not_a_name(name: str) -> str | None:
    if not name:
        return "it is empty"
    if "." in name:
        return "a dot separates the names of nested layers"
    if name in SEQUENTIAL_ATTRIBUTES:
        return "it is an attribute of every torch Sequential"
    return None


def _is_no_layer(tree: Tree) -> bool:
    """Whether a name stands alone that is none of a layer, as of a tensor: `Concat: [x1, x2]`."""
    return isinstance(tree, ScalarNode) and isinstance(tree.value, str) and tree.value not in LAYERS


def _first_line(tree: Tree) -> Span:
    if isinstance(tree, MappingNode) and tree.entries:
        return tree.entries[0].key.span
    return tree.span
