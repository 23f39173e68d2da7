"""No number ends in an exception, wherever it stands: every argument, key, claim and variable meets the hardest."""

import json
from random import Random
from time import process_time

import pytest

from archc.backends.source import render
from archc.diagnostics.report import Report
from archc.front import read
from archc.recipe.expect import Expect
from archc.recipe.section import Section, keys
from archc.recipe.train import Train
from archc.reference import TABLES
from archc.source import SourceFile
from archc.terms.record import declared

LARGE = [10**19, 10**60, 2**31 - 1, 2**31, 2**63 - 1, 2**63, -(2**63), 1e308, -1e308]
SMALL = [0, 1, -1, 0.1, -0.0, 5e-324, 1e-320]
TEXTS = ["9" * 5_000, "1e" + "9" * 400, "${2**62}", "${1/3}", ".inf", ".nan", "0x10", "1_000", "1,5", "50%"]
LISTS = [
    *([number] for number in (10**60, -1, 0, 1e308, 2**62)),
    *([number, number] for number in (10**60, -1, 0, 2**30, 1e308)),
    *([number] * 3 for number in (0, 2**30, -1)),
]
NUMBERS = [*LARGE, *SMALL, *TEXTS, *LISTS, True, None, [], [[1]], {"a": 1}]
EACH = 6
"""So many of them are tried at a place, drawn by its name."""

MOST_SECONDS = 2
INPUTS = ([8], [4, 8], [4, 8, 8], [4, 4, 8, 8])
TRAIN = {
    "data": {"name": "MNIST", "validation": {"fraction": 0.1}},
    "loss": "CrossEntropyLoss",
    "optimizer": "SGD",
    "epochs": 1,
}


def drawn(place):
    return Random(place).sample(NUMBERS, EACH)


def survives(spec):
    """Read a spec, say what is wrong with it, and compile what is right."""
    text, began = json.dumps(spec), process_time()
    front = read(SourceFile("x.json", text), Report("x.json"))
    assert all(isinstance(diagnostic.message, str) for diagnostic in front.report)
    assert all(isinstance(line, str) for diagnostic in front.report for line in (*diagnostic.helps, *diagnostic.notes))
    if front.network and front.report.ok:
        compile(render(front.network, "x.json"), "x.py", "exec")
    assert process_time() - began < MOST_SECONDS, text[:200]


def trained(**changes):
    return {"archc": 1, "input": [1, 28, 28], "layers": ["Flatten", {"Linear": 10}], "train": {**TRAIN, **changes}}


def of_terms(table):
    """Each term with each of its arguments at each of some numbers, the required ones at 1."""
    for name, cls in table.items():
        arguments = declared(cls)
        least = {key: 1 for key, argument in arguments.items() if argument.required}
        for key in arguments:
            for number in drawn(f"{name}.{key}"):
                yield name, {**least, key: number}


@pytest.mark.parametrize("name", [name for name, cls in TABLES["layer"].items() if not cls.contains])
def test_no_argument_of_a_layer_meets_a_number_that_it_cannot_refuse(name):
    cls = TABLES["layer"][name]
    for _, given in of_terms({name: cls}):
        for shape in INPUTS:
            if len(shape) in (cls.ranks or (len(shape),)):
                survives({"archc": 1, "input": shape, "layers": [{name: given}]})


@pytest.mark.parametrize("noun", ["loss", "optimizer", "scheduler"])
def test_no_argument_of_a_recipe_does(noun):
    for name, given in of_terms(TABLES[noun]):
        survives(trained(**{noun: {name: given}}))


@pytest.mark.parametrize(("noun", "key"), [("augmentation", "augment"), ("transform", "transform")])
def test_no_argument_of_what_is_done_to_samples_does(noun, key):
    for name, given in of_terms(TABLES[noun]):
        survives(trained(data={**TRAIN["data"], key: [{name: given}]}))


def paths(cls, before=()):
    """Every key of a section, and of those in it."""
    for name, argument in keys(cls).items():
        yield (*before, name)
        if argument.record and issubclass(argument.record, Section):
            yield from paths(argument.record, (*before, name))


@pytest.mark.parametrize("path", list(paths(Train)), ids=".".join)
def test_no_key_of_the_train_section_does(path):
    for number in drawn(".".join(path)):
        train = json.loads(json.dumps(TRAIN))
        inner = train
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = number
        survives(trained(**train))


@pytest.mark.parametrize("claim", list(declared(Expect)))
def test_no_claim_does(claim):
    for number in NUMBERS:
        for value in (number, {"min": number}, {"max": number}):
            survives({**trained(), "expect": {claim: value}})


PLACES = {
    "archc": lambda n: {"archc": n},
    "name": lambda n: {"name": n},
    "input": lambda n: {"input": n},
    "a size of the input": lambda n: {"input": [n, 8, 8], "layers": ["BatchNorm2d", "Flatten"]},
    "a variable": lambda n: {"vars": {"a": n}, "layers": [{"Linear": "${a}"}]},
    "a variable's square": lambda n: {"vars": {"a": n}, "layers": [{"Linear": "${a * a}"}]},
    "a variable's power": lambda n: {"vars": {"a": n}, "layers": [{"Linear": "${a ** a}"}]},
    "a quotient": lambda n: {"vars": {"a": n}, "layers": [{"Linear": "${8 // a}"}]},
    "a layer's name": lambda n: {"layers": [{"ReLU": {"name": n}}]},
    "when": lambda n: {"layers": [{"ReLU": {"when": n}}, "Tanh"]},
    "times": lambda n: {"layers": [{"Repeat": {"times": n, "layers": ["ReLU"]}}]},
    "dim": lambda n: {"layers": [{"Concat": {"branches": [["ReLU"], ["Tanh"]], "dim": n}}]},
    "a parameter": lambda n: {
        "blocks": {"b": {"params": {"a": n}, "layers": [{"Linear": "${a}"}]}},
        "layers": ["b", {"b": {"a": n}}],
    },
    "a graph": lambda n: {
        "layers": [{"Graph": {"nodes": {"a": ["ReLU"], "b": {"from": n, "merge": n, "layers": ["ReLU"]}}, "output": n}}]
    },
}


@pytest.mark.parametrize("place", PLACES)
def test_no_place_of_the_document_does(place):
    for number in NUMBERS:
        survives({"archc": 1, "input": [4], "layers": ["ReLU"], **PLACES[place](number)})
