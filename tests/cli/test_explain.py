"""`archc explain`."""

import json

import pytest

from archc.diagnostics.report import Report
from archc.language import BLOCK, DOCUMENT, INPUT, LAYER, NODE, REPEAT
from archc.recipe.figures import FIGURES
from archc.recipe.section import keys
from archc.recipe.train import Data, Train
from archc.reference.keys import places
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


@pytest.mark.parametrize("place", [*places()], ids=lambda place: place.path)
def test_explain_knows_every_key_by_its_path_and_by_its_last_word(archc, place):
    last = place.path.rpartition(".")[2]
    for topic in (place.path, last):
        code, out, _ = archc("explain", topic)
        assert code == 0
        assert place.path in out or out.startswith(f"{last} (language)")


@pytest.mark.parametrize(
    ("topic", "same"),
    [
        ("nn.Conv2d", "Conv2d"),
        ("torch.nn.Conv2d(3, 8, 3)", "Conv2d"),
        ("torch.optim.lr_scheduler.StepLR", "StepLR"),
        ("optim.Adam", "Adam"),
        ("transforms.Normalize", "Normalize"),
        ("datasets.MNIST", "MNIST"),
        ("train.data.validation.first", "validation.first"),
        ("layers[3].Conv2d.stride", "Conv2d.stride"),
        ("val_f1", "f1"),
    ],
)
def test_explain_takes_names_as_code_and_diagnostics_have_them(archc, topic, same):
    assert archc("explain", topic) == archc("explain", same)
    assert archc("explain", topic)[0] == 0


@pytest.mark.parametrize("figure", FIGURES)
def test_explain_knows_every_figure(archc, figure):
    out = archc("explain", figure)[1]
    assert FIGURES[figure].words[1:] in " ".join(out.split())


def test_explain_says_whose_an_argument_is(archc):
    assert "Adam.lr  Learning rate." in archc("explain", "lr")[1]
    assert archc("explain", "Adam.lr")[1].startswith("Adam.lr (an argument of the optimizer Adam)")
    assert archc("explain", "Adam.kernel_size")[0] != 0


def test_explain_suggests_for_a_misspelt_key(archc):
    assert "did you mean `batch_size`?" in archc("explain", "batchsizes")[2]


def test_explanations_are_json_too(archc):
    found = json.loads(archc("explain", "Conv2d", "--format", "json")[1])
    assert found == {"version": 1, "topic": "Conv2d", "text": archc("explain", "Conv2d")[1]}
    topics = json.loads(archc("explain", "--format", "json")[1])["topics"]
    assert [item["topic"] for item in topics] == [line[:34].rstrip() for line in archc("explain")[1].splitlines()]
