"""A fault's docstring -> its parts: the sentence, the text, and the example specs."""

from __future__ import annotations

import inspect
import re
from typing import Final, NamedTuple

from archc.diagnostics.fault import Fault

EXAMPLE = re.compile(r"```yaml (?P<kind>bad|good)\n(?P<text>.*?)```", re.DOTALL)

_AS_WRITTEN: Final = re.compile(r"```yaml (?P<kind>bad|good)(?: (?P<input>[^\n]+))?\n(?P<text>.*?)```", re.DOTALL)
_HEADLESS: Final = re.compile(r"(?:vars|blocks|layers|train):")
_TRAIN: Final = re.compile(r"^train:\n(?P<keys>(?:  .*\n)*)", re.MULTILINE)
_KEY: Final = re.compile(r"^  (?P<name>\w+):.*\n(?:   .*\n)*", re.MULTILINE)
_IMAGE: Final = "[1, 28, 28]"
_CLASSIFIER: Final = "layers: [Flatten, {Linear: 10}]\n"
_RECIPE: Final = {
    "data": "  data: {name: MNIST}\n",
    "loss": "  loss: CrossEntropyLoss\n",
    "optimizer": "  optimizer: SGD\n",
    "epochs": "  epochs: 5\n",
}


class Example(NamedTuple):
    """A spec in a fault's documentation. A bad one marks the faulty line with `# error: slug` or `# warning: slug`."""

    good: bool
    text: str


def documentation(cls: type) -> str:
    """The docstring of a class, without its indentation, and with its examples as whole specs.

    An example that begins with `vars`, `blocks`, `layers` or `train` is written without what most specs have in common:
    the edition and the input, which is the one after the fence (as in "yaml bad [4]") or an image; before `train`, the
    layers of a classifier; and in `train`, the data, the loss, the optimizer and the number of epochs.
    """
    return _AS_WRITTEN.sub(_whole, inspect.cleandoc(cls.__doc__ or ""))


def examples(fault: type[Fault]) -> list[Example]:
    """The specs in a fault's documentation."""
    found = EXAMPLE.finditer(documentation(fault))
    return [Example(match["kind"] == "good", match["text"]) for match in found]


def _whole(match: re.Match[str]) -> str:
    text = match["text"]
    if _HEADLESS.match(text):
        layers = _CLASSIFIER if text.startswith("train:") else ""
        text = f"archc: 1\ninput: {match['input'] or _IMAGE}\n{layers}{_TRAIN.sub(_recipe, text)}"
    return f"```yaml {match['kind']}\n{text}```"


def _recipe(match: re.Match[str]) -> str:
    given = {key["name"]: key[0] for key in _KEY.finditer(match["keys"])}
    return "train:\n" + "".join((_RECIPE | given).values())
