"""A YAML document -> the root that can be printed; spellings that the formatter does not support are refused."""

from __future__ import annotations

import re
from typing import Final

from archc.diagnostics import catalog
from archc.syntax.document import Document
from archc.syntax.tree import MappingNode, ScalarNode, SequenceNode, Tree, children

_SEPARATOR: Final = re.compile("[\x85\u2028\u2029]")
_LONGEST_KEY: Final = 1000


def check_spelling(document: Document, tree: Tree) -> MappingNode | SequenceNode:
    """The root of a document without tags, all of whose spellings can be printed.

    Raises:
        CannotFormat: one of them cannot.
    """
    if _SEPARATOR.search(document.source.text):
        raise catalog.runs.CannotFormat(
            reason="it has a line separator that is neither LF nor CR (U+0085, U+2028 or U+2029)"
        )
    if document.directive:
        raise catalog.runs.CannotFormat(reason="it begins with a directive")
    if isinstance(tree, ScalarNode) or tree.anchor:
        raise catalog.runs.CannotFormat(reason="it is a single value, or all of it has an anchor")
    waiting: list[Tree] = [tree]
    while waiting:
        part = waiting.pop()
        if part.alias:
            continue
        if isinstance(part, MappingNode):
            for entry in part.entries:
                _check_key(entry.key)
        waiting += children(part)
    return tree


def _check_key(key: ScalarNode) -> None:
    """The keys of a mapping must be simple."""
    if key.anchor or key.alias:
        raise catalog.runs.CannotFormat(reason="a key has an anchor or is an alias")
    if key.style in ("|", ">") or len(key.text) > _LONGEST_KEY or "\n" in key.text or "\r" in key.text:
        raise catalog.runs.CannotFormat(reason="a key has several lines, or more than 1,000 characters")
