"""Transforms that change sizes: torchvision's results, the shapes that are inferred, and what is learnt of values."""

import numpy as np
import pytest
import torch
from PIL import Image

from archc.data import kinds, sizing
from archc.data.augment import Augmenter
from archc.data.batches import Preparation, learnt
from archc.data.fitted import Fitted
from archc.data.splits import divide
from archc.data.torchvision_import import import_torchvision
from archc.data.whole import Arrays
from archc.recipe.augmentations import AUGMENTATIONS
from archc.recipe.data.mnist import MNIST
from archc.recipe.transforms import TRANSFORMS, through
from archc.recipe.transforms.values import Normalize
from tests.support.asking import asked

import_torchvision()
from torchvision.transforms import InterpolationMode, v2  # noqa: E402 - declares two operators first

GIVEN = [
    ("Resize", {"size": 20}),
    ("Resize", {"size": 70}),
    ("Resize", {"size": (24, 18)}),
    ("Resize", {"size": (24, 18), "interpolation": "nearest"}),
    ("Resize", {"size": (24, 80), "interpolation": "bicubic"}),
    ("Resize", {"size": 17, "interpolation": "lanczos"}),
    ("Resize", {"size": 20, "max_size": 24}),
    ("CenterCrop", {"size": 15}),
    ("CenterCrop", {"size": (50, 9)}),
    ("CenterCrop", {"size": 51}),
    ("Pad", {"padding": 2}),
    ("Pad", {"padding": (1, 3), "fill": 7}),
    ("Pad", {"padding": (1, 2, 3, 4), "fill": (1, 2, 3)}),
    ("Pad", {"padding": (5, 2), "padding_mode": "edge"}),
    ("Pad", {"padding": 3, "padding_mode": "reflect"}),
    ("Pad", {"padding": (0, 3, 3, 0), "padding_mode": "symmetric"}),
    ("Grayscale", {}),
    ("Grayscale", {"num_output_channels": 3}),
]
SIZES = [(33, 47), (47, 33), (30, 30), (31, 16)]


def pixels(size, seed=0, channels=3):
    return np.random.default_rng(seed).integers(0, 256, (channels, *size)).astype(np.uint8)


def theirs(name, given):
    modes = {mode.value: mode for mode in InterpolationMode}
    return getattr(v2, name)(**{key: modes[value] if key == "interpolation" else value for key, value in given.items()})


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(("name", "given"), GIVEN, ids=str)
def test_results_are_those_of_torchvision_on_images_of_pillow(name, given, size):
    image = pixels(size)
    wanted = np.asarray(theirs(name, given)(Image.fromarray(image.transpose(1, 2, 0))))
    wanted = wanted[None] if wanted.ndim == 2 else wanted.transpose(2, 0, 1)
    term = TRANSFORMS[name](**given)
    (found,) = sizing.arrays(image[None], [term])
    np.testing.assert_array_equal(found, wanted)
    assert through((3, *size), (term,)) == found.shape


@pytest.mark.parametrize(("name", "given"), [pair for pair in GIVEN if "lanczos" not in pair[1].values()], ids=str)
def test_they_differ_from_torchvision_on_tensors_by_less_than_is_seen(name, given):
    # Between 30 and 220: where bicubic goes beyond black or white, Pillow cuts it off after each of its two passes.
    image = pixels((40, 28)) // 2 + 60
    wanted = theirs(name, given)(torch.from_numpy(image)).numpy()
    (found,) = sizing.arrays(image[None], [TRANSFORMS[name](**given)])
    apart = np.abs(found.astype(int) - wanted.astype(int))
    nearest = given.get("interpolation") == "nearest"
    assert nearest or apart.max() <= 1


def test_they_are_applied_in_their_order():
    image = pixels((30, 40))[None]
    pad, crop = TRANSFORMS["Pad"](padding=4), TRANSFORMS["CenterCrop"](size=20)
    assert sizing.arrays(image, [pad, crop]).shape == sizing.arrays(image, [crop]).shape == (1, 3, 20, 20)
    assert sizing.arrays(image, [crop, pad]).shape == (1, 3, 28, 28)
    assert not sizing.arrays(image, [crop, pad])[0, :, :4].any()


def test_an_edge_never_becomes_nothing():
    term = TRANSFORMS["Resize"](size=2, max_size=3)
    assert term.of(1000, 1) == (3, 1)


def whole(*terms, **keys):
    request = asked(MNIST(source="bundled"), loss="CrossEntropyLoss", transform=terms, **keys)
    return request, kinds.read(request)


def test_named_sets_become_larger_once_and_are_kept_in_the_cache(monkeypatch):
    before = whole()[1]
    request, found = whole(TRANSFORMS["Resize"](size=32))
    assert request.facts.sample == (1, 32, 32) == found.train.inputs.shape[1:]
    assert len(found.train.inputs) == len(before.train.inputs)
    assert found.digest != before.digest
    one = Image.fromarray(before.train.inputs[5, 0]).resize((32, 32), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(found.train.inputs[5, 0], np.asarray(one))
    monkeypatch.setattr(sizing, "arrays", None)  # it would be called again
    np.testing.assert_array_equal(whole(TRANSFORMS["Resize"](size=32))[1].test.inputs, found.test.inputs)


def test_padding_by_two_pixels_keeps_what_is_inside():
    _, found = whole(TRANSFORMS["Pad"](padding=2))
    np.testing.assert_array_equal(found.train.inputs[:, :, 2:-2, 2:-2], whole()[1].train.inputs)
    assert not found.train.inputs[:, :, :2].any()


def test_random_changes_see_samples_of_the_new_size():
    request, found = whole(TRANSFORMS["Pad"](padding=2))
    crop = AUGMENTATIONS["RandomCrop"](size=32, padding=2)
    images = torch.from_numpy(found.train.inputs[:8])
    assert Augmenter([crop], 0)(images, torch.arange(8), 1).shape == (8, *request.facts.sample)


def test_auto_normalises_by_the_training_part_alone():
    request, found = whole(Normalize(mean="auto"))
    data = request.train.data
    train = Arrays(found.train.inputs[:1000], found.train.targets[:1000])
    fitted = learnt(data, data.kind, train, {})
    values = found.train.inputs[:1000].astype(np.float64) / 255
    assert fitted.pixels is not None
    assert fitted.pixels.centre == pytest.approx([values.mean()])
    assert fitted.pixels.spread == pytest.approx([values.std()])
    assert Fitted.of_json(fitted.as_json()) == fitted
    prepared = Preparation(data, torch.device("cpu"), fitted)(torch.from_numpy(train.inputs))
    assert abs(prepared.mean()) < 1e-4
    assert abs(prepared.std() - 1) < 1e-3


def test_a_channel_of_one_value_is_not_divided_by_nothing():
    request, _ = whole(Normalize(mean="auto"))
    flat = Arrays(np.full((5, 2, 3, 3), 51, np.uint8), np.zeros(5, np.int64))
    fitted = learnt(request.train.data, request.train.data.kind, flat, {})
    assert fitted.pixels is not None
    assert fitted.pixels.centre == pytest.approx([0.2, 0.2])
    assert fitted.pixels.spread == (1, 1)


def test_what_is_divided_is_what_the_transforms_made():
    request, found = whole(TRANSFORMS["Resize"](size=(14, 20)))
    splits = divide(found, found.facts or request.facts, None, 0)
    assert splits.train.inputs.shape[1:] == (1, 14, 20)
