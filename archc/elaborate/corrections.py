"""A value of the wrong type -> what its author meant by it, and how YAML writes that. Loaded where a value is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final, NamedTuple

from archc.syntax import scalars
from archc.syntax.tree import ScalarNode, SequenceNode, Tree, data_of
from archc.terms.engine import SchemaValidator, ValidationError
from archc.terms.record import Kind

_WORDS: Final = {
    **dict.fromkeys(("yes", "on", "y", "t", "enabled"), True),
    **dict.fromkeys(("no", "off", "n", "f", "disabled"), False),
}
_WHOLE: Final = re.compile(r"(\"?\$\{[^{}]*?)\s*(\}\"?)")
_INTERVAL: Final = re.compile(r"([1-9][0-9]{0,8})?\s*([a-z]*)")
_UNITS: Final = {
    **dict.fromkeys(("epoch", "epochs", "ep", "eps", "e"), "epoch"),
    **dict.fromkeys(
        ("step", "steps", "batch", "batches", "iter", "iters", "iteration", "iterations", "its", "it"), "step"
    ),
    **dict.fromkeys(("minute", "minutes", "min", "mins", "m"), "minute"),
}
_FEW_EPOCHS: Final = 20
"""So many are epochs rather than steps, where a number stands alone."""
_SPACED: Final = re.compile(r"[0-9]+(?: +[0-9]+)+")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")


class Correction(NamedTuple):
    """What was meant: how it is written, in words, and whether nothing else can be meant."""

    written: str
    advice: str
    safe: bool = True


Reading = tuple[object, Correction]
"""A value that may be meant, `...` where it is not known, and how it is written."""

_LONGEST: Final = 100
"""Code points of a text that can be corrected. No number that anybody means is longer, and patterns take their time."""


def correction(tree: Tree, kind: Kind, name: str) -> Correction | None:
    """What a value was meant to be, if that would be a right one."""
    # Its value too: that of an expression may be longer than what is written.
    texts = (tree.span.text, tree.value) if isinstance(tree, ScalarNode) else ()
    if any(isinstance(text, str) and len(text) > _LONGEST for text in texts):
        return None
    readings = chain(_readings(tree, name), _intervals(tree, kind, name))
    return next((found for value, found in readings if _is_right(value, kind)), None)


def _is_right(value: object, kind: Kind) -> bool:
    if value is ...:
        return True
    try:
        SchemaValidator(kind.schema).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


def _readings(tree: Tree, name: str) -> Iterator[Reading]:
    """The values that a tree may mean, the likeliest first. `...` is one that is not known.

    The value of an expression is no text that could be written otherwise.
    """
    if "${" in tree.span.text:
        yield from _of_expression(tree, name)
        return
    if isinstance(tree, SequenceNode) and len(tree.items) == 1 and isinstance(tree.items[0], ScalarNode):
        text = tree.items[0].span.text
        yield data_of(tree.items[0]), Correction(text, f"write {_entry(name, text)}, without brackets")
    if isinstance(tree, ScalarNode) and isinstance(tree.value, str):
        yield from _of_text(tree.value, tree, name)
    elif isinstance(tree, ScalarNode) and isinstance(tree.value, float):
        yield from _of_float(tree.value, tree.span.text, name)
    elif isinstance(tree, ScalarNode) and isinstance(tree.value, int) and not isinstance(tree.value, bool):
        yield from _of_int(tree.value, name)
    if isinstance(tree, ScalarNode) and tree.value is not None:
        text = f"[{tree.span.text}]"
        yield [tree.value], Correction(text, f"write {_entry(name, text)}: it is a list", safe=False)


def _intervals(tree: Tree, kind: Kind, name: str) -> Iterator[Reading]:
    """A number alone, or one of batches, where one of epochs or steps is wanted."""
    if "epoch" not in str(kind.json) or not isinstance(tree, ScalarNode):
        return
    found = _INTERVAL.fullmatch(str(tree.value).casefold())
    if found is None:
        return
    number = int(found[1] or 1)
    unit = _UNITS.get(found[2] or "") or ("epoch" if number <= _FEW_EPOCHS else "step")
    text = f"{number} {unit}{'s' * (number != 1)}"
    other = "step" if unit == "epoch" else "epoch"
    also = "" if found[2] else f", or `{number} {other}{'s' * (number != 1)}`"
    yield text, Correction(text, f"write {_entry(name, text)}{also}", safe=False)


def _of_expression(tree: Tree, name: str) -> Iterator[Reading]:
    text = tree.span.text
    if isinstance(tree, ScalarNode) and isinstance(tree.value, float) and "/" in text.replace("//", ""):
        written = re.sub("(?<!/)/(?!/)", "//", text)
        advice = f"write {_entry(name, written)}: `//` divides to a whole number, and `/` does not"
        yield ..., Correction(written, advice, safe=False)
    whole = isinstance(tree, ScalarNode) and isinstance(tree.value, int) and _WHOLE.fullmatch(text)
    if whole:
        written = f"{whole[1]} > 0{whole[2]}"
        yield True, Correction(written, f"write {_entry(name, written)}: 1 is not true", safe=False)


def _of_float(value: float, text: str, name: str) -> Iterator[Reading]:
    if not _THOUSANDS.fullmatch(text) and abs(value) < 2**63 and value == int(value):
        yield int(value), _write(str(int(value)), name)


def _of_int(value: int, name: str) -> Iterator[Reading]:
    if 1 < value <= 100:
        share = f"{value / 100:g}"
        yield value / 100, Correction(share, f"write {_entry(name, share)}", safe=False)
    if value in (0, 1):
        yield bool(value), _write(str(bool(value)).lower(), name)
    quoted = f'"{value}"'
    yield str(value), Correction(quoted, f"write {_entry(name, quoted)}: it is text")


def _of_text(text: str, tree: ScalarNode, name: str) -> Iterator[Reading]:
    around = tree.span.source.text
    has_others = around[: tree.span.start].rstrip()[-1:] == "," or around[tree.span.end :].lstrip()[:1] == ","
    if has_others and _SPACED.fullmatch(text):
        several = ", ".join(text.split())
        yield ..., Correction(several, f"write `{several}`", safe=False)
    if tree.quoted and not isinstance(read := _resolved(text), str):
        yield read, Correction(text, f"delete the quotes: {_entry(name, text)}")
    if (word := _WORDS.get(text.casefold())) is not None:
        written = str(word).lower()
        yield word, Correction(written, f"write {_entry(name, written)}: in YAML 1.2 `{text}` is text")
    if text.casefold() in ("none", "nil", "null"):
        yield None, _write("null", name)
    for pattern, reading in _PATTERNS:
        if match := pattern.fullmatch(text):
            yield reading(match, name)


def _ungrouped(match: re.Match[str], name: str) -> Reading:
    digits = re.sub(r"[_,' ]", "", match[0])
    safe = " " not in match[0]  # a comma may be missing
    return _resolved(digits), Correction(digits, f"write {_entry(name, digits)}: digits are not grouped", safe)


def _with_a_point(match: re.Match[str], name: str) -> Reading:
    point = match[0].replace(",", ".")
    return _resolved(point), Correction(point, f"write {_entry(name, point)}, with a point", safe=False)


def _as_a_share(match: re.Match[str], name: str) -> Reading:
    share = f"{float(match[1]) / 100:g}"
    return float(share), _write(share, name)


def _without_what_trails(match: re.Match[str], name: str) -> Reading:
    return _resolved(match[1]), _write(match[1], name)


def _as_a_list(match: re.Match[str], name: str) -> Reading:
    sizes = [int(size) for size in re.findall("[0-9]+", match[0])]
    return sizes, _write(str(sizes), name)


def _as_an_expression(match: re.Match[str], name: str) -> Reading:
    written = f'"${{{match[0]}}}"'
    return ..., Correction(written, f"put it in `${{...}}`: `{name}: {written}`", safe=False)


def _as_a_variable(match: re.Match[str], name: str) -> Reading:
    written = f'"${{{next(group for group in match.groups() if group)}}}"'
    return ..., Correction(written, f"write `{name}: {written}`", safe=False)


_PATTERNS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], Reading]], ...]] = (
    (re.compile(r"[-+]?[0-9]{1,3}(?:[_,' ][0-9]{3})+|[-+]?[0-9]+(?:_[0-9]+)+"), _ungrouped),
    (re.compile(r"[-+]?[0-9]+,[0-9]+"), _with_a_point),
    (re.compile(r"([0-9]+(?:\.[0-9]+)?) ?%"), _as_a_share),
    (re.compile(r"([^\s\])},;]+)[\])},;]+"), _without_what_trails),
    (re.compile(r"\(?\s*[0-9]+(?:\s*(?:[,xX*]|\s)\s*[0-9]+)+\s*,?\s*\)?"), _as_a_list),
    (re.compile(r"[0-9][0-9.]*(?:\s*(?:\*\*|//|[-+*/%])\s*[0-9][0-9.]*)+"), _as_an_expression),
    (
        re.compile(r"\$\(?(?:\w+\.)*([A-Za-z_]\w*)\)?|\{\{\s*(?:\w+\.)*([A-Za-z_]\w*)\s*\}\}|%\(([A-Za-z_]\w*)\)s?"),
        _as_a_variable,
    ),
)
"""How texts look that are no values, and what each may mean; the likeliest first."""


def _resolved(text: str) -> object:
    try:
        return scalars.resolve(text) if text else text
    except scalars.IntTooLargeError:
        return ...


def _write(written: str, name: str) -> Correction:
    return Correction(written, f"write {_entry(name, written)}")


def _entry(name: str, written: str) -> str:
    """A value with its key, as a spec has it; an element of a list has none."""
    return f"`{name}: {written}`" if name else f"`{written}`"
