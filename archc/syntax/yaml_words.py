"""A YAML error in the words of libyaml, also where PyYAML was built without it, whose own parser has other words."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import yaml


class Problem(NamedTuple):
    """What libyaml says is wrong, while it was doing what; the offset of that, and where what it was reading begins."""

    says: str
    doing: str
    at: int
    context: int | None


def problem(error: yaml.MarkedYAMLError) -> Problem:
    """The problem of an error that has a place."""
    assert error.problem_mark is not None
    says, doing, at = error.problem or "this is not YAML", error.context or "", error.problem_mark.index
    for words, theirs, ahead in _PURE:
        if found := words.match(f"{doing}: {says}"):
            says, at = found.expand(theirs), at - ahead
            break
    return Problem(says, doing, at, error.context_mark.index if error.context_mark else None)


_PURE: Final = tuple(
    (re.compile(pure), theirs, ahead)
    for pure, theirs, ahead in (
        (r".*: expected ',' or '([]}])', but got", r"did not find expected ',' or '\1'", 0),
        (r".*block collection: expected <block end>, but found", "did not find expected '-' indicator", 0),
        (r".*block mapping: expected <block end>, but found", "did not find expected key", 0),
        (r".*: expected '<document start>', but found", "did not find expected <document start>", 0),
        (r".*: expected the node content, but found", "did not find expected node content", 0),
        (r".*: found character .* that cannot start any token", "found character that cannot start any token", 0),
        (r".*: sequence entries are not allowed here", "block sequence entries are not allowed in this context", 0),
        (r".*: mapping (keys|values) are not allowed here", r"mapping \1 are not allowed in this context", 0),
        (r".*: found unknown escape character '", "found unknown escape character", 1),
        (r".*: expected escape sequence of", "did not find expected hexdecimal number", 0),
        (
            r".*: expected alphabetic or numeric character, but found",
            "did not find expected alphabetic or numeric character",
            0,
        ),
        (r".*: expected chomping or indentation indicators", "did not find expected comment or line break", 0),
        (r".*: expected a comment or a line break", "did not find expected comment or line break", 0),
        (r".*: expected indentation indicator", "found an indentation indicator equal to 0", 0),
    )
)
"""The words of PyYAML's own parser, libyaml's, and how far its place is behind libyaml's."""
