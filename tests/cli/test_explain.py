"""`archc explain`."""

import pytest

from archc.diagnostics.report import Report
from archc.language import BLOCK, DOCUMENT, INPUT, LAYER, NODE, REPEAT
from archc.recipe.section import keys
from archc.recipe.train import Data, Train
from archc.source import SourceFile
from archc.syntax.yaml import read_yaml


def test_explain_knows_every_topic_that_it_lists(archc):
    code, listed, _ = archc("explain")
    topics = [line.split()[0] for line in listed.splitlines()]
    assert code == 0
    assert len(topics) > 100
    for topic in topics:
        code, text, _ = archc("explain", topic)
        assert code == 0
        assert text.startswith(topic)


def test_explain_takes_slugs_and_codes_in_any_case(archc):
    assert archc("explain", "e301") == archc("explain", "window-too-large")


@pytest.mark.parametrize("key", DOCUMENT, ids=lambda key: key.name)
def test_explain_knows_every_key_of_the_document(archc, key):
    code, out, _ = archc("explain", key.name)
    assert (code, out.partition(" ")[0]) == (0, key.name)
    assert key.doc in " ".join(out.split()) or "(language)" in out


@pytest.mark.parametrize("known", [DOCUMENT, INPUT, REPEAT, BLOCK, NODE, LAYER])
def test_the_examples_of_keys_are_entries_of_them(known):
    for key in known:
        tree = read_yaml(SourceFile("example.yaml", key.example), Report()).tree
        assert [entry.name for entry in tree.entries] == [key.name]


def test_explain_knows_every_key_of_the_train_section(archc):
    known = [*keys(Train), *(f"data.{key}" for key in keys(Data))]
    for key in known:
        code, out, _ = archc("explain", key)
        assert (code, out.partition(" ")[0]) == (0, f"train.{key}")
    assert archc("explain", "train.warmup") == archc("explain", "warmup")
    assert "CosineAnnealingLR" in archc("explain", "scheduler")[1]
    assert "default [bias, norm]" in " ".join(archc("explain", "decay")[1].split())
    assert archc("explain", "data.lr")[0] != 0


def test_explain_suggests_for_a_misspelt_topic(archc):
    code, out, err = archc("explain", "conv2D")
    assert (code, out) == (2, "")
    assert "did you mean `Conv2d`?" in err


@pytest.mark.parametrize("layer", ["Conv2d", "MaxPool2d"])
def test_explain_states_torchs_size_formula_with_its_source(archc, layer):
    text = archc("explain", layer)[1]
    assert "H' = floor((H + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1" in text
    assert f"https://pytorch.org/docs/stable/generated/torch.nn.{layer}.html" in text
