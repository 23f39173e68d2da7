"""A run's spec.yaml, and the YAML writer behind it: what is written is read back as the same."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archc.diagnostics.report import Report
from archc.front import read, read_file
from archc.runs.spec_copy import text_of
from archc.source import SourceFile
from archc.syntax.tree import data_of
from archc.syntax.write import write_yaml
from archc.syntax.yaml import read_yaml
from tests.support.trainings import SPEC, write_data


def read_back(text):
    report = Report("written.yaml")
    tree = read_yaml(SourceFile("written.yaml", text), report).tree
    assert list(report) == []
    return data_of(tree)


TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "~", "null", "True", "1e3", "0x1f", "-", "? a", "a: b", "a #b", "<<", "- x", "[", "{}", "&a", "*a"]
    ),
    st.sampled_from(
        ["!t", "%x", "@", "`", "'", '"', "|", ">", "---", "...", ".inf", ".nan", "é", "\x85\u2028\ufeff", "😀"]
    ),
)
NUMBERS = st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False))
DATA = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda children: st.one_of(st.lists(children, max_size=4), st.dictionaries(TEXTS, children, max_size=4)),
    max_leaves=12,
)


@given(DATA)
def test_what_is_written_is_read_back_as_the_same_data(data):
    back = read_back(write_yaml(data))
    assert back == data
    assert repr(back) == repr(data), "1, 1.0 and True are equal, and different"


def test_what_is_written_reads_like_a_spec():
    data = {
        "input": [1, 28, 28],
        "layers": ["ReLU", {"Linear": 10}, {"Conv2d": {"kernel_size": [3, 3], "bias": False}}],
    }
    assert write_yaml(data) == (
        "input: [1, 28, 28]\n"
        "layers:\n"
        "  - ReLU\n"
        "  - Linear: 10\n"
        "  - Conv2d:\n"
        "      kernel_size: [3, 3]\n"
        "      bias: false\n"
    )


def test_keys_longer_than_yaml_reads_simply_are_written_too():
    data = {"k" * 2000: {"a": [1, {"b": None}]}, "x": 1}
    assert read_back(write_yaml(data)) == data


def test_other_things_than_plain_data_are_a_callers_mistake():
    with pytest.raises(TypeError, match="expected JSON-like data, got set"):
        write_yaml({"a": {1, 2}})


@pytest.fixture(autouse=True)
def data():
    write_data(Path("data"))


def copy_of(text, name="small.yaml", overrides=()):
    """The front of a spec, its copy's text, and the front of the copy in another folder."""
    Path(name).write_text(text)
    front = read_file(name, overrides)
    assert front.report.ok, list(front.report)
    written = text_of(front)
    return front, written, read(SourceFile("elsewhere/spec.yaml", written), Report("spec.yaml"))


BUNDLED = SPEC.replace("source: data", "source: bundled")


def test_an_unchanged_spec_is_kept_as_its_author_wrote_it():
    text = "# why it is so\n" + BUNDLED + "# the end\n"
    front, written, again = copy_of(text)
    assert written == text
    assert again.network == front.network


def test_overrides_are_written_into_the_copy():
    front, written, again = copy_of(BUNDLED, overrides=["train.epochs=7", "train.optimizer=SGD"])
    assert "epochs: 7" in written
    assert again.network == front.network


def test_a_json_spec_is_kept_as_yaml():
    text = '{"archc": 1, "name": "small", "input": [1, 28, 28], "layers": ["Flatten", {"Linear": 10}],\n'
    text += (
        '"train": {"data": {"name": "MNIST", "source": "bundled"}, "loss": "MSELoss", "optimizer": "SGD", "steps": 1}}'
    )
    front, written, again = copy_of(text, "small.json")
    assert written.startswith("archc: 1\nname: small\n")
    assert again.network == front.network


def test_the_folder_of_the_data_is_written_from_the_root():
    _, written, again = copy_of(SPEC)
    assert again.network.train.data.kind.source == str(Path("data").absolute())
    assert str(Path("data").absolute()) in written


@pytest.mark.parametrize("text", [BUNDLED, "{" + '"archc": 1, input: [2], layers: [Linear: 1]}'], ids=["block", "flow"])
def test_a_name_that_comes_from_the_file_is_written_down(text):
    front, written, again = copy_of(text.replace("name: small\n", ""), "my-net.yaml")
    assert front.network.name == again.network.name == "my-net"
    assert "name: my-net\n" in written


@pytest.mark.parametrize("stem", ["yes", "1e3", "Größe 3", "FashionCNN"])
def test_a_spec_that_is_named_by_its_file_has_that_name_in_its_copy(stem):
    front, _, again = copy_of(BUNDLED.replace("name: small\n", ""), name=f"{stem}.yaml")
    assert front.network.name == stem
    assert again.network == front.network
