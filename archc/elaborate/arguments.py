"""Written arguments -> a validated model: pydantic's verdicts become faults with places, one for each argument."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Report
from archc.elaborate.suggest import Meant, suggest_value
from archc.recipe.section import Section
from archc.source import Span
from archc.syntax.tree import Entry, ScalarNode, SequenceNode, Tree, children, data_of, kind, text_of
from archc.terms.engine import ValidationError
from archc.terms.record import Argument, Kind, Record, declared
from archc.terms.term import Term
from archc.terms.values import DIMENSION_LIMIT

M = TypeVar("M", bound=Record)


class Written(NamedTuple):
    """An argument as it was written: the place of the whole entry, and its value."""

    span: Span
    value: Tree


class Owner(NamedTuple):
    """What the arguments belong to: its name, its place, and its path in the document."""

    name: str
    span: Span
    path: str


def written(entries: tuple[Entry, ...]) -> dict[str, Written]:
    """The entries of a mapping by name."""
    return {entry.name: Written(entry.span, entry.value) for entry in entries}


def validate(
    cls: type[M],
    arguments: Mapping[str, Written],
    ready: Mapping[str, object],
    owner: Owner,
    report: Report,
    *,
    strays: bool = False,
) -> M | None:
    """An instance of `cls`, or None with the reasons in the report, unless it gives what is meant all the same.

    `ready` holds arguments that are already values; None there means that their fault is already reported. `strays`:
    there were others, which are reported, and may have been meant for what seems to be missing.
    """
    fields = declared(cls)
    if not report.ok:
        unknown = [name for name, item in arguments.items() if name not in ready and _unknown(item.value, report)]
        ready = {**ready, **dict.fromkeys(unknown)}
    values = {name: _value(fields[name], item.value) for name, item in arguments.items() if name not in ready}
    values |= {name: value for name, value in ready.items() if value is not None}
    try:
        made = cls(**values)
    except ValidationError as error:
        _report(error, cls, arguments, ready, owner, report)
        return None
    try:
        made.check()
    except Fault as fault:
        if strays and isinstance(fault, catalog.values.MissingKey):
            return None
        at = _at_fault(fault, arguments)
        report.add(fault, at.span if at else owner.span, path=owner.path)
        if at is None or not fault.gives_output:
            return None
        report.mark_explained(at.span)
    return None if any(value is None for value in ready.values()) else made


def _at_fault(fault: Fault, arguments: Mapping[str, Written]) -> Written | None:
    """The argument that a fault is about; of two that do not go together, the one that the command line says."""
    names = [fault.field or "", getattr(fault, "first", ""), getattr(fault, "second", "")]
    found = [arguments[name] for name in names if name in arguments]
    said = (item for item in found if item.span.source.origin == "override")
    return next(said, arguments.get(fault.field or ""))


def _unknown(tree: Tree, report: Report) -> bool:
    """Whether a part of a value is unknown, with the reason in the report."""
    return report.is_explained(tree.span) or any(_unknown(part, report) for part in children(tree))


def _value(field: Argument, tree: Tree) -> object:
    """The value of a tree; a command-line override of a text is text, whatever it looks like."""
    text = text_of(tree) if field.annotation is str else None
    return data_of(tree) if text is None else text


def _report(
    error: ValidationError,
    cls: type[Record],
    arguments: Mapping[str, Written],
    ready: Mapping[str, object],
    owner: Owner,
    report: Report,
) -> None:
    missing: list[str] = []
    seen: dict[str, set[int | None]] = {}
    for detail in sorted(error.errors(include_url=False), key=lambda detail: _index(detail["loc"][1:]) is None):
        name, element = str(detail["loc"][0]), _element_alone(detail["loc"][1:])
        told = seen.setdefault(name, set())
        known = told and (element in told or element is None or None in told or detail["type"] == "missing")
        if name in ready or known:
            continue
        told.add(element)
        if name in arguments:
            tree = _element(arguments[name].value, detail["loc"][1:])
            alone = arguments[name].span == arguments[name].value.span
            fault = _wrong_value(declared(cls)[name], dict(detail), tree, cls, owner.name if alone else name)
            if tree is not arguments[name].value:
                fault = _in_list(fault)
            if name == "padding" and isinstance(tree, ScalarNode) and isinstance(tree.value, str):
                fault = _in_words(fault, tree.value, cls, arguments)
            report.add(fault, tree.span, path=owner.path)
        else:
            missing.append(name)
    if missing:
        _report_missing(missing, cls, owner, report)


def _in_words(fault: Fault, word: str, cls: type[Record], arguments: Mapping[str, Written]) -> Fault:
    """The fault of a padding in words, with the number that is meant."""
    from archc.elaborate.paddings import padding

    meant = padding(word, cls, {name: item.value for name, item in arguments.items()})
    return fault.with_(advice=meant.advice, replacement=meant.replacement, suggestion=None) if meant else fault


def _report_missing(missing: list[str], cls: type[Record], owner: Owner, report: Report) -> None:
    if issubclass(cls, Section):
        for name in missing:
            key = catalog.values.MissingKey(key=name, where=owner.name, example=_EXAMPLES.get(name, f"{name}: ..."))
            report.add(key, owner.span, path=owner.path)
        return
    said = tuple(declared(cls)[name].doc.rstrip(".") for name in missing)
    fault = catalog.values.MissingArgument(owner=owner.name.strip("`"), arguments=tuple(missing), descriptions=said)
    report.add(fault, owner.span, path=owner.path)


_EXAMPLES = {
    "data": "data: {name: FashionMNIST}",
    "name": "name: FashionMNIST",
    "loss": "loss: CrossEntropyLoss",
    "optimizer": "optimizer: {Adam: {lr: 1e-3}}",
}


def _element_alone(location: tuple[int | str, ...]) -> int | None:
    """The element of a list that a location of pydantic's means, where a list is all that the argument can be."""
    return location[0] if location and isinstance(location[0], int) else None


def _element(tree: Tree, location: tuple[int | str, ...]) -> Tree:
    """The element of a list that a location of pydantic's means; the whole value where there is none."""
    index = _index(location)
    if isinstance(tree, SequenceNode) and index is not None and index < len(tree.items):
        return tree.items[index]
    return tree


def _index(location: tuple[int | str, ...]) -> int | None:
    """The element of a list that a location of pydantic's means."""
    return next((step for step in location if isinstance(step, int)), None)


def _wrong_value(field: Argument, detail: dict[str, Any], tree: Tree, cls: type[Record], key: str) -> Fault:
    """The fault of a value. `key` is what stands before it: the argument's name, or the term's where it is alone."""
    name, expected = field.name, field.kind.says
    if detail["type"] == "less_than" and detail["ctx"]["lt"] >= DIMENSION_LIMIT:
        expected = f"an int below {detail['ctx']['lt']:,}"
    elif detail["type"] == "finite_number":
        expected = expected.replace("number", "finite number", 1)
    if isinstance(tree, ScalarNode) and tree.value is not None and (meant := _word(field, tree.value)):
        fault = catalog.values.WrongValue(
            name=name, expected=expected, found=kind(tree), suggestion=meant.name, advice=meant.advice
        )
        return _as_list(fault, name) if field.many and _index(detail["loc"][1:]) is None else fault
    fault = wrong_value(name, field.kind, tree, key)
    if fault.advice is None and key != name and (text := _by_name(cls, tree)):
        from archc.elaborate.corrections import Correction

        value = text.partition(": ")[2]
        by_name = Correction(value, f"arguments are written by name, as in `{text}`", safe=False)
        fault = fault.with_(advice=by_name.advice, replacement=by_name if value else None)
    return fault.with_(expected=expected)


def wrong_value(name: str, wanted: Kind, tree: Tree, key: str | None = None) -> catalog.values.WrongValue:
    """The fault of a value that is not of its kind, with what was meant by it."""
    from archc.elaborate.corrections import correction

    meant = correction(tree, wanted, name if key is None else key)
    advice = meant.advice if meant else None
    return catalog.values.WrongValue(
        name=name, expected=wanted.says, found=kind(tree), advice=advice, replacement=meant
    )


def _by_name(cls: type[Record], tree: Tree) -> str | None:
    """How a list of arguments in order, as Python has them, is written."""
    if not isinstance(tree, SequenceNode) or not issubclass(cls, Term) or len(tree.items) < 2:
        return None
    from archc.elaborate.foreign import in_order

    written = in_order(cls, tree)
    return written.text if written else None


def _as_list(fault: catalog.values.WrongValue, name: str) -> Fault:
    """The fault of a choice that stands alone where a list of some is needed."""
    if fault.suggestion is None:
        return fault
    from archc.elaborate.corrections import Correction

    written = f"[{fault.suggestion}]"
    meant = Correction(written, f"write `{name}: {written}`", safe=False)
    return fault.with_(suggestion=None, advice=meant.advice, replacement=meant)


def _in_list(fault: Fault) -> Fault:
    """The fault of an element, which may be several, as in `[4 2]`."""
    from archc.elaborate.corrections import Correction

    meant = getattr(fault, "replacement", None)
    if meant is None or not meant.written.startswith("["):
        return fault
    several = meant.written[1:-1]
    meant = Correction(several, f"write `{several}`", safe=False)
    return fault.with_(advice=meant.advice, replacement=meant)


def _word(field: Argument, value: object) -> Meant | None:
    """What a text means where there is a choice of some; also a number, as in `precision: 16`."""
    if not (choices := [*_choices(field.kind.json)]):
        return None
    meant = suggest_value(field.name, str(value), choices)
    return meant if meant.name or meant.advice else None


def _choices(schema: object) -> Iterator[str]:
    """The texts that a kind admits by name."""
    if isinstance(schema, dict):
        yield from (choice for choice in schema.get("enum", ()) if isinstance(choice, str))
        for part in schema.values():
            yield from _choices(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _choices(part)
