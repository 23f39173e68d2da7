"""The arguments of a `Repeat`: how often, the name of its counter, and what is repeated."""

from __future__ import annotations

from typing import Final

from archc import language
from archc.diagnostics import catalog
from archc.diagnostics.report import Report
from archc.elaborate.arguments import Written, wrong_value
from archc.elaborate.keys import Stray, known_entries
from archc.elaborate.suggest import suggest_argument
from archc.elaborate.terms import Spelling
from archc.syntax.tree import MappingNode, ScalarNode, kind, text_of
from archc.terms.values import integer

REPEAT: Final = "Repeat"
"""The one name in a list of layers that is no layer: its layers are spliced in its place."""

_KNOWN: Final = language.names(language.REPEAT)
_REQUIRED: Final = {"times": "how often", "layers": "a list of layers"}
_TIMES: Final = integer("an int of at least 0", 0)


def arguments_of(term: Spelling, path: str, report: Report) -> dict[str, Written] | None:
    """The arguments of a Repeat as they were written; None where `times` or `layers` is missing."""

    def wrong(stray: Stray) -> catalog.names.UnknownArgument:
        return catalog.names.UnknownArgument(
            argument=stray.name, owner=REPEAT, known=_KNOWN, suggestion=stray.suggestion, free=stray.free
        )

    entries = term.value.entries if isinstance(term.value, MappingNode) else ()
    given = known_entries(entries, _KNOWN, wrong, path, report, suggest_argument)
    missing = tuple(name for name in _REQUIRED if name not in given)
    if missing:
        said = tuple(_REQUIRED[name] for name in missing)
        fault = catalog.values.MissingArgument(owner=REPEAT, arguments=missing, descriptions=said)
        report.add(fault, term.span, path=path)
        return None
    return {name: Written(entry.span, entry.value) for name, entry in given.items()}


def times(given: Written, path: str, report: Report) -> int | None:
    """How often its layers are repeated."""
    tree = given.value
    value = tree.value if isinstance(tree, ScalarNode) else None
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    report.add(wrong_value("times", _TIMES, tree), tree.span, path=path)
    return None


def counter(given: Written | None, path: str, report: Report) -> str | None:
    """The name that counts the repetitions in expressions, where there is one."""
    if given is None:
        return None
    name = text_of(given.value)
    if name is not None and language.is_variable(name):
        return name
    fault = catalog.values.WrongValue(name="as", expected="the name of a variable", found=kind(given.value))
    report.add(fault, given.value.span, path=path)
    return None


def which(number: int, times: int, counter: str | None, outer: str | None) -> str:
    """A repetition in words, counted from 1."""
    text = f"repetition {number + 1} of {times}" + (f" (`{counter}` is {number})" if counter else "")
    return f"{text} inside {outer}" if outer else text
