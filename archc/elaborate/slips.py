"""A value of the wrong type -> what its author meant by it, and how YAML writes that. Loaded where a value is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from pydantic_core import SchemaValidator, ValidationError

from archc.syntax import scalars
from archc.syntax.tree import ScalarNode, SequenceNode, Tree, data_of
from archc.terms.record import Kind

_WORDS: Final = {
    **dict.fromkeys(("yes", "on", "y", "t", "enabled"), True),
    **dict.fromkeys(("no", "off", "n", "f", "disabled"), False),
}
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(?:[_,' ][0-9]{3})+|[-+]?[0-9]+(?:_[0-9]+)+")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_TRAILED = re.compile(r"([^\s\])},;]+)[\])},;]+")
_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+")
_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?%")
_ARITHMETIC = re.compile(r"[0-9][0-9.]*(?:\s*(?:\*\*|//|[-+*/%])\s*[0-9][0-9.]*)+")
_LIST = re.compile(r"\(?\s*[0-9]+(?:\s*(?:[,xX*]|\s)\s*[0-9]+)+\s*,?\s*\)?")
_VARIABLE = re.compile(r"\$\(?([A-Za-z_]\w*)\)?|\{\{\s*([A-Za-z_]\w*)\s*\}\}|%\(([A-Za-z_]\w*)\)s?")


class Slip(NamedTuple):
    """What was meant: how it is written, in words, and whether nothing else can be meant."""

    written: str
    advice: str
    safe: bool = True


_LONGEST: Final = 100
"""Code points of a text that can be a slip. No number that anybody means is longer, and patterns take their time."""


def slip(tree: Tree, kind: Kind, name: str) -> Slip | None:
    """What a value was meant to be, if that would be a right one."""
    if len(tree.span.text) > _LONGEST and isinstance(tree, ScalarNode):
        return None
    return next((found for value, found in _readings(tree, name) if _is_right(value, kind)), None)


def _is_right(value: object, kind: Kind) -> bool:
    if value is ...:
        return True
    try:
        SchemaValidator(kind.schema).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


def _readings(tree: Tree, name: str) -> Iterator[tuple[object, Slip]]:
    """The values that a tree may mean, the likeliest first. `...` is one that is not known."""
    if isinstance(tree, SequenceNode) and len(tree.items) == 1 and isinstance(tree.items[0], ScalarNode):
        text = tree.items[0].span.text
        yield data_of(tree.items[0]), Slip(text, f"write {_entry(name, text)}, without brackets")
    if not isinstance(tree, ScalarNode):
        return
    value = tree.value
    if (
        isinstance(value, float)
        and not _THOUSANDS.fullmatch(tree.span.text)
        and abs(value) < 2**63
        and value == int(value)
    ):
        yield int(value), _write(str(int(value)), name)
    if isinstance(value, float) and "${" in tree.span.text and "/" in tree.span.text.replace("//", ""):
        yield ..., Slip(tree.span.text, "`//` divides to a whole number, and `/` does not", safe=False)
    if isinstance(value, int) and not isinstance(value, bool) and 1 < value <= 100:
        yield value / 100, Slip(f"{value / 100:g}", f"write {_entry(name, f'{value / 100:g}')}", safe=False)
    if isinstance(value, int) and not isinstance(value, bool) and value in (0, 1):
        yield bool(value), _write(str(bool(value)).lower(), name)
    if isinstance(value, str):
        yield from _of_text(value, tree, name)


def _of_text(text: str, tree: ScalarNode, name: str) -> Iterator[tuple[object, Slip]]:
    if tree.quoted and not isinstance(read := _resolved(text), str):
        yield read, Slip(text, f"delete the quotes: {_entry(name, text)}")
    if (word := _WORDS.get(text.casefold())) is not None:
        written = str(word).lower()
        yield word, Slip(written, f"write {_entry(name, written)}: in YAML 1.2 `{text}` is text")
    if text.casefold() in ("none", "nil", "null"):
        yield None, _write("null", name)
    if _GROUPED.fullmatch(text):
        digits = re.sub(r"[_,' ]", "", text)
        yield _resolved(digits), Slip(digits, f"write {_entry(name, digits)}: digits are not grouped")
    if _COMMA.fullmatch(text):
        point = text.replace(",", ".")
        yield _resolved(point), Slip(point, f"write {_entry(name, point)}, with a point", safe=False)
    if percent := _PERCENT.fullmatch(text):
        share = f"{float(percent[1]) / 100:g}"
        yield float(share), _write(share, name)
    if trailed := _TRAILED.fullmatch(text):
        yield _resolved(trailed[1]), _write(trailed[1], name)
    if _LIST.fullmatch(text):
        sizes = [int(size) for size in re.findall("[0-9]+", text)]
        yield sizes, _write(str(sizes), name)
    if _ARITHMETIC.fullmatch(text):
        yield ..., Slip(f'"${{{text}}}"', f'put it in `${{...}}`: `{name}: "${{{text}}}"`', safe=False)
    if variable := _VARIABLE.fullmatch(text):
        used = next(group for group in variable.groups() if group)
        yield ..., Slip(f'"${{{used}}}"', f'write `{name}: "${{{used}}}"`', safe=False)


def _resolved(text: str) -> object:
    try:
        return scalars.resolve(text) if text else text
    except scalars.IntTooLargeError:
        return ...


def _write(written: str, name: str) -> Slip:
    return Slip(written, f"write {_entry(name, written)}")


def _entry(name: str, written: str) -> str:
    """A value with its key, as a spec has it; an element of a list has none."""
    return f"`{name}: {written}`" if name else f"`{written}`"
