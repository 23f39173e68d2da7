"""The Markdown beside the modules of layers, and of the language -> good and bad specs, and what archc says of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from archc.diagnostics.documentation import EXAMPLE
from archc.diagnostics.report import Report
from archc.diagnostics.words import dimensions
from archc.front import Front, read
from archc.layers import LAYERS
from archc.source import SourceFile

_SECTION: Final = re.compile(r"^# (?P<subjects>.+)\n(?P<text>(?:(?!# ).*\n)*)", re.MULTILINE)
_ANY: Final = "LAYER"
"""Stands for the layer's name in a section about several."""


class Usage(NamedTuple):
    """A spec that uses its subject as people do, or with a mistake that people make; `why` says which."""

    subject: str
    good: bool
    why: str
    text: str

    @property
    def title(self) -> str:
        """What stands above the spec."""
        return f"{'Right' if self.good else 'Wrong'}: {self.why}"

    def front(self) -> Front:
        """The spec, checked."""
        return read(SourceFile("example.yaml", self.text), Report("example.yaml"))

    def outcome(self) -> list[str]:
        """What archc says: the subject's shapes and parameters, or what is wrong and what helps."""
        checked = self.front()
        if not self.good:
            found = list(checked.report)
            return [
                line for each in found for line in (f"{each.code}: {each.message}", *map("help: {}".format, each.helps))
            ]
        assert checked.network, f"the good example of {self.subject} is wrong"
        network = checked.network
        node = next((node for node in network.walk() if node.type == self.subject), None)
        who, what = (self.subject, node) if node else ("the network", network)
        count = f"{what.params:,}" if what.params else "no"
        return [f"{who}: {dimensions(what.input)} -> {dimensions(what.output)}, {count} parameters"]


class Chapter(NamedTuple):
    """A part of a file of examples: the names in its heading, and the text under it."""

    subjects: tuple[str, ...]
    text: str

    @property
    def says(self) -> str:
        """The paragraphs before that of the first spec."""
        return "\n\n".join(self.text.partition("```")[0].strip().split("\n\n")[:-1])

    def usages(self, subject: str) -> Iterator[Usage]:
        """The specs, each with the paragraph before it."""
        begin = len(self.says)
        for match in EXAMPLE.finditer(self.text):
            why = " ".join(self.text[begin : match.start()].split())
            begin = match.end()
            yield Usage(
                subject, match["kind"] == "good", *(text.replace(_ANY, subject) for text in (why, match["text"]))
            )


@cache
def chapters(package: str, name: str) -> tuple[Chapter, ...]:
    """The chapters of a Markdown file in a package."""
    text = files(package).joinpath(f"{name}.md").read_text("utf-8")
    return tuple(
        Chapter(tuple(match["subjects"].split(", ")), match["text"].strip()) for match in _SECTION.finditer(text)
    )


def usages_of(layer: str) -> list[Usage]:
    """The examples of a layer, the good ones first."""
    package, _, module = LAYERS[layer].__module__.rpartition(".")
    about = (chapter for chapter in chapters(package, module) if layer in chapter.subjects)
    return sorted((usage for section in about for usage in section.usages(layer)), key=lambda usage: not usage.good)


def forms() -> dict[str, Chapter]:
    """What the language has beside layers: `Repeat`, `vars`, ..., each with what it is and its examples."""
    return {chapter.subjects[0]: chapter for chapter in chapters("archc.reference", "language")}
