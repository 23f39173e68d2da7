"""It ends, in time that grows with a spec's size: no search backtracks, no work is multiplied before it is counted."""

import json
from time import process_time

import pytest

from archc import loads
from archc.diagnostics.report import Report
from archc.errors import SpecError
from archc.front import read
from archc.source import SourceFile

HEAD = "archc: 1\ninput: [4]\n"
MOST_SECONDS = 8
"""Of processor time for 40 kB, where what is linear takes well under one: for machines that are busy or slow."""

SPACES = " " * 40_000
TEXTS = {
    "quoted number and spaces": f'layers:\n  - Linear: "1{SPACES}"\n',
    "spaces between numbers": f'layers:\n  - Linear: "1{SPACES}x"\n',
    "quoted name and spaces": f'layers:\n  - "ReLU{SPACES}"\n',
    "bare word and spaces": f"layers:\n  - {{ReLU{SPACES}x}}\n",
    "a line without a colon": f"layers:\n  ReLU{SPACES}\n  - x: 1\n",
    "a word, spaces and a colon": f"layers:\n  ReLU\n  x{SPACES}: : 1\n",
    "brackets": "layers: " + "[{" * 99 + "\n" + "[ " * 20_000,
    "digits": f"layers:\n  - Linear: '{'9' * 40_000}'\n",
    "a claim of many digits": f"layers: [ReLU]\nexpect: {{params: '{'1' * 40_000}'}}\n",
    "variables": "vars:\n" + "".join(f'  v{n}: "${{{n} + 1}}"\n' for n in range(2_000)) + "layers: [ReLU]\n",
    "a chain of variables": "vars:\n  v0: 1\n"
    + "".join(f'  v{n}: "${{v{n - 1} + 1}}"\n' for n in range(1, 1_800))
    + "layers: [ReLU]\n",
    "comments": "layers: [ReLU]\n" + "#[archc: allow[ " * 2_500 + "\n",
}
EMPTY = f"{{Concat: {{branches: {[[]] * 600}}}}}"
MULTIPLIED = {
    "empty branches, repeated": f"layers:\n  - Repeat: {{times: 20000, layers: [{EMPTY}]}}\n",
    "nested repeats": "layers:\n  - " + "{Repeat: {times: 1000, layers: [" * 5 + "ReLU" + "]}}" * 5 + "\n",
}


@pytest.mark.parametrize("text", [*TEXTS.values(), *MULTIPLIED.values()], ids=[*TEXTS, *MULTIPLIED])
def test_time_is_bounded(text):
    began = process_time()
    read(SourceFile("x.yaml", HEAD + text), Report("x.yaml"))
    assert process_time() - began < MOST_SECONDS


@pytest.mark.parametrize("number", [1e308, -1e308, 10**60, 2**62, 1e-320, "9" * 5_000, "1e" + "9" * 400])
@pytest.mark.parametrize(
    "layers",
    [
        [{"Upsample": {"scale_factor": None}}],
        [{"AdaptiveAvgPool2d": None}],
        [{"Conv2d": {"out_channels": None, "kernel_size": None}}],
        [{"Dropout": None}],
        [{"ConstantPad2d": {"padding": None, "value": None}}],
    ],
    ids=str,
)
def test_a_number_beyond_all_limits_is_a_diagnostic_or_a_number(layers, number):
    text = json.dumps({"archc": 1, "input": [3, 8, 8], "layers": layers}).replace("null", json.dumps(number))
    report = read(SourceFile("x.json", text), Report("x.json")).report
    assert report.ok == (verdict(text) is None)


def verdict(text):
    """The report of a spec that is refused."""
    try:
        loads(text, format="json")
    except SpecError as error:
        return error.report
    return None


@pytest.mark.parametrize("key", ["params", "macs", "memory", "receptive_field", "output"])
def test_a_claim_beyond_all_limits_is_a_diagnostic_or_a_number(key):
    for number in (1e308, 10**60, "9" * 5_000, "9" * 400 + "GiB", [10**60]):
        spec = {"archc": 1, "input": [4], "layers": ["ReLU"], "expect": {key: number}}
        with pytest.raises(SpecError):
            loads(json.dumps(spec), format="json")


def test_calls_that_lead_to_a_limit_are_not_told_of_what_follows():
    """The labels of a block's call belong to what is in the block, also where reading stops inside of it."""
    text = f"""{HEAD}blocks:
  big: {{layers: [{{Repeat: {{times: 100001, layers: [ReLU]}}}}]}}
layers: [big]
train: {{data: MNIST, loss: CrossEntropyLoss, optimizer: SGD, epochs: 0}}
"""
    report = read(SourceFile("x.yaml", text), Report("x.yaml")).report
    found = {diagnostic.slug: [label.text for label in diagnostic.labels] for diagnostic in report}
    assert found["wrong-value"] == []
