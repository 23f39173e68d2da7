"""The `vars` and `blocks` of a document and of what it includes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from archc import language
from archc.diagnostics import catalog
from archc.diagnostics.report import Label, Report
from archc.elaborate.arguments import Written
from archc.elaborate.keys import Stray, known_entries, unknown_key
from archc.elaborate.scope import Scope, resolve
from archc.elaborate.suggest import suggest_argument
from archc.elaborate.terms import Spelling
from archc.source import Span
from archc.syntax.tree import Entry, MappingNode, ScalarNode, Tree, clip, kind

if TYPE_CHECKING:
    from archc.expressions import Value

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "str": (str,),
}


class Param(NamedTuple):
    """A parameter of a block. `types` are those of its values; empty for any scalar."""

    name: str
    types: tuple[type, ...]
    required: bool
    default: Value
    span: Span

    @property
    def says(self) -> str:
        """How its type is called in a message."""
        words = {int: "an int", float: "a number", bool: "true or false", str: "text"}
        return words[self.types[0]] if self.types else "a single value"

    def accepts(self, value: object) -> bool:
        """Whether a value has its type. A bool is no int."""
        if not self.types:
            return True
        if isinstance(value, bool):
            return bool in self.types
        return isinstance(value, self.types)


class Block(NamedTuple):
    """A reusable group of layers: its parameters, and the tree of its layers."""

    name: str
    params: Mapping[str, Param]
    layers: Entry
    span: Span
    path: str

    def arguments(self, term: Spelling, path: str, report: Report) -> dict[str, Written]:
        """The written arguments of a call; a value alone is that of the only parameter, or the only required one."""
        known = (*self.params, *language.names(language.LAYER))

        def wrong(stray: Stray) -> catalog.names.UnknownArgument:
            return catalog.names.UnknownArgument(
                argument=stray.name, owner=self.name, known=known, suggestion=stray.suggestion, free=stray.free
            )

        value = term.value
        if value is None or (isinstance(value, ScalarNode) and value.value is None):
            return {}
        if isinstance(value, MappingNode):
            entries = known_entries(value.entries, known, wrong, path, report, suggest_argument)
            return {name: Written(entry.span, entry.value) for name, entry in entries.items()}
        required = [name for name, param in self.params.items() if param.required]
        if len(alone := required if len(required) == 1 else [*self.params]) == 1:
            return {alone[0]: Written(value.span, value)}
        fault = catalog.values.NoPrincipalArgument(owner=self.name, required=tuple(self.params))
        report.add(fault, value.span, path=path)
        report.mark_explained(term.span)
        return {}

    def values(self, given: dict[str, Written], term: Spelling, path: str, report: Report) -> dict[str, Value] | None:
        """The values of its parameters; None where one is missing or wrong."""
        missing = tuple(name for name, param in self.params.items() if param.required and name not in given)
        labels = [Label(self.span, "defined here")]
        if missing and not (term.value is not None and report.is_explained(term.value.span)):
            fault = catalog.blocks.MissingParameter(block=self.name, names=missing)
            report.add(fault, term.span, path=path, labels=labels)
        values: dict[str, Value] = {}
        for name, param in self.params.items():
            tree = given[name].value if name in given else None
            if tree is None:
                values[name] = param.default
            elif isinstance(tree, ScalarNode) and param.accepts(tree.value):
                values[name] = tree.value
            else:
                wrong = catalog.blocks.WrongParameter(block=self.name, name=name, expected=param.says, found=kind(tree))
                report.add(wrong, tree.span, path=path, labels=[Label(param.span, "declared here")])
                missing = (*missing, name)
        return None if missing else values


class Definitions:
    """What a document defines, its includes first."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.names: dict[str, Value] = {}
        self.blocks: dict[str, Block] = {}
        self._places: dict[str, Span] = {}

    @property
    def scope(self) -> Scope:
        """The names that the whole document sees."""
        return Scope(dict(self.names))

    def add(self, given: Mapping[str, Entry]) -> None:
        """Read the entries `vars` and `blocks` of a document or a fragment."""
        if "vars" in given:
            self.add_vars(given["vars"])
        if "blocks" in given:
            self.add_blocks(given["blocks"])

    def add_vars(self, entry: Entry) -> None:
        """Variables may use those before them."""
        # The names themselves, not a copy of them for each variable: nobody keeps this scope.
        scope = Scope(self.names)
        for item in self._mapping(entry):
            if self._claim("vars", item, language.is_variable, "letters, digits and `_`, no digit first"):
                tree = resolve(item.value, scope, self.report)
                self.names[item.name] = self._scalar(tree, item.name, "vars")

    def add_blocks(self, entry: Entry) -> None:
        """Blocks may use each other in any order."""
        for item in self._mapping(entry):
            if self._claim("blocks", item, language.is_block, "lower-case letters, digits and `_`, a letter first"):
                block = self._block(item)
                if block:
                    self.blocks[item.name] = block

    def _mapping(self, entry: Entry) -> tuple[Entry, ...]:
        if isinstance(entry.value, MappingNode):
            return entry.value.entries
        fault = catalog.values.WrongStructure(where=f"`{entry.name}`", expected="a mapping", found=kind(entry.value))
        self.report.add(fault, entry.head, path=entry.name)
        return ()

    def _claim(self, where: str, item: Entry, is_name: Callable[[str], bool], reason: str) -> bool:
        """Whether a name is well-formed and new."""
        path = f"{where}.{clip(item.name)}"
        if not is_name(item.name):
            taken = item.name in language.RESERVED
            said = "expressions use this word themselves" if taken else f"it needs {reason}"
            self.report.add(catalog.names.BadName(name=clip(item.name), reason=said), item.key.span, path=path)
            return False
        first = self._places.setdefault(path, item.key.span)
        if first is not item.key.span:
            fault = catalog.blocks.DefinedTwice(name=item.name, where=where)
            self.report.add(fault, item.key.span, path=path, labels=[Label(first, "first defined here")])
            return False
        return True

    def _scalar(self, tree: Tree, name: str, where: str) -> Value:
        if isinstance(tree, ScalarNode):
            return tree.value
        fault = catalog.values.WrongValue(name=name, expected="a single value", found=kind(tree))
        self.report.add(fault, tree.span, path=f"{where}.{name}")
        self.report.mark_explained(tree.span)
        return None

    def _block(self, item: Entry) -> Block | None:
        path = f"blocks.{item.name}"
        if not isinstance(item.value, MappingNode):
            fault = catalog.values.WrongStructure(where=f"`{path}`", expected="a mapping", found=kind(item.value))
            self.report.add(fault, item.key.span, path=path)
            return None
        known = language.names(language.BLOCK)
        given = known_entries(item.value.entries, known, unknown_key(f"`{path}`", known), path, self.report)
        if "layers" not in given:
            missing = catalog.values.MissingKey(key="layers", where=f"`{path}`", example=language.BLOCK[1].example)
            self.report.add(missing, item.key.span, path=path)
            return None
        params = self._params(given["params"], path) if "params" in given else {}
        return Block(item.name, params, given["layers"], item.key.span, path)

    def _params(self, entry: Entry, path: str) -> dict[str, Param]:
        made = {}
        for item in self._mapping(entry):
            if not language.is_variable(item.name) or item.name == "name":
                reason = "`name` names the block's module" if item.name == "name" else "it is not a variable's name"
                self.report.add(catalog.names.BadName(name=clip(item.name), reason=reason), item.key.span, path=path)
                continue
            made[item.name] = self._param(item, path)
        return made

    def _param(self, item: Entry, path: str) -> Param:
        """A type, in quotes or not, means required; a value is the default, and its type that of the parameter."""
        tree = item.value
        if isinstance(tree, ScalarNode) and isinstance(tree.value, str) and tree.value in _TYPES:
            return Param(item.name, _TYPES[tree.value], True, None, item.key.span)
        value = self._scalar(resolve(tree, self.scope, self.report), item.name, f"{path}.params")
        types = next((kinds for kinds in _TYPES.values() if type(value) is kinds[0]), ())
        return Param(item.name, types, False, value, item.key.span)
