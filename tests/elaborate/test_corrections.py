"""What an author meant by a wrong value, a foreign word or a line of Python, and how YAML writes it."""

import pytest

from archc.elaborate import synonyms
from archc.elaborate.foreign import meaning
from archc.elaborate.suggest import fold
from archc.layers import LAYERS
from archc.recipe.control import EarlyStopping
from archc.recipe.expect import Expect
from archc.recipe.optimizers import OPTIMIZERS
from archc.recipe.section import keys
from archc.recipe.splits import Validation
from archc.recipe.train import Data, Evaluate, Train
from archc.terms.record import declared
from tests.support.reading import findings, front, layer, train

VALUES = {
    ("Linear: {out_features: 2, bias: %s}", "yes"): "true",
    ("Linear: {out_features: 2, bias: %s}", "Off"): "false",
    ("Linear: {out_features: 2, bias: %s}", "'true'"): "true",
    ("Linear: {out_features: 2, bias: %s}", "1"): "true",
    ("Linear: %s", "1_000"): "1000",
    ("Linear: %s", "1,000"): "1000",
    ("Linear: {out_features: 2, name: %s}", "3"): '"3"',
    ("Linear: %s", "'10'"): "10",
    ("Linear: %s", "10.0"): "10",
    ("Linear: %s", "1e3"): "1000",
    ("Linear: %s", "[10]"): "10",
    ("Linear: %s", "10]"): "10",
    ("Linear: %s", "28*28"): '"${28*28}"',
    ("Linear: %s", "$width"): '"${width}"',
    ("Dropout: %s", "0,5"): "0.5",
    ("Dropout: %s", "25%"): "0.25",
    ("Dropout: %s", "25"): "0.25",
    ("AvgPool1d: %s", "'3'"): "3",
    ("Softmax: {dim: %s}", "None"): "null",
    ("Conv1d: {out_channels: 2, kernel_size: 1, padding: %s}", "Same"): "same",
}


@pytest.mark.parametrize(("line", "written"), VALUES)
def test_a_slip_is_mended_by_the_value_that_was_meant(line, written):
    (diagnostic,) = front(layer(line % written, "[4, 4]")).report
    assert diagnostic.slug == "wrong-value"
    assert diagnostic.fixes[0].edits[0].text == VALUES[line, written]
    if "$" not in VALUES[line, written]:
        assert front(layer(line % VALUES[line, written], "[4, 4]")).report.ok


@pytest.mark.parametrize("written", ["ten", "-3", "1.5", "2147483648", "'0'", "[0]", "0,5", "1.000"])
def test_nothing_is_offered_that_would_be_wrong_as_well(written):
    (diagnostic,) = front(layer(f"Linear: {written}", "[4, 4]")).report
    assert diagnostic.fixes == ()


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("nn.Linear(784, 10)", "write `Linear: 10`"),
        ("nn.Conv2d(1, 32, (3, 5), padding=1)", "write `Conv2d: {out_channels: 32, kernel_size: [3, 5], padding: 1}`"),
        ("nn.BatchNorm2d(32)", "write `BatchNorm2d`"),
        ("nn.Dropout(p=0.5)", "write `Dropout: 0.5`"),
        ("nn.Linear(4, 2, bias=False)", "write `Linear: {out_features: 2, bias: false}`"),
        ("Linear 10", "write `Linear: 10`"),
        ("nn.ReLU()", "did you mean `ReLU`?"),
        ("keras.layers.Dense: 3", "did you mean `Linear`?"),
        ("Activation: relu", "write `ReLU`"),
        ("type: ReLU", "write `ReLU` alone: the name of a layer is no value"),
        ("GlobalMaxPooling2D", "write `AdaptiveMaxPool2d: 1`, then `Flatten`"),
        ("Linear: {out_features: 2, activation: relu}", "put `ReLU` after `Linear`, as a layer of its own"),
        ("Linear: {out_features: 2, activation: linear}", "delete it: a layer has no activation of its own"),
        ("Linear: {out_features: 2, padding: 2}", "`padding` is an argument of `Conv2d`, not of `Linear`"),
        ("{type: Linear, out_features: 2}", "write `Linear: {out_features: 2}`: the name is the key"),
        ("{name: a, Linear: 2}", "write `Linear: {name: a, out_features: 2}`: the name is the key"),
        ("Linear: [4, 2]", "arguments are written by name, as in `Linear: 2`"),
    ],
)
def test_the_help_says_the_whole_thing(line, advice):
    diagnostic = front(layer(line, "[4]")).report.errors[0]
    assert diagnostic.helps == (advice,)


@pytest.mark.parametrize(
    ("text", "marked", "advice"),
    [
        (train(lr="0.1"), "lr", "it is an argument of the optimizer: write `optimizer: {SGD: {lr: 0.1}}`"),
        (train(first="3"), "first", "`first` is a key of `train.data.validation`, not of `train`"),
        (train() + "shuffle: true\n", "shuffle", "`shuffle` is a key of `train`, not of a spec"),
        (train(vars="{}"), "vars", "`vars` is a key of the document itself, not of `train`"),
        (train() + "ReLU: {}\n", "ReLU", "`ReLU` is a layer: list it under `layers`"),
        (train(SGD="0.1"), "SGD", "`SGD` is a name of the key `optimizer`, as in `optimizer: SGD`"),
        (train(data="{name: MNIST, validation: 50}"), "50", "write `validation: {first: 50}`"),
    ],
)
def test_a_key_at_the_wrong_place_is_told_its_own(text, marked, advice):
    (diagnostic,) = front(text).report
    assert diagnostic.span.text == marked
    assert diagnostic.helps == (advice,)


def test_a_name_that_means_nothing_has_no_meaning():
    assert meaning("Bogus", None, LAYERS) == (None, None, (), False)


def test_the_tables_of_synonyms_name_what_there_is():
    tables = (
        synonyms.LAYERS,
        synonyms.PER_RANK,
        synonyms.LAYER_ADVICE,
        synonyms.LAYER_TERMS,
        synonyms.ACTIVATIONS,
        synonyms.ARGUMENTS,
        synonyms.ARGUMENT_ADVICE,
        synonyms.KEYS,
        synonyms.KEY_ADVICE,
        synonyms.CHOICES,
    )
    assert {key for table in tables for key in table if key != fold(key)} == set()
    layers = {*synonyms.LAYERS.values(), *(name for pair in synonyms.PER_RANK.values() for name in pair)}
    assert layers - {*LAYERS, "Repeat"} == set()
    assert {text.partition(":")[0] for text in synonyms.ACTIVATIONS.values()} <= set(LAYERS)
    known = {name for cls in (*LAYERS.values(), *OPTIMIZERS.values()) for name in declared(cls)}
    own = {"times", "as", "when", "name", "layers", "branches"}
    assert {name for names in synonyms.ARGUMENTS.values() for name in names} <= known | own


def test_the_synonyms_of_keys_name_keys():
    document = {"archc", "name", "description", "input", "vars", "include", "blocks", "layers", "expect", "train"}
    sections = {name for cls in (Train, Data, Validation, Evaluate, EarlyStopping, Expect) for name in keys(cls)}
    known = document | sections | {"shape", "params", "dtype", "axes"}
    assert {name for names in synonyms.KEYS.values() for name in names} <= known


REPEAT = "archc: 1\ninput: [4]\nlayers:\n  - Repeat: {times: 12, as: i, layers: [%s, Tanh]}\n"


@pytest.mark.parametrize(
    ("inner", "note"),
    [
        ("{Linear: {out_feature: 4}}", "in 12 of 12 repetitions"),
        ("{Linear: '${8 - i}'}", "in 4 of 12 repetitions, first in repetition 9"),
        ("{Dropout: '${1 / i}'}", "in 1 of 12 repetitions, first in repetition 1"),
    ],
)
def test_a_mistake_in_a_repeat_is_shown_once_and_counted(inner, note):
    (diagnostic,) = front(REPEAT % inner).report
    assert note in diagnostic.notes


def test_a_wrong_shape_in_a_repeat_names_the_repetition():
    (diagnostic,) = front(REPEAT.replace("[4]", "[1, 99]", 1) % "{MaxPool1d: 2}").report
    assert "in repetition 7 of 12 (`i` is 6)" in diagnostic.notes


def test_a_name_without_the_counter_is_told_so():
    (diagnostic,) = front(REPEAT % "{ReLU: {name: a}}").report.errors
    assert "`name: a${i}`" in diagnostic.helps[0]


def test_two_mistakes_of_different_repeats_are_two():
    text = REPEAT % "{Linear: {out_feature: 4}}" + "  - Repeat: {times: 2, layers: [{Linear: {units: 4}}]}\n"
    assert findings(text) == ["unknown-argument: out_feature", "unknown-argument: units"]
