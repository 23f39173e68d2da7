"""`Name`, `Name: principal` or `Name: {argument: value}` -> a term: a layer, loss, optimizer or transform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, TypeVar

from archc.diagnostics import catalog
from archc.diagnostics.report import Report
from archc.elaborate.arguments import Owner, Written, validate
from archc.elaborate.keys import Stray, known_entries
from archc.elaborate.suggest import suggest_argument
from archc.source import Span
from archc.syntax.tree import Entry, MappingNode, ScalarNode, SequenceNode, Tree, clip, head, kind
from archc.terms.record import Argument, declared
from archc.terms.term import OneOf, Table, Term, choice_of

T = TypeVar("T", bound=Term)

_MOST_COMMAS: Final = 32
"""Elements of a list that can be one line of Python."""


class Spelling(NamedTuple):
    """A term as it was written: its name, and the value beside it, if any."""

    name: str
    span: Span
    value: Tree | None
    item: Span
    """The name and the value."""


def spelling(tree: Tree, noun: str, table: Mapping[str, type[Term]], path: str, report: Report) -> Spelling | None:
    """The name and the value of a term in any of its three spellings."""
    if isinstance(tree, ScalarNode) and isinstance(tree.value, str):
        if _is_glued(tree):
            key, value = tree.value.split(":", 1)
            report.add(catalog.grammar.NoSpaceAfterColon(key=key, value=clip(value)), tree.span, path=path)
            return None
        return Spelling(tree.value, tree.span, None, tree.span)
    if isinstance(tree, MappingNode) and len(tree.entries) == 1:
        entry = tree.entries[0]
        return Spelling(entry.name, entry.key.span, entry.value, tree.span)
    report.add(_not_a_term(tree, noun, table), _start(tree), path=path, target=tree.span)
    return None


def whole(items: tuple[Tree, ...]) -> Iterator[Tree]:
    """The elements of a list, a line of Python as one though its commas divide it: `[Normalize((0.5,), (0.5,))]`."""
    last = -1
    for index, item in enumerate(items):
        if index <= last:
            continue
        if isinstance(item, ScalarNode) and isinstance(item.value, str) and "(" in item.value and not item.quoted:
            last = _closing(items, index)
            span = item.span.to(items[last].span)
            yield item._replace(value=span.text, span=span) if last > index else item
        else:
            yield item


def _closing(items: tuple[Tree, ...], index: int) -> int:
    """The element that closes all parentheses that one opens; that itself where none does."""
    first = items[index].span
    for end in range(index, min(index + _MOST_COMMAS, len(items))):
        text = first.to(items[end].span).text if items[end].span.source is first.source else ""
        if text.count("(") <= text.count(")"):
            return end if text else index
    return index


def _is_glued(tree: ScalarNode) -> bool:
    """`Linear:10`, which YAML reads as one word."""
    head, colon, tail = str(tree.value).partition(":")
    return bool(colon and tail) and not tree.quoted and head.isidentifier()


def _not_a_term(tree: Tree, noun: str, table: Mapping[str, type[Term]]) -> catalog.values.NotALayer:
    from archc.elaborate.foreign import activation_inside, keyed, listed, rewritten

    name = written = then = None
    found = kind(tree)
    if isinstance(tree, SequenceNode):
        written = listed(tree, table)
    if isinstance(tree, MappingNode):
        found = f"a mapping with {len(tree.entries)} keys"
        first = tree.entries[0] if tree.entries else None
        if first and first.name in table and isinstance(first.value, ScalarNode) and first.value.value is None:
            name = first.name
        written, then = keyed(tree, table), activation_inside(tree, table)
    spelling = rewritten((written, then) if then else (written,)) if written else None
    return catalog.values.NotALayer(noun=noun, found=found, name=name, written=written, then=then, spelling=spelling)


def _start(tree: Tree) -> Span:
    """Where to point for a tree that may be long: its first key, or itself."""
    return tree.entries[0].key.span if isinstance(tree, MappingNode) and tree.entries else tree.span


class Expected(NamedTuple):
    """What a term may have beside its name.

    `own` names the arguments that the caller reads itself (a layer's `name`, its children), `needed` those of them that
    it cannot do without. `table` has the other terms, whose argument a wrong one may be.
    """

    cls: type[Term]
    table: Mapping[str, type[Term]]
    own: frozenset[str] = frozenset()
    needed: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """The arguments that cannot be left out."""
        return (*(name for name, field in declared(self.cls).items() if field.required), *self.needed)

    def wrong(self, owner: str, stray: Stray) -> catalog.names.UnknownArgument:
        """The fault of an argument that it does not have."""
        advice = None
        if not stray.suggestion:
            from archc.elaborate.elsewhere import argument_advice

            advice = argument_advice(stray.entry, owner, self.table)
        return catalog.names.UnknownArgument(
            argument=stray.name,
            owner=owner,
            known=(*declared(self.cls), *sorted(self.own)),
            required=self.required,
            suggestion=stray.suggestion,
            free=stray.free,
            advice=advice,
        )


def arguments(expected: Expected, term: Spelling, path: str, report: Report) -> dict[str, Written] | None:
    """The written arguments of a term; None where they cannot be told apart."""
    value, cls = term.value, expected.cls
    if value is not None and report.is_explained(value.span):
        return None
    if value is None or (isinstance(value, ScalarNode) and value.value is None):
        return {}
    if isinstance(value, MappingNode):
        return _known(expected, term, _not_accepted(cls, value.entries, path, report), path, report)
    if cls.principal is None:
        from archc.elaborate.foreign import in_order

        fault = catalog.values.NoPrincipalArgument(
            owner=term.name,
            required=expected.required,
            spelling=in_order(cls, value),
            value=clip(value.span.text) if isinstance(value, ScalarNode) else None,
        )
        report.add(fault, value.span, path=path, target=term.item)
        return None
    return {cls.principal: Written(value.span, value)}


def _not_accepted(cls: type[Term], entries: tuple[Entry, ...], path: str, report: Report) -> tuple[Entry, ...]:
    """The entries without those of torch that have one value here, which is checked."""
    if not cls.accepts or not any(entry.name in cls.accepts for entry in entries):
        return entries
    for entry in entries:
        wanted = cls.accepts.get(entry.name)
        value = entry.value.value if isinstance(entry.value, ScalarNode) else None
        if wanted is not None and value is not wanted:
            fault = catalog.values.OneValueAlone(argument=entry.name, value=wanted, found=kind(entry.value))
            report.add(fault, entry.value.span, path=path)
    return tuple(entry for entry in entries if entry.name not in cls.accepts)


def _known(
    expected: Expected, term: Spelling, entries: tuple[Entry, ...], path: str, report: Report
) -> dict[str, Written] | None:
    """The entries that the term has arguments for; the others are reported. None where they stand in another mapping.

    One that is no argument's stands for a required argument that is not there: it is one mistake, and reported once.
    """
    strays: list[Entry] = []

    def wrong(stray: Stray) -> catalog.names.UnknownArgument:
        if not stray.suggestion:
            strays.append(stray.entry)
        return expected.wrong(term.name, stray)

    known = (*declared(expected.cls), *sorted(expected.own))
    if not all(entry.name in known for entry in entries) and _is_wrapped(expected, term, entries, path, report):
        return None
    given = known_entries(entries, known, wrong, path, report, suggest_argument)
    for name, entry in zip((name for name in expected.required if name not in given), strays, strict=False):
        given[name] = entry
        report.mark_explained(entry.value.span)
    return {name: Written(entry.span, entry.value) for name, entry in given.items()}


def _is_wrapped(expected: Expected, term: Spelling, entries: tuple[Entry, ...], path: str, report: Report) -> bool:
    """Whether arguments stand in a part of their own, as in `Adam: {args: {lr: 0.001}}`; it is reported."""
    from archc.elaborate.foreign import unwrapped

    found = next(((entry, remedy) for entry in entries if (remedy := unwrapped(expected.cls, entry, entries))), None)
    if found is None:
        return False
    entry, remedy = found
    fault = expected.wrong(term.name, Stray(clip(entry.name), None, False, entry))
    report.add(fault.with_(advice=remedy.title, spelling=remedy), entry.key.span, path=path, target=term.item)
    return True


def elaborate_term(tree: Tree, noun: str, table: Table[T], path: str, report: Report) -> T | None:
    """A loss, optimizer or transform."""
    term = spelling(tree, noun, table, path, report)
    if term is None:
        return None
    cls = table.get(term.name)
    if cls is None:
        fault = _unknown_choice(term, noun, table)
        report.add(fault, term.span, path=path, target=term.item if fault.spelling else None)
        cls = table.get(fault.suggestion or "") if fault.spelling is None else None
        if cls is None:
            return None
        term = term._replace(name=cls.__name__)
    given = arguments(Expected(cls, table), term, path, report)
    if given is None:
        return None
    ready = {
        name: elaborate_choice(item.value, choice, field, f"{path}.{name}", report)
        for name, item in given.items()
        if (choice := choice_of(field := declared(cls)[name]))
    }
    return validate(cls, given, ready, Owner(term.name, head(term.span, term.value), path), report)


def _unknown_choice(term: Spelling, noun: str, table: Table[T]) -> catalog.names.UnknownChoice:
    known, reason = tuple(table), table.absent.get(term.name)
    if reason:
        return catalog.names.UnknownChoice(noun=noun, name=clip(term.name), known=known, reason=reason)
    from archc.elaborate.foreign import bare, meaning, rewritten
    from archc.elaborate.misplaced import term_meant

    short = bare(term.name.partition("(")[0])
    if place := term_meant(short, noun):
        spelling = place.remedy if short == term.name else None
        return catalog.names.UnknownChoice(
            noun=noun, name=clip(term.name), known=known, advice=place.advice, spelling=spelling
        )
    meant = meaning(term.name, term.value, table)
    return catalog.names.UnknownChoice(
        noun=noun,
        name=clip(term.name),
        known=known,
        suggestion=meant.suggestion,
        advice=meant.advice,
        spelling=rewritten(meant.terms),
    )


def elaborate_choice(tree: Tree, choice: OneOf, field: Argument, path: str, report: Report) -> object:
    """One term, or a tuple of them where the field is a list; None where one is wrong."""
    if not field.many:
        return elaborate_term(tree, choice.noun, choice.table, path, report)
    if not isinstance(tree, SequenceNode):
        fault = catalog.values.WrongStructure(where=f"`{path}`", expected=f"a list of {choice.noun}s", found=kind(tree))
        if isinstance(tree, MappingNode) and all(entry.name in choice.table for entry in tree.entries):
            is_flow = tree.span.text.startswith("{")
            fault = fault.with_(advice="put each in `{...}`, and all in `[...]`" if is_flow else "begin each with `- `")
        report.add(fault, tree.span, path=path)
        return None
    made = [
        elaborate_term(item, choice.noun, choice.table, f"{path}[{index}]", report)
        for index, item in enumerate(whole(tree.items))
    ]
    return None if any(item is None for item in made) else tuple(made)
