"""`--set PATH=VALUE` changes the tree; its faults point into its own text."""

import pytest

import archc
from tests.support.reading import findings, front, train

SPEC = train(optimizer="{Adam: {lr: 1e-3}}", epochs="5")


def changed(*overrides):
    front_ = front(SPEC, *overrides)
    assert front_.report.ok, str(front_.report.diagnostics)
    return front_.network


def test_a_key_is_replaced():
    assert changed("train.epochs=7").train.epochs == 7


def test_a_key_is_added():
    assert changed("train.batch_size=7").train.batch_size == 7
    assert changed("train.data.validation.first=10").train.data.validation.first == 10


def test_an_element_of_a_list_is_replaced():
    assert changed("layers[1].Linear=11", "layers[0]=Flatten").output == (11,)
    assert changed("input=[1, 28, 28]").input == (1, 28, 28)


def test_a_bare_name_and_a_name_without_arguments_take_arguments():
    assert changed("layers[0].Flatten.start_dim=1").output == (10,)
    assert changed("train.loss.CrossEntropyLoss.label_smoothing=0.1").train.loss.label_smoothing == 0.1


def test_an_argument_inside_a_term_is_set():
    assert changed("train.optimizer.Adam.lr=0.5").train.optimizer.lr == 0.5


def test_the_last_of_several_wins():
    assert changed("train.epochs=7", "train.epochs=8").train.epochs == 8


def test_a_value_is_typed_by_what_it_sets():
    assert changed("name=x1").name == "x1"
    assert changed("description=3").description == "3"
    assert changed("train.data.source=1").train.data.kind.source == "1"
    assert changed("layers[1]={Linear: {out_features: 10, name: 7}}").nodes[1].name == "7"
    assert findings(SPEC, "train.epochs='7'") == ["wrong-value: '7'"]


def test_an_equals_sign_may_stand_in_the_value():
    assert changed("description=a=b").description == "a=b"


def test_nothing_after_the_equals_sign_is_null():
    assert findings(SPEC, "train.epochs=") == ["missing-key: train"]


@pytest.mark.parametrize(
    ("override", "finding"),
    [
        ("train.epochs=0", "wrong-value: 0"),
        ("train.epoch=1", "unknown-key: 1"),
        ("train.optimizer.Adam.lr=fast", "wrong-value: fast"),
        ("train.optimizer=Sgd", "unknown-choice: Sgd"),
        ("layers[1].Linear=[1", "unclosed-bracket: ["),
        ("input[0]=0", "wrong-value: 0"),
    ],
)
def test_a_fault_of_a_value_points_into_the_override(override, finding):
    diagnostics = front(SPEC, override).report
    assert [f"{d.slug}: {d.span.text}".strip() for d in diagnostics] == [finding]
    assert [d.span.source.name for d in diagnostics] == [f"--set {override.partition('=')[0]}"]


@pytest.mark.parametrize(
    "override",
    [
        "",
        "=1",
        "train",
        "train.=1",
        "layers[9]=ReLU",
        "layers[x]=ReLU",
        "layers.0=ReLU",
        "a[=1",
        "train[0]=1",
        "layers[1]x=1",
        "input[99999999999999999999]=1",
        "a" + ".b" * 101 + "=1",
    ],
)
def test_a_path_that_leads_nowhere_is_said_at_the_override(override):
    (diagnostic,) = front(SPEC, override).report
    assert diagnostic.slug == "override-path"
    assert diagnostic.span.source.name == f"--set {override.partition('=')[0]}"


def test_an_override_does_not_hide_the_files_own_mistakes():
    assert findings(SPEC.replace("SGD", "SGD").replace("epochs: 5", "epochs: -5"), "train.seed=-1") == [
        "wrong-value: -1",
        "wrong-value: -5",
    ]


def test_python_settings_are_overrides():
    network = archc.load(
        {"archc": 1, "input": [4], "layers": ["ReLU"]}, set={"input": [3, 4], "name": "x", "layers[0]": {"Linear": 2}}
    )
    assert (network.name, network.input, network.output) == ("x", (3, 4), (3, 2))


OPTIONS = {
    "a value that does not fit another part of the spec": ({"train.loss": "BCELoss"}, "E464", '"BCELoss"'),
    "a mapping without a key that it needs": ({"train.data.validation": {}}, "E203", "{}"),
    "a layer without an argument that it needs": ({"layers[1].Linear": {}}, "E208", "{}"),
    "an argument that does not fit what the layer receives": (
        {"layers[1].Linear": {"out_features": 9, "in_features": 3}},
        "E303",
        '"in_features": 3',
    ),
    "a shape that the first layer cannot take": ({"layers[0]": "BatchNorm1d"}, "E302", '"BatchNorm1d"'),
    "a layer that is not there": ({"layers[0]": "Flaten"}, "E205", '"Flaten"'),
    "a key that is not there": ({"train.data.validation": {"folds": 5}}, "E202", '"folds"'),
    "a part of what does not fit": ({"train.data.validation.first": 10**6}, "E407", "1000000"),
    "one of two that do not go together": ({"train.batch_size": 2}, "E213", "2"),
    "the other of two that do not go together": ({"train.steps": 5}, "E213", "5"),
    "an input that the data have not": ({"input": [2, 28, 28]}, "E402", "[2, 28, 28]"),
}


@pytest.mark.parametrize("mistake", OPTIONS)
def test_a_fault_of_an_option_points_at_it_and_is_the_only_one(mistake):
    """Never at the text that the option has replaced."""
    changes, code, text = OPTIONS[mistake]
    spec = {
        "archc": 1,
        "input": [1, 28, 28],
        "layers": ["Flatten", {"Linear": 10}],
        "train": {
            "data": {"name": "FashionMNIST", "validation": {"first": 100}},
            "loss": "CrossEntropyLoss",
            "optimizer": "SGD",
            "epochs": 1,
            "accumulate": 4,
        },
    }
    (found,) = archc.check(spec, set=changes).diagnostics
    assert (found.code, found.span.text) == (code, text)
    assert found.span.source.origin == "override"


@pytest.mark.parametrize("shape", [(4, 1, 28, 28), (28,)])
def test_an_input_of_the_command_line_that_the_first_layer_cannot_take_is_shown_there(shape):
    text = "archc: 1\ninput: [1, 28, 28]\nlayers: [MaxPool2d: 2]\n"
    (found,) = front(text, input_shape=shape).report
    assert (found.code, found.span.source.name) == ("E302", "--input")
    assert found.span.text == ",".join(map(str, shape))
    assert [label.span.text for label in found.labels] == ["MaxPool2d"]


NETWORK = "archc: 1\ninput: [1, 28, 28]\nlayers: [{MaxPool2d: 2}, {MaxPool2d: {kernel_size: 10}}]\n"


@pytest.mark.parametrize(
    ("options", "shape", "shown"),
    [
        (["description=a", "layers[0].MaxPool2d=4"], None, "4"),
        (["description=a"], (1, 16, 16), "1,16,16"),
        ([], (1, 16, 16), "1,16,16"),
    ],
)
def test_an_error_that_stands_in_the_text_shows_the_option_that_it_comes_from(options, shape, shown):
    (found,) = front(NETWORK, *options, input_shape=shape).report
    assert (found.code, found.span.source.name) == ("E301", "x.yaml")
    assert [label.span.text for label in found.labels if label.span.source.origin == "override"] == [shown]


def test_a_warning_that_stands_in_the_text_shows_the_option_that_it_comes_from():
    (found,) = front(train(), "layers[1].Linear=11").report
    assert (found.slug, found.span.text) == ("more-outputs-than-classes", "Linear")
    assert [label.span.text for label in found.labels] == ["11"]
    (other,) = front(train().replace("10", "12"), "description=a").report
    assert other.labels == ()


def test_an_error_that_is_there_without_the_options_shows_none():
    (found,) = front(NETWORK.replace("10", "99"), "description=a").report
    assert all(label.span.source.origin == "file" for label in found.labels)


def test_a_layer_that_an_input_of_the_command_line_is_too_small_for_is_shown_with_it():
    text = "archc: 1\ninput: [1, 28, 28]\nlayers: [MaxPool2d: 8]\n"
    (found,) = front(text, input_shape=(1, 4, 4)).report
    assert (found.code, found.span.text) == ("E301", "8")
    assert [label.span.source.name for label in found.labels] == ["--input"]
