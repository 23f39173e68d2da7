"""The examples of layers and of the language: torch agrees with good ones, and bad ones have the fault they mark."""

import re

import pytest

import archc
from archc.layers import LAYERS
from archc.reference.explain import explain
from archc.reference.usage import chapters, forms, usages_of
from tests.support.reading import marked

USAGES = {layer: usages_of(layer) for layer in LAYERS} | {name: [*form.usages(name)] for name, form in forms().items()}
EXAMPLES = [
    pytest.param(example, id=f"{subject}-{'good' if example.good else 'bad'}-{number}")
    for subject, usages in USAGES.items()
    for number, example in enumerate(usages)
]
GOOD = [each for each in EXAMPLES if each.values[0].good]
BAD = [each for each in EXAMPLES if not each.values[0].good]


def figures(network, path):
    """The shapes of one sample before and after a submodule in torch, and its parameters."""
    import torch

    model = archc.build(network).eval()
    dtype = getattr(torch, network.input_dtype)
    seen = []
    module = model.get_submodule(path) if path else model
    module.register_forward_hook(lambda _, x, y: seen.append((tuple(x[0].shape[1:]), tuple(y.shape[1:]))))
    with torch.no_grad():
        model(torch.zeros(2, *network.input, dtype=dtype))
    return *seen[0], sum(weights.numel() for weights in module.parameters())


def said(layer, before, after, count):
    shapes = (" x ".join(map(str, shape)) for shape in (before, after))
    return f"{layer}: {' -> '.join(shapes)}, {f'{count:,}' if count else 'no'} parameters"


@pytest.mark.torch
@pytest.mark.parametrize("example", GOOD)
def test_a_good_example_is_clean_and_its_figures_are_those_of_torch(example):
    front = example.front()
    assert list(front.report) == []
    path = next((node.path for node in front.network.walk() if node.type == example.subject), None)
    assert path is not None or example.subject not in LAYERS
    assert example.outcome() == [said(example.subject if path else "the network", *figures(front.network, path))]


@pytest.mark.parametrize("example", BAD)
def test_a_bad_example_has_exactly_the_fault_that_it_marks(example):
    (found,) = example.front().report
    assert marked(example.text) == [(found.span.first.line, found.severity, found.slug)]
    assert re.search(rf"\b{example.subject}\b", example.text), "it is about another layer"
    assert example.outcome() == [f"{found.code}: {found.message}", *(f"help: {text}" for text in found.helps)]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_says_in_sentences_what_it_shows_and_fits_a_terminal(example):
    assert re.match(r"[A-Z`0-9]|torch('s)? ", example.why)
    assert example.why.endswith(".")
    assert max(map(len, example.text.splitlines())) <= 76


@pytest.mark.parametrize("module", sorted({cls.__module__.rpartition(".")[2] for cls in LAYERS.values()}))
def test_a_file_of_examples_is_about_the_layers_of_its_module(module):
    named = {layer for section in chapters("archc.layers", module) for layer in section.subjects}
    assert named == {name for name, cls in LAYERS.items() if cls.__module__ == f"archc.layers.{module}"}


@pytest.mark.parametrize(("name", "form"), forms().items())
def test_a_part_of_the_language_says_what_it_is_and_has_both_examples(name, form):
    assert form.says.endswith(".")
    assert {usage.good for usage in form.usages(name)} == {True, False}


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("topic", ["Conv2d", "Residual", "E301", "scheduler", "early_stopping"])
def test_prose_is_no_wider_than_the_terminal(topic, width):
    lines = explain(topic, width).splitlines()
    specs_and_formulas = re.compile(r" {4}(?! {2}[A-Z])|`|Source: |.*`$")
    assert [line for line in lines if len(line) > width and not specs_and_formulas.match(line)] == []
    assert explain(topic, 1000) == explain(topic)


def test_shapes_and_code_are_not_broken_at_the_end_of_a_line():
    for width in range(40, 120):
        text = explain("Residual", width)
        assert "128 x 28 x 28" in text
        assert "`shortcut: [{Conv2d: {out_channels: 128, kernel_size: 1, stride: 2}}]`" in text


def test_explain_shows_both_examples_and_what_archc_says_about_them():
    text = explain("MaxPool2d")
    assert "Right: The pool of a ResNet's stem" in text
    assert "    MaxPool2d: 64 x 112 x 112 -> 64 x 56 x 56, no parameters\n" in text
    assert "  # error: window-too-large\n" in text
    assert "    E301: a window of 2 does not fit a padded input of 1\n    help: " in text
