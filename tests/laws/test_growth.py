"""Time grows with a spec's size at most in proportion: whatever grows, wherever a value can stand."""

import gc
from random import Random
from time import process_time

import pytest

from archc.diagnostics.report import Report
from archc.edit.fmt import format_text
from archc.front import read
from archc.source import SourceFile

SMALL, LARGE = 10_000, 40_000
"""Bytes of the value that grows."""

MOST_RATIO = 8
"""What is linear takes 4 times as long for 4 times the size, and what is quadratic 16 times."""

NOTICED = 0.4
"""Seconds of processor time that are too few for their ratio to mean something."""

FORMS = {
    "a word": lambda n: "a" * n,
    "digits": lambda n: "9" * n,
    "a quoted number and spaces": lambda n: '"1' + " " * n + '"',
    "a quoted word, spaces and a word": lambda n: '"a' + " " * n + 'x"',
    "single quotes": lambda n: "'" + "''" * (n // 2) + "'",
    "backslashes": lambda n: '"' + "\\\\" * (n // 2) + '"',
    "ints": lambda n: "[" + "1, " * (n // 3) + "1]",
    "layers": lambda n: "[" + "ReLU, " * (n // 6) + "ReLU]",
    "unknown layers": lambda n: "[" + "Rel, " * (n // 5) + "Rel]",
    "keys": lambda n: "{" + ", ".join(f"k{number}: 1" for number in range(n // 9)) + "}",
    "the same key": lambda n: "{" + ", ".join(["k: 1"] * (n // 6)) + "}",
    "brackets": lambda n: "[" * min(n, 5000) + "]" * min(n, 5000),
    "empty lists": lambda n: "[" + "[], " * (n // 4) + "]",
    "empty mappings": lambda n: "[" + "{}, " * (n // 4) + "]",
    "a sum": lambda n: '"${1' + " + 1" * (n // 4) + '}"',
    "parentheses": lambda n: '"${' + "(" * (n // 2) + "1" + ")" * (n // 2) + '}"',
    "many expressions": lambda n: '"' + "${1} " * (n // 5) + '"',
    "open expressions": lambda n: '"' + "${" * (n // 2) + '"',
    "terms": lambda n: "[" + "{Linear: 1}, " * (n // 13) + "ReLU]",
    "wrong terms": lambda n: "[" + "{Linear: x}, " * (n // 13) + "ReLU]",
    "commas": lambda n: '"' + "1," * (n // 2) + '"',
    "dots": lambda n: "a" + ".a" * (n // 2),
    "a folded text": lambda n: ">\n" + "".join(["      word word\n"] * (n // 16)),
    "a comment": lambda n: "1 " + "# " * (n // 2),
    "comments that allow": lambda n: "1  #" + " archc: allow[W601]" * (n // 20),
    "aliases": lambda n: "[&a 1" + ", *a" * (n // 4) + "]",
}
EACH = 4
"""So many forms are tried at a place, drawn by its name."""

INPUT = "archc: 1\ninput: [4]\n"
LAYERS = f"{INPUT}layers: [ReLU]\n"
TRAIN = {"data": "{name: MNIST}", "loss": "CrossEntropyLoss", "optimizer": "SGD", "epochs": "1"}
BLOCK = f"{INPUT}blocks:\n  b:\n"
GRAPH = f"{INPUT}layers:\n  - Graph:\n      nodes:\n        a: [ReLU]\n"


def document(key):
    """A spec in which this key has the value."""
    least = {"archc": "1", "input": "[4]", "layers": "[ReLU]"} | {key: "@"}
    return "".join(f"{name}: {value}\n" for name, value in least.items())


def trained(path):
    """A spec in which this key of the train section, or a key of one, has the value."""
    key, *inner = path.split(".")
    nested = "".join(f"\n{'  ' * (depth + 2)}{name}:" for depth, name in enumerate(inner))
    rest = "".join(f"  {name}: {value}\n" for name, value in TRAIN.items() if name != key)
    name = "\n    name: MNIST" if key == "data" and inner[:1] != ["name"] and inner else ""
    return f"{LAYERS}train:\n{rest}  {key}:{name}{nested} @\n"


PLACES = [
    *map(
        document,
        [
            "archc",
            "name",
            "description",
            "input",
            "vars",
            "include",
            "blocks",
            "layers",
            "expect",
            "train",
            "x-y",
            "no",
        ],
    ),
    *map(
        trained,
        [
            *("data", "data.name", "data.validation", "data.augment", "data.transform", "data.source", "loss"),
            *("loss.CrossEntropyLoss.weight", "optimizer", "optimizer.Adam.betas", "scheduler", "epochs", "metrics"),
            *("scheduler.MultiStepLR.milestones", "early_stopping", "evaluate", "checkpoint", "log", "warmup", "decay"),
            *("gradient_clip", "precision", "device", "wrong"),
        ],
    ),
    "archc: 1\ninput:\n  shape: @\nlayers: [ReLU]\n",
    "archc: 1\ninput:\n  shape: [4]\n  dtype: @\nlayers: [ReLU]\n",
    f"{INPUT}layers:\n  - @\n",
    f"{INPUT}layers:\n  - Linear: @\n",
    f"{INPUT}layers:\n  - Linear:\n      out_features: @\n",
    f"{INPUT}layers:\n  - Linear:\n      out: @\n",
    f"{INPUT}layers:\n  - Linaer: @\n",
    f"{INPUT}layers:\n  - ReLU:\n      name: @\n",
    f"{INPUT}layers:\n  - ReLU:\n      when: @\n",
    "archc: 1\ninput: [1, 8, 8]\nlayers:\n  - Conv2d:\n      out_channels: 1\n      kernel_size: @\n",
    f"{INPUT}layers:\n  - Sequential: @\n",
    f"{INPUT}layers:\n  - Residual: @\n",
    f"{INPUT}layers:\n  - Concat:\n      branches: @\n",
    f"{INPUT}layers:\n  - Repeat:\n      times: @\n      layers: [ReLU]\n",
    f"{INPUT}layers:\n  - Repeat:\n      times: 3\n      layers: @\n",
    f"{INPUT}layers:\n  - Repeat:\n      times: 3\n      as: @\n      layers: [ReLU]\n",
    f"{INPUT}vars:\n  a: @\nlayers:\n  - Linear: ${{a}}\n",
    f"{BLOCK}    params:\n      a: @\n    layers: [ReLU]\nlayers: [b]\n",
    f"{BLOCK}    params: {{a: int}}\n    layers: [ReLU]\nlayers:\n  - b: @\n",
    f"{BLOCK}    layers: @\nlayers: [b, b]\n",
    f"{INPUT}layers:\n  - Graph:\n      nodes: @\n",
    f"{GRAPH}        b: @\n",
    f"{GRAPH}        b:\n          from: @\n          merge: Add\n",
    f"{GRAPH}      output: @\n",
    f"{LAYERS}expect:\n  output: @\n",
    f"{LAYERS}expect:\n  params: @\n",
    f"{LAYERS}expect:\n  shapes: @\n",
    f"{LAYERS}? @\n: 1\n",
    f"{INPUT}layers:\n  - ? @\n    : 1\n",
    f"{INPUT}layers:\n  - Linear:\n      ? @\n      : 1\n",
    f"{LAYERS}@\n",
    "@\n",
]


def seconds(place, form, size):
    """How long it takes to read a spec and say what is wrong with it, and to format it."""
    source = SourceFile("x.yaml", place.replace("@", FORMS[form](size)))
    began = process_time()
    for diagnostic in read(source, Report("x.yaml")).report:
        str((diagnostic.message, diagnostic.helps, diagnostic.notes))
    said = process_time()
    format_text(source, Report("x.yaml"))
    return said - began, process_time() - said


@pytest.fixture(autouse=True)
def nothing_is_collected():
    """Among the objects of a thousand tests, looking for cycles takes longer the more objects are made."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def is_worse(place, form):
    """Whether one of both takes much longer than in proportion."""
    small, large = seconds(place, form, SMALL), seconds(place, form, LARGE)
    return any(last > NOTICED and last > MOST_RATIO * first for first, last in zip(small, large, strict=True))


@pytest.mark.parametrize("place", PLACES)
def test_time_grows_at_most_in_proportion(place):
    """A machine that is busy gets a second try: what is quadratic is so each time."""
    for form in Random(place).sample(sorted(FORMS), EACH):
        assert not (is_worse(place, form) and is_worse(place, form)), form


def test_the_value_of_an_expression_may_be_longer_than_what_is_written():
    """The patterns that look for what was meant would search its spaces again and again."""
    assert not is_worse(f"{INPUT}vars:\n  a: @\nlayers:\n  - Linear: ${{a}}\n", "a quoted number and spaces")
